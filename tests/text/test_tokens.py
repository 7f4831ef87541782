import json

import numpy as np
import pytest

from embedviz.core.progress import Progress
from embedviz.data.reading import read_table
from embedviz.text import tokenizers
from embedviz.text.tokens import HEADER, IDS, Tokens, tokenize, tokens_of


def drain(steps):
    """Events and result of a generator that returns one."""
    events = []
    while True:
        try:
            events.append(next(steps))
        except StopIteration as end:
            return events, end.value


def tokenized(texts, *options) -> Tokens:
    return drain(tokenize(texts, *options))[1]


def test_words_are_numbered_by_first_occurrence_and_every_text_ends():
    tokens = tokenized(["b a b", "", "c"])
    assert tokens.ids.tolist() == [0, 1, 0, -1, -1, 2, -1]
    assert tokens.ids.dtype == np.int32
    assert tokens.labels == ["b", "a", "c"]
    assert (len(tokens), tokens.n_tokens) == (3, 4)
    assert tokens.counts.tolist() == [2, 1, 1]


def test_the_words_of_each_text_are_read_back():
    tokens = tokenized(["b a b", "", "c"])
    assert list(tokens.texts()) == [["b", "a", "b"], [], ["c"]]
    assert tokens.text_ids(2).tolist() == [2]


def test_no_texts_are_no_tokens():
    tokens = tokenized([])
    assert (len(tokens), tokens.n_tokens, tokens.labels, list(tokens.texts())) == (0, 0, [], [])


@pytest.mark.parametrize("name", tokenizers.TOKENIZERS)
@pytest.mark.parametrize("lowercase", [True, False])
def test_a_text_has_the_words_of_its_tokenizer(name, lowercase):
    text = "Don't STOP at 5:30, :-) Élan!"
    assert tokenized([text], name, lowercase).text(0) == tokenizers.tokenizer(name, lowercase)(text)


def test_a_long_text_reports_progress_and_keeps_every_word(monkeypatch):
    monkeypatch.setattr("embedviz.text.tokens.REPORT_INTERVAL_S", 0.0)
    text = "ab cd " * 500_000
    events, tokens = drain(tokenize([text]))
    assert len(events) >= 2
    assert all(isinstance(event, Progress) and event.total_steps == 1 for event in events)
    assert tokens.n_tokens == 1_000_000
    assert tokens.labels == ["ab", "cd"]


def test_saved_tokens_are_loaded_memory_mapped(tmp_path):
    tokens = tokenized(["b a b", "", "春眠 c"] * 200)
    tokens.save(tmp_path / "t")
    loaded = Tokens.load(tmp_path / "t")
    assert loaded is not None
    assert isinstance(loaded.ids, np.memmap)
    assert loaded.ids.tolist() == tokens.ids.tolist()
    assert loaded.labels == tokens.labels
    assert "one character at a time" in loaded.script_note


def test_what_is_missing_damaged_or_of_another_version_is_not_loaded(tmp_path):
    assert Tokens.load(tmp_path / "nothing") is None
    tokenized(["a b"]).save(tmp_path)
    header = json.loads((tmp_path / HEADER).read_text())
    (tmp_path / HEADER).write_text(json.dumps({**header, "version": -1}))
    assert Tokens.load(tmp_path) is None
    (tmp_path / HEADER).write_text(json.dumps(header))
    assert Tokens.load(tmp_path) is not None
    (tmp_path / IDS).write_bytes(b"half")
    assert Tokens.load(tmp_path) is None


def test_a_table_with_a_cache_is_tokenised_once(tmp_path, monkeypatch):
    table = read_table(b"one two\nthree\n", name="t.txt").cached_in(tmp_path)
    first = drain(tokens_of(table, "text"))[1]
    monkeypatch.setattr(tokenizers, "tokenizer", None)  # whoever tokenises again fails
    second = drain(tokens_of(table, "text"))[1]
    assert list(second.texts()) == list(first.texts()) == [["one", "two"], ["three"]]
    with pytest.raises(TypeError):
        drain(tokens_of(table, "text", "words", False))  # other options are other tokens


def test_missing_cells_have_no_tokens(tmp_path):
    table = read_table(b'{"t": "a b"}\n{"t": null}\n{"t": "c"}\n', name="t.jsonl")
    assert list(drain(tokens_of(table, "t"))[1].texts()) == [["a", "b"], ["c"]]
