import runpy

import pytest

from embedviz.core.errors import DataError
from embedviz.data.reading import read_table
from embedviz.data.samples import FOLDER, SAMPLES


def test_the_readme_lists_every_sample_with_its_checksum():
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    for sample in SAMPLES.values():
        assert f"`{sample.file}`" in text
        assert sample.sha256 in text


def test_the_ratings_come_out_of_their_script_as_they_are(tmp_path):
    runpy.run_path(str(FOLDER / "make_ratings.py"))["make"](tmp_path)
    made = read_table(tmp_path / "ratings.csv.gz").frame
    assert made.equals(read_table(SAMPLES["ratings"].path).frame)


def test_people_rate_the_genre_of_their_group_higher():
    frame = read_table(SAMPLES["ratings"].path).frame
    mean = frame.pivot_table(index="taste", columns="genre", values="rating", aggfunc="mean")
    favourite = ("laughs", "puzzles", "facts", "homes", "shivers", "songs", "hearts", "futures")
    own = [mean.loc[taste, genre] for taste, genre in zip(favourite, sorted(mean.columns), strict=True)]
    assert sum(own) / len(own) > mean.to_numpy().mean() + 0.5


def test_a_missing_sample_says_where_it_was_looked_for(monkeypatch, tmp_path):
    monkeypatch.setenv("EMBEDVIZ_SAMPLES", str(tmp_path))
    with pytest.raises(DataError, match="EMBEDVIZ_SAMPLES"):
        _ = SAMPLES["kjv"].path


def test_every_sample_of_others_comes_with_its_licence():
    licence = (FOLDER / "movie_reviews.LICENSE.txt").read_text(encoding="utf-8")
    assert "MIT License" in licence
    assert "hutto" in licence
    assert all(sample.licence and sample.source for sample in SAMPLES.values())
