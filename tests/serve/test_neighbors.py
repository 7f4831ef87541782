"""Neighbours, analogies and similarity over HTTP are those of the space."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from embedviz.serve import neighbor_search
from embedviz.serve.app import create_app
from embedviz.serve.limits import Limits
from embedviz.serve.neighbor_search import NeighborSearch
from embedviz.serve.service import Service
from embedviz.space import EmbeddingSpace
from embedviz.space.subwords import Subwords


@pytest.mark.parametrize("metric", ["cosine", "euclidean", "dot"])
def test_neighbors_are_those_of_the_space(client, space, metric):
    answer = client.get("/neighbors", params={"label": "word7", "k": 5, "metric": metric}).json()
    expected = space.neighbors("word7", 5, metric)
    value = "distance" if metric == "euclidean" else "similarity"
    assert [near["label"] for near in answer["neighbors"]] == expected["label"].tolist()
    assert [near[value] for near in answer["neighbors"]] == expected[value].tolist()
    assert [near["count"] for near in answer["neighbors"]] == expected["count"].tolist()


def test_another_space_is_asked_by_its_name(client):
    answer = client.get("/neighbors", params={"label": "red", "k": 1, "space": "colour"}).json()
    assert [near["label"] for near in answer["neighbors"]] == ["orange"]
    problem = client.get("/neighbors", params={"label": "red", "space": "colours"})
    assert problem.status_code == 404
    assert problem.json()["detail"] == "There is no space 'colours' here. Spaces: word, colour."


def test_rare_labels_are_left_out(client, space):
    answer = client.get("/neighbors", params={"label": "word7", "k": 3, "min_count": 400}).json()
    expected = space.neighbors("word7", 3, min_count=400)
    assert [near["label"] for near in answer["neighbors"]] == expected["label"].tolist()


def test_an_unknown_label_is_404_with_the_nearest_spellings(client):
    problem = client.get("/neighbors", params={"label": "word77x"})
    assert problem.status_code == 404
    assert problem.json()["suggestions"][0] == "word77"
    assert "Did you mean word77" in problem.json()["detail"]


def test_a_missing_number_is_null(client, space):
    near = space.neighbors("word3", 1)["label"][0]
    found = client.get("/neighbors", params={"label": near, "k": 499})
    assert "NaN" not in found.text
    assert next(one for one in found.json()["neighbors"] if one["label"] == "word3")["weight"] is None


def test_several_labels_and_a_vector_are_asked_by_post(client, space):
    answers = client.post("/neighbors", json={"labels": ["word1", "word2"], "k": 2}).json()["answers"]
    assert [answer["label"] for answer in answers] == ["word1", "word2"]
    assert answers[1]["neighbors"] == client.get("/neighbors?label=word2&k=2").json()["neighbors"]
    vector = space.vector("word1").tolist()
    [answer] = client.post("/neighbors", json={"vector": vector, "k": 2}).json()["answers"]
    assert answer["label"] is None
    assert answer["neighbors"][0]["label"] == "word1"


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        ({"labels": ["word1"], "vector": [1.0] * 8}, 422, "one of the two"),
        ({}, 422, "one of the two"),
        ({"labels": []}, 422, "at least 1 item"),
        ({"labels": ["word1"] * 1001}, 422, "at most 1000 items"),
        ({"labels": ["word1"], "k": 1001}, 422, "less than or equal to 1000"),
        ({"labels": ["word1"], "kk": 1}, 422, "body.kk"),
        ({"vector": [1.0]}, 400, "needs 8 numbers"),
        ({"vector": [1e39] * 8}, 400, "too large for float32"),
        ({"labels": ["word1", "nothing like it"]}, 404, "not among the 500 words"),
    ],
)
def test_a_wrong_body_is_one_sentence(client, body, status, words):
    problem = client.post("/neighbors", json=body)
    assert problem.status_code == status
    assert words in problem.json()["detail"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "1e999"])
def test_a_body_may_not_hold_nan(client, number):
    body = '{"vector": [' + ", ".join([number] * 8) + "]}"
    problem = client.post("/neighbors", content=body, headers={"Content-Type": "application/json"})
    assert problem.status_code == 422
    assert "NaN" not in problem.text


def test_an_analogy_is_that_of_the_space(client, space):
    asked = {"positive": ["word1", "word2"], "negative": "word3", "k": 4, "method": "3cosmul"}
    answer = client.get("/analogy", params=asked).json()
    expected = space.analogy(["word1", "word2"], ["word3"], 4, "3cosmul")
    assert [one["label"] for one in answer["answers"]] == expected["label"].tolist()
    assert client.get("/analogy", params={"positive": "no such"}).status_code == 404


@pytest.mark.parametrize(("metric", "value"), [("cosine", "similarity"), ("euclidean", "distance")])
def test_similarity_is_that_of_the_space(client, space, metric, value):
    answer = client.get("/similarity", params={"a": "word1", "b": "word2", "metric": metric}).json()
    assert answer[value] == space.similarity("word1", "word2", metric)


def test_a_composed_vector_is_marked():
    from starlette.testclient import TestClient

    from embedviz.serve.app import create_app
    from embedviz.serve.service import Service

    subwords = Subwords(np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32), 3, 6)
    space = EmbeddingSpace(["king", "queen"], np.array([[1, 0], [1, 1]], np.float32), subwords=subwords)
    with TestClient(create_app(Service("m", {"word": space}), Limits())) as client:
        answer = client.get("/neighbors", params={"label": "kingz", "k": 2}).json()
    assert len(answer["neighbors"]) == 2
    assert "estimate" in answer["note"]


@given(st.data())
def test_questions_answered_together_are_answered_as_alone(run_async, data):
    """With ties, zero vectors, excluded rows, and a different k each."""
    numbers = st.sampled_from([-1.0, 0.0, 0.5, 1.0])
    rows = data.draw(st.lists(st.tuples(numbers, numbers, numbers), min_size=2, max_size=30))
    metric = data.draw(st.sampled_from(["cosine", "euclidean", "dot"]))
    space = EmbeddingSpace([str(i) for i in range(len(rows))], np.array(rows, np.float32))
    asked = data.draw(
        st.lists(st.tuples(st.integers(0, len(rows) - 1), st.integers(1, 40), st.booleans()), min_size=2, max_size=12)
    )

    async def ask_all():
        with ThreadPoolExecutor(1) as thread:
            search = NeighborSearch(space, thread)
            questions = [
                search.neighbors(space.vectors[row], k, metric, row if excluded else None) for row, k, excluded in asked
            ]
            return await asyncio.gather(*questions)

    for (row, k, excluded), hits in zip(asked, run_async(ask_all()), strict=True):
        alone = space.nearest(space.vectors[row], k, metric, [row] if excluded else [])
        assert hits.indices.tolist() == alone.indices.tolist()
        assert hits.closeness.tolist() == alone.closeness.tolist()


def test_an_error_in_a_pass_reaches_all_who_asked_and_the_next_pass_works(space, run_async, monkeypatch):
    async def ask():
        with ThreadPoolExecutor(1) as thread:
            search = NeighborSearch(space, thread)
            with monkeypatch.context() as patch:
                patch.setattr(neighbor_search, "search", None)
                asked = [search.neighbors(space.vectors[row], 3, "cosine") for row in (1, 2)]
                failed = await asyncio.gather(*asked, return_exceptions=True)
            return failed, await search.neighbors(space.vectors[1], 3, "cosine")

    failed, hits = run_async(ask())
    assert [type(error) for error in failed] == [TypeError, TypeError]
    assert len(hits.indices) == 3


def test_what_is_served_is_listed(client):
    assert json.loads(client.get("/").text)["limits"]["max_k"] == 1000
    assert client.get("/health").json() == {"status": "ok"}


def test_two_spaces_that_were_called_the_same_are_both_searched():
    vectors = np.eye(2, dtype=np.float32)
    one, other = (EmbeddingSpace(labels, vectors, name="word") for labels in (["a", "b"], ["c", "d"]))
    client = TestClient(create_app(Service("two", {"one": one, "other": other})))
    for name, label, near in (("one", "a", "b"), ("other", "c", "d")):
        answer = client.get("/neighbors", params={"label": label, "space": name, "k": 1}).json()
        assert answer["neighbors"][0]["label"] == near
