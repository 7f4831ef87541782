"""Checks that every model passes: ours, and anybody else's who writes one.

>>> from embedviz.models import model_spec
>>> from embedviz.testing import checks
>>> [check.__name__ for check in checks][:2]
['check_learns', 'check_learns_in_a_fold']
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pandas as pd

from embedviz.testing.case import CPU, Case, example_table, make_case
from embedviz.testing.learning import (
    check_follows_split,
    check_learns,
    check_learns_in_a_fold,
    check_repeats,
    check_resumes,
    check_spares_the_test_set,
    check_stops,
    check_survey,
)
from embedviz.testing.onnx_files import check_onnx_files
from embedviz.testing.pages import check_pytorch_pages
from embedviz.testing.trained import (
    check_architecture,
    check_examples,
    check_predicts,
    check_saves,
    check_settings,
)
from embedviz.training.protocols import AnyModelSpec

__all__ = [
    "CPU",
    "Case",
    "check_learns",
    "check_model",
    "check_onnx_files",
    "check_pytorch_pages",
    "check_resumes",
    "check_saves",
    "check_settings",
    "checks",
    "example_table",
    "make_case",
]

checks: tuple[Callable[[Case], None], ...] = (
    check_learns,
    check_learns_in_a_fold,
    check_follows_split,
    check_spares_the_test_set,
    check_survey,
    check_repeats,
    check_stops,
    check_resumes,
    check_saves,
    check_architecture,
    check_predicts,
    check_examples,
    check_settings,
    check_pytorch_pages,
    check_onnx_files,
)


def check_model(
    spec: AnyModelSpec,
    table: pd.DataFrame | None = None,
    columns: Mapping[str, Any] | None = None,
    **settings: Any,
) -> None:
    """Hold a model to `embedviz.training.protocols`.

    It learns, repeats itself with the same seed, can be stopped at any event and goes on from a checkpoint to the same
    numbers, is saved and loaded, refuses wrong settings and predicts.

    Parameters
    ----------
    spec
        The model.
    table, columns
        Tiny data that it can learn, and role -> column; made up by its roles when left out.
    **settings
        Settings that make it quick.

    Raises
    ------
    AssertionError
        When a promise is broken.

    Examples
    --------
    >>> from embedviz.models import model_spec
    >>> check_model(model_spec("ratings"), epochs=3)
    """
    case = make_case(spec, table, columns, **settings)
    for check in checks:
        check(case)
