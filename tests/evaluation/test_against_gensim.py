"""Scores of word vectors beside gensim's by the same protocol. Skipped where gensim is not installed."""

from pathlib import Path

import numpy as np
import pytest

import embedviz as ev
from embedviz.evaluation.word_sets import read_word_set
from embedviz.space import EmbeddingSpace

gensim = pytest.importorskip("gensim", reason="gensim brings the public sets and its own scores")
pytestmark = pytest.mark.slow

SETS = Path(gensim.__file__).parent / "test" / "test_data"
SAMPLES = Path(ev.__file__).parents[1] / "sample_data"


@pytest.fixture(scope="module")
def glove():
    return ev.load_vectors(SAMPLES / "glove.6B.100d.20k.txt.gz")


@pytest.fixture(scope="module")
def keyed(glove):
    from gensim.models import KeyedVectors

    vectors = KeyedVectors(glove.dim)
    vectors.add_vectors(glove.labels, np.asarray(glove.vectors))
    return vectors


@pytest.mark.parametrize(("name", "n"), [("wordsim353.tsv", 353), ("simlex999.txt", 999)])
def test_word_similarities_score_as_in_gensim(glove, keyed, name, n):
    _, spearman, unknown_percent = keyed.evaluate_word_pairs(str(SETS / name))
    found = read_word_set(SETS / name)(glove)
    assert found.coverage.asked == n
    assert found.score == pytest.approx(spearman[0], abs=1e-4)
    assert 100 * (1 - found.coverage.share) == pytest.approx(unknown_percent)


def test_analogies_are_solved_as_in_gensim(glove, keyed, tmp_path):
    lines = (SETS / "questions-words.txt").read_text(encoding="utf-8").splitlines()
    some = [line for i, line in enumerate(lines) if line.startswith(":") or i % 25 == 0]
    path = tmp_path / "questions.txt"
    path.write_text("\n".join(some), encoding="utf-8")
    accuracy, sections = keyed.evaluate_word_analogies(str(path))
    found = read_word_set(path)(glove)
    assert found.coverage.answered == sum(len(sections[-1][key]) for key in ("correct", "incorrect")) > 400
    assert found.score == pytest.approx(accuracy, abs=1e-9)
    expected = [len(s["correct"]) / max(1, len(s["correct"] + s["incorrect"])) for s in sections[:-1]]
    assert found.sections["accuracy"].fillna(0).tolist() == pytest.approx(expected)


def test_the_whole_of_googles_set_has_both_groups(glove):
    found = read_word_set(SETS / "questions-words.txt")(glove)
    assert (found.coverage.asked, len(found.sections)) == (19544, 14)
    assert found.sections["group"].value_counts().to_dict() == {"syntactic": 9, "semantic": 5}
    assert 0.6 < found.metrics["accuracy"] < 0.75


def test_more_training_scores_higher_and_random_vectors_lowest(tmp_path):
    """The protocol ranks vectors that gensim trained for long above those of one epoch, and both above random ones."""
    import gzip

    from gensim.models import Word2Vec

    from embedviz.evaluation.small_word_sets import small_word_set

    with gzip.open(SAMPLES / "kjv.txt.gz", "rt", encoding="utf-8") as file:
        verses = ["".join(c if c.isalpha() else " " for c in line.lower()).split() for line in file]
    small = small_word_set("en")
    scores = []
    for epochs in (6, 1):
        model = Word2Vec(
            verses[::3], vector_size=50, window=5, min_count=5, sg=1, negative=5, epochs=epochs, seed=0, workers=1
        )
        space = EmbeddingSpace(model.wv.index_to_key, model.wv.vectors)
        scores.append([small.similarity(space).score, small.analogies(space).metrics["mrr"]])
    noise = np.random.default_rng(0).normal(size=space.vectors.shape).astype(np.float32)
    random = EmbeddingSpace(space.labels, noise)
    scores.append([small.similarity(random).score, small.analogies(random).metrics["mrr"]])
    trained, once, noise_scores = np.array(scores)
    assert (trained > once).all()
    assert (once[1] > noise_scores[1]).all()
