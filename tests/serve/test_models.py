"""Predictions and recommendations over HTTP are those of the run."""

import pytest

import embedviz

pytestmark = pytest.mark.slow
ROWS = {
    "sentiment": ["love the sunny bus", {"tweet": "hate the broken phone"}],
    "ratings": [{"user_id": "p1", "film": "Film 3"}, {"user_id": "nobody", "film": "Film 4"}],
    "categories": [{"make": "Ferro", "horse power": 290, "doors": "2"}, {"make": "Nova", "colour": None}],
}


def test_predictions_are_those_of_the_run(served, trained):
    rows = ROWS[served.model]
    answer = served.post("/predict", json={"rows": rows}).json()["predictions"]
    expected = embedviz.open_run(trained / served.model).predict(
        [row if isinstance(row, dict) else {"tweet": row} for row in rows]
    )
    assert [one["prediction"] for one in answer] == expected["prediction"].tolist()
    assert [one["note"] for one in answer] == expected["note"].tolist()
    if "probability" in expected:
        classes = [name[2:-1] for name in expected if name.startswith("p(")]
        assert [list(one["probabilities"]) for one in answer] == [classes] * len(rows)
        assert answer[0]["probabilities"][answer[0]["prediction"]] == pytest.approx(answer[0]["probability"])


def test_a_prediction_is_explained_where_that_is_asked(served):
    rows = ROWS[served.model][:1]
    [plain] = served.post("/predict", json={"rows": rows}).json()["predictions"]
    [explained] = served.post("/predict", json={"rows": rows, "explain": True}).json()["predictions"]
    assert "reasons" not in plain
    assert {"feature", "contribution"} <= set(explained["reasons"][0])


def test_the_openapi_description_has_the_fields_of_the_model(served):
    schemas = served.get("/openapi.json").json()["components"]["schemas"]
    fields = {"sentiment": ("TextRow", {"tweet"}), "ratings": ("UserAndItem", {"user_id", "film"})}
    name, expected = fields.get(served.model, ("TableRow", {"make", "colour", "horse power", "doors"}))
    assert set(schemas[name]["properties"]) == expected
    if served.model == "categories":
        assert "Ferro" in schemas[name]["properties"]["make"]["description"]
        assert "in training" in schemas[name]["properties"]["horse power"]["description"]


@pytest.mark.parametrize("rows", [[], [[1, 2]], "text", [{"make": {"a": 1}, "tweet": {"a": 1}, "film": {}}], None])
def test_rows_of_another_shape_are_422(served, rows):
    problem = served.post("/predict", json={"rows": rows})
    assert problem.status_code == 422
    assert problem.json()["detail"].startswith("body.rows")


def test_more_rows_than_may_be_are_422(served):
    problem = served.post("/predict", json={"rows": ROWS[served.model][:1] * 1001})
    assert problem.status_code == 422
    assert "at most 1000 items" in problem.json()["detail"]


def test_rows_with_none_of_the_columns_are_a_sentence(served):
    problem = served.post("/predict", json={"rows": [{"nothing": 1}]})
    assert problem.status_code == (400 if served.model == "categories" else 422)


def test_what_is_served_has_model_settings_and_scores(served):
    about = served.get("/").json()
    assert about["model"] == served.model
    assert about["settings"]["seed"] == 0
    assert any(name.startswith("test/") for name in about["metrics"])
    assert about["predicts"] is True
    assert about["spaces"][0]["labels"] > 0


def test_only_a_model_of_ratings_recommends(served, trained):
    asked = served.post("/recommend", json={"rated": {"Film 1": 9}, "k": 3, "explain": True})
    if served.model != "ratings":
        assert asked.status_code == 404
        return
    items = asked.json()["items"]
    expected = embedviz.open_run(trained / "ratings").recommend(rated={"Film 1": 9}, k=3)
    assert [item["label"] for item in items] == expected["label"].tolist()
    assert items[0]["reasons"] == expected["reasons"][0]
    user = served.post("/recommend", json={"user": "p3", "k": 2}).json()["items"]
    assert len(user) == 2
    assert "reasons" not in user[0]


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"user": "p999"}, 404, "not among"),
        ({"rated": {"Filn 1": 3}}, 404, "Did you mean Film 1"),
        ({"rated": {"Film 1": 11}}, 400, "from 1 to 10"),
        ({"user": "p1", "rated": {"Film 1": 3}}, 400, "for a user of the training, or for somebody new"),
        ({"user": "p1", "k": 0}, 422, "greater than or equal to 1"),
    ],
)
def test_a_wrong_question_for_recommendations_is_a_sentence(served, body, status, words):
    if served.model == "ratings":
        problem = served.post("/recommend", json=body)
        assert problem.status_code == status
        assert words in problem.json()["detail"]
