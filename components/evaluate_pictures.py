"""The pictures beside the scores: each with its sentence, and as a table to take away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import session, tables
from components.error_boundary import error_boundary
from embedviz.evaluation.picture_sentences import (
    calibration_sentence,
    confusion_sentence,
    errors_sentence,
    groups_sentence,
    largest_confusions,
    popularity_sentence,
    size_errors_sentence,
)
from embedviz.figures.calibration_figure import calibration_figure
from embedviz.figures.confusion_figure import FEW_CLASSES, MOST_CLASSES, confusion_figure
from embedviz.figures.errors_figure import errors_figure
from embedviz.figures.popularity_figure import popularity_figure
from embedviz.figures.size_errors_figure import size_errors_figure
from embedviz.store.run import Run

BAR = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def show_pictures(run: Run) -> None:
    """Two beside each other where there is room; a grid of many classes has the width for itself."""
    pictures = run.pictures()
    known = [name for name in _DRAWN if name in pictures]
    order = known + [name for name in pictures if name not in known]
    if "confusion" in pictures and pictures["confusion"]["true"].nunique() > FEW_CLASSES:
        order.remove("confusion")
        _one("confusion", pictures["confusion"])
    for start in range(0, len(order), 2):
        for column, name in zip(st.columns(2, gap="large"), order[start : start + 2], strict=False):
            with column:
                _one(name, pictures[name])


def _one(name: str, frame: pd.DataFrame) -> None:
    with error_boundary():
        _DRAWN.get(name, _table)(name, frame)
        tables.csv_button(frame, f"{name}.csv", f"download-{name}")


def _confusion(name: str, frame: pd.DataFrame) -> None:
    st.subheader("Which class is taken for which")
    st.text(confusion_sentence(frame))
    n = frame["true"].nunique()
    if n <= MOST_CLASSES:
        st.plotly_chart(confusion_figure(frame), key=name, config=BAR)
        st.caption(
            "Each line is a true class, each column an answer. The diagonal is right, the rest is wrong. The brighter, the "
            "larger the share of the true class."
        )
    if n > FEW_CLASSES:
        config = {"share": st.column_config.NumberColumn("share of the true class", format="percent")}
        st.dataframe(largest_confusions(frame), hide_index=True, column_config=config, height=240)
        st.caption("The most frequent wrong answers.")


def _calibration(name: str, frame: pd.DataFrame) -> None:
    st.subheader("Whether its certainty can be trusted")
    st.text(calibration_sentence(frame))
    st.plotly_chart(calibration_figure(frame), key=name, config=BAR)
    st.caption(
        f"Each point stands for about {round(frame['rows'].mean()):,} answers of about one certainty; the bars say how far "
        "chance alone may carry it. Below the dashed line the model is too sure, above it too unsure."
    )


def _popularity(name: str, frame: pd.DataFrame) -> None:
    st.subheader("Error by popularity")
    st.text(popularity_sentence(frame))
    st.plotly_chart(popularity_figure(frame), key=name, config=BAR)
    st.caption("To the left items that few have rated, to the right those that many have. Lower is better.")


def _errors(name: str, frame: pd.DataFrame) -> None:
    """Of ratings, which take few values, the mean estimate of each; of other numbers, the error by their size."""
    if "rating" not in frame:
        st.subheader("Error by size")
        st.text(size_errors_sentence(frame))
        st.plotly_chart(size_errors_figure(frame), key=name, config=BAR)
        st.caption("The test part in groups by the true number, the smallest to the left. Lower is better.")
        return
    st.subheader("Estimates by true rating")
    st.text(errors_sentence(frame))
    st.plotly_chart(errors_figure(frame), key=name, config=BAR)
    st.caption("On the dashed line estimates are right on average. A flatter line keeps to the middle.")


def _groups(name: str, frame: pd.DataFrame) -> None:
    st.subheader("Whether groups end up together")
    st.text(groups_sentence(frame))
    percent = {column: st.column_config.NumberColumn(column, format="percent") for column in ("share", "chance")}
    st.dataframe(frame, hide_index=True, column_config=percent, key=name)
    st.caption("Groups are columns of the table that the model was never told.")


def _table(name: str, frame: pd.DataFrame) -> None:
    st.subheader(session.plain(name.replace("_", " ").capitalize()))
    st.dataframe(frame, hide_index=True, key=name)


_DRAWN = {
    "confusion": _confusion,
    "calibration": _calibration,
    "popularity": _popularity,
    "errors": _errors,
    "groups": _groups,
}
