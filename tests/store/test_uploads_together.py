"""Several uploads brought at once are one data set."""

import numpy as np
import pytest

from embedviz.core.errors import DataError
from embedviz.formats import is_vectors, load_vectors
from embedviz.store.dataset import Dataset
from embedviz.store.reference_reading import read_reference
from embedviz.store.store import Store


def together(**files) -> Dataset:
    named = [(name.replace("_", "."), [data.encode()]) for name, data in files.items()]
    return Dataset.upload_together(Store().uploads_folder, named)


def test_files_named_after_the_parts_of_a_split_are_read_as_one_table():
    dataset = together(test_csv="review;mood\nfine;good\n", train_csv="review,mood\nwarm,good\ncold,bad\n")
    assert dataset.title == "test.csv and train.csv"
    table = read_reference(dataset.reference(), dataset.folder)
    assert table.frame["split"].tolist() == ["train", "train", "test"]
    assert table.frame["review"].tolist() == ["warm", "cold", "fine"]


@pytest.mark.parametrize(
    "names", [("vectors.tsv", "genres.tsv"), ("metadata.tsv", "out.tsv"), ("a_embeddings.txt", "b.csv")]
)
def test_vectors_and_what_is_known_of_them_are_one_space(names):
    numbers, words = "0.5\t-1.5\n0.25\t2.5\n", "word\tyear\nking\t1611\nqueen\t1953\n"
    if names[1] == "b.csv":
        words = words.replace("\t", ",")
    contents = (words, numbers) if names[0] == "metadata.tsv" else (numbers, words)
    dataset = Dataset.upload_together(
        Store().uploads_folder, [(name, [text.encode()]) for name, text in zip(names, contents, strict=True)]
    )
    assert is_vectors(dataset.path, dataset.title)
    space = load_vectors(dataset.path)
    assert space.labels == ["king", "queen"]
    assert space.columns["year"].tolist() == [1611, 1953]
    np.testing.assert_array_equal(space.vectors, np.array([[0.5, -1.5], [0.25, 2.5]], np.float32))


def test_a_readme_among_them_does_not_part_vectors_from_their_metadata():
    numbers, words = "0.5\t-1.5\n0.25\t2.5\n", "king\nqueen\n"
    dataset = together(vectors_tsv=numbers, labels_txt=words, README_md="about")
    assert load_vectors(dataset.path).labels == ["king", "queen"]


def test_files_that_do_not_belong_together_are_offered_one_by_one():
    dataset = together(one_csv="a,b\n1,2\n", two_csv="c,d\n3,4\n")
    assert dataset.options == {}
    with pytest.raises(DataError, match=r"holds 2 files; choose one of them: one\.csv, two\.csv"):
        read_reference(dataset.reference(), dataset.folder)
    dataset.set_options(member="two.csv")
    assert list(read_reference(dataset.reference(), dataset.folder).frame) == ["c", "d"]


def test_equal_names_are_told_apart_and_paths_are_nothing_but_names():
    files = [
        ("../a.csv", [b"x\n1\n"]),
        ("C:\\b\\a.csv", [b"y\n", b"2\n"]),
        ("a.csv", [b"z\n3\n"]),
        ("d.csv", [b"w\n4\n"]),
    ]
    dataset = Dataset.upload_together(Store().uploads_folder, files)
    assert dataset.title == "a.csv, a (2).csv, a (3).csv and 1 more"
    dataset.set_options(member="a (2).csv")
    table = read_reference(dataset.reference(), dataset.folder)
    assert table.frame["y"].tolist() == [2]
    assert sorted(path.name for path in dataset.folder.iterdir()) == ["dataset.json", "together.zip"]
