"""Charts of the test results: confusion matrix, calibration, errors, groups; each with its table to download."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from components import session, tables
from components.error_boundary import error_boundary
from embedviz.evaluation.figure_sentences import (
    calibration_sentence,
    confusion_sentence,
    errors_sentence,
    groups_sentence,
    largest_confusions,
    popularity_sentence,
    size_errors_sentence,
)
from embedviz.evaluation.scores import SCORES
from embedviz.figures.bar_figures import errors_figure, popularity_figure, size_errors_figure
from embedviz.figures.calibration_figure import calibration_figure
from embedviz.figures.confusion_figure import MAX_CLASSES, MAX_NAMED_CLASSES, confusion_figure
from embedviz.store.run_folder import RunFolder

BAR = {"displaylogo": False, "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"]}


def show_pictures(run: RunFolder) -> None:
    """Show the charts of the run, two side by side; a large confusion matrix takes the full width."""
    pictures = run.figures()
    known = [name for name in _DRAWN if name in pictures]
    order = known + [name for name in pictures if name not in known]
    if "confusion" in pictures and _n_classes(pictures["confusion"]) > MAX_NAMED_CLASSES:
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
    st.header("Confusion matrix")
    st.text(confusion_sentence(frame))
    n = _n_classes(frame)
    if n <= MAX_CLASSES:
        st.plotly_chart(confusion_figure(frame), key=name, config=BAR)
        st.caption(
            "Rows are true classes, columns are predicted classes. The diagonal is correct. Brighter cells hold a larger "
            "share of their true class."
        )
    if n > MAX_NAMED_CLASSES:
        config = {"share": st.column_config.NumberColumn("share of the true class", format="percent")}
        st.dataframe(largest_confusions(frame), hide_index=True, column_config=config, height=240)
        st.caption("The most frequent confusions.")


def _n_classes(frame: pd.DataFrame) -> int:
    return len(set(frame["true"]))


def _calibration(name: str, frame: pd.DataFrame) -> None:
    st.header(
        "Calibration",
        help="A model is calibrated if, of the rows it predicts with a probability of 80%, 80% are correct.",
    )
    st.text(calibration_sentence(frame))
    st.plotly_chart(calibration_figure(frame), key=name, config=BAR)
    st.caption(
        f"Each point stands for about {round(frame['rows'].mean()):,} predictions of similar probability; the bars are "
        "95% confidence intervals (Wilson 1927). Below the dashed line the model is overconfident, above it underconfident."
    )


def _popularity(name: str, frame: pd.DataFrame) -> None:
    st.header("Error by popularity", help=f"RMSE. {SCORES['rmse'].gloss}")
    st.text(popularity_sentence(frame))
    st.plotly_chart(popularity_figure(frame), key=name, config=BAR)
    st.caption("Items with few ratings are on the left, items with many on the right. Lower is better.")


def _errors(name: str, frame: pd.DataFrame) -> None:
    """Show the mean prediction for each true rating; for other numbers, the error by their size."""
    if "rating" not in frame:
        st.header("Error by size", help=f"MAE. {SCORES['mae'].gloss}")
        st.text(size_errors_sentence(frame))
        st.plotly_chart(size_errors_figure(frame), key=name, config=BAR)
        st.caption("The test set in groups by the true number, smallest on the left. Lower is better.")
        return
    st.header("Predictions by true rating")
    st.text(errors_sentence(frame))
    st.plotly_chart(errors_figure(frame), key=name, config=BAR)
    st.caption(
        "On the dashed line predictions are correct on average. A flatter line means predictions closer to the mean."
    )


def _groups(name: str, frame: pd.DataFrame) -> None:
    st.header(
        "kNN purity",
        help="The share of a label's nearest neighbours that belong to the same group, beside the share expected by chance.",
    )
    st.text(groups_sentence(frame))
    percent = {column: st.column_config.NumberColumn(column, format="percent") for column in ("share", "chance")}
    st.dataframe(frame, hide_index=True, column_config=percent, key=name)
    st.caption("Groups come from columns of the table. These vectors were learned without them.")


def _ranking(name: str, frame: pd.DataFrame) -> None:
    st.header("How the ranking was measured", help=f"NDCG@10. {SCORES['ndcg@10'].gloss}")
    st.dataframe(
        frame,
        hide_index=True,
        key=name,
        column_config={"number": st.column_config.NumberColumn(format="localized", width=90)},
    )
    st.caption("Every item is ranked for every user, not a sample of them, which can reverse the order of two models.")


def _table(name: str, frame: pd.DataFrame) -> None:
    st.header(session.plain(name.replace("_", " ").capitalize()))
    st.dataframe(frame, hide_index=True, key=name)


_DRAWN = {
    "confusion": _confusion,
    "calibration": _calibration,
    "popularity": _popularity,
    "errors": _errors,
    "groups": _groups,
    "ranking": _ranking,
}
