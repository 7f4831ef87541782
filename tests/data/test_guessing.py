"""Roles guessed on tables shaped like well-known ones; all values are made up."""

import numpy as np
import pandas as pd
import pytest

from embedviz.data.guessing import guess_roles

N = 200
RNG = np.random.default_rng(0)
WORDS = ["good", "film", "slow", "quiet", "train", "never", "again", "house", "late", "warm", "cold", "blue"]


def ids(prefix="", different=40):
    values = RNG.integers(1, different, N)
    return [f"{prefix}{value}" for value in values] if prefix else values.tolist()


def own():
    return list(range(1, N + 1))


def texts(n=9):
    return [" ".join(RNG.choice(WORDS, n)) + f" {i}" for i in range(N)]


def names(n=4, different=30):
    chosen = [" ".join(RNG.choice(WORDS, n)) for _ in range(different)]
    return RNG.choice(chosen, N).tolist()


def few(*values):
    return RNG.choice(values, N).tolist()


def stars():
    return RNG.integers(1, 6, N).tolist()


def halves():
    return (RNG.integers(1, 11, N) / 2).tolist()


def seconds():
    return RNG.integers(900_000_000, 1_500_000_000, N).tolist()


def dates():
    return [str(day)[:10] for day in pd.date_range("2019-01-01", periods=N)]


def number():
    return np.round(RNG.normal(size=N), 3).tolist()


RATINGS = [
    ("userId movieId rating timestamp", [ids(), ids(), halves(), seconds()], "userId movieId rating timestamp"),
    ("user_id item_id rating timestamp", [ids(), ids(), stars(), seconds()], "user_id item_id rating timestamp"),
    ("CustId MovieId Rating Date", [ids(), ids(), stars(), dates()], "CustId MovieId Rating Date"),
    ("userid itemid rating", [ids(), ids(), stars()], "userid itemid rating"),
    ("uid iid r", [ids(), ids(), stars()], "uid iid r"),
    ("viewer movie vote", [ids("v"), ids("m"), stars()], "viewer movie vote"),
    ("reviewerID asin overall unixReviewTime", [ids("A"), ids("B"), stars(), seconds()], "reviewerID asin overall unixReviewTime"),
    ("user_id anime_id rating", [ids(), ids(), stars()], "user_id anime_id rating"),
    ("userID artistID weight", [ids(), ids(), number()], "userID artistID weight"),
    ("user_id joke_id rating", [ids(), ids(), number()], "user_id joke_id rating"),
    ("user_id business_id stars date", [ids("u"), ids("b"), stars(), dates()], "user_id business_id stars date"),
    ("user_id recipe_id date rating", [ids(), ids(), dates(), stars()], "user_id recipe_id rating date"),
    ("userID placeID rating food_rating", [ids("U"), ids(), stars(), stars()], "userID placeID rating"),
    ("User-ID ISBN Book-Rating", [ids(), ids("0"), stars()], "User-ID ISBN Book-Rating"),
    ("user item rating_id rating", [ids(), ids(), own(), stars()], "user item rating"),
    ("user item score_count score", [ids(), ids(), ids(different=900), stars()], "user item score"),
    ("user_id song_id like", [ids("u"), ids("s"), few(0, 1)], "user_id song_id like"),
    ("visitorid itemid timestamp", [ids(), ids(), seconds()], "visitorid itemid  timestamp"),
    ("customer_id product", [ids("c"), names(2)], "customer_id product"),
    ("user movie_title rating", [ids("u"), names(5), stars()], "user movie_title rating"),
    ("user_id item_id rating Time", [ids(), ids(), stars(), few("Weekday", "Weekend")], "user_id item_id rating"),
    ("user item rating", [ids("u"), ids("i"), few("bad", "ok", "good")], "user item rating"),
    ("Member Hotel Grade", [ids("m"), names(2), stars()], "Member Hotel Grade"),
    ("customer StockCode", [ids("c"), ids("S")], "customer StockCode"),
    ("listener track rate", [ids("l"), names(3), stars()], "listener track rate"),
    ("username beer_name overall", [ids("u"), names(2), halves()], "username beer_name overall"),
]  # fmt: skip

TEXTS = [
    ("text label", [texts(), few("pos", "neg")], "text label"),
    ("tweet mood likes", [texts(), few("happy", "angry"), ids()], "tweet mood"),
    ("review sentiment", [texts(), few("positive", "negative")], "review sentiment"),
    ("Kommentar Bewertung", [texts(), few("gut", "schlecht")], "Kommentar Bewertung"),
    ("phrase y", [[f"{a} {b}" for a, b in zip(few(*WORDS), few(*WORDS), strict=True)], few(0, 1)], "phrase y"),
    ("id comment_text toxic", [own(), texts(), few(0, 1)], "comment_text toxic"),
    ("review_body is_positive helpful", [texts(), few(0, 1), few(0, 1, 2)], "review_body is_positive"),
    ("Summary recommended age", [texts(), few("yes", "no"), ids()], "Summary recommended"),
    ("text label", [texts(), ["pos"] * N], "text label"),
    ("Id ProductId UserId ProfileName HelpfulnessNumerator Score Time Summary Text", [own(), ids("B"), ids("A"), names(2), few(0, 1, 2), stars(), seconds(), texts(4), texts(20)], "Text Score"),
    ("marketplace customer_id product_id star_rating verified_purchase review_body", [few("US", "UK"), ids(), ids("B"), stars(), few("Y", "N"), texts()], "review_body star_rating"),
    ("headline topic", [texts(), few("sport", "news", "art")], "headline topic"),
]  # fmt: skip

TABLES = [
    ("sepal_length sepal_width species", [number(), number(), few("a", "b", "c")], "species"),
    ("age workclass education income", [ids(), few("x", "y"), few("p", "q"), few("<=50K", ">50K")], "income"),
    ("age balance y", [ids(), number(), few("yes", "no")], "y"),
    ("fixed_acidity alcohol quality", [number(), number(), ids(different=8)], "quality"),
    ("id diagnosis radius_mean", [own(), few("M", "B"), number()], "diagnosis"),
    ("CreditScore Geography Exited", [ids(), few("F", "S"), few(0, 1)], "Exited"),
    ("student balance default", [few("Yes", "No"), number(), few("Yes", "No")], "default"),
    ("age bmi smoker charges", [ids(), number(), few("yes", "no"), number()], "charges"),
    ("amount hour is_fraud", [number(), ids(), few(0, 1)], "is_fraud"),
    ("Age Department Attrition", [ids(), few("a", "b"), few("Yes", "No")], "Attrition"),
    ("Gender LoanAmount Loan_Status", [few("M", "F"), number(), few("Y", "N")], "Loan_Status"),
    ("Administrative BounceRates Revenue", [ids(), number(), few(True, False)], "Revenue"),
    ("Pclass Sex Age Survived", [few(1, 2, 3), few("m", "f"), number(), few(0, 1)], "Survived"),
    ("vehicleType gearbox price", [few("van", "bus"), few("a", "m"), number()], "price"),
    ("customerID tenure Churn", [[f"c{i}" for i in own()], ids(), few("Yes", "No")], "Churn"),
    ("region notes Outcome", [few("n", "s"), texts(), few("won", "lost")], "Outcome"),
    ("is_member visits target", [few(True, False), ids(), few(0, 1)], "target"),
    ("colour weight target", [few("r", "g"), number(), [f"t{i % 80}" for i in range(N)]], "target"),
    ("make doors horse body", [few("a", "b"), few(2, 4), number(), few("van", "city")], "body"),
    ("a b c", [number(), number(), few("x", "y")], "c"),
]  # fmt: skip


def frame(header, columns):
    return pd.DataFrame(dict(zip(header.split(" "), columns, strict=True)))


@pytest.mark.parametrize(("header", "columns", "expected"), RATINGS, ids=[case[0] for case in RATINGS])
def test_who_rated_what_is_found(header, columns, expected):
    roles = guess_roles(frame(header, columns), "table")
    wanted = dict(zip(("user", "item", "rating", "time"), expected.split(" "), strict=False))
    assert {role: roles.get(role, "") for role in wanted} == wanted
    if "Weekday" in columns[-1]:
        assert "time" not in roles  # words are no times


@pytest.mark.parametrize(("header", "columns", "expected"), TEXTS, ids=[case[0][:40] for case in TEXTS])
def test_texts_and_their_labels_are_found(header, columns, expected):
    roles = guess_roles(frame(header, columns), "table")
    assert [roles.get("text"), roles.get("label")] == expected.split(" ")


@pytest.mark.parametrize(("header", "columns", "expected"), TABLES, ids=[case[0] for case in TABLES])
def test_what_a_table_may_be_asked_to_predict_is_found(header, columns, expected):
    roles = guess_roles(frame(header, columns), "table")
    assert roles.get("target") == expected
    assert "user" not in roles or "item" not in roles


def test_a_file_without_names_in_the_shape_of_ratings_is_one():
    columns = ["column 1", "column 2", "column 3", "column 4"]
    rated = pd.DataFrame(dict(zip(columns, [ids(), ids(), stars(), seconds()], strict=True)))
    assert guess_roles(rated, "table") == dict(zip(("user", "item", "rating", "time"), columns, strict=True))
    other = pd.DataFrame(dict(zip(columns, [ids(), ids(), number(), number()], strict=True)))
    assert "user" not in guess_roles(other, "table")


def test_ids_with_missing_cells_among_them_are_ids_still():
    rated = pd.DataFrame({"userId": [None, *ids()[1:]], "movieId": ids(), "rating": halves()})
    assert rated["userId"].dtype == float
    assert guess_roles(rated, "table") == {"user": "userId", "item": "movieId", "rating": "rating"}


def test_a_sorted_file_is_looked_at_all_over():
    n = 5000
    frame = pd.DataFrame(
        {
            "column 1": [0] * (n // 2) + [4] * (n // 2),
            "column 2": range(10**9, 10**9 + n),
            "column 3": ["NO_QUERY"] * n,
            "column 4": [f"the house by the lake is warm again {i}" for i in range(n)],
        }
    )
    assert guess_roles(frame, "table")["label"] == "column 1"


def test_ratings_sorted_by_user_still_look_like_ratings():
    n = 100_000
    frame = pd.DataFrame(
        {
            "column 1": np.repeat(np.arange(n // 20), 20),
            "column 2": np.arange(n) * 7919 % 30_011,
            "column 3": np.arange(n) % 5 + 1,
            "column 4": 978_000_000 + np.arange(n),
        }
    )
    roles = guess_roles(frame, "table")
    assert [roles.get(role) for role in ("user", "item", "rating", "time")] == list(frame)


def test_a_column_of_yes_and_no_is_a_rating_by_its_name_alone():
    frame = pd.DataFrame(
        {"user": list("ababab"), "item": list("xyzxyz"), "liked": ["yes", "no"] * 3, "shown": ["yes", "no"] * 3}
    )
    assert guess_roles(frame, "table")["rating"] == "liked"
    assert "rating" not in guess_roles(frame.drop(columns="liked"), "table")
