"""Where the store lies."""

import os
from pathlib import Path

import platformdirs
import pytest

from embedviz.core.errors import EmbedvizError
from embedviz.core.home import home


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """An empty working folder, and a person's folder of data of its own."""
    data, here = tmp_path / "data", tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    monkeypatch.delenv("EMBEDVIZ_HOME")
    monkeypatch.setattr(platformdirs, "user_data_path", lambda name, appauthor: data / name)
    return data


def test_the_variable_names_it(tmp_path, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "named"))
    assert home() == tmp_path / "named"
    assert home().is_dir()


def test_a_folder_that_cannot_be_made_is_one_sentence(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for folder in (tmp_path / "file", tmp_path / "file" / "below"):
        monkeypatch.setenv("EMBEDVIZ_HOME", str(folder))
        with pytest.raises(EmbedvizError, match=r"cannot be made: .*\. Name another in EMBEDVIZ_HOME"):
            home()


def test_a_folder_here_is_taken_where_there_is_one(elsewhere):
    Path(".embedviz").mkdir()
    assert home() == Path.cwd() / ".embedviz"


def test_else_it_is_in_the_persons_data_wherever_the_app_is_started(elsewhere, monkeypatch):
    assert home() == elsewhere / "embedviz"
    monkeypatch.chdir(elsewhere)
    assert home() == elsewhere / "embedviz"
    assert os.stat(home()).st_mode & 0o077 == 0
