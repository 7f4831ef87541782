import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from embedviz.core.errors import EmbedvizError, SettingsError, UnknownLabelError
from embedviz.space import EmbeddingSpace
from embedviz.space.formula import formula

LABELS = ["she", "he", "king", "kingdom", "co-op", "New York", "*", "a(b)", "without", "zero", "K?ng"]
VECTORS = np.random.default_rng(0).normal(size=(len(LABELS), 5)).astype(np.float32)
VECTORS[LABELS.index("zero")] = 0
SPACE = EmbeddingSpace(LABELS, VECTORS)


def unit(label):
    vector = SPACE.vector(label).astype(np.float64)
    return vector / np.linalg.norm(vector)


def value(text):
    return formula(SPACE, text).vector


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("she", lambda: unit("she")),
        ("she - he", lambda: unit("she") - unit("he")),
        ("she − he + king", lambda: unit("she") - unit("he") + unit("king")),
        ("(she, he)", lambda: (unit("she") + unit("he")) / 2),
        ("(she, he - king) - kingdom", lambda: (unit("she") + unit("he") - unit("king")) / 2 - unit("kingdom")),
        ("co-op", lambda: unit("co-op")),
        ('"New York" - "*"', lambda: unit("New York") - unit("*")),
        ('"a(b)" + "without"', lambda: unit("a(b)") + unit("without")),
        ("k*g", lambda: (unit("king") + unit("K?ng")) / 2),
        ("KING*", lambda: (unit("king") + unit("kingdom")) / 2),
        ("k?n*", lambda: unit("K?ng")),
        ("co-*", lambda: unit("co-op")),
    ],
)
def test_a_formula_is_the_vector_it_says(text, expected):
    np.testing.assert_allclose(value(text), expected(), atol=1e-6)


def test_what_is_taken_out_by_without_is_gone():
    found = value("king without she")
    assert found @ unit("she") == pytest.approx(0, abs=1e-6)
    assert np.linalg.norm(found - unit("king")) == pytest.approx(abs(unit("king") @ unit("she")), abs=1e-6)


def test_each_term_says_how_many_labels_it_matched():
    found = formula(SPACE, "king* - (she, he)").matched
    assert [(match.term, match.labels) for match in found] == [("king*", 2), ("she", 1), ("he", 1)]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected a label, found its end"),
        ("she -", "expected a label, found its end"),
        ("- she", "expected a label, found '-'"),
        ("she he", "did not expect 'he' there"),
        ("(she, he", "a bracket is never closed"),
        ("she)", "did not expect"),
        ('"she', "a quotation mark is never closed"),
        ("queen* - he", "Nothing matches 'queen\\*'"),
        ("she - she", "comes to nothing"),
        ("zero", "comes to nothing"),
        ("(" * 30 + "she", "too deep"),
        ("she " * 200, "at most 500 characters"),
        ("(" + "k*, " * 10 + "k*)", "more than 10 words with a"),
        ("k*i*n*g*d*o*m", "more than 5"),
    ],
)
def test_what_is_not_a_formula_is_refused(text, message):
    with pytest.raises(SettingsError, match=message):
        value(text)


def test_an_unknown_label_comes_with_its_spellings():
    with pytest.raises(UnknownLabelError, match="Did you mean king"):
        value("kinng - he")


@given(st.text(st.sampled_from('she king*()," -+without_[]{}.\\'), max_size=60))
def test_nothing_that_is_typed_is_more_than_a_formula_or_a_sentence(text):
    try:
        assert np.isfinite(value(text)).all()
    except EmbedvizError as error:
        assert str(error)
