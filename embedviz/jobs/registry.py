"""The kinds of jobs by name. Adding one is a file with its declaration and a line in KINDS."""

from __future__ import annotations

import importlib
from typing import Any, cast

from embedviz.core.errors import RunError
from embedviz.core.jobs.declaration import Declaration

KINDS = {
    "baselines": "embedviz.jobs.baselines:train_baselines",
    "comparison": "embedviz.space.comparison_job:compare",
    "experiment": "embedviz.experiments.experiment_job:run_experiment",
    "export": "embedviz.exports.export_job:write_export",
    "history": "embedviz.projection.history_job:lay_out_history",
    "pair": "embedviz.projection.pair_job:draw_pair",
    "prediction": "embedviz.jobs.prediction:predict",
    "preview": "embedviz.jobs.preview:preview",
    "projection": "embedviz.projection.map_job:draw_map",
    "reading": "embedviz.jobs.reading:read_dataset",
    "repeats": "embedviz.jobs.repeats:train_repeats",
    "training": "embedviz.jobs.training:train",
    "vectors": "embedviz.jobs.vectors:open_vectors",
    "word scores": "embedviz.jobs.word_scores:score_words",
}


def declaration(kind: str) -> Declaration[Any]:
    """Return the declaration of a kind of job; its module is imported now.

    Parameters
    ----------
    kind : str
        A key of KINDS.

    Raises
    ------
    RunError
        When there is none, as for a job that another version of embedviz wrote.
    """
    if kind not in KINDS:
        raise RunError(f"This version of embedviz knows no jobs of the kind {kind!r}.")
    module, name = KINDS[kind].split(":")
    found: object = getattr(importlib.import_module(module), name)
    if not isinstance(found, Declaration):
        raise TypeError(f"{KINDS[kind]} is not a declaration.")
    return cast(Declaration[Any], found)
