"""The setting `vectors`: the names it takes, and the vectors it opens."""

import numpy as np
import pytest

from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.core.jobs.reporter import Reporter
from embedviz.jobs.pretrained import open_pretrained_space, run_vectors, to_download
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.store.dataset import Dataset
from embedviz.store.store import Store

pytestmark = pytest.mark.slow


def given(name):
    return open_pretrained_space(SentimentSettings.of(vectors=name), Reporter())


def test_a_runs_space_is_opened_by_its_address():
    store = Store()
    run = store.create_vectors(Dataset.upload(store.uploads_folder, "v.txt", [b"x 1 0\n"]))
    write_space(EmbeddingSpace(["good", "bad"], np.eye(2, 3, dtype=np.float32), name="word"), run.folder / "spaces")
    assert given(run_vectors(run.id, "word")).dim == 3
    with pytest.raises(EmbedvizError, match="deleted"):
        given(run_vectors("0" * 32, "word"))


def test_a_file_is_opened_on_ones_own_machine_and_never_for_a_visitor(tmp_path, monkeypatch):
    path = tmp_path / "v.txt"
    path.write_text("good 1 0\nbad 0 1\n")
    assert given(str(path)).dim == 2
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(SettingsError, match=r"There are no vectors|not on this server"):
        given(str(path))


def test_the_sample_is_here_and_known_names_have_to_come():
    assert given("glove").dim == 100
    assert to_download("glove") is None
    assert to_download("none") is None
    assert to_download("GloVe 6B 100").megabytes > 100


def test_nothing_is_downloaded_for_a_visitor_of_a_public_host(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    with pytest.raises(SettingsError, match="not on this server"):
        given("GloVe 6B 100")


def test_none_opens_nothing():
    assert given("none") is None


def test_an_unknown_name_says_which_there_are():
    with pytest.raises(SettingsError, match="CharNGram"):
        given("nonsense")
