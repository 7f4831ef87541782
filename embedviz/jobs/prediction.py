"""Questions to a trained model, answered by a worker: a few rows, a file of them, or recommendations."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from embedviz.core.errors import ColumnError, RunError
from embedviz.core.files import replacing
from embedviz.core.progress import Progress
from embedviz.jobs.control import Control
from embedviz.models.contract import Predictor
from embedviz.store.dataset import Dataset, read_reference
from embedviz.store.job import Job
from embedviz.store.run import WEIGHTS, Run
from embedviz.store.status import State
from embedviz.store.store import Store

ANSWER = "answer.parquet"
ROWS_AT_ONCE, ROWS_WITH_REASONS = 500, 20  # of a file, between two events
MOST_REASONS = 8  # of a row, in a file's column of them


class Prediction(Job):
    """A question by its folder; the answer is there when it is done."""

    @property
    def answer(self) -> pd.DataFrame:
        """What the model's predict or recommend gave; for a file its own columns first. RunError before the end."""
        path = self.folder / ANSWER
        if not path.exists():
            raise RunError("This question has not been answered yet.")
        return pd.read_parquet(path)


def ask_rows(run: Run, rows: list[Any], owner: str) -> Prediction:
    """Predictions with reasons for a few rows, texts or {column: value}; the same question is asked once."""
    return _asked(run, {"ask": "predict", "rows": rows}, owner)


def ask_file(run: Run, dataset: Dataset, owner: str, column: str | None = None, reasons: bool = False) -> Prediction:
    """Predictions for every row of a file, with what moved each in a column of words. column: where its texts are, for a
    model of texts."""
    question = {"ask": "predict", "data": dataset.reference(), "column": column, "reasons": reasons}
    return _asked(run, question, owner)


def ask_recommendations(
    run: Run, owner: str, *, user: str | None = None, rated: dict[str, float] | None = None, k: int = 10
) -> Prediction:
    """The best items for a user of the training, or for a new one who rated a few."""
    return _asked(run, {"ask": "recommend", "user": user, "rated": rated, "k": k}, owner)


def _asked(run: Run, question: dict[str, Any], owner: str) -> Prediction:
    spec = {"kind": "prediction", "run": run.id, "ended": run.state.ended, "owner": owner, **question}
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
    folder = Store().predictions_folder / key
    if not (folder / Prediction.spec_file).exists():
        Prediction.write(folder, {**spec, "id": key})
    return Prediction(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Asks the model and writes the answer."""
    spec = job.spec
    run = Store().run(spec["run"])
    say(Progress(message="Opening the model"))
    model = _predictor(run.folder, os.stat(run.folder / WEIGHTS).st_mtime_ns)
    if spec["ask"] == "recommend":
        answer = model.recommend(user=spec["user"], rated=spec["rated"], k=spec["k"], reasons=True)
    elif "rows" in spec:
        rows = spec["rows"]
        answer = model.predict(pd.DataFrame(rows) if rows and isinstance(rows[0], dict) else rows, reasons=True)
    else:
        answer = _for_file(job, model, control, say)
        if answer is None:
            return "interrupted" if control.interrupt else "stopped"
    with replacing(job.folder / ANSWER) as temporary:
        answer.to_parquet(temporary, index=False)
    return "done"


def _for_file(job: Job, model: Predictor, control: Control, say: Callable[..., None]) -> pd.DataFrame | None:
    """The file's own columns with the predictions beside them; None when it was asked to stop."""
    reference, column = job.spec["data"], job.spec["column"]
    say(Progress(message=f"Reading {reference['title']}"))
    frame = read_reference(reference, Store().uploads_folder / reference["id"]).frame
    parts = []
    at_once = ROWS_WITH_REASONS if job.spec["reasons"] else ROWS_AT_ONCE
    for start in range(0, len(frame), at_once):
        block = frame.iloc[start : start + at_once].reset_index(drop=True)
        parts.append(with_predictions(model, block, column, job.spec["reasons"]))
        say(Progress(step=start + len(block), total_steps=len(frame), message=f"Predicting {reference['title']}"))
        if control.any:
            return None
    return pd.concat(parts, ignore_index=True)


def with_predictions(
    model: Predictor, frame: pd.DataFrame, column: str | None = None, reasons: bool = False
) -> pd.DataFrame:
    """The frame with a prediction beside each row, and with what moved it where that is asked for. column: where its
    texts are, when not where the training had them."""
    if column is not None and column not in frame:
        raise ColumnError(f"There is no column {column!r} in this file. Choose another one.")
    rows = frame if column is None else frame[column].fillna("").astype(str).tolist()
    found = model.predict(rows, reasons)
    if reasons:
        found["reasons"] = [_in_words(those) for those in found["reasons"]]
    return pd.concat([frame, _beside(found, frame)], axis=1)


def _in_words(reasons: list[dict[str, Any]]) -> str:
    """warm +0.87; thinks -0.47: the strongest first."""
    strongest = sorted(reasons, key=lambda reason: -abs(reason["contribution"]))[:MOST_REASONS]
    return "; ".join(f"{reason['feature']} {reason['contribution']:+.2f}" for reason in strongest)


def _beside(found: pd.DataFrame, block: pd.DataFrame) -> pd.DataFrame:
    """The predictions' own columns, renamed where the file has a column of that name already."""
    found = found[[name for name in found if name in _OURS or name.startswith("p(") or name not in block]]
    return found.rename(columns={name: f"{name} (embedviz)" for name in found if name in block})


_OURS = ("prediction", "probability", "note", "reasons")


@lru_cache(maxsize=4)
def _predictor(folder: Path, changed: int) -> Predictor:
    return Run(folder).predictor()
