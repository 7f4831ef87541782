import pandas as pd
import pytest

from embedviz.core.errors import ColumnError
from embedviz.data.column import Column
from embedviz.data.guessing import guess_roles
from embedviz.data.profile import profile_columns
from embedviz.data.reading import read_table
from embedviz.data.roles import assign_role, checked_role, role_sentence, roles_of, roles_within

REVIEWS = pd.DataFrame(
    {
        "id": [1, 2, 3, 4],
        "review": ["a fine film for everyone", "dull from start to end", "we laughed a lot", "never again, I say"],
        "stars": [5, 1, 5, 2],
    }
)


def profile(frame):
    return profile_columns(Column(name, frame[name]) for name in frame)


def test_plain_text_has_its_one_column():
    assert guess_roles(pd.DataFrame({"text": ["a", "b"]}), "text") == {"text": "text"}


def test_long_cells_are_the_text():
    assert guess_roles(REVIEWS, "table")["text"] == "review"


@pytest.mark.parametrize("column", ["user_id", "userId", "User", "users"])
def test_a_user_column_is_known_by_a_whole_word_of_its_name(column):
    frame = pd.DataFrame({column: ["u1", "u2"], "film": ["f1", "f2"], "rating": [1.0, 2.0]})
    assert guess_roles(frame, "table") == {"user": column, "item": "film", "rating": "rating"}


def test_part_of_a_word_is_no_hint():
    frame = pd.DataFrame({"operating_hours": [1.0, 2.0], "superuser": ["x", "y"], "classified": ["a", "b"]})
    assert guess_roles(frame, "table") == {}


def test_ratings_that_are_words_are_no_ratings():
    assert "rating" not in guess_roles(pd.DataFrame({"rating": ["good", "bad"]}), "table")


def test_an_unknown_column_names_those_that_exist():
    with pytest.raises(ColumnError, match=r"'reviews'.*id, review, stars"):
        checked_role(REVIEWS, "text", "reviews")


@pytest.mark.parametrize(("role", "column"), [("text", "stars"), ("rating", "review")])
def test_a_column_of_the_wrong_kind_cannot_play_the_role(role, column):
    with pytest.raises(ColumnError, match=repr(column)):
        checked_role(REVIEWS, role, column)


def test_the_sentence_names_columns_classes_and_the_smallest_class():
    sentence = role_sentence(profile(REVIEWS), {"text": "review", "label": "stars"})
    assert "“review” as text" in sentence
    assert "“stars” as the label (3 classes, the smallest has 1 row)" in sentence


def test_a_label_without_a_value_is_no_crash():
    frame = pd.DataFrame({"text": ["a b"], "label": [None]})
    assert "0 classes" in role_sentence(profile(frame), {"text": "text", "label": "label"})


def test_what_is_chosen_goes_before_what_is_guessed():
    rows = "".join(f"a fine film for everyone,{1 + i % 5},{i % 3}\n" for i in range(30))
    table = read_table(b"review,stars,score\n" + rows.encode())
    assert roles_of(table, {}) == {"text": "review", "label": "stars"}
    assert roles_of(table, {"label": "score"}) == {"text": "review", "label": "score"}
    assert roles_of(table, {"label": None}) == {"text": "review"}
    assert "text" not in roles_of(table, {"ignore": ["review"]})
    assert roles_of(table, {"ignore": ["review"]})["ignore"] == ["review"]


def test_what_is_guessed_rests_on_what_is_chosen():
    rows = "".join(f"{i % 7},{i % 11},{1 + i % 5},2005-0{1 + i % 9}-01\n" for i in range(60))
    table = read_table(b"Who,What,Rating,Date\n" + rows.encode())
    assert "rating" not in table.roles  # nobody is known to have rated anything
    chosen = roles_of(table, {"user": "Who", "item": "What"})
    assert chosen == {"user": "Who", "item": "What", "rating": "Rating", "time": "Date"}


def test_stars_beside_a_text_are_its_label_and_no_rating():
    assert guess_roles(REVIEWS, "table") == {"text": "review", "label": "stars"}


def test_the_only_column_of_few_words_is_the_label(tweets):
    frame = tweets.rename(columns={"mood": "verdict"})
    assert guess_roles(frame, "table") == {"text": "tweet", "label": "verdict"}


def test_ratings_are_guessed_with_their_time(film_ratings):
    roles = guess_roles(film_ratings, "table")
    assert roles == {"user": "user_id", "item": "film", "rating": "stars", "time": "timestamp"}


def test_a_table_without_a_text_has_its_target_by_name(cars):
    assert guess_roles(cars.rename(columns={"body": "class"}), "table") == {"target": "class"}


def test_a_column_of_single_words_is_no_text_whatever_its_name(cars):
    assert guess_roles(cars, "table") == {"target": "body"}  # its last column, which is one word a cell


def test_a_column_leaves_the_roles_that_cannot_share_it():
    roles = {"text": "review", "label": "stars", "target": "stars", "ignore": ["id", "review"]}
    assert assign_role(roles, "user", "stars") == {"text": "review", "user": "stars", "ignore": ["id", "review"]}
    assert assign_role(roles, "rating", "stars") == {**roles, "rating": "stars"}
    assert assign_role(roles, "target", "id") == {**roles, "target": "id", "ignore": ["review"]}
    assert assign_role(roles, "number", ["id"]) == {**roles, "number": ["id"], "ignore": ["review"]}
    assert assign_role(roles, "label", None) == {"text": "review", "target": "stars", "ignore": ["id", "review"]}


def test_roles_of_columns_that_are_gone_are_gone():
    assert roles_within({"text": "a", "label": "b", "ignore": ["b", "c"]}, ["a", "c"]) == {"text": "a", "ignore": ["c"]}
    assert roles_within({"ignore": ["b"]}, ["a"]) == {}
