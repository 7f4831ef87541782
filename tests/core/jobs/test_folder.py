import json
from dataclasses import dataclass
from typing import ClassVar

import pytest

from embedviz.core.errors import DataError, RunError
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.spec import JobSpec


@dataclass(frozen=True)
class Spec(JobSpec):
    kind: ClassVar[str] = "example"

    k: int


class Example(JobFolder[Spec]):
    spec_class = Spec


def test_the_same_spec_is_the_same_job_written_once(tmp_path):
    job = Example.keyed(tmp_path, Spec(3))
    assert Example.keyed(tmp_path, Spec(3)).created == job.created
    assert job.folder == tmp_path / Spec(3).key()
    assert (job.kind, job.id, job.spec) == ("example", Spec(3).key(), Spec(3))
    assert Example.keyed(tmp_path, Spec(4)).folder != job.folder


def test_a_job_of_the_first_version_is_read(tmp_path):
    (tmp_path / "job.json").write_text(json.dumps({"kind": "example", "id": "e1", "created": 5.0, "k": 3, "run": "r"}))
    job = Example(tmp_path)
    assert (job.id, job.created, job.spec) == ("e1", 5.0, Spec(3))


def test_no_job_and_a_damaged_one_are_sentences(tmp_path):
    with pytest.raises(RunError, match="not in the store"):
        Example(tmp_path)
    (tmp_path / "job.json").write_text('{"kind": ')
    with pytest.raises(DataError, match="damaged"):
        Example(tmp_path)
    (tmp_path / "job.json").write_text(json.dumps({"kind": "example", "id": "e1", "created": 5.0, "k": "three"}))
    with pytest.raises(DataError, match="another version"):
        _ = Example(tmp_path).spec


def test_waiting_ends_with_a_timeout_while_it_goes_on(tmp_path, hold):
    job = Example.keyed(tmp_path, Spec(3))
    assert job.wait() == "interrupted"  # nobody works on it
    hold(job.folder)
    with pytest.raises(TimeoutError, match="still running"):
        job.wait(0)
