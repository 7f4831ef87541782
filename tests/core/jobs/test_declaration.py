from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import pytest

from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec


@dataclass(frozen=True)
class Spec(JobSpec):
    kind: ClassVar[str] = "example"

    text: str


def test_a_declaration_knows_its_spec_and_its_lane_and_does_the_job(tmp_path):
    @job("example", lane="interactive")
    def write(spec: Spec, folder: Path, reporter: Reporter) -> None:
        (folder / "out.txt").write_text(spec.text)

    assert (write.kind, write.lane, write.spec_class) == ("example", "interactive", Spec)
    write(Spec("done"), tmp_path, Reporter())
    assert (tmp_path / "out.txt").read_text() == "done"


def test_a_kind_that_is_not_the_specs_is_refused():
    with pytest.raises(TypeError, match="'another'"):

        @job("another", lane="interactive")
        def write(spec: Spec, folder: Path, reporter: Reporter) -> None:
            """Is refused before it could be called."""
