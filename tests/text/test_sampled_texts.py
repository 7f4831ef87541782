import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.text import token_units
from embedviz.text.corpus import build_corpus
from embedviz.text.phrases import PhraseRule
from embedviz.text.sampled_texts import ChosenUnits, text_lengths, text_of_units
from embedviz.text.token_units import units_of
from embedviz.text.tokens import tokenize
from embedviz.text.word_table import END

TEXTS = [" ".join(f"w{(i * k) % 13}" for k in range(i % 9)) for i in range(300)] + [" ".join(["a", "b"] * 1200)]


def units(ids):
    """The units of ids with END after each, as lists."""
    found, unit = [], []
    for token in ids.tolist():
        if token == END:
            found.append(unit)
            unit = []
        else:
            unit.append(token)
    return found


@pytest.mark.parametrize("block", [1000, 1 << 20])
def test_chosen_units_are_those_of_the_text(monkeypatch, block):
    monkeypatch.setattr(token_units, "BLOCK", block)
    tokens = result_of(tokenize(TEXTS))
    whole = [unit for part in units_of(tokens.ids, 1000) for unit in units(part)]
    numbers = np.array([0, 3, 4, 100, len(whole) - 2, len(whole) - 1])
    chosen = ChosenUnits.of(tokens.ids, 1000, numbers)
    assert units(chosen.ids) == [whole[i] for i in numbers]
    before = np.cumsum([0, *map(len, whole)])
    assert chosen.starts.tolist() == before[numbers].tolist()
    assert chosen.wording(tokens.labels, 7)[-1] == "a b a b"


def test_the_text_of_a_unit_is_found_by_the_words_before_it():
    tokens = result_of(tokenize(["", "a b", "", "", "c", "d e f", ""]))
    assert text_of_units(tokens, np.arange(6)).tolist() == [1, 1, 4, 5, 5, 5]
    assert text_lengths(tokens, np.arange(7)).tolist() == tokens.lengths.tolist() == [0, 2, 0, 0, 1, 3, 0]


def sampled(texts, choose=np.arange, **options):
    tokens = result_of(tokenize(texts))
    return build_corpus(tokens, min_count=options.pop("min_count", 1), draw_texts=choose, **options)


def test_texts_are_found_by_their_units_past_empty_and_long_ones():
    corpus = sampled(TEXTS)
    found = corpus.texts
    assert found is not None
    assert len(found) == found.n_units == len(corpus.split)
    filled = [i for i, text in enumerate(TEXTS) if text]
    assert found.texts.tolist() == [*filled, 300, 300]  # the last text is cut into three blocks
    assert found.is_whole.tolist() == [True] * (len(filled) - 1) + [False] * 3
    assert found.wording[:3] == [TEXTS[i] for i in filled[:3]]
    labels = corpus.vocabulary.labels
    assert [" ".join(labels[i] for i in unit) for unit in units(found.tokens)[:3]] == found.wording[:3]


def test_unknown_words_are_in_the_wording_alone():
    texts = ["the cat sat", "the dog sat", "the bird flew"] * 20 + ["the zebra sat"]
    found = sampled(texts, min_count=3).texts
    assert found is not None
    assert found.wording[-1] == "the zebra sat"
    assert [len(unit) for unit in units(found.tokens)] == [3] * 60 + [2]


def test_phrases_are_joined_in_the_tokens():
    texts = ["new york is big", "old york was small", "he saw new york"] * 40
    corpus = sampled(texts, phrases=PhraseRule(1, 1e-9, 1, 10**7))
    assert corpus.texts is not None
    assert len(corpus.phrases)
    words = [[corpus.vocabulary.labels[i] for i in unit] for unit in units(corpus.texts.tokens)]
    assert "new_york" in words[0]
    assert corpus.texts.wording[0] == "new york is big"


def test_a_text_of_one_line_is_cut_into_blocks_of_it():
    found = sampled([" ".join(f"w{i % 30}" for i in range(400))]).texts
    assert found is not None
    assert set(found.texts.tolist()) == {0}
    assert not found.is_whole.any()
    assert " ".join(found.wording).split() == [f"w{i % 30}" for i in range(400)]


def test_no_texts_are_kept_unless_they_are_asked_for():
    assert build_corpus(result_of(tokenize(TEXTS)), min_count=1).texts is None
