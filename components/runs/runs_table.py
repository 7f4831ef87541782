"""The table of runs: names, tags and notes to edit in their rows, numbers to sort by, and the runs that are selected."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from components.run_picker import labels_of
from embedviz.core.errors import RunError
from embedviz.evaluation.score_table import primary_values
from embedviz.evaluation.scores import readable
from embedviz.store.run_folder import (
    MAX_NAME_CHARACTERS,
    MAX_NOTES_CHARACTERS,
    RunFolder,
)

SELECTED, NO_VALUE = "select", "—"
EDITED = ("name", "tags", "notes")
APPLIED = "runs-applied"  # edits that have been written
TURN = "runs-turn"  # counted up when an edit was refused, so that the table shows what is kept
MESSAGE = "runs-message"
TAGS_DTYPE = pd.ArrowDtype(pa.list_(pa.string()))  # whether or not a run has tags


def select_runs(runs: Sequence[RunFolder]) -> dict[str, RunFolder]:
    """Show the table and return the selected runs, by labels that are all different."""
    ids = "-".join(run.id for run in runs)
    key = f"runs-{hash(ids)}-{st.session_state.get(TURN, 0)}"
    frame = runs_frame(runs)
    # without the metadata of pandas, which does not read its own type of lists back
    edited: pa.Table = st.data_editor(
        pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None),
        column_config=_columns(frame, runs),
        disabled=[name for name in frame if name not in (SELECTED, *EDITED)],
        hide_index=True,
        placeholder=NO_VALUE,
        key=key,
        on_change=apply_edits,
        args=(runs, key),
        alt="Runs with their scores",
    )
    labels = labels_of(list(runs))
    return {labels[run.id]: run for run, chosen in zip(runs, edited[SELECTED].to_pylist(), strict=True) if chosen}


def runs_frame(runs: Sequence[RunFolder]) -> pd.DataFrame:
    """Return a row for each run: name, state and model, a column of numbers for each score that counts for some run, the
    trivial baseline's score, tags and notes, data, seconds, megabytes and the time of its creation."""
    labels = [run.label for run in runs]
    states = [run.state for run in runs]
    scores = [primary_values(run.metrics, run.primary_metric) for run in runs]
    frame = pd.DataFrame({SELECTED: [False] * len(runs), "name": [label.name for label in labels]})
    frame["state"] = [state.state for state in states]
    frame["model"] = [run.model for run in runs]
    measured = [
        run.primary_metric if reached is not None else None for run, (reached, _) in zip(runs, scores, strict=True)
    ]
    for metric in dict.fromkeys(metric for metric in measured if metric is not None):
        frame[readable(metric)] = [
            reached if metric == own else None for own, (reached, _) in zip(measured, scores, strict=True)
        ]
        frame[readable(metric)] = frame[readable(metric)].astype(float)
    frame["trivial baseline"] = pd.Series([trivial for _, trivial in scores], dtype=float)
    frame["tags"] = pd.Series([label.tags for label in labels], dtype=TAGS_DTYPE)
    frame["notes"] = pd.Series([label.notes for label in labels], dtype=object)
    frame["data"] = [run.data["title"] for run in runs]
    frame["seconds"] = [round(state.elapsed(), 1) for state in states]
    frame["MB"] = [round(run.size() / 1e6, 2) for run in runs]
    frame["created"] = [datetime.datetime.fromtimestamp(run.created) for run in runs]
    return frame


def apply_edits(runs: Sequence[RunFolder], key: str) -> None:
    """Write the names, tags and notes that were edited since the last call. What is refused is shown as it is kept."""
    edits: Mapping[int, Mapping[str, Any]] = st.session_state[key]["edited_rows"]
    applied: dict[tuple[int, str], Any] = st.session_state.setdefault(APPLIED, {}).setdefault(key, {})
    for row, cells in edits.items():
        for name in EDITED:
            if name in cells and applied.get((row, name), ...) != cells[name]:
                applied[row, name] = cells[name]
                _write(runs[row], name, cells[name])


def _write(run: RunFolder, name: str, value: Any) -> None:
    try:
        match name:
            case "name":
                run.set_label(name=value or "")
            case "tags":
                run.set_label(tags=value or [])
            case _:
                run.set_label(notes=value or "")
    except RunError as error:
        st.session_state[MESSAGE] = str(error)
        st.session_state[TURN] = st.session_state.get(TURN, 0) + 1


def _columns(frame: pd.DataFrame, runs: Sequence[RunFolder]) -> dict[str, Any]:
    tags = sorted({tag for run in runs for tag in run.label.tags})
    config: dict[str, Any] = {
        SELECTED: st.column_config.CheckboxColumn(SELECTED, pinned=True, width=90),
        "name": st.column_config.TextColumn(
            "name", required=True, max_chars=MAX_NAME_CHARACTERS, pinned=True, width=200
        ),
        "tags": st.column_config.MultiselectColumn("tags", options=tags, accept_new_options=True, width=120),
        "notes": st.column_config.TextColumn("notes", max_chars=MAX_NOTES_CHARACTERS, width=140),
        "seconds": st.column_config.NumberColumn("seconds", format="localized"),
        "MB": st.column_config.NumberColumn("MB", format="localized", help="On disk."),
        "created": st.column_config.DatetimeColumn("created", format="D MMM YYYY, HH:mm"),
    }
    start, end = list(frame).index("model") + 1, list(frame).index("tags")
    return config | {name: st.column_config.NumberColumn(name, format="%.3f") for name in list(frame)[start:end]}
