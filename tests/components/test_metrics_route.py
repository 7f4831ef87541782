"""The figures for Prometheus: who gets them, and what they say."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

from components.metrics_route import TOKEN, metrics_routes
from embedviz.core.metrics import count_upload

GIVEN = {"Authorization": "Bearer right"}


@pytest.fixture
def client():
    return TestClient(Starlette(routes=[Mount("/embedviz", routes=metrics_routes())]))


def test_without_a_token_on_the_server_there_is_no_such_page(client, monkeypatch):
    monkeypatch.delenv(TOKEN, raising=False)
    assert client.get("/embedviz/metrics", headers=GIVEN).status_code == 404
    monkeypatch.setenv(TOKEN, "")
    assert client.get("/embedviz/metrics", headers={"Authorization": "Bearer "}).status_code == 404


@pytest.mark.parametrize("header", [None, "", "right", "Bearer wrong", "Basic right", "Bearer r\xefght"])
def test_without_the_right_token_nothing_is_said(client, monkeypatch, header):
    monkeypatch.setenv(TOKEN, "right")
    headers = {} if header is None else {"Authorization": header.encode("latin-1")}
    answer = client.get("/embedviz/metrics", headers=headers)
    assert answer.status_code == 401
    assert "embedviz_" not in answer.text.replace(TOKEN.lower(), "")


def test_the_figures_can_be_read_by_prometheus(client, monkeypatch, own_home):
    monkeypatch.setenv(TOKEN, "right")
    count_upload(1234, "b" * 32)
    (own_home / "file").write_bytes(bytes(5000))
    answer = client.get("/embedviz/metrics", headers=GIVEN)
    assert answer.status_code == 200
    families = {family.name: family for family in text_string_to_metric_families(answer.text)}
    assert {
        "embedviz_jobs_waiting",
        "embedviz_jobs_running",
        "embedviz_job_wait_seconds",
        "embedviz_job_duration_seconds",
        "embedviz_jobs",
        "embedviz_refusals",
        "embedviz_memory_bytes",
        "embedviz_store_bytes",
        "embedviz_sessions",
        "embedviz_uploads",
        "embedviz_page_errors",
    } <= set(families)
    memory = {sample.labels["process"]: sample.value for sample in families["embedviz_memory_bytes"].samples}
    assert memory["server"] > 10e6
    assert families["embedviz_uploaded_bytes"].samples[0].value >= 1234
    assert families["embedviz_store_bytes"].samples[0].value >= 5000
    assert "b" * 32 not in answer.text
