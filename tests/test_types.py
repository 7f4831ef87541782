"""The type checker is strict, and a planted mistake is found wherever it is."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]

MISTAKES = '''"""Mistakes that only strict rules find, but for the last."""

from typing import Literal, cast

from embedviz.core.jobs.events import EventLog


def untyped_parameter(value) -> None: ...


def bare_list(values: list) -> None: ...


def private_name(log: EventLog) -> object:
    return log._file


def needless_cast(count: int) -> int:
    return cast(int, count)


def needless_isinstance(count: int) -> bool:
    return isinstance(count, int)


def missing_case(part: Literal["train", "test"]) -> None:
    match part:
        case "train":
            pass


def wrong_return() -> int:
    unused = 1
    return ""
'''
RULES = {
    "reportMissingParameterType",
    "reportMissingTypeArgument",
    "reportPrivateUsage",
    "reportUnnecessaryCast",
    "reportUnnecessaryIsInstance",
    "reportMatchNotExhaustive",
    "reportUnusedVariable",
    "reportReturnType",
}


PLACES = ("embedviz/core", "embedviz/space", "embedviz/store", "embedviz/jobs", "pages")


@pytest.mark.slow
def test_planted_mistakes_are_found(tmp_path):
    for name in ("embedviz", "pages"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = [f"{place}/planted.py" for place in PLACES]
    for path in planted:
        (tmp_path / path).write_text(MISTAKES, encoding="utf-8")
    checker = Path(sys.executable).with_name("basedpyright")
    command = [str(checker), "--pythonpath", sys.executable, *planted]
    report = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False).stdout
    for rule in RULES:
        assert report.count(f"({rule})") >= len(PLACES), f"{rule}: {report}"
