"""JSON lines of vectors."""

import json

import numpy as np
import pytest

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.formats import is_vectors, load_vectors
from tests.formats.written import VECTORS, WORDS


def lines(*objects):
    return "\n".join(map(json.dumps, objects)).encode()


def test_a_list_of_numbers_is_the_vector_and_the_other_fields_are_columns():
    objects = [
        {"id": i, "word": word, "embedding": vector.tolist(), "tags": ["a"], "n": 0.5 * i}
        for i, (word, vector) in enumerate(zip(WORDS, VECTORS, strict=True))
    ]
    assert is_vectors(lines(*objects))
    space = load_vectors(lines(*objects))
    np.testing.assert_array_equal(space.vectors, VECTORS)
    assert space.labels == WORDS
    assert space.columns.to_dict("list") == {"id": [0, 1, 2], "tags": ['["a"]'] * 3, "n": [0, 0.5, 1]}


def test_fields_that_come_late_or_change_their_kind_are_kept():
    space = load_vectors(lines({"w": "a", "vector": [1, 2]}, {"w": 5, "vector": [3, 4], "late": 1}))
    assert space.labels == ["a", "5"]
    assert space.columns["late"].isna().tolist() == [True, False]


def test_several_lists_are_offered_unless_one_is_called_a_vector():
    record = {"a": [1.5, 2.5], "b": [1.5, 2.5, 3.5]}
    with pytest.raises(SeveralTensorsError) as caught:
        load_vectors(lines(record), format="jsonl")
    assert caught.value.names == ["a", "b"]
    assert load_vectors(lines(record), format="jsonl", tensor="b").dim == 3
    assert load_vectors(lines({**record, "vector": [1.5] * 4})).dim == 4


@pytest.mark.parametrize(
    "objects",
    [
        [{"user": "a", "rated": [1, 2]}, {"user": "b", "rated": [3, 4, 5]}],
        [{"city": "Paris", "at": [48.85, 2.35]}, {"city": "Oslo", "at": [59.91, 10.75]}],
        [{"text": "good", "label": 1}],
    ],
)
def test_other_json_lines_are_tables(objects):
    assert not is_vectors(lines(*objects))


@pytest.mark.parametrize(
    ("second", "message"),
    [
        (b'{"vector": [1, 2, 3]}', r"line 2: expected 2 numbers in 'vector', as on the first line, got 3"),
        (b'{"vector": [1, "x"]}', "line 2: expected 2 numbers"),
        (b'{"word": "x"}', "line 2: expected 2 numbers"),
        (b'{"vector": [1, ', "line 2: not JSON"),
        (b"[1, 2]", "line 2: expected an object such as"),
        (b'{"vector": [' + b"[" * 100_000, "line 2: not JSON"),
    ],
)
def test_a_broken_line_is_named(second, message):
    with pytest.raises(VectorFormatError, match=rf"^v\.jsonl, {message}"):
        load_vectors(b'{"vector": [1, 2]}\n' + second, name="v.jsonl", format="jsonl")
