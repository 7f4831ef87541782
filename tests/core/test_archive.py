from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core import archive
from embedviz.core.errors import DataError
from embedviz.core.settings import TrainingSettings


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


@dataclass(frozen=True)
class Inner:
    name: str
    vector: np.ndarray
    scale: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True)
class Everything:
    flag: bool
    number: int
    share: float
    text: str
    colour: Colour
    kind: Literal["a", "b"]
    maybe: str | None
    either: int | float | str
    settings: TrainingSettings
    matrix: np.ndarray
    inner: Inner
    several: list[Inner]
    named: dict[str, Inner]
    pairs: list[tuple[str, int]]
    frame: pd.DataFrame
    lazily: list[str] = field(default_factory=list)


def everything(**changes):
    frame = pd.DataFrame({"count": [3, 1], "share": [0.5, np.nan], "label": ["ö", None], "mixed": [1, "x"]})
    frame["flag"] = [True, False]
    values = {
        "flag": True, "number": 3, "share": 0.25, "text": "½ a line\n", "colour": Colour.BLUE, "kind": "b", "maybe": None,
        "either": 2.5, "settings": TrainingSettings(seed=7), "matrix": np.arange(6, dtype=np.float32).reshape(2, 3),
        "inner": Inner("i", np.array([1, 2], np.int64), (1.0, 2.0)), "several": [Inner("s", np.zeros(0)), Inner("t", np.ones(1))],
        "named": {"x y": Inner("n", np.array([True, False]))}, "pairs": [("a", 1), ("b", 2)], "frame": frame,
    }  # fmt: skip
    return Everything(**{**values, **changes})


def test_what_is_saved_is_read_back(tmp_path):
    archive.save(everything(), tmp_path / "e.safetensors")
    back = archive.load(Everything, tmp_path / "e.safetensors")
    one = everything()
    for name in ("flag", "number", "share", "text", "colour", "kind", "maybe", "either", "settings", "pairs", "lazily"):
        assert getattr(back, name) == getattr(one, name), name
        assert type(getattr(back, name)) is type(getattr(one, name)), name
    assert np.array_equal(back.matrix, one.matrix)
    assert back.matrix.dtype == np.float32
    assert back.inner.scale == (1.0, 2.0)
    assert [inner.name for inner in back.several] == ["s", "t"]
    assert back.named["x y"].vector.tolist() == [True, False]
    pd.testing.assert_frame_equal(back.frame, one.frame, check_dtype=False)
    assert back.frame["count"].dtype == one.frame["count"].dtype


@given(st.lists(st.tuples(st.text(), st.integers(-(2**53), 2**53))), st.floats(allow_nan=False, allow_infinity=False))
def test_values_are_read_back_as_they_were(tmp_path_factory, pairs, share):
    path = tmp_path_factory.getbasetemp() / "p.safetensors"
    archive.save(Plain(pairs, share), path)
    assert archive.load(Plain, path) == Plain(pairs, share)


@dataclass(frozen=True)
class Plain:
    pairs: list[tuple[str, int]]
    share: float


def test_a_field_that_was_added_later_takes_its_default(tmp_path):
    archive.save(TrainedBefore("x"), tmp_path / "t.safetensors")
    assert archive.load(TrainedNow, tmp_path / "t.safetensors") == TrainedNow("x", 5)


@dataclass(frozen=True)
class TrainedBefore:
    name: str


@dataclass(frozen=True)
class TrainedNow:
    name: str
    size: int = 5


@pytest.mark.parametrize("content", [b"", b"not safetensors", b"\x08\x00\x00\x00\x00\x00\x00\x00{}      "])
def test_another_file_is_refused_with_a_sentence(tmp_path, content):
    path = tmp_path / "model.safetensors"
    path.write_bytes(content)
    with pytest.raises(DataError, match=r"model\.safetensors was not written by this version"):
        archive.load(Everything, path)


def test_another_class_is_refused_with_a_sentence(tmp_path):
    archive.save(Inner("i", np.zeros(1)), tmp_path / "i.safetensors")
    with pytest.raises(DataError, match="was not written by this version"):
        archive.load(Everything, tmp_path / "i.safetensors")


def test_what_no_archive_holds_is_named(tmp_path):
    with pytest.raises(TypeError, match="inner is of type object"):
        archive.save(everything(inner=object()), tmp_path / "e.safetensors")
