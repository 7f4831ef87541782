"""The way from page to page: history steps of the browser, and what is left of the page before."""

import streamlit as st
from streamlit.runtime.scriptrunner import RerunData, get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_requests import ScriptRequests


def is_history_step() -> bool:
    """Return True when the browser's back or forward button caused this run of the page.

    Only then, or when a session starts, does the address say something new. At all other times the session goes ahead:
    what the browser sends before it has received the page's last address still carries the one before, and whoever took
    that for a wish would undo what the visitor did a moment ago.
    """
    context = get_script_run_ctx(suppress_warning=True)
    return context is not None and context.is_history_navigation


def choose_page(pages: list[st.Page], is_listed: bool = True) -> st.Page:
    """Show the pages in the sidebar, if they are to be listed, and return the one that this run is of, with nothing left of the page before it.

    `st.navigation`, safe against what the former page still asks for while the visitor is on the way from it. Streamlit
    keeps the page asked for in one place for all runs of a session, where a run of the former page that begins its last
    refresh meanwhile overwrites it. And a refresh that the browser sent before it knew of the new page, and that waits
    until the new page has been run, then takes the visitor back.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and context.page_script_hash != context.pages_manager.main_script_hash:
        context.pages_manager.set_script_intent(context.page_script_hash, "")
    position = "sidebar" if is_listed else "hidden"
    page = st.navigation(pages, position=position, expanded=True)  # from 13 pages on it would hide some
    if context is not None and context.script_requests is not None:
        _refuse_refreshes_of_other_pages(context.script_requests, context.page_script_hash)
    _leave_former_page(page.url_path)
    return page


def _refuse_refreshes_of_other_pages(requests: ScriptRequests, page_hash: str) -> None:
    """Let the requests of a run take no refresh of a part of another page than this."""

    def request_rerun(new_data: RerunData) -> bool:
        is_outdated = new_data.fragment_id is not None and new_data.page_script_hash != page_hash
        return True if is_outdated else ScriptRequests.request_rerun(requests, new_data)

    requests.request_rerun = request_rerun


def _leave_former_page(page: str) -> None:
    """Drop the fragments of the page that the visitor left and what waits to refresh them, when this run is of another one.

    A refresh that the browser asked for before it was told of the new page would be run after it, under the old page's
    name. Streamlit 1.67 then empties the page in the browser, and the next refresh of the new page ends in a blank window
    ("Bad delta path index").
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and st.session_state.get("page") not in (None, page):
        context.fragment_storage.clear()
        if context.script_requests is not None:
            # A refresh that waits can't be taken back, but becomes part of a run of the whole page, and that can be taken.
            context.script_requests.request_rerun(RerunData())
            context.script_requests.on_scriptrunner_yield()
    st.session_state["page"] = page
