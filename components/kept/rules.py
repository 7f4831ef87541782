"""What is kept, for how long, and who sees it; the limits of this host."""

from __future__ import annotations

from dataclasses import fields

import streamlit as st

from embedviz.core.limits import HostLimits
from embedviz.core.mode import is_shared
from embedviz.core.plurals import counted
from embedviz.store.owner_tokens import TOKEN_LIFE_S
from embedviz.store.retention import DELETED_LIFE_S, PREDICTION_LIFE_S, SHARED_LIFE_S
from embedviz.store.table_folders import MAX_AGE_S

WHAT, HOW_LONG = "what", "for how long"
HOUR_S, DAY_S = 3600, 86400


def show_rules() -> None:
    """Show what is kept, and for how long."""
    rules = _shared_rules() if is_shared() else _local_rules()
    st.table([{WHAT: what, HOW_LONG: how_long} for what, how_long in rules.items()], hide_index=True)
    if is_shared():
        st.caption(
            "When the disk of this server is full, the oldest things of all visitors go first: runs, uploads and what was deleted "
            f"may then go after half their time, {_time(SHARED_LIFE_S / 2)}. Download what you want to keep, on the page Export."
        )


def show_who_sees_it() -> None:
    """Show who may look at what is kept."""
    if not is_shared():
        st.write("Everything stays on this machine. Anyone who can read the folder of the store can see it.")
        return
    st.write(
        "Anyone who has the address of a run may look at it, ask it for maps and predictions, and download its vectors and its "
        "model. Only you can change or delete it, and nobody else can download what you uploaded. An address cannot be guessed, "
        "and nobody sees a list of your runs. The people who run this server can read its disk."
    )


def show_limits() -> None:
    """Show the limits of this host."""
    limits = HostLimits.of_environment()
    rows = [
        {"limit": each.metadata["description"].removesuffix("."), "here": f"{getattr(limits, each.name):,.10g}"}
        for each in fields(limits)
        if getattr(limits, each.name) is not None
    ]
    if rows:
        st.table(rows, hide_index=True)
    if not is_shared():
        st.caption(
            "On your own machine nothing else is limited, and past the disk of a visitor deletion is only offered."
        )


def _shared_rules() -> dict[str, str]:
    life = _time(SHARED_LIFE_S)
    return {
        "Uploads and pasted texts": f"{life} after you last used them, or the last run on them ended",
        "Runs, with their model, vectors, maps, baselines, exports and log": f"{life} after the run ended",
        "Experiments": f"{life} after they ended",
        "Predictions": f"{_time(PREDICTION_LIFE_S)}; after that they are computed again",
        "Tables as they were read from uploads": f"{life} after they were last read",
        "What you delete": f"{life}, in which you can bring it back",
        "What you ask of the run of somebody else": "As long as that run",
        "The cookie that tells your runs from those of others": _time(TOKEN_LIFE_S),
        "The log of the server, which names errors": "As long as those who run the server keep it",
    }


def _local_rules() -> dict[str, str]:
    return {
        "Uploads and pasted texts": "Until you delete them",
        "Runs, with their model, vectors, maps, baselines, exports and log": "Until you delete them",
        "Experiments": "Until you delete them",
        "Downloaded vectors and files": "Until you delete everything",
        "Predictions": f"{_time(PREDICTION_LIFE_S)}; after that they are computed again",
        "Tables as they were read": f"{_time(MAX_AGE_S)} after they were last read",
        "What you delete": f"{_time(DELETED_LIFE_S)}, in which you can bring it back",
    }


def _time(seconds: float) -> str:
    """Return a time in hours, or in days from two days on."""
    if seconds >= 2 * DAY_S:
        return counted(round(seconds / DAY_S), "day", "days")
    return counted(round(seconds / HOUR_S), "hour", "hours")
