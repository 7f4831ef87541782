"""Each addition that CONTRIBUTING.md describes, made in a copy: the files named there are enough for it to work."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[1]
COPIED = ("embedviz", "components", "pages", "sample_data")


@dataclass(frozen=True)
class Addition:
    """Something added as CONTRIBUTING.md says.

    Attributes
    ----------
    title
        The section of CONTRIBUTING.md.
    files
        New files by path.
    lines
        Path of a changed file -> pairs of a line that is there and the line added behind it.
    check
        Script that fails unless the addition works.
    """

    title: str
    files: dict[str, str]
    check: str
    lines: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


WORD_ALGORITHM = Addition(
    title="A word algorithm",
    files={
        "embedviz/models/words/nearest_words.py": '''
"""CBOW of the two words beside a word alone."""

from embedviz.models.words.cbow import CbowSettings
from embedviz.models.words.negative_sampling import Inputs
from embedviz.models.words.sampling_devices import sampling_engine
from embedviz.models.words.spec import WordModel


def engine(prepared, settings, device, threads):
    nearest = settings.model_copy(update={"window": 1})
    return sampling_engine(prepared.corpus, nearest, device, threads, Inputs(from_contexts=True, divides=True))


SPEC = WordModel(
    name="nearest_words", title="Word vectors (nearest words)", summary="Learns from the two words beside a word.",
    Settings=CbowSettings, engine=engine, relative_work=lambda settings: 0.5,
)
'''
    },
    lines={
        "embedviz/models/__init__.py": [
            ("MODELS = {", '    "nearest_words": "embedviz.models.words.nearest_words:SPEC",'),
        ]
    },
    check="""
import embedviz as ev
from embedviz.models import model_spec
from embedviz.models.compatibility import compatible_models
from embedviz.testing import check_learns, check_resumes, check_saves, check_settings, make_case
case = make_case(model_spec("nearest_words"))
for check in (check_learns, check_resumes, check_saves, check_settings):
    check(case)
assert "nearest_words" in [found.model.name for found in compatible_models(case.columns)]
""",
)

MODEL = Addition(
    title="A model",
    files={
        "embedviz/models/tables/__init__.py": "",
        "embedviz/models/tables/spec.py": '''
"""Categories, under another name."""

from embedviz.models.categories.spec import CategoriesSpec


class TablesSpec(CategoriesSpec):
    name = "tables"
    title = "Tables"
    summary = "Learns a vector for each value of a table."


SPEC = TablesSpec()
''',
    },
    lines={"embedviz/models/__init__.py": [("MODELS = {", '    "tables": "embedviz.models.tables.spec:SPEC",')]},
    check="""
import embedviz as ev
from embedviz.models import model_spec
from embedviz.testing import check_learns, check_saves, make_case
case = make_case(model_spec("tables"), epochs=3)
check_learns(case)
check_saves(case)
case.table.frame.to_csv("cars.csv", index=False)
run = ev.train("tables", "cars.csv", columns={"target": "target"}, epochs=2)
assert run.predict(case.table.frame.head(2)).shape[0] == 2
assert run.baselines()["name"].tolist()
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/frame.py", default_timeout=60)
app.query_params["run"] = run.id
app.run()
app.switch_page("predict.py").run()
assert not app.exception, app.exception
assert [tab.label for tab in app.tabs] == ["Row", "File"], app.tabs
""",
)

FORMAT = Addition(
    title="A vector format",
    files={
        "embedviz/formats/semicolons.py": '''
"""A label and its numbers a line, with semicolons between them."""

import numpy as np

from embedviz.formats.labels import space_of

NAME, ENDINGS = "semicolons", (".scsv",)


def sniff(head):
    first = head.partition(b"\\n")[0]
    return first.count(b";") >= 2


def read(source, *, limit, on_progress):
    rows = [line.split(b";") for line in source.read(1 << 30).splitlines()][:limit]
    return space_of([row[0] for row in rows], np.array([row[1:] for row in rows], np.float32), source.name)


def write(space, stream):
    for label, vector in zip(space.labels, space.vectors, strict=True):
        stream.write(";".join([label, *map(str, vector.tolist())]).encode() + b"\\n")
'''
    },
    lines={
        "embedviz/formats/vector_files.py": [
            ("from embedviz.formats import (", "    semicolons,"),
            ("FORMATS: dict", "    semicolons.NAME: semicolons,"),
        ]
    },
    check="""
import embedviz as ev
space = ev.load_vectors(b"king;0.5;1\\nqueen;0.25;2\\n")
assert space.labels == ["king", "queen"] and space.vectors.tolist() == [[0.5, 1], [0.25, 2]]
space.save("vectors.scsv")
assert ev.load_vectors("vectors.scsv").vectors.tolist() == space.vectors.tolist()
""",
)

PAGE = Addition(
    title="A page",
    files={
        "pages/longest.py": '''
"""The longest labels of a space."""

import streamlit as st

from components.space_picker import current_space

st.title("Longest")
if opened := current_space("see its longest labels"):
    st.text(max(opened[1].labels, key=len))
'''
    },
    lines={
        "pages/frame.py": [('title="Compare"', '        st.Page("longest.py", title="Longest", url_path="longest"),')]
    },
    check="""
from streamlit.testing.v1 import AppTest
app = AppTest.from_file("pages/frame.py", default_timeout=60).run()
app.switch_page("longest.py").run()
assert not app.exception, app.exception
assert "see its longest labels" in app.info[0].value
""",
)

JOB_KIND = Addition(
    title="A kind of job",
    files={
        "embedviz/space/longest_job.py": '''
"""Finds the longest label."""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec


@dataclass(frozen=True)
class LongestSpec(JobSpec):
    kind: ClassVar[str] = "longest"
    labels: list[str]


class Longest(JobFolder[LongestSpec]):
    spec_class = LongestSpec


@job("longest", lane="interactive")
def find_longest(spec: LongestSpec, folder: Path, reporter: Reporter) -> None:
    reporter.check()
    (folder / "longest.txt").write_text(max(spec.labels, key=len))
'''
    },
    lines={"embedviz/jobs/registry.py": [("KINDS = {", '    "longest": "embedviz.space.longest_job:find_longest",')]},
    check="""
from pathlib import Path
import time
from embedviz.jobs.shared_executor import shared_executor
from embedviz.space.longest_job import Longest, LongestSpec
job = Longest.keyed(Path("jobs"), LongestSpec(["a", "bbb", "cc"]))
shared_executor().submit(job)
while not job.state.is_final:
    time.sleep(0.1)
assert job.status == "done", job.state
assert (job.folder / "longest.txt").read_text() == "bbb"
""",
)

EXECUTOR = Addition(
    title="An executor",
    files={
        "embedviz/jobs/process_executor.py": '''
"""A process of its own for each job, as a cluster would start it."""

import subprocess
import sys
import threading

from embedviz.core.cost import Machine
from embedviz.core.jobs.lease import Heartbeat
from embedviz.core.jobs.stop_request import request_stop
from embedviz.jobs.executor import take_for_queue

CHILD = """
import sys
from embedviz.core.jobs.lease import Lease
from embedviz.jobs.perform import perform
from embedviz.store.run_folder import RunFolder
run = RunFolder(sys.argv[1])
perform(run, lease=Lease.adopt(run.folder, int(sys.argv[2]), sys.argv[3]))
"""


class ProcessExecutor:
    is_closed = False
    machine = Machine()
    capacity = 1

    def start(self):
        return self

    def submit(self, job, owner="local"):
        lease = take_for_queue(job)
        command = [sys.executable, "-c", CHILD, str(job.folder), str(lease.generation), lease.token]

        def work():
            with Heartbeat(lease):
                subprocess.run(command)

        threading.Thread(target=work).start()

    def stop(self, job):
        request_stop(job.folder)

    def place(self, job):
        return 0

    def expected_wait(self, job):
        return None

    def close(self):
        pass
'''
    },
    lines={
        "embedviz/jobs/shared_executor.py": [
            (
                "        if _shared is None or",
                "            from embedviz.jobs.process_executor import ProcessExecutor as LocalExecutor",
            )
        ]
    },
    check="""
import time
import embedviz as ev
open("text.txt", "w").write("the cat sat on the mat and the dog sat on the rug\\n" * 300)
run = ev.start("skipgram", "text.txt", dim=4, epochs=1, min_count=1)
run.wait()
assert run.status == "done", run.state
assert run.space.dim == 4
run = ev.start("skipgram", "text.txt", dim=100, epochs=1000, min_count=1)
while not run.last_event().get("step"):
    time.sleep(0.1)
run.stop()
run.wait()
assert run.status == "stopped", run.state
""",
)

ADDITIONS = (WORD_ALGORITHM, MODEL, FORMAT, PAGE, JOB_KIND, EXECUTOR)


@pytest.fixture
def copy(tmp_path):
    """The project's code, to be added to."""
    for name in COPIED:
        shutil.copytree(ROOT / name, tmp_path / name)  # compiled kernels too
    return tmp_path


@pytest.mark.parametrize("addition", ADDITIONS, ids=lambda addition: addition.title)
def test_an_addition_takes_the_files_that_are_named(addition, copy, monkeypatch):
    for path, content in addition.files.items():
        (copy / path).parent.mkdir(exist_ok=True)
        assert not (copy / path).exists()
        (copy / path).write_text(content.lstrip(), encoding="utf-8")
    for path, pairs in addition.lines.items():
        text = (copy / path).read_text(encoding="utf-8")
        for anchor, line in pairs:
            found = re.search(rf"^.*{re.escape(anchor)}.*\n", text, re.MULTILINE)
            assert found, f"{path} has no line with {anchor!r}"
            text = f"{text[: found.end()]}{line}\n{text[found.end() :]}"
        (copy / path).write_text(text, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", str(copy))
    done = subprocess.run(
        [sys.executable, "-c", addition.check], cwd=copy, capture_output=True, text=True, check=False, timeout=110
    )
    assert done.returncode == 0, done.stderr


def test_the_guide_has_a_section_for_each_and_names_its_files():
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    sections = dict(re.findall(r"^## (.+)\n([^#]+)", guide, re.MULTILINE))
    assert [addition.title for addition in ADDITIONS] == list(sections)
    for addition in ADDITIONS:
        for path in addition.lines:
            assert path in sections[addition.title], (addition.title, path)
        for path in addition.files:
            if addition is not JOB_KIND:  # its file lies beside what it computes
                folder = "/".join(path.split("/")[:2]) if path.startswith("embedviz") else path.split("/")[0]
                assert folder in sections[addition.title], (addition.title, folder)
