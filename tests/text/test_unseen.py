import pytest

from embedviz.text.tokenizers import TOKENIZERS, tokenizer
from embedviz.text.treebank import placed_words
from embedviz.text.unseen import as_seen

SAME = [
    "x² ① ™ ½ Å",  # NFKC would change what these say
    "می\u200cخواهم",  # Persian: the non-joiner shapes the word
    "क्\u200dष",  # Hindi
    "👩\u200d💻 and 👨\u200d👩\u200d👧",
    "សួស្តី\u200bពិភពលោក",  # Khmer: the zero-width space parts words
    "co-op naïve",
]
CHANGED = {
    "wo\u00adman con\u00ad\u00adtext": "woman context",
    "\ufeffthe mid\ufeffdle": "the middle",
    "long\u200bword": "longword",
    "a\u2060b \u200eleft\u200f": "ab left",
    "Auf\u200clage gr\u200dün": "Auflage grün",
    "ﬁlm oﬀ ﬂat oﬃce baﬄe ﬆyle": "film off flat office baffle style",
}


@pytest.mark.parametrize("text", SAME)
def test_what_has_a_meaning_stays(text):
    assert as_seen(text) == text


@pytest.mark.parametrize("text", CHANGED)
def test_what_nobody_sees_goes(text):
    assert as_seen(text) == CHANGED[text]


@pytest.mark.parametrize("name", TOKENIZERS)
def test_every_tokenizer_reads_what_people_see(name):
    split = tokenizer(name, True)
    for text, seen in CHANGED.items():
        assert split(text) == split(seen)
    assert split("wo\u00adman ﬁlm") == ["woman", "film"]


def test_places_are_those_of_the_text_as_it_came():
    text = "A wo\u00adman's \u200bﬁlm isn\u00ad't oﬀ."
    found = placed_words(text)
    assert [word.text for word in found] == ["a", "woman", "'s", "film", "is", "n't", "off", "."]
    assert [text[word.start : word.end] for word in found] == [
        "A", "wo\u00adman", "'s", "ﬁlm", "is", "n\u00ad't", "oﬀ", ".",
    ]  # fmt: skip
