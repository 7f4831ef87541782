"""Comparisons of two runs' spaces, worked out as a worker does it."""

import pytest

import embedviz as ev
from embedviz.jobs.inline import run_inline
from embedviz.store.comparisons import comparison_of, twins_of

pytestmark = pytest.mark.slow

SETTINGS = {"dim": 4, "epochs": 3, "min_count": 1, "subsample": 0, "deterministic": True}


def trained(tmp_path, text, **settings):
    path = tmp_path / "t.txt"
    if not path.exists():
        path.write_text(text)
    return ev.train("skipgram", path, **{**SETTINGS, **settings})


def test_two_seeds_of_one_model_share_what_the_lists_say_and_are_twins(tmp_path, two_topics):
    a, b, c = (trained(tmp_path, two_topics, seed=seed) for seed in (0, 1, 2))
    other = trained(tmp_path, two_topics, seed=0, dim=5)
    asked = run_inline(comparison_of(a, "word", b, "word", 3))
    near = [space.neighbors("cat", 3)["label"].tolist() for space in (a.space, b.space)]
    row = asked.found.movers.set_index("label").loc["cat"]
    assert abs(row["overlap"] - len(set(near[0]) & set(near[1])) / 3) < 1e-6
    assert asked.found.overlap > asked.found.chance
    assert {twin.id for twin in twins_of(a, [a, b, c, other])} == {b.id, c.id}


def test_the_same_question_is_the_same_job_and_another_k_another(tmp_path, two_topics):
    a, b = (trained(tmp_path, two_topics, seed=seed) for seed in (0, 1))
    asked = run_inline(comparison_of(a, "word", b, "word", 3))
    assert comparison_of(a, "word", b, "word", 3).found.overlap == asked.found.overlap
    assert comparison_of(a, "word", b, "word", 4).found is None
