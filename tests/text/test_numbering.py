import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from embedviz.text import tokenizers
from embedviz.text.character_kinds import TOKENIZERS
from embedviz.text.numbering import Numbering
from embedviz.text.word_table import AT_BLANK_LINE, AT_FILE_END, AT_LINE_END, WordTable

# letters, apostrophes, signs, and whatever means something else beside its neighbours
CHARACTERS = st.one_of(
    st.sampled_from(
        "ab'AB \n\t.,<br/>\"()!?;:-_0٣²’ʼéÉßΣσςİıÅåﬁﬀ\u00ad\u200b\u200c\u200d\ufeff\u0301\u0308\u3099春眠ข\u0e33กำ각ᄀ\u1161\u11a8"
        "К\x0b\x1c\x85\xa0\u2028\u3000Ⱥ\U0001f600\U00010400\0\ud800"
    ),
    st.characters(),
)
TEXTS = st.lists(st.text(CHARACTERS, max_size=12), max_size=5)


def numbered(numbering: Numbering, texts) -> list[int]:
    return np.concatenate([np.empty(0, np.int32), *numbering.texts(texts)]).tolist()


def expected(texts, name, lowercase) -> tuple[list[int], list[str]]:
    split = tokenizers.tokenizer(name, lowercase)
    index: dict[str, int] = {}
    ids: list[int] = []
    for text in texts:
        ids += [index.setdefault(word, len(index)) for word in split(text)]
        ids.append(-1)
    return ids, list(index)


@pytest.mark.parametrize("lowercase", [True, False])
@pytest.mark.parametrize("name", TOKENIZERS)
@given(TEXTS)
@example(["Don't a''b 'c' d'", "ΑΣ", "a<br />x", "e\u0301t\u00e9 Été"])
@settings(max_examples=300, deadline=None)
def test_words_and_numbers_are_those_of_the_tokenizer(name, lowercase, texts):
    numbering = Numbering(name, lowercase)
    ids, labels = expected(texts, name, lowercase)
    assert numbered(numbering, texts) == ids
    assert numbering.table.labels() == labels
    counts = np.bincount([i for i in ids if i >= 0], minlength=len(labels))
    assert numbering.table.counts[: len(labels)].tolist() == counts.tolist()


def test_many_words_outgrow_the_first_table():
    words = [f"w{i}" for i in range(100_000)]
    numbering = Numbering("words", lowercase=True)
    assert numbered(numbering, [" ".join(words), " ".join(reversed(words))])[100_001:100_003] == [99_999, 99_998]
    assert numbering.table.labels() == words


def test_a_text_longer_than_a_piece_is_one_text(monkeypatch):
    monkeypatch.setattr(tokenizers, "PIECE_CHARACTERS", 10)
    monkeypatch.setattr(tokenizers.pieces, "__defaults__", (10,))
    text = "one two three four's five 春眠 six"
    assert (
        numbered(Numbering("words", lowercase=True), ["zero", text, "one"])
        == expected(["zero", text, "one"], "words", True)[0]
    )


@pytest.mark.parametrize(
    ("unit_end", "ids"),
    [
        (AT_LINE_END, [0, 1, -1, 2, -1, -1, 3, -1]),  # a line of signs alone is a unit
        (AT_BLANK_LINE, [0, 1, 2, -1, 3]),
        (AT_FILE_END, [0, 1, 2, 3]),
    ],
)
def test_units_end_where_they_are_said_to(unit_end, ids):
    numbering = Numbering("words", lowercase=True)
    assert numbering.block(b"\n \na b\nc\n...\n  \t\n\nd\n", unit_end).tolist() == ids


@pytest.mark.parametrize("unit_end", [AT_LINE_END, AT_BLANK_LINE, AT_FILE_END])
@given(
    st.lists(st.sampled_from(["a b", "", " ", "é", "e\u0301", "Σ", "...", "c\u2028"]), max_size=8), st.integers(1, 9)
)
@settings(max_examples=60, deadline=None)
def test_blocks_give_what_the_whole_gives(unit_end, lines, cut):
    whole, parts = Numbering("words", lowercase=True), Numbering("words", lowercase=True)
    text = "\n".join(lines).encode()
    ends = [i + 1 for i, byte in enumerate(text) if byte in b" \n"][::cut]
    blocks = [text[a:b] for a, b in zip([0, *ends], [*ends, len(text)], strict=True)]
    once = [*whole.block(text, unit_end), *whole.end_of_file()]
    assert [*np.concatenate([parts.block(block, unit_end) for block in blocks]), *parts.end_of_file()] == once
    assert parts.table.labels() == whole.table.labels()


def test_an_unfinished_unit_ends_with_its_file():
    numbering = Numbering("words", lowercase=True)
    assert numbering.block(b"a b", AT_LINE_END).tolist() == [0, 1]
    assert numbering.end_of_file().tolist() == [-1]
    assert numbering.end_of_file().tolist() == []


def test_pruning_forgets_rare_words_and_numbers_the_others_anew():
    numbering = Numbering("words", lowercase=True)
    numbering.block("rare e\u0301te\u0301 a a b e\u0301te\u0301 a b".encode(), AT_FILE_END)
    assert numbering.prune(1).tolist() == [-2, 0, 1, 2]
    assert numbering.table.labels() == ["été", "a", "b"]
    assert numbering.table.counts[:3].tolist() == [2, 3, 2]
    assert numbering.block("b e\u0301te\u0301 new".encode(), AT_FILE_END).tolist() == [2, 0, 3]


def test_a_word_is_numbered_without_being_counted():
    table = WordTable()
    assert [table.number(word) for word in ("b", "a", "b")] == [0, 1, 0]
    assert table.counts[:2].tolist() == [0, 0]
