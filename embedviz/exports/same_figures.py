"""Comparison of the figures of a training that was repeated with those of the first one."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from embedviz.core.errors import DataError
from embedviz.evaluation.students_t import t_quantile
from embedviz.jobs.inline import run_inline
from embedviz.jobs.repeats import repeats_of
from embedviz.store.run_folder import RunFolder

EQUAL = 1e-6  # of the figure: what another order of the same sums may change
SEEDS = 3  # that are tried where the figures differ and no deviation is known
CONFIDENCE = 0.95


def check_files(folder: Path | str, files: Mapping[str, str]) -> None:
    """Raise DataError unless the files are those of the first training.

    Parameters
    ----------
    folder : Path or str
        Where they lie.
    files : mapping of str to str
        Path in the folder to the SHA-256 of its content, in hexadecimal.
    """
    for place, sha256 in files.items():
        path = Path(folder, place)
        if not path.is_file():
            raise DataError(f"There is no file {path}. Put the data of the run there: its SHA-256 is {sha256}.")
        with open(path, "rb") as file:
            if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
                raise DataError(f"{path} is not the data of the run: its SHA-256 is not {sha256}.")


def compare_figures(
    run: RunFolder, figures: Mapping[str, float], deviations: Mapping[str, float] | None = None, repeats: int = 0
) -> pd.DataFrame:
    """Compare the figures of a run with those of an earlier training of the same settings, data and seed.

    Where they differ, as they may by lock-free threads or another processor, the deviation over seeds decides: the earlier figure
    has to lie in the interval where a further training falls with a probability of 95 % (Student's t; Hahn and Meeker 1991,
    "Statistical Intervals", section 4.7). Three seeds are trained for it unless deviations are given.

    Parameters
    ----------
    run : RunFolder
        The later training.
    figures : mapping of str to float
        Of the earlier one.
    deviations : mapping of str to float, optional
        Standard deviations over seeds that are known already.
    repeats : int, optional
        Of how many trainings.

    Returns
    -------
    DataFrame
        A row for each figure: figure, before, again, difference, result ("equal", "within the deviation over seeds",
        "different").
    """
    again = run.metrics
    rows = [(name, before, again.get(name, math.nan)) for name, before in figures.items()]
    if not all(_is_equal(before, now) for _, before, now in rows) and (not deviations or repeats < SEEDS):
        deviations, repeats = run_inline(repeats_of(run, "seeds", SEEDS)).scores.deviation, SEEDS
    frame = pd.DataFrame(rows, columns=["figure", "before", "again"])
    frame["difference"] = frame["again"] - frame["before"]
    frame["result"] = [_result(name, before, now, deviations or {}, repeats) for name, before, now in rows]
    return frame


def print_comparison(frame: pd.DataFrame) -> bool:
    """Print what `compare_figures` found; return whether no figure is different."""
    print(frame.to_string(index=False, float_format=lambda value: f"{value:.6g}"))  # noqa: T201 - what the script is for
    return not (frame["result"] == "different").any()


def _is_equal(before: float, now: float) -> bool:
    return math.isclose(before, now, rel_tol=EQUAL) or (math.isnan(before) and math.isnan(now))


def _result(name: str, before: float, now: float, deviations: Mapping[str, float], repeats: int) -> str:
    if _is_equal(before, now):
        return "equal"
    deviation = deviations.get(name, 0.0)
    margin = (
        t_quantile((1 + CONFIDENCE) / 2, repeats - 1) * deviation * math.sqrt(1 + 1 / repeats) if repeats > 1 else 0
    )
    return "within the deviation over seeds" if abs(now - before) <= margin else "different"
