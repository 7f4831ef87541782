"""Who is here and what is open: the owner, the store, and the run that the address and the sidebar name."""

from __future__ import annotations

import secrets

import streamlit as st

from components.routes import COOKIE
from embedviz.core.errors import EmbedvizError
from embedviz.jobs.supervisor import Supervisor, shared_supervisor
from embedviz.store.home import LOCAL_OWNER, is_shared
from embedviz.store.run import Run
from embedviz.store.store import Store

RUN = "run"  # the address's ?run=
RUN_KEY = "current_run"  # the same in the session's state


def store() -> Store:
    return Store()


def supervisor() -> Supervisor:
    return shared_supervisor()


def owner() -> str:
    """Whose runs are shown. Without cookies on a shared server, an owner lasts as long as the page."""
    if not is_shared():
        return LOCAL_OWNER
    cookie = st.context.cookies.get(COOKIE)
    if cookie:
        return cookie
    return st.session_state.setdefault("owner", secrets.token_hex(16))


def is_mine(run: Run) -> bool:
    return run.owner == owner()


def current_run() -> Run | None:
    """The run the address names, or the one last opened here. An address that names none is said and let go."""
    run_id = st.query_params.get(RUN) or st.session_state.get(RUN_KEY)
    if not run_id:
        return None
    try:
        run = store().run(run_id)
    except EmbedvizError as error:
        st.session_state.pop(RUN_KEY, None)
        st.query_params.pop(RUN, None)
        st.warning(plain(str(error)))
        return None
    remember(run)
    return run


def remember(run: Run | None) -> None:
    """Makes the run the one that every page shows, and puts it into the address."""
    if run is None:
        st.session_state.pop(RUN_KEY, None)
        st.query_params.pop(RUN, None)
        return
    st.session_state[RUN_KEY] = run.id
    if st.query_params.get(RUN) != run.id:
        st.query_params[RUN] = run.id


def plain(text: str) -> str:
    """Text as it is, for widgets that read Markdown: every mark of it escaped."""
    return "".join(f"\\{c}" if c in "\\`*_[]()!<>:$#|~{}" else c for c in text)
