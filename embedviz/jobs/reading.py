"""Reads an upload whole and lets a model survey it: what is in it, and what training on it will cost."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from embedviz.core.files import read_json, write_json
from embedviz.core.progress import Progress
from embedviz.core.settings import TrainingSettings
from embedviz.data.roles import roles_of
from embedviz.jobs.control import Control
from embedviz.jobs.pretrained import give_vectors
from embedviz.models import model_class
from embedviz.store.dataset import Dataset, read_reference
from embedviz.store.job import Job
from embedviz.store.status import State
from embedviz.training.survey import Survey

RESULT = "reading.json"


class Reading(Job):
    """A reading by its folder; report and survey are there when it is done."""

    @property
    def report(self) -> dict[str, Any]:
        """embedviz.data.report.ReadReport as a dict; empty until it is done."""
        return read_json(self.folder / RESULT).get("report", {})

    @property
    def survey(self) -> Survey | None:
        values = read_json(self.folder / RESULT).get("survey")
        return Survey.from_dict(values) if values else None


def reading_of(dataset: Dataset, model: str, columns: dict[str, Any], settings: TrainingSettings) -> Reading:
    """The dataset as the model sees it in these columns; written when it is new, and then still to be submitted. The
    settings that the survey does not depend on can change without another reading."""
    names = model_class(model).survey_settings
    spec = {
        "kind": "reading",
        "model": model,
        "columns": columns,
        "settings": {name: value for name, value in settings.model_dump().items() if name in names},
        "data": dataset.reference(),
    }
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
    folder = dataset.folder / "readings" / key
    if not (folder / Reading.spec_file).exists():
        Reading.write(folder, {**spec, "id": key, "owner": dataset.owner})
    return Reading(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Reads and surveys, and writes reading.json."""
    reference = job.spec["data"]
    say(Progress(message=f"Reading {reference['title']}"))
    table = read_reference(reference, job.folder.parents[1])
    cls = model_class(job.spec["model"])
    model = cls(cls.Settings.of(**job.spec["settings"]))
    give_vectors(model, say)
    for step in model.survey(table, roles_of(table, job.spec["columns"])):
        if isinstance(step, Survey):
            write_json(job.folder / RESULT, {"report": table.report.as_dict(), "survey": step.as_dict()})
        else:
            say(step)
        if control.any:
            return "interrupted" if control.interrupt else "stopped"
    return "done"
