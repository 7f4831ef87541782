import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError
from embedviz.models.ratings.entities import id_names
from embedviz.models.ratings.table import read_ratings, read_times

ROLES = {"user": "who", "item": "what", "rating": "stars"}


def frame(**columns):
    """Twelve ratings by three people of four things, unless columns say otherwise."""
    base = {
        "who": list("aabbccaabbcc"),
        "what": [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4],
        "stars": [1, 2, 3, 4, 5] * 2 + [1, 2],
    }
    return pd.DataFrame({**base, **columns})


def rating_of(table, user, item):
    there = (table.user == table.users.ids.index(user)) & (table.item == table.items.ids.index(item))
    return table.rating[there].tolist()


def test_ids_of_any_type_are_distinguished_and_written_plainly():
    table = read_ratings(frame(), ROLES)
    assert table.users.ids == ["a", "b", "c"]
    assert table.items.ids == ["1", "2", "3", "4"]
    assert rating_of(table, "b", "1") == [3]
    assert id_names(pd.Series([1.0, 2.5, None, np.inf])) == ["1", "2.5", "", ""]
    assert id_names(pd.Series(["7", " 7 ", 7, 7.0], dtype=object)) == ["7"] * 4


def test_rows_without_a_user_an_item_or_a_rating_are_left_out_and_counted():
    holes = frame(who=[None, " ", *"bbccaabbcc"], stars=[1, 2, 3, 4, 5, 1, 2, 3, 4, np.nan, np.inf, 2.0])
    with pytest.raises(DataError, match="There are 8 ratings"):
        read_ratings(holes, ROLES)
    table = read_ratings(pd.concat([holes, frame(who=list("ddeeffddeeff"))]), ROLES)
    assert (table.missing, table.infinite) == (3, 1)
    assert len(table.user) == 20


def test_a_pair_that_comes_twice_has_the_mean_of_its_ratings():
    twice = pd.concat([frame(), pd.DataFrame({"who": ["a"], "what": [1], "stars": [4]})])
    table = read_ratings(twice, ROLES)
    assert rating_of(table, "a", "1") == [2.5]
    assert len(table.user) == 12
    assert table.duplicates == 1


def test_with_a_time_the_latest_rating_of_a_pair_counts_wherever_it_stands():
    twice = pd.concat([pd.DataFrame({"who": ["a"], "what": [1], "stars": [4], "when": [99]}), frame(when=range(12))])
    table = read_ratings(twice, {**ROLES, "time": "when"})
    assert rating_of(table, "a", "1") == [4]
    assert table.duplicates == 1


def test_without_ratings_each_pair_counts_once():
    twice = pd.concat([frame(), frame()])
    table = read_ratings(twice, {"user": "who", "item": "what"})
    assert table.rating is None
    assert len(table.user) == 12
    assert table.duplicates == 12


def test_constant_ratings_are_no_ratings():
    table = read_ratings(frame(stars=[1] * 12), ROLES)
    assert table.rating is None
    assert table.constant_rating == 1


def test_times_are_numbers_or_dates():
    dates = [f"{day}/01/2024" for day in range(1, 12)] + ["no day"]
    table = read_ratings(frame(when=dates), {**ROLES, "time": "when"})
    assert np.isnan(table.time[-1])
    assert np.isfinite(table.time[:-1]).all()
    iso = read_ratings(frame(when=[f"2024-01-{day:02d}T10:00:00" for day in range(1, 13)]), {**ROLES, "time": "when"})
    assert np.allclose(np.diff(iso.time), 86_400)
    with pytest.raises(ColumnError, match="neither numbers nor dates"):
        read_ratings(frame(when=["soon"] * 12), {**ROLES, "time": "when"})


def test_columns_that_describe_items_or_users_go_with_them():
    table = read_ratings(
        frame(genre=["x|y", "z", "x|y", "z", "x|y", None, "w", "w", "w", "w", "w", "w"], taste=list("mmnnmmmmnnmm"), note=list("abcdefghijkl")),
        ROLES,
    )  # fmt: skip
    assert table.items.columns["genre"].tolist() == ["x|y", "z", "w", "w"]
    assert table.items.columns["first of genre"].tolist() == ["x", "z", "w", "w"]
    assert table.users.columns["taste"].tolist() == ["m", "n", "m"]
    assert "note" not in {*table.items.columns, *table.users.columns}


def test_titles_are_the_labels_and_those_that_occur_twice_carry_their_id():
    titles = {
        1: "Heat",
        2: "Emma",
        3: "Emma",
        4: "Up",
        5: "Jaws",
        6: "Alien",
        7: "Big",
        8: "Troy",
        9: "Ali",
        10: "Babe",
    }
    rows = [(who, item, item % 5, title) for who in "abc" for item, title in titles.items()]
    table = read_ratings(pd.DataFrame(rows, columns=["who", "what", "stars", "film title"]), ROLES)
    assert table.items.labels[:4] == ["Heat", "Emma [2]", "Emma [3]", "Up"]
    assert table.items.ids[:4] == ["1", "2", "3", "4"]


def test_a_column_named_like_one_of_ours_is_renamed():
    table = read_ratings(frame(count=[1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4], label=list("mmnnmmmmnnmm")), ROLES)
    assert list(table.items.columns) == ["count (given)"]
    assert list(table.users.columns) == ["label (given)"]


@pytest.mark.parametrize(
    ("columns", "roles", "error", "message"),
    [
        ({"stars": ["good"] * 12}, ROLES, ColumnError, "'stars' holds text, but ratings have to be numbers"),
        ({}, {**ROLES, "item": "who"}, ColumnError, "'who' is chosen as user and as item"),
        ({}, {**ROLES, "time": "stars"}, ColumnError, "'stars' is chosen as rating and as time"),
        ({}, {"user": "who"}, ColumnError, "No column is chosen as item"),
        ({"who": ["a"] * 12}, ROLES, DataError, "holds one user, 'a', in every row"),
        ({"what": [7] * 12}, ROLES, DataError, "holds one item, '7', in every row"),
        ({"who": ["a", None] * 6, "stars": [None, 3] * 6}, ROLES, DataError, "No row has a user, an item and a rating"),
    ],
)
def test_what_cannot_be_learned_from_is_refused(columns, roles, error, message):
    with pytest.raises(error, match=message):
        read_ratings(frame(**columns), roles)


@pytest.mark.parametrize("first", ["13.04.2020", "13/04/2020", "13-04-2020 10:00"])
def test_dates_of_a_column_are_read_in_one_order_of_day_and_month(first):
    written = [first.replace("13", f"{day:02d}", 1) for day in (13, *range(1, 12))]
    for column in (written, [*written[:-2], "no day", "13.04.2020"]):
        time = read_times(pd.Series(column))
        days = pd.to_datetime(time[:10], unit="s")
        assert days.day.tolist() == [13, *range(1, 10)]
        assert set(days.month) == {4}


def test_where_no_format_fits_each_date_is_read_by_itself_in_the_columns_order():
    time = read_times(pd.Series(["03.05.2020", "04.05.2020", "2020-05-05", "May 6, 2020", "2020/05/07", None, "soon"]))
    assert np.diff(time)[:4].tolist() == [86_400] * 4
    assert np.isnan(time[5:]).all()
    month_first = read_times(pd.Series(["05/13/2020", "05/04/2020", "5/1/20 at noon"]))
    assert pd.to_datetime(month_first[:2], unit="s").month.tolist() == [5, 5]


@pytest.mark.parametrize("stars", [[1e9 + k % 5 for k in range(12)], [(1 + k % 5) * 1e-9 for k in range(12)]])
def test_ratings_that_differ_little_are_distinguished(stars):
    table = read_ratings(frame(stars=stars), ROLES)
    assert len(np.unique(table.rating)) == 5
    assert table.constant_rating is None


@pytest.mark.parametrize("stars", [[(1 + k % 5) * 1e-200 for k in range(12)], [1.0, 1 + 1e-14] * 6])
def test_ratings_too_close_together_to_compute_with_are_refused(stars):
    with pytest.raises(DataError, match="too close together"):
        read_ratings(frame(stars=stars), ROLES)


@pytest.mark.parametrize("far", [1e39, -1e300, np.inf])
def test_a_rating_too_large_to_compute_with_is_left_out_and_counted(far):
    table = read_ratings(pd.concat([frame(), pd.DataFrame({"who": ["d"], "what": [1], "stars": [far]})]), ROLES)
    assert (table.infinite, len(table.user)) == (1, 12)


def test_columns_named_like_those_of_an_answer_are_renamed_and_stay_apart():
    same = [1, 2, 1, 2, 1, 2, 3, 4, 3, 4, 3, 4]
    named = {"note": same, "note (given)": same, "prediction": same, "reasons": same}
    table = read_ratings(frame(**named), ROLES)
    assert list(table.items.columns) == [
        "note (given)", "note (given) (given)", "prediction (given)", "reasons (given)",
    ]  # fmt: skip
