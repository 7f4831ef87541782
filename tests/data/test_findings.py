"""What looks odd in a table, the way out of each, and what is not odd."""

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter

from embedviz.data.findings import Finding, find_findings, merged_options
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of

RNG = np.random.default_rng(0)
N = 400
RATED = {"user": RNG.integers(0, 40, N), "item": RNG.integers(0, 30, N)}
STARS = RNG.integers(1, 6, N)


def looked(frame, roles=None, settings=None, **options):
    table = read_table(pd.DataFrame(frame).to_csv(index=False).encode(), name="t.csv", **options)
    return table, find_findings(table, roles_of(table, roles or {}), settings)


def kinds(*arguments, **options):
    return [finding.kind for finding in looked(*arguments, **options)[1]]


def mended(frame, roles=None):
    """Return the findings of a table, and those that are left once the first remedy was taken."""
    _, found = looked(frame, roles)
    remedy = found[0].remedy
    chosen = {**(roles or {}), **remedy.columns}
    table, left = looked(frame, chosen, remedy.settings, **remedy.options)
    return found, left, table


def test_a_sentinel_among_ratings_is_made_missing():
    stars = np.where(np.arange(N) % 9 == 0, 99, STARS)
    found, left, table = mended({**RATED, "rating": stars})
    assert [finding.kind for finding in found] == ["sentinel"]
    assert found[0].sentence.startswith("99 in “rating” stands apart (45 rows): the others go from 1 to 5.")
    assert (found[0].remedy.label, found[0].remedy.options) == ("Treat 99 as missing", {"missing": {"rating": ["99"]}})
    assert not left
    assert np.nanmax(table.frame["rating"]) == 5


def test_zeros_that_mean_not_rated_are_made_missing():
    found, left, table = mended({**RATED, "rating": np.where(RNG.random(N) < 0.6, 0, STARS * 2)})
    assert "Perhaps it means “not rated”" in found[0].sentence
    assert not left
    assert np.nanmin(table.frame["rating"]) == 2


def test_the_same_code_in_several_features_is_one_finding():
    days = np.where(RNG.random(N) < 0.3, 999, RNG.integers(1, 60, N))
    frame = {"days": days, "weeks": np.where(days == 999, 999, days // 7), "kind": RNG.choice(["a", "b"], N)}
    found, left, _ = mended(frame, {"target": "kind"})
    assert [finding.kind for finding in found] == ["sentinel"]
    assert found[0].remedy.options == {"missing": {"days": ["999"], "weeks": ["999"]}}
    assert not left


def test_an_absurd_target_is_made_missing():
    y = RNG.normal(50, 20, N).round(2)
    y[17] = 1e8
    found, left, table = mended({"x": RNG.normal(size=N), "c": RNG.choice(["a", "b"], N), "y": y}, {"target": "y"})
    assert [finding.kind for finding in found] == ["absurd"]
    assert "100,000,000 in “y”" in found[0].sentence
    assert "1 row of 400" in found[0].sentence
    assert not left
    assert table.frame["y"].isna().sum() == 1


def test_counts_are_ranked():
    plays = np.round(np.exp(RNG.normal(3, 1.8, N))) + 1
    found, left, _ = mended({**RATED, "weight": plays}, {"rating": "weight"})
    assert [finding.kind for finding in found] == ["counts"]
    assert found[0].remedy.settings == {"method": "ials"}
    assert not left
    assert kinds({**RATED, "rating": RNG.integers(0, 101, N)}) == []  # percent
    assert kinds({**RATED, "rating": STARS}) == []


@pytest.mark.parametrize(("yes", "no"), [("True", "False"), ("yes", "no"), ("Y", "N")])
def test_flags_are_kept_where_they_say_yes(yes, no):
    frame = {**RATED, "liked": RNG.choice([yes, no], N)}
    found, left, table = mended(frame)
    assert [finding.kind for finding in found] == ["flags"]
    assert found[0].remedy.options == {"only": {"liked": [yes]}}
    assert not left
    assert set(table.frame["liked"].astype(str)) == {yes}


@pytest.mark.parametrize("against", [0, -1])
def test_votes_are_kept_where_they_are_for_it(against):
    found, left, table = mended({**RATED, "vote": RNG.choice([1, against], N)}, {"rating": "vote"})
    assert [finding.kind for finding in found] == ["flags"]
    assert f"“vote” holds 1 and {against}, and no other number." in found[0].sentence
    assert not left
    assert set(table.frame["vote"]) == {1}


def test_a_heavy_tail_is_learned_as_its_logarithm():
    frame = {"x": RNG.normal(size=N), "income": np.exp(RNG.normal(10, 1.5, N)).round(2)}
    found, left, _ = mended(frame, {"target": "income"})
    assert [finding.kind for finding in found] == ["skewed"]
    assert found[0].remedy.settings == {"target_scale": "log"}
    assert not left
    assert kinds({**frame, "income": RNG.normal(100, 10, N)}, {"target": "income"}) == []
    assert kinds({**frame, "income": frame["income"] - 1e5}, {"target": "income"}) == []  # some are negative


def test_a_wide_matrix_is_melted():
    cells = RNG.integers(1, 6, (60, 8)).astype(float)
    cells[RNG.random(cells.shape) < 0.4] = np.nan
    films = pd.DataFrame(cells, columns=[f"Film {i}" for i in range(8)])
    found, left, table = mended({"user_id": [f"u{i}" for i in range(60)], **films})
    assert [finding.kind for finding in found] == ["matrix"]
    assert found[0].remedy.options == {"melt": "user_id"}
    assert not left
    assert len(table.frame) == int((~np.isnan(cells)).sum())
    without_ids, left, table = mended(films)
    assert without_ids[0].remedy.options == {"melt": ""}
    assert not left
    marked, left, table = mended(films.fillna(99))
    assert marked[0].remedy.options == {"melt": "", "missing": {"rating": ["99"]}}
    assert not left
    assert len(table.frame) == int((~np.isnan(cells)).sum())


def test_a_table_of_features_is_no_matrix():
    flowers = RNG.normal([5, 3, 4, 1], 0.5, (150, 4)).round(1)
    frame = {**pd.DataFrame(flowers, columns=list("abcd")), "species": np.repeat(["x", "y", "z"], 50)}
    assert "matrix" not in kinds(frame, {"target": "species"})
    sparse = pd.DataFrame(RNG.normal([1, 100, 1e4, 1e6], 0.5, (150, 4)), columns=list("abcd"))
    assert "matrix" not in kinds(sparse.mask(RNG.random(sparse.shape) < 0.3))  # of other scales


def test_near_equal_classes_are_merged():
    label = RNG.choice(["Positive", "POSITIVE", "positive.", "negative"], N)
    frame = {"text": [f"a film that was seen {i} times by me" for i in range(N)], "label": label}
    found, left, table = mended(frame)
    assert [finding.kind for finding in found] == ["spellings"]
    assert found[0].remedy.options == {"merge_classes": ["label"]}
    assert found[0].remedy.label == "Merge 4 spellings into 2 classes"
    assert not left
    assert table.frame["label"].nunique() == 2
    assert "spellings" not in kinds({**frame, "label": RNG.choice(["C", "C++"], N)})
    _, found = looked({**frame, "label": RNG.choice(["caf\u00e9", "cafe\u0301", "tea"], N)})
    assert "differ only in the way accented letters are stored" in found[0].sentence


def test_markup_is_taken_out():
    texts = [f"A film to see {'<br /><br />' if i % 3 else ''} again and again, {i} &amp; more" for i in range(N)]
    found, left, table = mended({"review": texts, "label": RNG.choice(["good", "bad"], N)})
    assert [finding.kind for finding in found] == ["markup"]
    assert "100% of the texts in “review” hold HTML tags such as <br />" in found[0].sentence
    assert not left
    assert not table.frame["review"].str.contains("<br|&amp;").any()
    assert "markup" not in kinds({"review": [f"1 < 2 and I <3 it & you, {i}" for i in range(N)]})


def test_a_sorted_file_is_said_and_needs_nothing():
    frame = {"text": [f"a film that was seen {i} times by me" for i in range(N)], "label": np.repeat([0, 4], N // 2)}
    [found] = looked(frame)[1]
    assert (found.kind, found.remedy) == ("sorted", None)
    assert "sorted by “label”" in found.sentence
    assert kinds({**frame, "label": RNG.permutation(frame["label"])}) == []
    numbers = {"x": RNG.normal(size=N), "y": np.sort(RNG.normal(size=N))}
    assert kinds(numbers, {"target": "y"}) == ["sorted"]


def test_what_is_ordinary_is_not_said():
    frame = {"size": RNG.normal(size=N), "city": RNG.choice(["a", "b", "c"], N), "kind": RNG.choice(["x", "y"], N)}
    assert kinds(frame, {"target": "kind"}) == []
    assert kinds({**RATED, "rating": STARS, "timestamp": 1_000_000_000 + np.arange(N)}) == []


def test_findings_are_json():
    _, found = looked({**RATED, "rating": np.where(np.arange(N) % 9 == 0, 99, STARS)})
    adapter = TypeAdapter(list[Finding])
    assert adapter.validate_json(adapter.dump_json(found)) == found


def test_options_are_added_to_those_that_are_there():
    given = {"delimiter": ";", "missing": {"a": ["9"]}, "merge_classes": ["x"]}
    added = {"missing": {"a": ["99"], "b": ["0"]}, "merge_classes": ["x", "y"], "strip_markup": True}
    assert merged_options(given, added) == {
        "delimiter": ";",
        "missing": {"a": ["9", "99"], "b": ["0"]},
        "merge_classes": ["x", "y"],
        "strip_markup": True,
    }
    assert merged_options({"missing": ["-"]}, {"missing": {"a": ["9"]}}) == {"missing": {"": ["-"], "a": ["9"]}}
    assert given["missing"] == {"a": ["9"]}
