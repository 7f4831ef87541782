"""Predictions on a page: submitted to a worker, awaited, and shown with probabilities and contributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components import live, session, tables
from components.data.reading import choose_file, read_preview
from components.error_boundary import error_boundary
from components.uploaded_files import max_upload_mb, release
from embedviz.core.metrics import count_upload
from embedviz.core.plurals import counted
from embedviz.data.classes import display_order
from embedviz.jobs.prediction import Prediction, ask_file
from embedviz.store.dataset import Dataset
from embedviz.store.run_folder import RunFolder

MAX_CLASSES = 12
MAX_CONTRIBUTIONS = 12
MAX_PREVIEW_ROWS = 200
UPLOAD_CHUNK_BYTES = 1 << 20


def tabs(views: Mapping[str, Callable[[], None]]) -> None:
    """Show a tab for each view; only the open one is drawn, so that only it submits predictions."""
    shown = st.tabs(list(views), on_change="rerun", key=f"ask-{len(views)}-{next(iter(views))}")
    for tab, view in zip(shown, views.values(), strict=True):
        with tab:
            if tab.open:
                with error_boundary():
                    view()


def show_when_done(asked: Prediction, show: Callable[[pd.DataFrame], None], *, key: str) -> None:
    """Submit the prediction unless it is done, and pass its rows to `show` once they are there."""
    if live.awaited(asked, key=key):
        with error_boundary():
            show(asked.answer)


def show_classes(row: pd.Series) -> None:
    """Show the predicted class and the most probable classes: numbers by size, others by their probability."""
    values = row.to_dict()
    st.metric("Prediction", session.plain(str(values["prediction"])), width="content")
    named = [
        (str(name)[2:-1], float(value))
        for name, value in values.items()
        if str(name).startswith("p(") and str(name).endswith(")")
    ]
    shown = sorted(named, key=lambda pair: -pair[1])[:MAX_CLASSES]
    shown = [shown[place] for place in display_order([name for name, _ in shown])]
    frame = pd.DataFrame(shown, columns=["class", "probability"])
    config = {
        "probability": st.column_config.ProgressColumn("probability", format="percent", min_value=0.0, max_value=1.0)
    }
    st.dataframe(frame, hide_index=True, column_config=config, width=420)
    show_note(row)


def show_number(row: pd.Series, target: str) -> None:
    """Show the predicted number."""
    st.metric(session.plain(target), f"{row['prediction']:,.4g}", width="content")
    show_note(row)


def show_note(row: pd.Series) -> None:
    """Show what the model did not know about the row, if anything."""
    if note := row.to_dict().get("note"):
        st.info(session.plain(note))


def contributions_table(reasons: Sequence[Mapping[str, Any]], what: str, key: str) -> None:
    """Show the contributions to a prediction, largest first.

    Parameters
    ----------
    reasons
        `feature` and `contribution` of each.
    what
        Title of the column of features: word, column, ...
    key
        Streamlit key of the table.
    """
    ordered = sorted(reasons, key=lambda reason: -abs(reason["contribution"]))
    frame = pd.DataFrame([(r["feature"], r["contribution"]) for r in ordered], columns=[what, "contribution"])
    config = {"contribution": st.column_config.NumberColumn("contribution", format="%+.2f")}
    st.dataframe(
        frame.head(MAX_CONTRIBUTIONS), hide_index=True, column_config=config, width=420, height="content", key=key
    )
    tables.csv_button(frame, "contributions.csv", f"download-{key}")


def predict_file(run: RunFolder, column: str | None) -> None:
    """Show the form that predicts every row of a file.

    Parameters
    ----------
    column
        The text column of the training data; None for a model that reads other columns.
    """
    turn = st.session_state.get("predict-turn", 0)  # a new key empties the uploader
    store = session.store()
    file = st.file_uploader("File to predict", key=f"predict-{turn}", max_upload_size=max_upload_mb())
    st.caption("TXT, CSV, TSV, JSONL or Parquet, as for training. You get the same rows back with their predictions.")
    if file is not None:
        parts = iter(lambda: file.read(UPLOAD_CHUNK_BYTES), b"")
        dataset = Dataset.upload(store.uploads_folder, file.name, parts, session.owner(), file.size)
        release([file])
        count_upload(dataset.size, session.owner())
        st.session_state["predict-file"], st.session_state["predict-turn"] = dataset.id, turn + 1
        st.rerun()
    dataset_id = st.session_state.get("predict-file")
    if dataset_id is None:
        return
    dataset = store.dataset(dataset_id)
    if dataset.owner != session.owner():
        return
    preview = read_preview(dataset, key="predict-reading", may_be_vectors=False)
    if preview is None:
        return
    read = preview.result
    if read.report is None:
        choose_file(dataset, read)
        return
    st.text(f"{dataset.title}: {' '.join(read.report.sentences())}")
    if column is not None:
        names = read.columns
        guess = column if column in names else read.roles.get("text")
        place = names.index(guess) if isinstance(guess, str) else 0
        column = st.selectbox("Text column", names, place, key=f"predict-column-{dataset.id}")
    reasons = st.toggle(
        "Explain each prediction",
        help="Adds a column with the contributions to each prediction. Takes several times as long.",
        key="predict-reasons",
    )
    state_key = f"predict-asked-{run.id}-{dataset.id}-{column}-{reasons}"
    if st.button("Predict every row", type="primary", key=f"ask-{state_key}"):
        st.session_state[state_key] = True
    if st.session_state.get(state_key):
        show_when_done(
            ask_file(run, dataset, session.owner(), column, reasons), _show_rows, key="predict-file-progress"
        )


def _show_rows(answer: pd.DataFrame) -> None:
    notes = sum(note != "" for note in answer["note"]) if "note" in answer else 0
    rows = counted(len(answer), "row", "rows")
    st.text(f"{rows}, {notes:,} with a note." if notes else f"{rows}.")
    st.dataframe(answer.head(MAX_PREVIEW_ROWS), hide_index=True, height=320)
    if len(answer) > MAX_PREVIEW_ROWS:
        st.caption(f"Showing the first {MAX_PREVIEW_ROWS} rows; the download has all rows.")
    tables.csv_button(answer, "predictions.csv", "download-predictions")
