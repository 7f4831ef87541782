import numpy as np
import pytest

from embedviz.core.errors import DataError
from embedviz.text.corpus import Corpus, build_corpus


def built(texts, **settings) -> Corpus:
    return next(step for step in build_corpus(texts, **{"min_count": 1, **settings}) if isinstance(step, Corpus))


def test_every_unit_is_in_exactly_one_part():
    corpus = built([f"shared only{i}" for i in range(200)], validation_share=0.1, test_share=0.2)
    units = [int((part == -1).sum()) for part in (corpus.train, corpus.validation, corpus.test)]
    assert units == [140, 20, 40]


def test_the_seed_decides_the_split():
    texts = [f"shared only{i}" for i in range(200)]
    assert built(texts).vocabulary.labels == built(texts).vocabulary.labels
    assert built(texts).vocabulary.labels != built(texts, seed=1).vocabulary.labels


def test_one_long_line_is_cut_so_that_every_part_gets_some():
    corpus = built([" ".join(f"w{i % 7}" for i in range(3000))])
    assert all((part >= 0).any() for part in (corpus.train, corpus.validation, corpus.test))


def test_words_outside_the_vocabulary_leave_no_trace():
    corpus = built(["a b rare"] + ["a b"] * 99, min_count=2)
    assert corpus.vocabulary.labels == ["a", "b"]
    assert set(np.unique(corpus.train)) <= {-1, 0, 1}


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        ([""], "holds no words"),
        (["same same same same"] * 10, "over and over"),
        (["too few words here"], "at least 20"),
        ([f"u{i} v{i}" for i in range(50)], "Set the minimum count to 1 or less"),
    ],
)
def test_text_that_cannot_be_trained_on_is_refused_in_a_sentence(texts, sentence):
    with pytest.raises(DataError, match=sentence):
        built(texts, min_count=5)
