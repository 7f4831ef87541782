"""Limits, token, origins, and errors that nobody expected."""

import logging
import threading

import pytest
from starlette.testclient import TestClient

from embedviz.serve import neighbor_search
from embedviz.serve.app import create_app
from embedviz.serve.gate import read_body
from embedviz.serve.limits import Limits
from embedviz.serve.service import Service


def client_of(space, limits=None, token="", origins=()):
    return TestClient(create_app(Service("words", {"word": space}), limits, token, origins))


def test_a_request_under_another_name_is_400(space, monkeypatch):
    with TestClient(create_app(Service("words", {"word": space})), base_url="http://127.0.0.1:8600") as client:
        assert client.get("/", headers={"host": "localhost:8600"}).status_code == 200
        problem = client.get("/", headers={"host": "evil.example:8600"})
        assert problem.status_code == 400
        assert "EMBEDVIZ_ALLOWED_HOSTS" in problem.json()["detail"]
        assert client.get("/health", headers={"host": "evil.example"}).status_code == 200
        monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "words.example.org")
        assert client.get("/", headers={"host": "words.example.org"}).status_code == 200
        assert client.get("/", headers={"host": "localhost"}).status_code == 400


def test_a_body_past_its_limit_is_413(space):
    with client_of(space, Limits(max_body_bytes=1_000)) as client:
        problem = client.post("/neighbors", json={"labels": ["x" * 2_000]})
        assert problem.status_code == 413
        assert problem.json()["detail"] == "The body of a request has at most 1,000 bytes."


def test_a_body_without_a_length_is_read_no_further_than_its_limit(run_async):
    taken = []

    async def receive():
        taken.append(1)
        return {"type": "http.request", "body": b"x" * 400, "more_body": True}

    assert run_async(read_body({"headers": []}, receive, 1_000)) is None
    assert len(taken) == 3


def test_a_length_that_lies_is_found_out(run_async):
    async def receive():
        return {"type": "http.request", "body": b"x" * 2_000, "more_body": False}

    assert run_async(read_body({"headers": [(b"content-length", b"10")]}, receive, 1_000)) is None


@pytest.mark.parametrize("header", [None, "Bearer wrong", "Basic secret", "secret", "Bearer secrets", "Bearer "])
def test_a_wrong_token_is_401(space, header):
    with client_of(space, token="secret") as client:
        headers = {} if header is None else {"Authorization": header}
        problem = client.get("/neighbors?label=word1", headers=headers)
        assert problem.status_code == 401
        assert "Authorization: Bearer" in problem.json()["detail"]
        assert client.get("/openapi.json", headers=headers).status_code == 401


def test_the_token_lets_in_and_health_and_docs_need_none(space):
    with client_of(space, token="secret") as client:
        assert client.get("/neighbors?label=word1", headers={"Authorization": "bearer secret"}).status_code == 200
        assert client.get("/health").status_code == client.get("/docs").status_code == 200
        described = client.get("/openapi.json", headers={"Authorization": "Bearer secret"}).json()
        assert "HTTPBearer" in described["components"]["securitySchemes"]


def test_more_requests_than_may_be_under_way_are_429(space, monkeypatch):
    entered, release = threading.Event(), threading.Event()
    nearest = neighbor_search.search

    def slow(*args):
        entered.set()
        release.wait(20)
        return nearest(*args)

    monkeypatch.setattr(neighbor_search, "search", slow)
    with client_of(space, Limits(max_concurrent=1)) as client:
        answers = []
        asking = threading.Thread(target=lambda: answers.append(client.get("/neighbors?label=word1")))
        asking.start()
        assert entered.wait(20)
        problem = client.get("/neighbors?label=word2")
        healthy = client.get("/health")
        release.set()
        asking.join()
    assert problem.status_code == 429
    assert problem.headers["Retry-After"] == "1"
    assert healthy.status_code == 200
    assert answers[0].status_code == 200


def test_a_request_that_takes_too_long_is_503(space, monkeypatch):
    release = threading.Event()
    monkeypatch.setattr(neighbor_search, "search", lambda *args: release.wait(20))
    with client_of(space, Limits(max_seconds=0.2)) as client:
        problem = client.get("/neighbors?label=word1")
        release.set()
    assert problem.status_code == 503
    assert problem.json()["detail"] == "The request took more than 0.2 seconds and was given up."


def test_an_unexpected_error_is_500_with_an_id_and_its_traceback_in_the_log_alone(space, monkeypatch, caplog):
    def broken(*args):
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr(neighbor_search, "search", broken)
    with client_of(space) as client, caplog.at_level(logging.ERROR):
        problem = client.get("/neighbors?label=word1")
    assert problem.status_code == 500
    error_id = problem.json()["error_id"]
    assert error_id in problem.json()["detail"]
    assert "secret detail" not in problem.text
    assert error_id in caplog.text
    assert "ZeroDivisionError: secret detail" in caplog.text


def test_pages_of_other_origins_may_ask_only_where_they_are_allowed(space):
    asked = {"Origin": "https://example.org"}
    with client_of(space) as client:
        assert "access-control-allow-origin" not in client.get("/health", headers=asked).headers
    with client_of(space, token="secret", origins=["https://example.org"]) as client:
        allowed = client.get("/neighbors?label=word1", headers=asked)  # the sentence about the token can be read, too
        assert allowed.status_code == 401
        assert allowed.headers["access-control-allow-origin"] == "https://example.org"
        preflight = client.options("/neighbors", headers={**asked, "Access-Control-Request-Method": "POST"})
        assert preflight.status_code == 200
        other = client.get("/health", headers={"Origin": "https://elsewhere.example"})
        assert "access-control-allow-origin" not in other.headers


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/nothing", 404), ("DELETE", "/neighbors", 405)])
def test_an_unknown_route_is_a_sentence(space, method, path, status):
    with client_of(space) as client:
        problem = client.request(method, path)
    assert problem.status_code == status
    assert "/docs" in problem.json()["detail"]
