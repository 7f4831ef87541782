"""Whatever is asked, the answer is JSON without NaN that the OpenAPI description describes, and never an unexpected error."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from embedviz.serve.answers import (
    Analogy,
    Neighbors,
    NeighborsOfSeveral,
    Predictions,
    Problem,
    Recommendations,
    Similarity,
)
from embedviz.serve.app import create_app
from embedviz.serve.service import Service, open_service

LABELS = st.sampled_from(["word1", "word2", "word499", "red", "", "\x00", "🙂", "word1 "]) | st.text(max_size=8)
SPACES = st.sampled_from(["word", "colour", "", "no"])
NUMBERS = st.integers(-2, 1_001) | st.sampled_from(["", "x", "1e3", "NaN", str(10**400)])
METRICS = st.sampled_from(["cosine", "euclidean", "dot", "manhattan", ""])
QUERIES = {
    "/neighbors": (
        Neighbors,
        {"label": LABELS, "k": NUMBERS, "metric": METRICS, "space": SPACES, "min_count": NUMBERS},
    ),
    "/analogy": (
        Analogy,
        {
            "positive": st.lists(LABELS, max_size=3),
            "negative": st.lists(LABELS, max_size=2),
            "k": NUMBERS,
            "method": st.sampled_from(["3cosadd", "3cosmul", "4"]),
            "space": SPACES,
        },
    ),
    "/similarity": (Similarity, {"a": LABELS, "b": LABELS, "metric": METRICS, "space": SPACES}),
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | LABELS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
FIELDS = {
    "/neighbors": (
        NeighborsOfSeveral,
        {
            "labels": st.lists(LABELS, max_size=4),
            "vector": st.lists(st.floats(), min_size=8, max_size=8),
            "k": NUMBERS,
            "metric": METRICS,
            "space": SPACES,
        },
    ),
    "/predict": (
        Predictions,
        {
            "rows": st.lists(st.dictionaries(st.sampled_from(["make", "colour", "doors", "horse power", "x"]), JSON)),
            "explain": JSON,
        },
    ),
    "/recommend": (Recommendations, {"user": JSON, "rated": JSON, "k": NUMBERS, "explain": st.booleans()}),
}
MANY = settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def checked(response, answer):
    """Assert that a response is what is described: an answer, or a sentence."""
    assert response.status_code in (200, 400, 404, 422), response.text
    json.loads(response.text, parse_constant=pytest.fail)
    (answer if response.status_code == 200 else Problem).model_validate(response.json())


@pytest.fixture(scope="module")
def words(space, other):
    with TestClient(create_app(Service("words", {"word": space, "colour": other}))) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("path", QUERIES)
@MANY
@given(data=st.data())
def test_any_query_is_answered(words, path, data):
    answer, fields = QUERIES[path]
    asked = data.draw(st.fixed_dictionaries({}, optional=fields))
    checked(words.get(path, params=asked), answer)


@pytest.mark.slow
@MANY
@given(data=st.data())
def test_any_body_about_vectors_is_answered(words, data):
    post(words, "/neighbors", data)


@pytest.fixture(scope="module", params=["sentiment", "ratings", "categories"])
def model(request, trained):
    with TestClient(create_app(open_service(trained / request.param))) as client:
        yield client


@pytest.mark.slow
@pytest.mark.parametrize("path", ["/predict", "/recommend"])
@MANY
@given(data=st.data())
def test_any_body_about_a_model_is_answered(model, path, data):
    post(model, path, data)


def post(client, path, data):
    """Post fields that are about right, or any JSON, or what is no JSON."""
    answer, fields = FIELDS[path]
    body = data.draw(st.fixed_dictionaries({}, optional=fields) | JSON)
    content = data.draw(st.just(json.dumps(body).encode()) | st.binary(max_size=20))
    checked(client.post(path, content=content, headers={"Content-Type": "application/json"}), answer)
