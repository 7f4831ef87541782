"""Room for an upload that would pass the visitor's quota: what would go for it, and the agreement to that."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from components import formatting, session
from components.kept.disk_use import quota_bytes, used_bytes
from components.uploaded_files import release
from embedviz.core.limits import HostLimits
from embedviz.core.mode import is_shared
from embedviz.store.disk_room import MB, delete_agreed, oldest_of
from embedviz.store.kept import Kept

TURN = "upload-turn"  # in the session's state: a new key empties the uploader


def has_room(n_bytes: int) -> bool:
    """Return True if an upload of this size may be written, or nothing that goes would help, so that it is refused in a sentence.

    Otherwise show which of the visitor's oldest uploads and runs would go for it, with a button that deletes them.
    """
    quota, limit = quota_bytes(), HostLimits.of_environment().upload_mb
    if not is_shared() or quota is None or (limit is not None and n_bytes > limit * MB):
        return True
    missing = used_bytes() + n_bytes - quota
    going = oldest_of(session.store().folder, session.owner(), missing) if missing > 0 else None
    if not going:
        return True
    _show_offer(going, missing)
    return False


def _show_offer(going: Sequence[Kept], missing: float) -> None:
    st.warning(
        f"This upload takes {formatting.size(missing)} more than you may use here. Nothing is kept of it yet. To make room, these "
        "would be deleted for good:"
    )
    for kept in going:
        what = f"deleted {kept.kind}" if kept.is_deleted else kept.kind
        st.text(f"{what.capitalize()}: {kept.title} · {formatting.when(kept.last_use)}")
    with st.container(horizontal=True):
        st.button("Delete these and upload", on_click=_agree, args=([kept.folder for kept in going],), key="agree-room")
        st.button("Do not upload", on_click=drop_upload, key="refuse-room")


def drop_upload() -> None:
    """Empty the uploader, and have the server drop its copy of the files."""
    turn = st.session_state.get(TURN, 0)
    release(st.session_state.get(f"upload-{turn}") or [])
    st.session_state[TURN] = turn + 1


def _agree(folders: Sequence[Path]) -> None:
    delete_agreed(session.store().folder, session.owner(), folders)
