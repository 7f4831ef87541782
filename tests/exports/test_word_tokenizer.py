"""tokenizer.json splits texts as embedviz's tokenizers do, read by the tokenizers library."""

import json

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embedviz.exports.word_tokenizer import tokenizer_json, unknown_token
from embedviz.text.tokenizers import TOKENIZERS, tokenizer

Tokenizer = pytest.importorskip("tokenizers", reason="the extra sentence is not installed").Tokenizer

TEXTS = [
    "Don't stop, god’s 12 new_york e.g. x² naïve NAI\u0308VE con\u00adtext ﬁlm",
    "春眠 不覺曉 ไทย kana が हिन्दी भाषा",
    "a;b:c \"q\" (x) <br /> end... ''quoted'' ``too`` “curly”",
    "😀👍🏽 :-) it's we'll shouldn't CAN'T www.x.org 🇩🇪",
    "İstanbul ΣΑΣ ΣΑΣ. Σ Straße 1½ Ⅷ ٣",
    "zero\u200bwidth a\u200cb \ufeffmark",
    "",
    "'",
]


def tokens(text, name, lowercase, labels):
    return Tokenizer.from_str(json.dumps(tokenizer_json(labels, name, lowercase))).encode(text)


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("name", TOKENIZERS)
@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_split_as_the_run_split_it(name, lowercase, text):
    words = tokenizer(name, lowercase)(text)
    labels = sorted(set(words))
    found = tokens(text, name, lowercase, labels)
    assert found.tokens == words
    assert found.ids == [labels.index(word) for word in words]


@pytest.mark.parametrize("name", TOKENIZERS)
@settings(deadline=None, max_examples=150)
@given(text=st.text(st.characters(min_codepoint=9, max_codepoint=0x24F, exclude_categories=["Cc"]), max_size=40))
@example("a''' 'b'")
@example("n't 's a'S")
def test_latin_texts_are_split_alike(name, text):
    words = tokenizer(name, True)(text)
    assert tokens(text, name, True, sorted(set(words))).tokens == words


def test_words_that_are_not_there_are_the_last_token():
    found = tokens("the cat sat", "words", True, ["cat", "the"])
    assert (found.tokens, found.ids) == (["the", "cat", "[UNK]"], [1, 0, 2])


def test_the_unknown_token_is_no_label():
    assert unknown_token(["a"]) == "[UNK]"
    assert unknown_token(["[UNK]", "[UNK 2]"]) == "[UNK 3]"
    found = tokens("[UNK] dog", "whitespace", False, ["[UNK]"])
    assert found.ids == [0, 1]
