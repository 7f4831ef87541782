"""Two pages that follow a job; the second takes a while to be run, and what the first still does meanwhile disturbs it."""

import sys
import time
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from components import live, navigation
from embedviz.core.jobs.status import Status


class Job:
    state = Status("running")

    def last_event(self) -> dict:
        return {}


def draw(_: Status) -> None:
    st.session_state["draws"] = st.session_state.get("draws", 0) + 1
    st.text(f"Drawn {st.session_state['draws']} times.")


def first() -> None:
    st.title("First")
    if st.button("Go"):
        st.session_state["draws"] = 0
        st.session_state["going"] = True
        st.switch_page(pages[1])
    live.follow(Job(), draw, key="first")
    [st.session_state["fragment"]] = context.shared.new_fragment_ids.snapshot()


def second() -> None:
    st.title("Second")
    if "fragment" in st.session_state:  # a run of the first page that is being stopped still registers its part
        context.fragment_storage.register(st.session_state["fragment"], lambda: None)
    time.sleep(1.5)
    st.text("Before the job.")
    live.follow(Job(), draw, key="second")


pages = [st.Page(first, default=True), st.Page(second)]
context = get_script_run_ctx()
if st.session_state.pop("going", False):
    st.text("On the way.")
    time.sleep(1)  # a busy server, on which a refresh of the first page is begun
    context.pages_manager.set_script_intent(pages[0]._script_hash, "")
navigation.choose_page(pages).run()
