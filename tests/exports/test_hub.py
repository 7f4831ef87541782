"""Uploads to a server on this machine that speaks the hub's protocol, and what is said when one fails."""

import logging
import os
import socket
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import EmbedvizError, HubError, SettingsError
from embedviz.exports.hub import hub_target, upload
from embedviz.exports.hugging_face import hugging_face_files
from embedviz.formats import load_vectors
from embedviz.space import EmbeddingSpace
from tests.exports.hub_server import READ_ONLY, REFUSED, TOKEN, hub_server, keep_no_token

pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")
pytestmark = [
    pytest.mark.slow,  # huggingface_hub takes seconds to import
    pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning"),  # its call of httpx2
]

VECTORS = np.arange(12, dtype=np.float32).reshape(4, 3)
SPACE = EmbeddingSpace(["king", "queen", "new york", "übel"], VECTORS, pd.DataFrame({"count": [4, 3, 2, 1]}))
FILES = [
    "README.md",
    "config.json",
    "metadata.json",
    "model.safetensors",
    "modules.json",
    "tokenizer.json",
    "vocab.json",
]


@pytest.fixture(autouse=True)
def no_token(monkeypatch, tmp_path):
    keep_no_token(monkeypatch, tmp_path)


def push(hub, name="me/words", token=TOKEN, **options):
    return upload(hugging_face_files(SPACE), hub_target(name, token, hub.endpoint), **options)


@pytest.mark.parametrize("lfs", [True, False])
def test_the_uploaded_folder_opens_again(tmp_path, lfs):
    with hub_server(lfs) as hub:
        assert push(hub) == f"{hub.endpoint}/me/words"
        private, files = hub.repositories["me/words"]
    assert private
    assert sorted(files) == FILES
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    found = load_vectors(tmp_path)
    assert (found.labels, found.columns["count"].tolist()) == (SPACE.labels, [4, 3, 2, 1])
    np.testing.assert_array_equal(found.vectors, VECTORS)
    assert any(path.startswith("/storage/") for _, path, _ in hub.requests) == lfs


def test_a_repository_that_is_there_gets_new_files_and_stays_as_it_is():
    with hub_server() as hub:
        hub.repositories["me/words"] = (False, {"notes.txt": b"x", "README.md": b"old"})
        push(hub)
        private, files = hub.repositories["me/words"]
    assert (private, files["notes.txt"], files["README.md"][:3]) == (False, b"x", b"---")


def test_a_repository_is_public_only_when_asked():
    with hub_server() as hub:
        push(hub, private=False)
        assert hub.repositories["me/words"][0] is False


@pytest.mark.parametrize(
    ("name", "token", "message"),
    [
        (
            "me/words",
            REFUSED,
            "does not accept the token: it is wrong, or has expired. Make one with write access at http",
        ),
        ("me/words", READ_ONLY, "The token may not write to me/words: it needs write access to what me owns."),
        ("nobody/words", TOKEN, "has no nobody/words, or no nobody that this token may see. Check the name."),
        ("full/words", TOKEN, r"refused the upload to full/words \(HTTP 507\): .*Out of storage"),
    ],
)
def test_each_refusal_is_one_sentence_without_the_token(name, token, message):
    with hub_server() as hub, pytest.raises(HubError, match=message) as caught:
        push(hub, name, token)
    error = caught.value
    assert "\n" not in str(error)
    assert token not in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None  # whose request would hold it
    assert hub.repositories == {}


def test_an_address_where_nobody_listens_is_said_to_be_out_of_reach():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    target = hub_target("me/words", TOKEN, f"http://127.0.0.1:{port}")
    with pytest.raises(
        HubError, match=f"http://127.0.0.1:{port} cannot be reached, so nothing was uploaded .*online"
    ) as caught:
        upload(hugging_face_files(SPACE), target)
    assert TOKEN not in str(caught.value)


def test_offline_mode_is_said_to_be_out_of_reach():
    code = """
import numpy as np
from embedviz.core.errors import HubError
from embedviz.exports.hub import hub_target, upload
try:
    upload({"a.txt": lambda stream: stream.write(b"x")}, hub_target("me/words", "hf_x"))
except HubError as error:
    print(error)
"""
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    made = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=environment, check=True)
    assert made.stdout.startswith("https://huggingface.co cannot be reached, so nothing was uploaded (")


def test_the_token_is_neither_logged_nor_printed_nor_stored(tmp_path, caplog, capfd):
    with hub_server() as hub, caplog.at_level(logging.DEBUG):
        target = hub_target("me/words", TOKEN, hub.endpoint)
        upload(hugging_face_files(SPACE), target)
        files = hub.repositories["me/words"][1]
    shown = caplog.text + "".join(capfd.readouterr()) + repr(target)
    assert TOKEN not in shown
    assert not any(TOKEN.encode() in data for data in files.values())
    assert not (tmp_path / "token").exists()
    assert {token for _, path, token in hub.requests if path.startswith("/storage/")} == {""}  # of the storage's own


@pytest.mark.parametrize(
    "endpoint",
    ["http://example.org", "ftp://huggingface.co", "huggingface.co", "https://", "https://me:x@example.org", "http://127.0.0.1.example.org",
     "https://example.org?x=1", "file:///tmp", "http://[::1", "http://10.0.0.1"],
)  # fmt: skip
def test_a_token_goes_nowhere_unencrypted_but_to_this_machine(endpoint):
    with pytest.raises(SettingsError, match="begins with https://, or with http:// on this machine alone"):
        hub_target("me/words", TOKEN, endpoint)


@pytest.mark.parametrize(
    "endpoint", ["https://hub.example.org/", "http://localhost:8080", "http://127.0.0.1:1", "http://[::1]:8"]
)
def test_https_and_this_machine_are_right(endpoint):
    assert hub_target("me/words", TOKEN, endpoint).endpoint == endpoint.rstrip("/")


@pytest.mark.parametrize(
    "name", ["words", "me/words/x", "../words", "me/", "me/a b", "me/a--b", "me/..", "https://x/y", ""]
)
def test_names_that_no_repository_has_are_refused(name):
    with pytest.raises(SettingsError, match="A repository is named name/repository"):
        hub_target(name, TOKEN)


def test_without_a_token_it_is_asked_for_and_a_kept_one_stays_at_its_own_endpoint(tmp_path, monkeypatch):
    with pytest.raises(
        SettingsError, match=r"needs a token with write access: make one at https://huggingface\.co/settings"
    ):
        hub_target("me/words")
    (tmp_path / "token").write_text("hf_kept")
    assert hub_target("me/words").token == "hf_kept"
    with pytest.raises(SettingsError, match="needs a token"):
        hub_target("me/words", endpoint="http://localhost:1")
    monkeypatch.setenv("HF_ENDPOINT", "https://hub.example.org")
    assert hub_target("me/words").endpoint == "https://hub.example.org"
    with pytest.raises(SettingsError, match="holds blanks"):
        hub_target("me/words", "hf_a\nb")


def test_a_shared_server_sends_neither_its_own_token_nor_to_a_visitors_address(tmp_path, monkeypatch):
    (tmp_path / "token").write_text("hf_kept")
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    for token, endpoint in ((None, None), (TOKEN, "http://127.0.0.1:1")):
        with pytest.raises(SettingsError, match="On a shared server"):
            hub_target("me/words", token, endpoint)
    assert hub_target("me/words", TOKEN).token == TOKEN


def test_without_the_package_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(EmbedvizError, match=r'pip install "embedviz\[hub\]"'):
        hub_target("me/words", TOKEN)
