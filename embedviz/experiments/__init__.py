"""The registry of questions that several runs answer. Adding one is a file here, its test, and a line in QUESTIONS."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, cast

from embedviz.core.errors import SettingsError

if TYPE_CHECKING:
    from embedviz.experiments.question import Question

QUESTIONS = {
    "dimensions": "embedviz.experiments.dimensions:QUESTION",
    "one_hot": "embedviz.experiments.one_hot:QUESTION",
    "pretrained": "embedviz.experiments.pretrained:QUESTION",
    "algorithms": "embedviz.experiments.algorithms:QUESTION",
    "similar": "embedviz.experiments.similar:QUESTION",
    "holds": "embedviz.experiments.holds:QUESTION",
    "tune": "embedviz.experiments.tune:QUESTION",
}


def find_question(name: str) -> Question:
    """Return a question by its name, imported now.

    Raises
    ------
    SettingsError
        When there is no such question; the message names those that there are.
    """
    if name not in QUESTIONS:
        raise SettingsError(f"There is no question {name!r}. Known questions: {', '.join(QUESTIONS)}.")
    module, attribute = QUESTIONS[name].split(":")
    return cast("Question", getattr(importlib.import_module(module), attribute))
