"""embedviz push and convert --to."""

import json
import sys

import numpy as np
import pandas as pd
import pytest

import embedviz
from embedviz.cli.exit_codes import ExitCode
from embedviz.space import EmbeddingSpace
from tests.cli.test_json_and_exit_codes import call
from tests.exports.hub_server import READ_ONLY, TOKEN, hub_server, keep_no_token

pytestmark = pytest.mark.slow

MAIN_FILES = {
    "hugging-face": {"README.md", "config.json", "model.safetensors", "tokenizer.json"},
    "embedding": {"README.md", "embedding.pt", "vocab.json"},
    "projector-folder": {"projector_config.json", "vectors.tsv", "metadata.tsv"},
}
VECTORS = np.array([[2, 1], [2, 2], [-1, 3]], np.float32)


@pytest.fixture(scope="module")
def run(two_topics, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained")
    (folder / "t.txt").write_text(two_topics)
    return embedviz.train("skipgram", folder / "t.txt", dim=4, epochs=1, device="cpu", out=folder / "run")


@pytest.fixture
def hub(monkeypatch, tmp_path):
    pytest.importorskip("huggingface_hub", reason="the extra hub is not installed")
    keep_no_token(monkeypatch, tmp_path)
    with hub_server() as hub:
        yield hub


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")  # huggingface_hub's call of httpx2
@pytest.mark.parametrize(("flags", "private"), [([], True), (["--public"], False)])
def test_vectors_are_pushed_and_the_address_is_printed(flags, private, run, hub, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert call(monkeypatch, "push", run.folder, "me/words", "--endpoint", hub.endpoint, *flags) == 0
    out, err = capsys.readouterr()
    assert out == f"{hub.endpoint}/me/words\n"
    assert TOKEN not in err
    is_private, files = hub.repositories["me/words"]
    assert is_private is private
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    np.testing.assert_array_equal(embedviz.load_vectors(tmp_path).vectors, run.space.vectors)


@pytest.mark.filterwarnings("ignore:Use 'content=:DeprecationWarning")
def test_a_person_is_asked_for_the_token_beside_the_output(run, hub, monkeypatch, capsys):
    monkeypatch.setenv("HF_ENDPOINT", hub.endpoint)
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda *_, **__: TOKEN)
    assert call(monkeypatch, "push", run.folder, "me/words", "--json") == 0
    out, err = capsys.readouterr()
    assert json.loads(out) == {"address": f"{hub.endpoint}/me/words"}
    assert "Token with write access" in err


@pytest.mark.parametrize(
    ("words", "token", "message"),
    [
        (["me/words"], "", "needs a token with write access"),
        (["words"], TOKEN, "A repository is named name/repository"),
        (["me/words", "--space", "item"], TOKEN, "item"),
        (["me/words"], READ_ONLY, "The token may not write to me/words"),
    ],
)
def test_what_cannot_be_pushed_is_one_sentence(words, token, message, run, hub, monkeypatch, capsys):
    monkeypatch.setenv("HF_TOKEN", token)
    assert call(monkeypatch, "push", run.folder, *words, "--endpoint", hub.endpoint) == ExitCode.MISTAKE
    out, err = capsys.readouterr()
    assert out == ""
    assert len(err.splitlines()) == 1
    assert message in err
    assert hub.repositories == {}


@pytest.mark.parametrize("to", MAIN_FILES)
def test_vectors_are_converted_to_a_folder_that_is_listed(to, tmp_path, monkeypatch, capsys):
    words = pd.DataFrame({"count": [3, 2, 1]})
    EmbeddingSpace(["king", "queen", "car"], VECTORS, words).save(tmp_path / "v.parquet")
    assert call(monkeypatch, "convert", tmp_path / "v.parquet", tmp_path / "out", "--to", to, "--json") == 0
    assert json.loads(capsys.readouterr().out)["written"] == [str(tmp_path / "out")]
    files = {path.name for path in (tmp_path / "out").iterdir()}
    assert files >= MAIN_FILES[to]
    if to == "hugging-face":
        np.testing.assert_array_equal(embedviz.load_vectors(tmp_path / "out").vectors, VECTORS)


def test_a_format_is_named_where_the_ending_names_none_and_a_run_has_a_model_card(run, tmp_path, monkeypatch, capsys):
    target = tmp_path / "words.xyz"
    assert call(monkeypatch, "convert", run.folder, target, "--to", "word2vec") == 0
    assert target.read_text().splitlines()[0] == f"{len(run.space)} 4"
    assert call(monkeypatch, "convert", run.folder, tmp_path / "card", "--to", "hugging-face") == 0
    assert "skipgram" in (tmp_path / "card" / "README.md").read_text()
    assert call(monkeypatch, "convert", run.folder, tmp_path / "x", "--to", "hugging") == ExitCode.MISTAKE
    assert "not 'hugging'" in capsys.readouterr().err
