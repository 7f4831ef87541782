"""JSON of vectors in one piece."""

import json

import numpy as np
import pytest

from embedviz.core.errors import SeveralTensorsError, VectorFormatError
from embedviz.data.reading import read_table
from embedviz.formats import is_vectors, load_vectors

VECTORS = np.random.default_rng(0).normal(size=(4, 10)).astype(np.float32)
WORDS = ["king", "queen", "new york", "café"]
ROWS = VECTORS.tolist()


@pytest.mark.parametrize(
    ("document", "columns"),
    [
        (dict(zip(WORDS, ROWS, strict=True)), []),
        ([{"word": word, "embedding": row, "n": 1} for word, row in zip(WORDS, ROWS, strict=True)], ["n"]),
        ({word: {"vector": row, "label": "x"} for word, row in zip(WORDS, ROWS, strict=True)}, ["label (column)"]),
        ({"words": WORDS, "vectors": ROWS, "about": "a sample", "shape": [4, 10]}, []),
        ({"ids": WORDS, "embeddings": ROWS, "metadatas": [{"k": 1}] * 4}, ["metadatas"]),
        ({"model": "m", "data": [{"text": w, "embedding": r} for w, r in zip(WORDS, ROWS, strict=True)]}, []),
    ],
)
@pytest.mark.parametrize("indent", [None, 2])
def test_vectors_are_found_in_documents_of_several_shapes(document, columns, indent):
    data = json.dumps(document, indent=indent, ensure_ascii=False).encode()
    assert is_vectors(data)
    space = load_vectors(data)
    np.testing.assert_allclose(space.vectors, VECTORS, rtol=1e-6)
    assert space.labels == WORDS
    assert list(space.columns) == columns
    assert len(load_vectors(data, limit=2)) == 2


def test_vectors_without_words_are_numbered():
    objects = [{"object": "embedding", "index": i, "embedding": row} for i, row in enumerate(ROWS)]
    for document in (ROWS, {"object": "list", "data": objects}):
        space = load_vectors(json.dumps(document).encode())
        np.testing.assert_allclose(space.vectors, VECTORS, rtol=1e-6)
        assert space.labels == ["1", "2", "3", "4"]


def test_several_lists_are_offered_unless_one_is_called_a_vector():
    objects = [{"a": [1.5] * 9, "b": [2.5] * 8} for _ in range(3)]
    with pytest.raises(SeveralTensorsError) as caught:
        load_vectors(json.dumps(objects).encode(), format="json")
    assert caught.value.names == ["a", "b"]
    assert load_vectors(json.dumps(objects).encode(), format="json", tensor="b").dim == 8


def test_several_matrices_are_offered_unless_one_is_called_vectors():
    document = {"centroids": ROWS[:2], "points": ROWS, "words": WORDS}
    with pytest.raises(SeveralTensorsError) as caught:
        load_vectors(json.dumps(document).encode())
    assert caught.value.names == ["centroids", "points"]
    space = load_vectors(json.dumps(document).encode(), tensor="points")
    assert (space.labels, space.vectors.shape) == (WORDS, (4, 10))
    assert load_vectors(json.dumps({"centroids": ROWS[:2], "vectors": ROWS}).encode()).vectors.shape == (4, 10)


@pytest.mark.parametrize(
    "document",
    [
        [{"user": "a", "rating": 4.5}, {"user": "b", "rating": 3}],
        {"age": [31, 27, 40], "height": [1.82, 1.65, 1.7]},
        [{"city": "Paris", "at": [48.85, 2.35]}, {"city": "Oslo", "at": [59.91, 10.75]}],
        {"results": [{"text": "good", "label": 1}]},
    ],
)
def test_other_documents_are_tables(document):
    data = json.dumps(document).encode()
    assert not is_vectors(data)
    assert len(read_table(data, name="t.json").frame) >= 1


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"king": [0.5, 1],\n"queen": [1, ', "line 2: not JSON. Was it saved, and uploaded to the end?"),
        (b'{"king": [0.5, 1], "queen": [1]}', "row 2: expected 2 numbers in 'vector', as in the first, got 1"),
        (b'{"king": [0.5, 1], "queen": ["x", 1]}', "row 2: expected 2 numbers in 'vector'"),
        (b'{"a": "b"}', "is JSON, and no vectors were found in it. Expected"),
        (b"[]", "holds no vectors. Expected"),
        (b'{"vectors": ' + b"[" * 200_000, "nested too deeply"),
    ],
)
def test_a_document_without_vectors_is_refused_in_a_sentence(data, message):
    with pytest.raises(VectorFormatError, match=r"^v\.json") as caught:
        load_vectors(data, name="v.json", format="json")
    assert message in str(caught.value)
