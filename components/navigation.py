"""The way from page to page: history steps of the browser, and what is left of the page before."""

import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx


def is_history_step() -> bool:
    """Return True when the browser's back or forward button caused this run of the page.

    Only then, or when a session starts, does the address say something new. At all other times the session goes ahead:
    what the browser sends before it has received the page's last address still carries the one before, and whoever took
    that for a wish would undo what the visitor did a moment ago.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def leave_former_page(page: str) -> None:
    """Drop the fragments of the page that the visitor left and what waits to refresh them, when this run is of another one.

    A refresh that the browser asked for before it was told of the new page would be run after it, under the old page's
    name. Streamlit 1.67 then empties the page in the browser, and the next refresh of the new page ends in a blank window
    ("Bad delta path index").

    Parameters
    ----------
    page
        URL path of the page that is run.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and st.session_state.get("page") not in (None, page):
        context.fragment_storage.clear()
        if context.script_requests is not None:
            # A refresh that waits can't be taken back, but becomes part of a run of the whole page, and that can be taken.
            context.script_requests.request_rerun(RerunData())
            context.script_requests.on_scriptrunner_yield()
    st.session_state["page"] = page
