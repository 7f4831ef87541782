"""Names of the parts of a split, as columns and files write them: train, dev, test."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

import numpy as np
import pandas as pd

from embedviz.data.part_names import PART_NAMES, PartName
from embedviz.data.splits import TEST, TRAIN, VALIDATION

LEFT_OUT = -1  # code of a row that belongs to no part
_NAMES = {
    TRAIN: ("train", "training", "trn", "learn", "learning"),
    VALIDATION: ("validation", "valid", "val", "dev", "devel", "development"),
    TEST: ("test", "testing", "tst", "eval", "evaluation"),
}
_CODES = {name: code for code, names in _NAMES.items() for name in names}
_FILE_CODES = {**_CODES, "base": TRAIN}  # u1.base and u1.test of MovieLens
_SUFFIXES = ("set", "split", "data", "rows", "part", "partition")  # of "training set" and "testdata"
MIN_NAMED_SHARE = 0.5  # of the filled cells that have to be parts in a column whose name says split
MAX_VALUES = 50  # distinct ones in the first rows past which such a column is none
FIRST_ROWS = 200  # that most columns are told by


def part_code(name: object) -> int:
    """Return TRAIN, VALIDATION or TEST for the name of a part in any letter case, LEFT_OUT for anything else.

    "Training set" and "dev_split" are names of parts; a number is none.
    """
    return _code_of_word("".join(re.split(r"[\s_-]+", str(name).strip().casefold())), _CODES)


def part_codes(names: Iterable[object]) -> np.ndarray:
    """Return the code of each name: (n,) int8."""
    return np.array([part_code(name) for name in names], np.int8)


def is_split(values: pd.Series, is_named: bool, is_beginning: bool = False) -> bool:
    """Return whether a column of text holds the part of each row.

    All filled cells have to be names of parts, and one part beside the training set has to be there.

    Parameters
    ----------
    values : (N,) Series
        The cells of text.
    is_named : bool
        The column's name says split: other cells, such as "unlabelled", may be among the names.
    is_beginning : bool
        More rows follow, so that the training set of a sorted table may be all there is so far.
    """
    counts = values.head(FIRST_ROWS).value_counts()
    if not is_named and (part_codes(counts.index) < 0).any():
        return False  # most columns are done with here
    if is_named and len(counts) > MAX_VALUES:
        return False
    counts = values.value_counts()
    codes = part_codes(counts.index)
    if not len(codes) or counts[codes >= 0].sum() < (MIN_NAMED_SHARE if is_named else 1.0) * counts.sum():
        return False
    has_other = VALIDATION in codes or TEST in codes
    return TRAIN in codes and (has_other or (is_named and is_beginning))


def split_files(names: Sequence[str]) -> list[dict[PartName, str]]:
    """Return which files of an archive belong together as the parts of a split, by their names.

    Files are together where their paths differ in the name of the part alone (``en_train.csv`` and ``en_test.csv``,
    ``train/a.csv`` and ``test/a.csv``); failing that, where each part is named by one file.

    Returns
    -------
    list of dict
        Part -> file, in the order train, validation, test; each has a training set and another.
    """
    groups: defaultdict[str, defaultdict[int, list[str]]] = defaultdict(lambda: defaultdict(list))
    for name in names:
        if found := _part_of_path(name):
            code, rest = found
            groups[rest][code].append(name)
    whole = [group for files in groups.values() if (group := _group(files))]
    if whole:
        return whole
    together: defaultdict[int, list[str]] = defaultdict(list)
    for files in groups.values():
        for code, paths in files.items():
            together[code] += paths
    group = _group(together)
    return [group] if group else []


def _group(files: dict[int, list[str]]) -> dict[PartName, str] | None:
    """The parts, where each has one file, and a training set and another are there."""
    if TRAIN not in files or len(files) < 2 or any(len(paths) > 1 for paths in files.values()):
        return None
    return {PART_NAMES[code]: files[code][0] for code in sorted(files)}


def _part_of_path(path: str) -> tuple[int, str] | None:
    """The code of the part that a path names last, and the path without that name and its endings."""
    for word in reversed(list(re.finditer(r"[A-Za-z]+", path))):
        code = _code_of_word(word[0].casefold(), _FILE_CODES)
        if code != LEFT_OUT:
            rest = f"{path[: word.start()]}*{path[word.end() :]}"
            return code, re.sub(r"(\.[A-Za-z0-9]{1,7})+$", "", rest).casefold()
    return None


def _code_of_word(word: str, codes: dict[str, int]) -> int:
    if word in codes:
        return codes[word]
    bare = next((word.removesuffix(suffix) for suffix in _SUFFIXES if word.endswith(suffix)), "")
    return codes.get(bare, LEFT_OUT)
