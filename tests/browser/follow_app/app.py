"""A page that follows a job, with a button after it; its second run holds back what the browser is sent, as a busy server does."""

import sys
import time
from pathlib import Path

import streamlit as st
from streamlit.runtime import get_instance

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from components import live
from embedviz.core.jobs.status import Status


class Job:
    id = "0"

    @property
    def state(self) -> Status:
        return Status("done") if "ended" in st.session_state else Status("running")

    def last_event(self) -> dict:
        return {}


def block_event_loop(seconds: float) -> None:
    get_instance()._async_objs.eventloop.call_soon_threadsafe(time.sleep, seconds)


def draw(_: Status) -> None:
    if st.button("Inside"):
        st.session_state["was_clicked_inside"] = True
    st.text("Inside was clicked." if "was_clicked_inside" in st.session_state else "Inside was not clicked.")
    if st.button("Clicked as the job ends", on_click=st.session_state.update, args=({"ended": True},)):
        st.session_state["was_clicked"] = True


is_run, note = st.button("Run the page"), st.empty()
if is_run:
    note.text("The page is running.")
    time.sleep(1.5)  # long enough for a refresh to be asked for
    block_event_loop(0.5)
    time.sleep(0.1)
live.follow(Job(), draw, key="job")
st.button("After it")
st.button("Last")
st.text("The click was seen." if "was_clicked" in st.session_state else "No click was seen.")
