"""The visitor's session: the owner, the store, and the run that the address and the sidebar name."""

from __future__ import annotations

import re
import secrets
from typing import Any

import streamlit as st

from components.navigation import is_history_step
from components.owner_cookie import owner_of, revoke
from components.sign_in import asks_for_sign_in, owner_of_claims
from embedviz.core.errors import EmbedvizError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.mode import is_shared
from embedviz.jobs import executor as executors
from embedviz.jobs.executor import Executor
from embedviz.jobs.shared_executor import shared_executor
from embedviz.store.disk_room import Room
from embedviz.store.ids import LOCAL_OWNER
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store

RUN = "run"  # in the address: ?run=
RUN_KEY = "current_run"  # the same in the session's state
CODE = re.compile(r"(`[^`\n]+`)")


def store() -> Store:
    """Return the store of this server."""
    return Store()


def executor() -> Executor:
    """Return what runs the jobs of this server."""
    return shared_executor()


def submit(job: JobFolder[Any]) -> None:
    """Queue a job for this visitor; as `Executor.submit`."""
    if job.kind != "preview":
        Room(store().folder, owner(), "Nothing more can be worked out").check()
    executor().submit(job, owner())


def submit_new(job: JobFolder[Any]) -> None:
    """Queue a job that was just created for this visitor; one that is refused leaves nothing behind."""
    executors.submit_new(executor(), job, owner())


def owner() -> str:
    """Return whose runs are shown. Without cookies on a shared server, an owner lasts as long as the page."""
    if not is_shared():
        return LOCAL_OWNER
    if asks_for_sign_in() and (signed_in := owner_of_claims(st.user.to_dict())):
        return signed_in
    return owner_of(st.context.cookies) or st.session_state.setdefault("owner", secrets.token_hex(16))


def tab() -> str:
    """Return what tells this tab of a browser from all others."""
    return st.session_state.setdefault("tab", secrets.token_hex(8))


def forget_visitor() -> None:
    """Forget everything about the visitor, all of whose data has been deleted: from here on this is a new one."""
    if is_shared():
        revoke(st.context.cookies)
    st.session_state.clear()
    st.query_params.clear()


def is_mine(run: RunFolder) -> bool:
    """Return True when the visitor may change the run."""
    return run.owner == owner()


def listed_runs() -> list[RunFolder]:
    """One's own runs, the newest first, without those that an experiment had trained and nobody has named."""
    return [run for run in store().runs(owner()) if run.is_listed]


def current_run() -> RunFolder | None:
    """Return the run last opened here or, when the visitor came by an address, the one that it names.

    An address of a run that does not exist gets a warning.
    """
    opened, in_address = st.session_state.get(RUN_KEY), st.query_params.get(RUN)
    run_id = (in_address or opened) if is_history_step() else (opened or in_address)
    if not run_id:
        return None
    try:
        run = store().run(run_id, owner() if is_shared() else None)
        _ = run.spec, run.name  # so that a damaged one is found here and not in the middle of a page
    except EmbedvizError as error:
        st.session_state.pop(RUN_KEY, None)
        st.query_params.pop(RUN, None)
        st.warning(plain(str(error)))
        return None
    remember(run)
    return run


def remember(run: RunFolder | None) -> None:
    """Make the run the one that every page shows, and put it into the address."""
    if run is None:
        st.session_state.pop(RUN_KEY, None)
        st.query_params.pop(RUN, None)
        return
    st.session_state[RUN_KEY] = run.id
    if st.query_params.get(RUN) != run.id:
        st.query_params[RUN] = run.id


def plain(text: str) -> str:
    """Escape text for widgets that read Markdown."""
    return "".join(f"\\{c}" if c in "\\`*_[]()!<>:$#|~{}" else c for c in text)


def prose(sentence: str) -> str:
    """Escape a sentence for widgets that read Markdown; what stands between backticks is shown as code, in which nothing is read."""
    parts = CODE.split(sentence)  # every second one is code
    return "".join(part if k % 2 else plain(part) for k, part in enumerate(parts))
