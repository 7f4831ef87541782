import json
from dataclasses import replace

import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.data.reading import read_table
from embedviz.data.text_source import TextSource
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


def source_of(tmp_path, unit=None, **files) -> TextSource:
    for name, text in files.items():
        (tmp_path / f"{name}.txt").write_text(text, encoding="utf-8")
    return TextSource.of([tmp_path / f"{name}.txt" for name in files], unit=unit)


@pytest.mark.parametrize("name", ["words", "basic_english", "whitespace"])
def test_files_give_the_tokens_that_their_lines_give(tmp_path, name):
    text = "Don't STOP, été\n\n春眠 e\u0301 <br /> a\n  \n...\nlast"
    tokens = tokenized(source_of(tmp_path, a=text, b="STOP\n"), name)
    lines = tokenized(read_table((text + "\nSTOP\n").encode(), unit="line").frame["text"], name)
    assert (tokens.ids.tolist(), tokens.labels) == (lines.ids.tolist(), lines.labels)
    assert tokens.counts.tolist() == lines.counts.tolist()


def test_paragraphs_of_a_file_are_its_units(tmp_path):
    wrapped = "this line runs on to its margin and goes on in\nthe next one, which runs on to the margin also\n" * 5
    tokens = tokenized(source_of(tmp_path, book=f"{wrapped}\n" * 5))
    assert (len(tokens), tokens.n_tokens) == (5, 5 * 105)


def test_many_texts_are_read_by_the_kernel_with_the_same_result(monkeypatch):
    texts = ["Don't STOP", "", "été e\u0301", "春眠"] * 3
    few = tokenized(texts)
    monkeypatch.setattr("embedviz.text.tokens.MIN_COMPILED_CHARACTERS", 1)
    many = tokenized(texts)
    assert (many.ids.tolist(), many.labels, many.script_note) == (few.ids.tolist(), few.labels, few.script_note)
    assert many.counts.tolist() == few.counts.tolist()


def test_past_the_bound_the_rarest_words_are_left_out_and_it_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("embedviz.text.tokens.BLOCK_BYTES", 64)
    lines = [f"often also rare{i}" for i in range(50)]
    source = source_of(tmp_path, "line", a="\n".join(lines))
    tokens = drain(tokenize(source, max_words=10))[1]
    assert tokens.labels[:2] == ["often", "also"]
    assert len(tokens.labels) <= 10
    assert tokens.counts[:2].tolist() == [50, 50]
    assert [text[:2] for text in tokens.texts()] == [["often", "also"]] * 50
    assert tokens.counts.tolist() == np.bincount(tokens.ids[tokens.ids >= 0]).tolist()
    assert "more distinct words than 10" in tokens.pruning_note
    assert drain(tokenize(source, max_words=1000))[1].pruning_note == ""


def test_tokens_of_a_source_are_kept_and_those_left_short_of_words_are_made_again(tmp_path, monkeypatch):
    monkeypatch.setattr("embedviz.text.tokens.BLOCK_BYTES", 64)
    source = source_of(tmp_path, "line", a="\n".join(f"often also rare{i}" for i in range(50)))
    table = replace(read_table(b"often\n"), source=source).cached_in(tmp_path / "kept")
    short = drain(tokens_of(table, "text", max_words=10))[1]
    assert isinstance(short.ids, np.memmap)
    assert len(drain(tokens_of(table, "text", max_words=1000))[1].labels) == 52
    (tmp_path / "a.txt").unlink()
    assert len(drain(tokens_of(table, "text", max_words=2000))[1].labels) == 52


def test_a_tokenizer_that_reads_no_files_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="not 'treebank'"):
        tokenized(source_of(tmp_path, a="text"), "treebank")
