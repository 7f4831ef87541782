import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from embedviz.core.errors import DataError
from embedviz.space import stored_labels
from embedviz.space.stored_labels import StoredLabels

WORDS = ["king", "", "ü", "日本語", "👑 crown", "a\0b", "a", "king ", "König", *(f"word {i}" for i in range(500))]


def built(labels):
    return StoredLabels.build(pa.array(labels, pa.large_string()))


@pytest.fixture(params=["in memory", "mapped"])
def labels(request, tmp_path):
    found = built(WORDS)
    if request.param == "mapped":
        found.save(tmp_path / "labels.arrow", "token")
        found = StoredLabels.open(tmp_path / "labels.arrow", "token")
    return found


def test_they_are_a_sequence_of_strings(labels, monkeypatch):
    monkeypatch.setattr(stored_labels, "BLOCK", 7)
    assert len(labels) == len(WORDS)
    assert list(labels) == WORDS
    assert [labels[i] for i in (0, 3, -1, np.int64(5))] == [WORDS[i] for i in (0, 3, -1, 5)]
    for part in (slice(2, 9), slice(None), slice(-3, None), slice(9, 2), slice(20, 2, -3), slice(0, 10_000)):
        assert labels[part] == WORDS[part]
    for outside in (len(WORDS), -len(WORDS) - 1):
        with pytest.raises(IndexError):
            labels[outside]


def test_each_is_found_in_its_row_and_no_other_is(labels):
    assert [labels.row(word) for word in WORDS] == list(range(len(WORDS)))
    for missing in ("queen", "King", "word 500", "a\0", "\ud800", 5, None):
        assert labels.row(missing) is None
        assert missing not in labels
    assert "ü" in labels


def test_labels_with_the_same_hash_are_told_apart(monkeypatch):
    monkeypatch.setattr(stored_labels, "_hashed", lambda labels: np.full(len(labels), 7, np.uint64))
    labels = built(WORDS)
    assert [labels.row(word) for word in WORDS] == list(range(len(WORDS)))
    assert "queen" not in labels


def test_a_label_that_occurs_twice_is_refused():
    with pytest.raises(DataError, match="The label 'word 3' occurs twice"):
        built([*WORDS, "word 7", "word 3"])
    with pytest.raises(DataError, match="The label '' occurs twice"):
        built(["", ""])


def test_they_equal_a_list_and_each_other(labels):
    assert labels == list(WORDS)
    assert labels == built(WORDS)
    assert labels != built(WORDS[1:])
    assert labels != [*WORDS[:-1], "other"]
    assert labels != WORDS[1:]


def test_labels_of_another_writing_are_not_taken(tmp_path, monkeypatch):
    path = tmp_path / "labels.arrow"
    assert StoredLabels.open(path, "token") is None
    built(WORDS).save(path, "token")
    assert StoredLabels.open(path, "token") == WORDS
    assert StoredLabels.open(path, "other") is None
    path.write_bytes(path.read_bytes()[:100])
    assert StoredLabels.open(path, "token") is None
    built(WORDS).save(path, "token")
    as_before = stored_labels._hashed
    monkeypatch.setattr(stored_labels, "_hashed", lambda labels: as_before(labels) + np.uint64(1))
    assert StoredLabels.open(path, "token") is None


@settings(max_examples=50)
@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), unique=True, max_size=20))
def test_any_labels_are_found(words):
    labels = built(words)
    assert [labels.row(word) for word in words] == list(range(len(words)))
    assert list(labels) == words
