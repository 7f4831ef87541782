"""The job that reads an upload whole and lets a model survey it: what is in it, and what training on it will cost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar

from embedviz.core.errors import DataError, EmbedvizError
from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec
from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import JsonObject, read_typed, write_typed
from embedviz.data.findings import Finding, find_findings
from embedviz.data.report import ReadReport
from embedviz.data.roles import roles_of
from embedviz.jobs.pretrained import open_pretrained_space
from embedviz.models import model_spec
from embedviz.models.compatibility import used_roles
from embedviz.store.data_reference import DataReference
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.run_specs import Columns
from embedviz.training.protocols import reads_corpus
from embedviz.training.survey import Survey

VERSION = 4  # of surveys and findings: another number, and data is surveyed again
RESULT = "reading.json"
READINGS = "readings"


@dataclass(frozen=True)
class ReadingSpec(JobSpec):
    """Survey a dataset for a model.

    Attributes
    ----------
    model : str
        Name of the model.
    columns : dict
        Role to column, where they were chosen.
    settings : dict
        Those settings that the survey depends on.
    data : DataReference
        The dataset, whose folder is two above the job's.
    version : int
        VERSION when it was asked for.
    """

    kind: ClassVar[str] = "reading"

    model: str
    columns: Columns
    settings: JsonObject
    data: DataReference
    version: int = VERSION


@dataclass(frozen=True)
class ReadingResult:
    """Contents of reading.json: how the file was read, what looks odd, and what the model found in it.

    The survey is None where the model cannot be trained on the data as it is.
    """

    report: ReadReport
    survey: Survey | None
    findings: list[Finding] = field(default_factory=list[Finding])


class Reading(JobFolder[ReadingSpec]):
    """A reading by its folder; the survey is there when it is done."""

    spec_class = ReadingSpec

    @property
    def survey(self) -> Survey | None:
        """Survey of the model; None until it is done."""
        return result.survey if (result := self._result) else None

    @property
    def findings(self) -> list[Finding]:
        """What looks odd in the data, for this model; there even if the survey failed."""
        return result.findings if (result := self._result) else []

    @property
    def _result(self) -> ReadingResult | None:
        return read_typed(self.folder / RESULT, ReadingResult)


def reading_of(
    dataset: Dataset, model: str, columns: Mapping[str, str | list[str] | None], settings: TrainingSettings
) -> Reading:
    """Return the dataset as the model sees it; written when it is new, and then still to be submitted.

    Parameters
    ----------
    dataset : Dataset
        The data.
    model : str
        Name of the model.
    columns : mapping
        Role to column, where they were chosen.
    settings : TrainingSettings
        Those that the survey does not depend on can change without another reading.
    """
    names = model_spec(model).survey_settings
    chosen = {name: value for name, value in settings.model_dump().items() if name in names}
    data = dataset.reference()
    return Reading.keyed(dataset.folder / READINGS, ReadingSpec(model, dict(columns), chosen, data))


@job("reading", lane="interactive")
def read_dataset(spec: ReadingSpec, folder: Path, reporter: Reporter) -> None:
    """Read and survey, and write reading.json."""
    reporter.report(f"Reading {spec.data['title']}")
    model = model_spec(spec.model)
    table = read_reference(spec.data, folder.parents[1], as_corpus=reads_corpus(model))
    settings = model.Settings.from_values(spec.settings)
    columns = roles_of(table, spec.columns)
    reporter.report("Looking for what is odd in the data")
    findings = find_findings(table, used_roles(model, columns), settings.model_dump())
    sentences = [finding.sentence for finding in findings]
    pretrained = open_pretrained_space(settings, reporter)
    try:
        survey = reporter.follow(model.survey(table, columns, settings, pretrained))
    except EmbedvizError as error:
        write_typed(folder / RESULT, ReadingResult(table.report, None, findings))
        if not sentences:
            raise
        raise DataError(" ".join([str(error), *sentences])) from error
    survey = replace(
        survey,
        sentences=[*table.report.changes, *survey.sentences],
        warnings=[*sentences, *survey.warnings],
    )
    write_typed(folder / RESULT, ReadingResult(table.report, survey, findings))
