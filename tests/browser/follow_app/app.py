"""A page that follows a job, with a button after it; its second run holds back what the browser is sent, as a busy server does."""

import sys
import time
from pathlib import Path

import streamlit as st
from streamlit.runtime import get_instance

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from components import live
from embedviz.store.status import Process, Status


class RunningJob:
    id = "0"
    state = Status("running", holder=Process.this())


def block_event_loop(seconds: float) -> None:
    get_instance()._async_objs.eventloop.call_soon_threadsafe(time.sleep, seconds)


def draw(_: Status) -> None:
    st.button("Inside")


if st.button("Run the page"):
    time.sleep(1.5)  # long enough for a refresh to be asked for
    block_event_loop(0.5)
    time.sleep(0.1)
live.follow(RunningJob(), draw, key="job")
st.button("After it")
st.button("Last")
