"""The job that predicts with a trained model: a few rows, a file of them, or recommendations."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Literal

import pandas as pd
from pydantic import JsonValue

from embedviz.core.errors import ColumnError, RunError
from embedviz.core.files import replacing
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.data.matching_columns import listed, match_columns
from embedviz.store.data_reference import DataReference
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.run_folder import WEIGHTS, RunFolder
from embedviz.store.store import Store
from embedviz.training.protocols import Predictor, Reason, Recommender

ANSWER = "answer.parquet"
ROWS_AT_ONCE, ROWS_WITH_REASONS = 500, 20  # of a file, between two events
MAX_REASONS = 8  # of a row, in a file's column of them
_OUR_COLUMNS = ("prediction", "probability", "note", "reasons")


@dataclass(frozen=True)
class PredictionSpec(JobSpec):
    """A request for predictions of a trained model.

    Attributes
    ----------
    run : str
        Id of the run.
    ended : float
        When it ended: a run that was trained further gets new predictions.
    owner : str
        Who asks.
    ask : {"rows", "file", "recommend"}
        Predictions for a few rows or a file, or recommendations for a user.
    rows : list
        Texts, or a dictionary of column to value each.
    data : DataReference, optional
        The file.
    column : str, optional
        Where its texts are, when not where the training had them.
    explain : bool
        Whether the contributions to each prediction are added.
    user : str, optional
        A user of the training.
    rated : dict, optional
        Item to rating, of a new user.
    k : int
        Items to recommend.
    answer_format : int
        Of the reasons in the answer: a prediction that was made in an earlier format is made again.
    """

    kind: ClassVar[str] = "prediction"

    run: str
    ended: float
    owner: str
    ask: Literal["rows", "file", "recommend"]
    rows: list[JsonValue] | None = None
    data: DataReference | None = None
    column: str | None = None
    explain: bool = True
    user: str | None = None
    rated: dict[str, float] | None = None
    k: int = 10
    answer_format: int = 2


class Prediction(JobFolder[PredictionSpec]):
    """A prediction by its folder; `answer` is there when the job is done."""

    spec_class = PredictionSpec

    @property
    def answer(self) -> pd.DataFrame:
        """Frame that the model returned; for a file its own columns first. RunError before the end."""
        path = self.folder / ANSWER
        if not path.exists():
            raise RunError("This prediction is not ready yet.")
        return pd.read_parquet(path)


def ask_rows(run: RunFolder, rows: list[Any], owner: str) -> Prediction:
    """Ask for predictions with reasons for a few rows, texts or {column: value}; the same question is asked once."""
    return _asked(PredictionSpec(run.id, run.state.ended, owner, "rows", rows=rows))


def ask_file(
    run: RunFolder, dataset: Dataset, owner: str, column: str | None = None, explain: bool = False
) -> Prediction:
    """Ask for predictions for every row of a file.

    Parameters
    ----------
    run : RunFolder
        A training that predicts.
    dataset : Dataset
        The file.
    owner : str
        Who asks.
    column : str, optional
        Where its texts are, for a model of texts.
    explain : bool, optional
        Add what moved each prediction, in a column of words.
    """
    spec = PredictionSpec(
        run.id,
        run.state.ended,
        owner,
        "file",
        data=dataset.reference(),
        column=column,
        explain=explain,
    )
    return _asked(spec)


def ask_recommendations(
    run: RunFolder, owner: str, *, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10
) -> Prediction:
    """Ask for the best items for a user of the training, or for a new one who rated a few."""
    chosen = None if rated is None else dict(rated)
    return _asked(PredictionSpec(run.id, run.state.ended, owner, "recommend", user=user, rated=chosen, k=k))


def _asked(spec: PredictionSpec) -> Prediction:
    return Prediction.keyed(Store().predictions_folder, spec)


@job("prediction", lane="interactive")
def predict(spec: PredictionSpec, folder: Path, reporter: Reporter) -> None:
    """Predict and write the result."""
    run = Store().run(spec.run)
    reporter.report("Opening the model")
    model = _predictor(run.folder, os.stat(run.folder / WEIGHTS).st_mtime_ns)
    if spec.data is not None:
        answer = _for_file(spec, spec.data, model, reporter)
    elif spec.rows is not None:
        rows = spec.rows
        answer = model.predict(pd.DataFrame(rows) if rows and isinstance(rows[0], dict) else rows, explain=True)
    elif isinstance(model, Recommender):
        answer = model.recommend(user=spec.user, rated=spec.rated, k=spec.k, explain=True)
    else:
        raise RunError(f"The run {run.name!r} is of {run.model}; only a model of ratings recommends.")
    with replacing(folder / ANSWER) as temporary:
        answer.to_parquet(temporary, index=False)


def _for_file(spec: PredictionSpec, data: DataReference, model: Predictor, reporter: Reporter) -> pd.DataFrame:
    """The file's own columns with the predictions beside them."""
    reporter.report(f"Reading {data['title']}")
    frame = read_reference(data, Store().uploads_folder / data.get("id", "")).frame
    parts: list[pd.DataFrame] = []
    at_once = ROWS_WITH_REASONS if spec.explain else ROWS_AT_ONCE
    for start in range(0, len(frame), at_once):
        block = frame.iloc[start : start + at_once].reset_index(drop=True)
        parts.append(with_predictions(model, block, spec.column, spec.explain))
        reporter.report(f"Predicting {data['title']}", start + len(block), len(frame))
        reporter.check()
    return pd.concat(parts, ignore_index=True)


def with_predictions(
    model: Predictor, frame: pd.DataFrame, column: str | None = None, explain: bool = False
) -> pd.DataFrame:
    """Add a prediction to each row.

    Parameters
    ----------
    model : Predictor
        The trained model.
    frame : DataFrame
        Rows with the columns of the training.
    column : str, optional
        Where their texts are, when not where the training had them.
    explain : bool, optional
        Add a column of what moved each prediction.

    Returns
    -------
    DataFrame
        The frame's own columns first.

    Raises
    ------
    ColumnError
        When there is no such column.
    """
    given = None if column is None else match_columns([column], frame.columns).get(column)
    if column is not None and given is None:
        known = listed([str(name) for name in frame.columns])
        raise ColumnError(f"There is no column {column!r} in this file, which has {known}. Choose another one.")
    rows = frame if given is None else frame[given].fillna("").astype(str).tolist()
    found = model.predict(rows, explain)
    if explain:
        found["reasons"] = [_in_words(those) for those in found["reasons"]]
    return pd.concat([frame, _beside(found, frame)], axis=1)


def _in_words(reasons: list[Reason]) -> str:
    """Format reasons as "warm +0.87; thinks -0.47", the strongest first."""
    strongest = sorted(reasons, key=lambda reason: -abs(reason["contribution"]))[:MAX_REASONS]
    return "; ".join(f"{reason['feature']} {reason['contribution']:+.2f}" for reason in strongest)


def _beside(found: pd.DataFrame, block: pd.DataFrame) -> pd.DataFrame:
    """The predictions' own columns, renamed where the file has a column of that name already."""
    kept = [name for name in found if name in _OUR_COLUMNS or name.startswith("p(") or name not in block]
    return found.loc[:, kept].rename(columns={name: f"{name} (embedviz)" for name in kept if name in block})


@lru_cache(maxsize=4)
def _predictor(folder: Path, changed: int) -> Predictor:
    return RunFolder(folder).predictor()
