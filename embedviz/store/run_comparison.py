"""Several runs side by side: the settings that differ, and the scores."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pandas as pd

from embedviz.evaluation.score_table import measured_part
from embedviz.evaluation.scores import SCORES, readable
from embedviz.store.run_folder import RunFolder

NO_SETTING = "—"  # the model of the run has no such setting


def different_settings(runs: Mapping[str, RunFolder]) -> pd.DataFrame:
    """Return what the runs do not have in common: model, data and settings, a row each, with a column of text for each run.

    A setting that a run does not have is a difference, and so is one without a value beside one with.

    Parameters
    ----------
    runs
        By labels that are all different.
    """
    values = {
        label: {"model": run.model, "data": run.data["title"], **run.spec.settings} for label, run in runs.items()
    }
    names = dict.fromkeys(name for of_run in values.values() for name in of_run)
    shown = {
        name: [_shown(of_run[name]) if name in of_run else NO_SETTING for of_run in values.values()] for name in names
    }
    different = {name: cells for name, cells in shown.items() if len(set(cells)) > 1}
    return pd.DataFrame.from_dict(different, orient="index", columns=list(values), dtype=object)


def scores_frame(runs: Mapping[str, RunFolder]) -> pd.DataFrame:
    """Return the scores of the runs on the set that they are measured on, as numbers: a row for each run, NaN for no score."""
    rows: dict[str, dict[str, float]] = {}
    for label, run in runs.items():
        metrics = run.metrics
        part = f"{measured_part(metrics)}/"
        found = {name.removeprefix(part): value for name, value in metrics.items() if name.startswith(part)}
        rows[label] = {readable(name): found[name] for name in dict.fromkeys([*SCORES, *found]) if name in found}
    return pd.DataFrame.from_dict(rows, orient="index", dtype=float)


def _shown(value: object) -> str:
    """Return a setting as text: whole numbers alike whether they are written 1 or 1.0."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
