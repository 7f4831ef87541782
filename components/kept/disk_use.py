"""The disk that the visitor uses, beside the quota."""

from __future__ import annotations

import streamlit as st

from components import formatting, session
from embedviz.core.limits import HostLimits
from embedviz.core.mode import is_shared
from embedviz.store.disk_room import MB, kept_by, use_of


def used_bytes() -> int:
    """Return the bytes that the visitor uses: on one's own machine those of the whole store."""
    store = session.store()
    return use_of(kept_by(store.folder, session.owner())).total if is_shared() else store.used()


def quota_bytes() -> float | None:
    """Return the bytes that the visitor may use; on one's own machine those from which deletion is offered. None for any number."""
    megabytes = HostLimits.of_environment().visitor_mb
    return None if megabytes is None else megabytes * MB


def usage_sentence() -> str:
    """Return the disk that the visitor uses, in a sentence."""
    quota, used = quota_bytes(), formatting.size(used_bytes())
    return f"You use {used} of disk." if quota is None else f"You use {used} of {formatting.size(quota)} of disk."


def show_use() -> None:
    """Show the visitor's use with a bar against the quota, and what it is made of."""
    store, quota = session.store(), quota_bytes()
    if quota:
        st.progress(min(1.0, used_bytes() / quota), text=usage_sentence())
    else:
        st.write(usage_sentence())
    use = use_of(kept_by(store.folder, session.owner()))
    parts = {
        "uploads": use.uploads,
        "runs": use.runs,
        "what you deleted": use.deleted,
        "predictions and other answers": use.others,
        "the rest of the store": 0 if is_shared() else max(0, store.used() - use.total),
    }
    st.caption(" · ".join(f"{name} {formatting.size(size)}" for name, size in parts.items() if size) or "Nothing yet.")
