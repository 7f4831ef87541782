"""An answer of a model on a page: asked of a worker, waited for, and shown with its certainty and what moved it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from components import live, session, tables
from components.error_boundary import error_boundary
from embedviz.jobs.prediction import Prediction, ask_file
from embedviz.store.dataset import Dataset
from embedviz.store.run import Run

MOST_CLASSES = 12
MOST_REASONS = 12


def tabs(views: dict[str, Callable[[], None]]) -> None:
    """A tab for each way of asking; only the open one works, so that nothing is asked that nobody looks at."""
    shown = st.tabs(list(views), on_change="rerun", key=f"ask-{len(views)}-{next(iter(views))}")
    for tab, view in zip(shown, views.values(), strict=True):
        with tab:
            if tab.open:
                with error_boundary():
                    view()


def show_when_done(asked: Prediction, show: Callable[[pd.DataFrame], None], *, key: str) -> None:
    """Hands the question to a worker where that is still to be done, and shows the answer when it is there."""
    if live.awaited(asked, key=key):
        with error_boundary():
            show(asked.answer)


def show_classes(row: pd.Series) -> None:
    """The answer's class and how certain each class is, the surest first."""
    st.metric("Prediction", session.plain(str(row["prediction"])), width="content")
    shares = {name[2:-1]: float(value) for name, value in row.items() if name.startswith("p(") and name.endswith(")")}
    frame = pd.DataFrame({"class": list(shares), "probability": list(shares.values())})
    frame = frame.sort_values("probability", ascending=False).head(MOST_CLASSES)
    config = {
        "probability": st.column_config.ProgressColumn("probability", format="percent", min_value=0.0, max_value=1.0)
    }
    st.dataframe(frame, hide_index=True, column_config=config, width=420)
    show_note(row)


def show_number(row: pd.Series, target: str) -> None:
    """The predicted number."""
    st.metric(session.plain(target), f"{row['prediction']:,.4g}", width="content")
    show_note(row)


def show_note(row: pd.Series) -> None:
    """What was unknown to the model, where something was."""
    if row.get("note"):
        st.info(session.plain(row["note"]))


def contributions_table(reasons: Sequence[dict[str, Any]], what: str, key: str) -> None:
    """What moved the answer, the strongest first: the text equivalent of every picture of it."""
    frame = pd.DataFrame({what: [r["feature"] for r in reasons], "moved it by": [r["contribution"] for r in reasons]})
    frame = frame.reindex(frame["moved it by"].abs().sort_values(ascending=False).index)
    config = {"moved it by": st.column_config.NumberColumn("moved it by", format="%+.2f")}
    st.dataframe(frame.head(MOST_REASONS), hide_index=True, column_config=config, width=420, key=key)
    tables.csv_button(frame, "reasons.csv", f"download-{key}")


def predict_file(run: Run, column: str | None) -> None:
    """A file of rows in, the same rows with their predictions out. column: what the training called its texts."""
    turn = st.session_state.get("predict-turn", 0)
    store = session.store()
    file = st.file_uploader("A file to predict", key=f"predict-{turn}")
    st.caption("As for training: TXT, CSV, TSV, JSONL or Parquet. A prediction is added to each row.")
    if file is not None:
        parts = iter(lambda: file.read(1 << 20), b"")
        dataset = Dataset.upload(store.uploads_folder, file.name, parts, session.owner())
        st.session_state["predict-file"], st.session_state["predict-turn"] = dataset.id, turn + 1
        st.rerun()
    dataset_id = st.session_state.get("predict-file")
    if dataset_id is None:
        return
    dataset = store.dataset(dataset_id)
    if dataset.owner != session.owner():
        return
    table = dataset.preview()
    st.text(f"{dataset.title}: {' '.join(table.report.sentences())}")
    if column is not None:
        names = list(table.frame.columns)
        guess = column if column in names else table.roles.get("text", names[0])
        column = st.selectbox("Column of texts", names, names.index(guess), key=f"predict-column-{dataset.id}")
    reasons = st.toggle(
        "With what moved each prediction",
        help="One more column. It takes several times as long.",
        key="predict-reasons",
    )
    state_key = f"predict-asked-{run.id}-{dataset.id}-{column}-{reasons}"
    if st.button("Predict every row", type="primary", key=f"ask-{state_key}"):
        st.session_state[state_key] = True
    if st.session_state.get(state_key):
        show_when_done(ask_file(run, dataset, session.owner(), column, reasons), _whole, key="predict-file-progress")


def _whole(answer: pd.DataFrame) -> None:
    st.text(f"{len(answer):,} rows, {int((answer['note'] != '').sum()) if 'note' in answer else 0:,} with a note.")
    st.dataframe(answer.head(200), hide_index=True, height=320)
    tables.csv_button(answer, "predictions.csv", "download-predictions")
