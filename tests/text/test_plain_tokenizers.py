"""The tokenisers of exported pages split as the package's do, without it."""

import re
import unicodedata

import pytest
from hypothesis import given, strategies

from embedviz.text.plain_tokenizers import tokenizer_source, tokenizer_values
from embedviz.text.tokenizers import TOKENIZERS, tokenizer

HARD = [
    "Don't panic: the ﬁlm’s “naïve” con\u00adtext, e\u0301te\u0301 ... don''t ``so'' :-) <3 😀 x² 12.5 www.a.b/c;d!?",
    "春眠不覚暁 and สวัสดี, हिन्दी\u200dक, zero\u200bwidth <br /> (end)",
    "",
]


def plain(name, lowercase):
    namespace = {"re": re, "unicodedata": unicodedata, "VALUES": {"tokenizer": tokenizer_values(name)}}
    exec(tokenizer_source(name, lowercase), namespace)
    return namespace["words_of"]


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("name", TOKENIZERS)
def test_it_splits_what_is_hard_as_the_package_does(name, lowercase):
    ours, page = tokenizer(name, lowercase), plain(name, lowercase)
    for text in HARD:
        assert page(text) == ours(text)
    assert len(page(HARD[0])) > 8


@pytest.mark.parametrize("name", TOKENIZERS)
def test_it_splits_any_text_as_the_package_does(name):
    ours, page = tokenizer(name, True), plain(name, True)

    @given(strategies.text(max_size=40))
    def check(text):
        assert page(text) == ours(text)

    check()
