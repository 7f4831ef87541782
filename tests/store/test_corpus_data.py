"""Plain text in several files, or in a large one, as the data of models of words."""

import os

import pytest

from embedviz.core.errors import DataError
from embedviz.data import corpus_reading
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.table_folders import tables_folder


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "texts" / "more").mkdir(parents=True)
    (tmp_path / "texts" / "a.txt").write_text("one two\n")
    (tmp_path / "texts" / "more" / "b.txt").write_text("three\n")
    return tmp_path / "texts"


def test_a_folder_is_the_text_of_all_its_files(folder, tmp_path):
    dataset = Dataset.corpus(tmp_path, [folder])
    assert (dataset.title, dataset.size, dataset.source) == ("texts", 14, "corpus")
    table = read_reference(Dataset.open(dataset.folder).reference(), dataset.folder, as_corpus=True)
    assert table.source is not None
    assert [file.path.name for file in table.source.files] == ["a.txt", "b.txt"]
    assert table.cache is not None
    assert table.cache.parent == tables_folder()
    assert dataset.preview().frame["text"].tolist() == ["one two"]


def test_several_files_keep_their_order_and_are_named_in_the_title(folder, tmp_path):
    dataset = Dataset.corpus(tmp_path, [folder / "more" / "b.txt", folder / "a.txt"])
    assert dataset.title == "b.txt and a.txt"
    assert dataset.path.name == "b.txt"


def test_a_file_given_twice_or_missing_is_refused(folder, tmp_path):
    with pytest.raises(DataError, match=r"a\.txt is given twice"):
        Dataset.corpus(tmp_path, [folder, folder / "a.txt"])
    with pytest.raises(DataError, match=r"There is no file .*c\.txt"):
        Dataset.corpus(tmp_path, [folder / "c.txt"])


def test_a_corpus_is_no_table_and_has_no_columns(folder, tmp_path):
    dataset = Dataset.corpus(tmp_path, [folder])
    with pytest.raises(DataError, match="only models of words"):
        read_reference(dataset.reference(), dataset.folder)
    dataset.set_options(delimiter=",")
    with pytest.raises(DataError, match="encoding and unit can be set, not delimiter"):
        read_reference(dataset.reference(), dataset.folder, as_corpus=True)


def test_a_changed_or_deleted_file_of_a_corpus_is_refused(folder, tmp_path):
    dataset = Dataset.corpus(tmp_path, [folder])
    os.utime(folder / "more" / "b.txt", (1, 1))
    with pytest.raises(DataError, match=r"b\.txt was changed"):
        read_reference(dataset.reference(), dataset.folder, as_corpus=True)
    (folder / "a.txt").unlink()
    with pytest.raises(DataError, match=r"a\.txt no longer exists"):
        dataset.check_unchanged()


def test_other_files_are_another_text(folder, tmp_path):
    one, other = Dataset.corpus(tmp_path, [folder]), Dataset.corpus(tmp_path, [folder / "a.txt"])
    tables = [read_reference(d.reference(), d.folder, as_corpus=True) for d in (one, other, one)]
    assert tables[0].cache == tables[2].cache != tables[1].cache


@pytest.mark.parametrize(
    ("as_corpus", "options", "streams"),
    [(True, {}, True), (True, {"unit": "line"}, True), (False, {}, False), (True, {"header": False}, False)],
)
def test_a_large_text_is_read_from_disk_by_models_of_words_alone(tmp_path, monkeypatch, as_corpus, options, streams):
    monkeypatch.setattr(corpus_reading, "STREAMED_BYTES", 1000)
    (tmp_path / "long.txt").write_text("In the beginning was the word, and it was short.\n" * 100)
    dataset = Dataset.at_path(tmp_path / "uploads", tmp_path / "long.txt")
    dataset.set_options(**options)
    table = read_reference(dataset.reference(), dataset.folder, as_corpus=as_corpus)
    assert (table.source is not None) is streams


def test_files_are_opened_by_their_paths_on_ones_own_machine_alone(folder, tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(DataError, match="your own machine"):
        Dataset.corpus(tmp_path, [folder])
