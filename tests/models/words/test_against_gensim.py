"""Trained spaces in the formats of the originals, opened with gensim: the same vectors, neighbours and analogies."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tests.models.words.fitting import WORD_MODELS, train

gensim = pytest.importorskip("gensim", reason="gensim comes with requirements-dev.txt")
pytestmark = pytest.mark.filterwarnings("ignore:unclosed file", "ignore::pytest.PytestUnraisableExceptionWarning")

FAMILIES = (
    ["größe", "größer", "vergrößern", "groß"],
    ["日本", "日本語", "日本人", "本"],
    ["kings", "king", "kingdom", "naïve"],
)
UNKNOWN = ["Größenwahn", "日本酒", "kingz", "naïvely", "😀king", "größ", "日本語教師"]


@pytest.fixture(scope="module")
def languages():
    """300 lines, each of words of one family."""
    rng = random.Random(0)
    return "\n".join(" ".join(rng.choice(FAMILIES[i % 3]) for _ in range(8)) for i in range(300))


@pytest.mark.parametrize("lengths", [(3, 6), (2, 3)], ids=str)
def test_a_trained_fasttext_model_is_the_same_in_gensim(languages, tmp_path, lengths):
    from gensim.models.fasttext import load_facebook_vectors

    min_n, max_n = lengths
    space = train(
        "fasttext", languages, epochs=5, tokenizer="whitespace", buckets=3000, min_n=min_n, max_n=max_n
    ).spaces()["word"]
    space.save(tmp_path / "model.bin", format="fasttext")
    theirs = load_facebook_vectors(str(tmp_path / "model.bin"))
    assert theirs.index_to_key == space.labels
    assert not set(UNKNOWN) & set(space.labels)
    for word in [*space.labels, *UNKNOWN]:
        ours = space.vector(word)
        assert np.linalg.norm(ours) > 0.01, word
        assert theirs[word] == pytest.approx(ours, abs=1e-5), word
        near = space.neighbors(word, 6)
        expected = theirs.similar_by_vector(theirs[word], topn=6 + (word in space))
        expected = [(label, cosine) for label, cosine in expected if label != word]
        assert near["label"].tolist() == [label for label, _ in expected], word
        assert near["similarity"].to_numpy() == pytest.approx([cosine for _, cosine in expected], abs=1e-5)


@pytest.mark.parametrize("format", ["word2vec-binary", "word2vec"])
@pytest.mark.parametrize("model", WORD_MODELS)
def test_neighbours_and_analogies_of_a_trained_space_are_the_same_in_gensim(languages, tmp_path, model, format):
    space = train(model, languages, epochs=4, tokenizer="whitespace", buckets=3000).spaces()["word"]
    space.save(tmp_path / "vectors", format=format)
    theirs = gensim.models.KeyedVectors.load_word2vec_format(
        str(tmp_path / "vectors"), binary=format == "word2vec-binary"
    )
    assert theirs.index_to_key == space.labels
    assert np.abs(theirs.vectors - space.vectors).max() < 1e-6
    for word in space.labels:
        assert_same(space.neighbors(word, 5), theirs.most_similar(word, topn=5))
    for positive, negative in ((["kings", "groß"], ["king"]), (["日本人", "king", "größe"], ["日本", "naïve"])):
        ours = space.analogy(positive, negative, k=5)
        assert_same(ours, theirs.most_similar(positive=positive, negative=negative, topn=5))


def assert_same(frame, expected):
    assert frame["label"].tolist() == [label for label, _ in expected]
    assert frame["similarity"].to_numpy() == pytest.approx([cosine for _, cosine in expected], abs=1e-5)
