"""Runs side by side: settings that differ, scores, and learning curves on one axis."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from components import live
from embedviz.evaluation.learning_curves import CurveChart, learning_curves
from embedviz.figures.curve_figure import MAX_COMPARED_RUNS, compared_curves_figure
from embedviz.store.run_comparison import NO_SETTING, different_settings, scores_frame
from embedviz.store.run_folder import RunFolder


def show_comparison(selected: Mapping[str, RunFolder]) -> None:
    """Show the trainings among the selected runs side by side.

    Parameters
    ----------
    selected
        By labels that are all different.
    """
    trainings = {label: run for label, run in selected.items() if run.kind == "training"}
    if len(trainings) < 2:
        st.caption("Only trainings can be compared: opened vectors have no settings. Select two trainings or more.")
        return
    compared = dict(list(trainings.items())[:MAX_COMPARED_RUNS])
    if len(trainings) > len(compared):
        st.caption(f"The first {len(compared)} of the {len(trainings)} selected trainings are compared.")
    _show_settings(compared)
    scores = scores_frame(compared)
    if len(scores.columns):
        st.header("Scores")
        config = {name: st.column_config.NumberColumn(name, format="%.3f") for name in scores}
        st.dataframe(scores, column_config=config, placeholder=NO_SETTING)
    _show_curves(compared)


def _show_settings(runs: Mapping[str, RunFolder]) -> None:
    st.header("Different settings")
    different = different_settings(runs)
    if different.empty:
        st.text("The settings are the same.")
        return
    st.dataframe(different)
    if (different == NO_SETTING).any(axis=None):
        st.caption(f"{NO_SETTING} stands for a setting that the model of the run does not have.")


def _show_curves(runs: Mapping[str, RunFolder]) -> None:
    charts: dict[tuple[str, str], dict[str, CurveChart]] = {}
    for label, run in runs.items():
        for chart in learning_curves(live.events(run)):
            charts.setdefault((chart.stage, chart.score), {})[label] = chart
    names = list(charts)
    if names:
        st.header("Learning curves")
    for start in range(0, len(names), 2):
        for column, (stage, score) in zip(st.columns(2, gap="large"), names[start : start + 2], strict=False):
            figure = compared_curves_figure(charts[stage, score], list(runs))
            column.plotly_chart(figure, key=f"compared-{stage}-{score}", config={"displayModeBar": False})
