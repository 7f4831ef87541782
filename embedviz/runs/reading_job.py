"""Reads an upload whole: what is in it, how many words, which are frequent. A page works out every estimate from it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from embedviz.data.counts import CorpusCounts, count_corpus
from embedviz.data.roles import checked_role
from embedviz.errors import RunError
from embedviz.files import read_json, write_json
from embedviz.runs.control import Control
from embedviz.runs.dataset import Dataset, read_reference
from embedviz.runs.job import Job
from embedviz.runs.status import State
from embedviz.training.progress import Progress

RESULT = "reading.json"


class Reading(Job):
    """A reading by its folder; report and counts are there when it is done."""

    @property
    def report(self) -> dict[str, Any]:
        """embedviz.data.report.ReadReport as a dict; empty until it is done."""
        return read_json(self.folder / RESULT).get("report", {})

    @property
    def counts(self) -> CorpusCounts | None:
        values = read_json(self.folder / RESULT).get("counts")
        return CorpusCounts.from_dict(values) if values else None


def reading_of(dataset: Dataset, column: str, tokenizer: str, lowercase: bool) -> Reading:
    """The reading of the dataset's text column in this way; written when it is new, and then still to be submitted."""
    spec = {
        "kind": "reading",
        "column": column,
        "tokenizer": tokenizer,
        "lowercase": lowercase,
        "data": dataset.reference(),
    }
    key = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:32]
    folder = dataset.folder / "readings" / key
    if not (folder / Reading.spec_file).exists():
        Reading.write(folder, {**spec, "id": key})
    return Reading(folder)


def work(job: Job, control: Control, say: Callable[..., None]) -> State:
    """Reads and counts, and writes reading.json."""
    reference = job.spec["data"]
    say(Progress(message=f"Reading {reference['title']}"))
    if reference["source"] == "upload":
        path = job.folder.parents[1] / reference["file"]
        if not path.is_file():
            raise RunError("This upload is not here any more. Upload it again.")
        reference = {**reference, "source": "path", "path": str(path), "modified": path.stat().st_mtime}
    table = read_reference(reference, job.folder)
    column = checked_role(table.frame, "text", job.spec["column"])
    texts = table.frame[column].dropna().astype(str)
    counts = None
    for step in count_corpus(texts, job.spec["tokenizer"], job.spec["lowercase"]):
        if isinstance(step, CorpusCounts):
            counts = step
        else:
            say(step)
        if control.any:
            return "interrupted" if control.interrupt else "stopped"
    write_json(job.folder / RESULT, {"report": table.report.as_dict(), "counts": counts.as_dict()})
    return "done"
