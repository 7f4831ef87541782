"""Two pages that follow a job; the second takes a while to be run."""

import sys
import time
from pathlib import Path

import streamlit as st

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from components import live, navigation
from embedviz.core.jobs.status import Status


class Job:
    state = Status("running")


def draw(_: Status) -> None:
    st.session_state["draws"] = st.session_state.get("draws", 0) + 1
    st.text(f"Drawn {st.session_state['draws']} times.")


def first() -> None:
    st.title("First")
    if st.button("Go"):
        st.session_state["draws"] = 0
        st.switch_page(pages[1])
    live.follow(Job(), draw, key="first")


def second() -> None:
    st.title("Second")
    time.sleep(1.5)
    st.text("Before the job.")
    live.follow(Job(), draw, key="second")


pages = [st.Page(first, default=True), st.Page(second)]
page = st.navigation(pages)
if page is pages[1] and st.session_state["page"] == pages[0].url_path:
    st.text("On the way.")
    time.sleep(1)  # a busy server
navigation.leave_former_page(page.url_path)
page.run()
