import pandas as pd
import pytest

from embedviz.data.guessing import guess_roles
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.data.split_names import LEFT_OUT, is_split, part_code, split_files
from embedviz.data.splits import TEST, TRAIN, VALIDATION


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("train", TRAIN), ("Training", TRAIN), (" LEARN ", TRAIN), ("training set", TRAIN), ("train_split", TRAIN),
        ("validation", VALIDATION), ("valid", VALIDATION), ("VAL", VALIDATION), ("dev", VALIDATION),
        ("development", VALIDATION), ("dev-set", VALIDATION), ("test", TEST), ("Testing", TEST), ("eval", TEST),
        ("unsup", LEFT_OUT), ("", LEFT_OUT), ("1", LEFT_OUT), (1, LEFT_OUT), ("bus", LEFT_OUT), ("trainer", LEFT_OUT),
        ("set", LEFT_OUT), ("data", LEFT_OUT),
    ],
)  # fmt: skip
def test_a_part_is_known_by_its_name_in_any_letter_case(name, code):
    assert part_code(name) == code


@pytest.mark.parametrize(
    ("cells", "is_named", "expected"),
    [
        (["train", "train", "test"], False, True),
        (["Train", "dev", None], False, True),
        (["train", "train", "train"], True, False),  # nothing to measure on
        (["test", "dev"], True, False),  # nothing to learn from
        (["train", "test", "bus"], False, False),  # ways of travelling
        (["train", "test", "unsup", "train"], True, True),
        (["train", "test", "a", "b", "c"], True, False),
        ([None, None], True, False),
    ],
)
def test_a_column_of_parts_holds_a_training_part_and_another(cells, is_named, expected):
    assert is_split(pd.Series(cells, dtype="str"), is_named) is expected


def test_the_beginning_of_a_sorted_table_may_hold_the_training_part_alone():
    cells = pd.Series(["train"] * 5, dtype="str")
    assert is_split(cells, is_named=True, is_beginning=True)
    assert not is_split(cells, is_named=False, is_beginning=True)
    assert not is_split(cells, is_named=True)


def table(**columns):
    return pd.DataFrame(columns)


TEXTS = [f"a fine film for everyone {i}" for i in range(6)]


def test_the_split_is_guessed_by_its_values_whatever_the_name_and_is_nothing_else():
    frame = table(review=TEXTS, mood=list("abcabc"), kind=["train", "train", "train", "train", "dev", "test"])
    assert guess_roles(frame, "table") == {"split": "kind", "text": "review", "label": "mood"}


def test_rows_sorted_by_their_part_are_looked_at_to_the_end():
    n = 5000
    frame = table(x=range(n), y=["a", "b"] * (n // 2), part=["train"] * (n - 100) + ["test"] * 100)
    assert guess_roles(frame, "table") == {"split": "part", "target": "y"}


def test_numbers_and_flags_are_no_split():
    frame = table(review=TEXTS, fold=[0, 1, 2, 0, 1, 2], train=[True, False] * 3, split=list("ababab"))
    assert "split" not in guess_roles(frame, "table")


def test_the_last_column_before_the_split_is_the_target():
    n = 40
    frame = table(a=range(n), b=[x % 3 for x in range(n)], z=["u", "v"] * (n // 2), split=["train", "test"] * (n // 2))
    assert guess_roles(frame, "table") == {"split": "split", "target": "z"}


def test_a_column_that_is_named_split_goes_before_another():
    parts = ["train", "test"] * 3
    assert guess_roles(table(text=TEXTS, split=parts, other=parts), "table")["split"] == "split"
    assert guess_roles(table(text=TEXTS, one=parts, other=parts), "table")["split"] == "other"


def test_a_split_that_was_taken_away_is_not_guessed():
    read = read_table(b"text,label,split\n" + b"a b c d e,x,train\nb c d e f,y,test\n" * 4, name="t.csv")
    assert roles_of(read, {})["split"] == "split"
    assert "split" not in roles_of(read, {"split": None})
    assert "split" not in roles_of(read, {"target": "split"})


@pytest.mark.parametrize(
    ("names", "found"),
    [
        (["train.csv", "test.csv"], [("train.csv", "test.csv")]),
        (["README", "x/test.tsv", "x/dev.tsv", "x/train.tsv"], [("x/train.tsv", "x/dev.tsv", "x/test.tsv")]),
        (["u1.base", "u1.test", "u2.base", "u2.test"], [("u1.base", "u1.test"), ("u2.base", "u2.test")]),
        (["en_train.csv", "en_test.csv", "de_train.csv"], [("en_train.csv", "en_test.csv")]),
        (["train/a.csv", "test/a.csv"], [("train/a.csv", "test/a.csv")]),
        (["training_data.csv", "twitter_validation.csv"], [("training_data.csv", "twitter_validation.csv")]),
        (["Train.csv", "Test_with_solutions.csv"], [("Train.csv", "Test_with_solutions.csv")]),
        (["trainset.txt", "valset.txt"], [("trainset.txt", "valset.txt")]),
        (["train.csv.gz", "test.csv"], [("train.csv.gz", "test.csv")]),
        (["train.csv"], []),
        (["dev.csv", "test.csv"], []),
        (["a.csv", "values.csv", "trains.csv"], []),
        (["train-0.csv", "train-1.csv", "test-0.csv"], [("train-0.csv", "test-0.csv")]),
        (["a_train.csv", "b_train.csv", "test.csv"], []),  # which of the two
    ],
)
def test_files_of_one_split_are_found_by_their_names(names, found):
    assert [tuple(files.values()) for files in split_files(names)] == found


def test_the_parts_are_named_by_what_the_files_say():
    assert split_files(["my_eval.csv", "my_learn.csv", "my_val.csv"]) == [
        {"train": "my_learn.csv", "validation": "my_val.csv", "test": "my_eval.csv"}
    ]
