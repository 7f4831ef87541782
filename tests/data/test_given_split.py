import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError, SettingsError
from embedviz.data.column import Column
from embedviz.data.folds import Fold
from embedviz.data.given_split import GivenSplit, read_given
from embedviz.data.splits import SplitMethod


def given(*cells):
    return GivenSplit.of(Column("part", pd.Series(cells, dtype="str")))


def test_each_row_is_in_the_part_that_its_cell_names():
    split = given("train", "Test", "dev", "train", "TRAINING").split(0.5, seed=3)
    assert (split.train.tolist(), split.validation.tolist(), split.test.tolist()) == ([0, 3, 4], [2], [1])
    assert (split.method, split.column, split.seed) == (SplitMethod.GIVEN, "part", 3)


def test_rows_that_name_no_part_are_counted_with_what_they_say():
    found = given("train", "test", None, "unsup", " ", "unsup", "?")
    assert found.known.tolist() == [True, True, False, False, False, False, False]
    assert (found.n_left_out, found.left_out) == (5, ["unsup", "?"])
    assert found.sentences("texts") == [
        "The split of column “part”: 1 training and 1 test texts, of whose training texts some are drawn for validation.",
        "5 rows belong to no part and are left out (“unsup”, “?”).",
    ]
    taken = found.take(np.flatnonzero(found.known), "a class")
    assert taken.split(0.5, 0).details["rows_without_part"] == 5


def test_a_missing_validation_part_is_drawn_from_the_training_rows_by_the_seed():
    found = given(*["train"] * 40, *["test"] * 10)
    one, two, other = (found.split(0.25, seed) for seed in (1, 1, 2))
    assert [len(one.train), len(one.validation), len(one.test)] == [30, 10, 10]
    assert one.test.tolist() == other.test.tolist() == list(range(40, 50))
    assert one.validation.tolist() == two.validation.tolist() != other.validation.tolist()
    assert one.method is SplitMethod.GIVEN_TEST


def test_a_drawn_validation_part_has_every_class_in_proportion():
    found = given(*["train"] * 40, *["test"] * 4)
    classes = np.array(([0] * 3 + [1]) * 11)
    split = found.split(0.2, 0, classes=classes)
    assert np.bincount(classes[split.validation]).tolist() == [6, 2]


def test_without_test_rows_the_validation_rows_are_measured_and_a_warning_says_so():
    found = given("train", "train", "valid")
    assert found.split(0.5, 0).measured == found.measured == "validation"
    [warning] = found.warnings("texts")
    assert "No row of “part” says test" in warning
    assert given("train", "valid", "test").warnings("texts") == []


@pytest.mark.parametrize(
    ("cells", "message"),
    [
        (("test", "dev"), "No row says train in column 'part'. Choose no column as split"),
        (("train", "train", "x"), "says neither test nor validation in any row (“x”)"),
    ],
)
def test_a_column_that_gives_no_split_is_refused(cells, message):
    with pytest.raises(ColumnError, match=message.replace("(", r"\(").replace(")", r"\)")):
        given(*cells)


def test_a_column_of_other_words_cannot_be_the_split():
    frame = pd.DataFrame({"a": ["x", "y"], "part": ["train", "test"]})
    with pytest.raises(ColumnError, match="'a' says train, validation or test in no row"):
        read_given(frame, {"split": "a"})
    with pytest.raises(ColumnError, match="There is no column 'b'"):
        read_given(frame, {"split": "b"})
    with pytest.raises(ColumnError, match="'part' is chosen as category and as split"):
        read_given(frame, {"split": "part", "category": ["a", "part"]})
    assert read_given(frame, {"text": "a"}) is None
    assert read_given(frame, {"text": "a", "split": "part"}).sizes == {"train": 1, "validation": 0, "test": 1}


def test_folds_are_refused_beside_a_given_split():
    with pytest.raises(SettingsError, match="Folds would replace the split of column “part”"):
        given("train", "test").split(0.1, 0, fold=Fold(0, 2))


def test_a_part_of_which_no_row_can_be_used_is_refused():
    found = given("train", "train", "test", "test")
    assert found.take(np.array([0, 2]), "a class").sizes == {"train": 1, "validation": 0, "test": 1}
    with pytest.raises(DataError, match="None of the 2 test rows of “part” has a class"):
        found.take(np.array([0, 1]), "a class")


def test_test_rows_that_the_training_part_has_too_are_counted():
    found = given("train", "train", "dev", "test", "test", "test").with_shared(np.array([7, 8, 8, 8, 7, 9]))
    assert found.n_shared == 2
    assert found.warnings("texts") == [
        "2 of the 3 test texts are among the training texts too, so the scores are optimistically biased."
    ]
    assert found.split(0.1, 0).details["test_rows_in_training"] == 2


def test_classes_without_a_training_row_are_named():
    found = given("train", "train", "test", "test")
    names = ["a", "b", "c"]
    assert found.with_classes(np.array([0, 1, 1, 0]), names).warnings("rows") == []
    [warning] = found.with_classes(np.array([0, 1, 1, 2]), names).warnings("rows")
    assert warning.startswith("1 test row is of a class that no training row has (“c”)")
    with pytest.raises(DataError, match="No test row of “part” has a class that a training row has; theirs are “c”"):
        found.with_classes(np.array([0, 1, 2, 2]), names)
