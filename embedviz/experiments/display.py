"""A table of results as people read it: titles of scores in place of their names, and no column that is empty."""

from __future__ import annotations

import pandas as pd

from embedviz.evaluation.scores import readable

SCORE, RUN_ID = "score", "run id"


def display_table(table: pd.DataFrame) -> pd.DataFrame:
    """Return a copy for people: "test/auc" becomes "test AUC"; ids of runs, which lists of runs link, are left out.

    Parameters
    ----------
    table : pandas.DataFrame
        Of `Question.table`, whose names are for programs.
    """
    shown = table.drop(columns=RUN_ID, errors="ignore").dropna(axis=1, how="all")
    if SCORE in shown:
        shown[SCORE] = [readable(name) for name in shown[SCORE]]
    return shown.rename(columns=_title)


def _title(column: object) -> str:
    part, _, score = str(column).rpartition("/")
    return f"{part} {readable(score)}" if part else str(column).replace("_", " ")
