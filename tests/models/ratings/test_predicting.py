import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import ColumnError, DataError, EmbedvizError
from embedviz.models.ratings.trained import TrainedRatings
from tests.models.ratings.tastes import WITHOUT_RATINGS

pytestmark = pytest.mark.slow


@pytest.fixture
def trained(trainings) -> TrainedRatings:
    return trainings["als"].trained


def test_what_was_not_in_training_gets_an_estimate_with_a_note(trained, tastes):
    found = trained.predict([("u3", "Unheard of"), ("stranger", "4"), ("stranger", "Unheard of"), ("u3", "4")])
    assert found["note"].tolist() == [
        "Not in the training set: item 'Unheard of'. The estimate is the mean of the user, shrunk towards the overall mean.",
        "Not in the training set: user 'stranger'. The estimate is the mean of the item, shrunk towards the overall mean.",
        "Not in the training set: user 'stranger' and item 'Unheard of'. The estimate is the mean of all ratings.",
        "",
    ]
    assert found["prediction"][2] == pytest.approx(tastes["stars"].mean(), abs=0.1)
    assert found["prediction"][1] == pytest.approx(tastes[tastes["film"] == 4]["stars"].mean(), abs=0.4)


def test_a_ranking_score_is_marked_as_one(trainings):
    notes = trainings["bpr"].trained.predict([("u3", "4"), ("u3", "Unheard of")])["note"]
    assert notes[0] == "A ranking score, not a rating."
    assert notes[1] == "A ranking score, not a rating. Not in the training set: item 'Unheard of'."


def test_predictions_stay_on_the_scale(trainings):
    rows = [(f"u{u}", str(film)) for u in range(80) for film in range(50)]
    for method in ("als", "gradient", "dot"):
        predicted = trainings[method].trained.predict(rows)["prediction"]
        assert predicted.min() >= 1
        assert predicted.max() <= 5


def test_predicting_takes_the_columns_of_the_training_and_names_a_missing_one(trained):
    rows = pd.DataFrame({"user": ["u1"], "film": [4.0], "stars": [9]})
    assert trained.predict(rows)["note"].tolist() == [""]
    with pytest.raises(ColumnError, match="a column 'film' is needed as the item"):
        trained.predict(pd.DataFrame({"user": ["u1"]}))


def test_pairs_are_taken_in_many_forms(trained):
    expected = trained.predict([("u1", "2")])
    for rows in (
        {"user": "u1", "item": 2}, {"user": "u1", "film": "2"}, [{"user": "u1", "item": 2.0}], [["u1", 2]], [np.array(["u1", "2"])],
        pd.DataFrame({"user": ["u1"], "film": [2]}, index=[7]),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(trained.predict(rows), expected)


@pytest.mark.parametrize("nothing", [[], (), pd.DataFrame({"user": [], "item": []}), iter([])])
def test_no_rows_give_an_empty_answer(trained, nothing):
    found = trained.predict(nothing, explain=True)
    assert list(found.columns) == ["user", "item", "prediction", "note", "reasons"]
    assert len(found) == 0


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("1", "To predict, expected pairs"),
        (None, "got None"),
        (5, "got 5"),
        (["1", "2"], "Row 1 to predict is '1', but a pair"),
        (["u1"], "Row 1 to predict is 'u1', but a pair"),
        ([("1",)], "Row 1 to predict is .*, but a pair"),
        ([("1", "2"), ("1", "2", "3")], "Row 2 to predict is .*, but a pair"),
        ([{"user": 1, "item": 2}, ("1", "2")], "Row 2 to predict is .*, but a dict"),
        ([("1", "2"), {"user": 1, "item": 2}], "Row 2 to predict is .*, but a pair"),
        ([("1", "2"), None], "Row 2 to predict is None"),
        ([{"user": [1, 2], "item": 3}], "Row 1 holds .* as the user"),
        (pd.DataFrame({"user": ["a", "b"], "item": ["c", ["d"]]}), "Row 2 holds .* as the item"),
        (pd.DataFrame([["a", "b", "c"]], columns=["user", "user", "item"]), "2 columns are called 'user'"),
        (pd.DataFrame({"user": ["a"]}), "a column 'film' is needed as the item"),
    ],
)
def test_rows_that_are_no_pairs_are_refused(trained, rows, message):
    with pytest.raises(EmbedvizError, match=message):
        trained.predict(rows)


def test_the_reasons_of_an_estimate_name_the_liked_items(trained, tastes):
    [reasons] = trained.predict([("u3", "4")], explain=True)["reasons"]
    assert [reason["feature"] for reason in reasons[:4]] == [
        "mean of all ratings",
        "user u3",
        "item 4",
        "columns of u3",
    ]
    stars = tastes[tastes["user"] == "u3"].set_index("film")["stars"]
    assert len(reasons) == 7
    for reason in reasons[4:]:
        word, film = reason["feature"].split()
        assert word == ("liked" if stars[int(film)] >= max(stars.mean(), tastes["stars"].mean()) else "disliked")


@pytest.mark.parametrize("method", ["als", "bpr"])
def test_the_form_has_the_columns_and_the_scale(trainings, method):
    form = trainings[method].trained.form()
    assert form.columns == {"user": "user", "item": "film", "rating": "stars"}
    assert form.scale == (None if method in WITHOUT_RATINGS else (1, 5))


def test_a_file_of_something_else_is_refused(tmp_path):
    (tmp_path / "model.safetensors").write_bytes(b"nonsense")
    with pytest.raises(DataError, match=r"model\.safetensors was not written"):
        TrainedRatings.load(tmp_path / "model.safetensors")
