"""The route that sends a prepared export."""

import io
import zipfile

import pytest
from starlette.applications import Starlette
from starlette.routing import Mount
from starlette.testclient import TestClient

import embedviz as ev
from components.exports.routes import export_routes
from components.owner_cookie import COOKIE, owner_of
from embedviz.exports.export_job import export_of, vectors_export_of
from embedviz.jobs.inline import run_inline
from embedviz.store.dataset import Dataset
from embedviz.store.owner_tokens import issue_token
from embedviz.store.store import Store

pytestmark = pytest.mark.slow
TEXT = "the cat sat on the mat and the dog sat on the rug " * 50
SETTINGS = {"dim": 4, "epochs": 1, "min_count": 1, "device": "cpu"}


@pytest.fixture
def client():
    return TestClient(Starlette(routes=[Mount("/embedviz", routes=export_routes())]))


@pytest.fixture
def run(tmp_path):
    (tmp_path / "text.txt").write_text(TEXT)
    return ev.train("skipgram", tmp_path / "text.txt", **SETTINGS)


def address(export, run) -> str:
    return f"/embedviz/exports/{run.id}/{export.id}/{export.spec.name}"


def cookie(cookies) -> dict[str, str]:
    return {"cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}


def test_vectors_are_sent_as_a_file_that_reads_back(client, run):
    export = run_inline(vectors_export_of(run, "word", "parquet"))
    answer = client.get(address(export, run))
    assert answer.status_code == 200
    assert 'filename="word.parquet"' in answer.headers["content-disposition"]
    assert ev.load_vectors(answer.content).labels == run.space.labels


def test_columns_that_the_format_cannot_hold_come_in_the_same_zip(client, run):
    export = run_inline(vectors_export_of(run, "word", "glove"))
    names = zipfile.ZipFile(io.BytesIO(client.get(address(export, run)).content)).namelist()
    assert len(names) == 2


def test_an_export_that_is_not_ready_or_not_there_is_gone(client, run):
    assert client.get(address(vectors_export_of(run, "word", "glove"), run)).status_code == 404
    for path in (
        f"{run.id}/{'0' * 32}/x",
        f"{'0' * 32}/x/x",
        f"{run.id}/..%2Fdata/text.txt",
        f"{run.id}/%2E%2E/run.json",
    ):
        assert client.get(f"/embedviz/exports/{path}").status_code == 404


def test_the_data_goes_to_its_owner_alone(client, monkeypatch):
    ours, theirs = ({COOKIE: issue_token()} for _ in range(2))
    uploads = Store().uploads_folder
    dataset = Dataset.upload(uploads, "text.txt", [TEXT.encode()], owner=owner_of(ours))
    created = Store().create_training("skipgram", dataset, SETTINGS, owner=owner_of(ours))
    run = run_inline(created)
    again, without = (run_inline(export_of(run, format)) for format in ("again", "again-without-data"))
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    assert client.get(address(without, run)).status_code == 200
    assert client.get(address(again, run)).status_code == 404
    assert client.get(address(again, run), headers=cookie(theirs)).status_code == 404
    answer = client.get(address(again, run), headers=cookie(ours))
    assert answer.status_code == 200
    assert "data/text.txt" in zipfile.ZipFile(io.BytesIO(answer.content)).namelist()


@pytest.mark.parametrize("owner", ["", "local"])
def test_a_cookie_that_is_no_secret_owns_nothing(client, monkeypatch, owner):
    dataset = Dataset.upload(Store().uploads_folder, "text.txt", [TEXT.encode()])
    run = run_inline(Store().create_training("skipgram", dataset, SETTINGS, owner=owner))
    again = run_inline(export_of(run, "again"))
    assert client.get(address(again, run)).status_code == 200
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    assert client.get(address(again, run), headers={"cookie": f"{COOKIE}={owner}"}).status_code == 404
