import numpy as np
import pytest

from embedviz.core.errors import DataError
from embedviz.text.corpus import Corpus, build_corpus
from embedviz.text.tokens import Tokens, tokenize


def tokenized(texts) -> Tokens:
    steps = tokenize(texts)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def built(texts, **settings) -> Corpus:
    return build_corpus(tokenized(texts), **{"min_count": 1, **settings})


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


def test_a_long_text_is_cut_into_blocks_of_a_thousand():
    corpus = built([" ".join(["a", "b"] * 1250), "c d"] * 20)
    assert len(corpus.split) == 80  # 1000, 1000, 500 and 2 words, 20 times
    assert corpus.n_tokens == 20 * 2502
    units = [part.tolist() for part in (corpus.train, corpus.validation, corpus.test)]
    assert {len(unit) for part in units for unit in split_at_ends(part)} == {1000, 500, 2}


def split_at_ends(ids: list[int]) -> list[list[int]]:
    units: list[list[int]] = [[]]
    for token in ids:
        units.append([]) if token == -1 else units[-1].append(token)
    return units[:-1]


def test_empty_texts_are_no_units():
    assert len(built(["a b", "", "..."] * 30).split) == 30


def test_the_split_says_which_unit_is_in_which_part():
    corpus = built([f"shared only{i}" for i in range(200)], validation_share=0.1, test_share=0.2)
    assert corpus.split.sizes == {"train": 140, "validation": 20, "test": 40}
    assert corpus.split.method == "by_unit"
    unseen = {f"only{i}" for i in corpus.split.test} & set(corpus.vocabulary.labels)
    assert not unseen


@pytest.mark.parametrize("block", [1000, 2500, 1 << 20])
def test_a_text_encoded_block_by_block_is_the_text_encoded_at_once(monkeypatch, tmp_path, block):
    texts = [" ".join(f"w{(i * k) % 13}" for k in range(i % 9)) for i in range(300)] + [" ".join(["a", "b"] * 2345)]
    whole = built(texts, min_count=2)
    monkeypatch.setattr("embedviz.text.token_units.BLOCK", block)
    monkeypatch.setattr("embedviz.text.id_array.IN_MEMORY_BYTES", 0)
    tokenized(texts).save(tmp_path)
    kept = Tokens.load(tmp_path)
    assert kept is not None
    blocks = build_corpus(kept, min_count=2)
    assert isinstance(blocks.train, np.memmap)
    for part in ("train", "validation", "test"):
        assert getattr(blocks, part).tolist() == getattr(whole, part).tolist()
        assert blocks.sizes[part] == (getattr(whole, part) >= 0).sum()
    assert blocks.vocabulary.labels == whole.vocabulary.labels
    assert blocks.n_tokens == whole.n_tokens
