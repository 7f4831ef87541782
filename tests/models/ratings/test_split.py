import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError
from embedviz.data.folds import Fold
from embedviz.data.splits import TEST, TRAIN, VALIDATION, SplitMethod
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.split import choose_split, split_ratings
from embedviz.models.ratings.table import read_ratings


@pytest.fixture(scope="module")
def table():
    """40 users, the u-th with 2 + u % 30 ratings, at times in no order."""
    rng = np.random.default_rng(0)
    rows = [(u, i, (u + i) % 5, rng.random()) for u in range(40) for i in range(2 + u % 30)]
    return read_ratings(
        pd.DataFrame(rows, columns=["u", "i", "r", "t"]), {"user": "u", "item": "i", "rating": "r", "time": "t"}
    )


def parts(table, split, validation_share=0.1, test_share=0.1, seed=0, fold=None):
    shares = {"validation_share": validation_share, "test_share": test_share}
    return split_ratings(table, RatingsSettings.of(split=split, seed=seed, **shares), fold).parts


def chosen(table, split, fold=None):
    return choose_split(RatingsSettings.of(split=split), table, fold)


def test_each_users_latest_ratings_test_and_those_before_validate(table):
    part = parts(table, "latest", 0.2, 0.1)
    for u in range(len(table.users)):
        own = table.user == u
        for early, late in ((TRAIN, VALIDATION), (VALIDATION, TEST), (TRAIN, TEST)):
            before, after = table.time[own & (part == early)], table.time[own & (part == late)]
            if len(before) and len(after):
                assert before.max() < after.min()


def test_the_parts_have_their_shares_though_users_have_few_ratings(table):
    shares = [np.bincount(parts(table, "latest", 0.2, 0.1, seed), minlength=3) for seed in range(30)]
    assert np.mean(shares, 0) / len(table.user) == pytest.approx([0.7, 0.2, 0.1], abs=0.01)


def test_by_time_the_latest_of_all_test(table):
    part = parts(table, "time")
    assert table.time[part == TRAIN].max() < table.time[part == VALIDATION].min()
    assert table.time[part == VALIDATION].max() < table.time[part == TEST].min()


def test_folds_are_random_and_test_every_rating_once(table):
    folds = [Fold(k, 5) for k in range(5)]
    assert {chosen(table, wanted, folds[0]) for wanted in ("auto", "latest", "time")} == {SplitMethod.FOLD}
    tested = sum((parts(table, "random", fold=fold) == TEST).astype(int) for fold in folds)
    assert (tested == 1).all()


def test_times_are_used_when_there_are_any(table):
    assert chosen(table, "auto") is SplitMethod.LATEST_PER_USER
    timeless = read_ratings(pd.DataFrame({"u": list("ab") * 6, "i": range(12)}), {"user": "u", "item": "i"})
    assert chosen(timeless, "auto") is SplitMethod.RANDOM
    with pytest.raises(ColumnError, match="needs a column as time"):
        chosen(timeless, "time")


def test_no_part_of_a_tiny_table_is_empty():
    """Ten ratings, one in ten to test and one to validate: each is the latest of its user that is left."""
    rows = [(u, i, i % 3, i) for u in range(2) for i in range(5)]
    frame = pd.DataFrame(rows, columns=["u", "i", "r", "t"])
    table = read_ratings(frame, {"user": "u", "item": "i", "rating": "r", "time": "t"})
    for seed in range(20):
        part = parts(table, "latest", seed=seed)
        assert np.bincount(part, minlength=3).tolist() == [8, 1, 1]
        for late, early in ((TEST, VALIDATION), (VALIDATION, TRAIN)):
            for u in range(2):
                own = table.user == u
                before, after = table.time[own & (part == early)], table.time[own & (part == late)]
                assert not len(before) or not len(after) or before.max() < after.min()
