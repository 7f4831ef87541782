"""The verdict on a sweep follows from its numbers."""

import numpy as np
import pandas as pd
import pytest

from embedviz.experiments import find_question
from embedviz.experiments.dimensions import QUESTION, DimensionsSettings
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result
from embedviz.experiments.statistics import noise, paired_interval

SIZES = (2, 4, 8, 16, 32)


def table(errors, spread=0.001, seeds=3, sizes=SIZES, score="rmse"):
    """The table of runs whose validation score is `errors` by size, the split of each seed making all worse or better."""
    rng = np.random.default_rng(0)
    results = [
        Result(
            f"dim {dim}", {"dim": dim, "seed": seed}, "run", "done", score=score, seconds=float(dim), passes=2,
            metrics={f"{part}/{score}": error + 0.1 * seed + rng.normal(0, spread) for part in ("train", "validation", "test")},
        )
        for seed in range(seeds)
        for dim, error in zip(sizes, errors, strict=True)
    ]  # fmt: skip
    return QUESTION.table(results)


def test_the_smallest_size_near_the_best_is_chosen():
    verdict = QUESTION.verdict(table([0.9, 0.7, 0.5, 0.5003, 0.4998]))
    assert verdict.is_decided
    assert verdict.sentences[0].startswith("8 dimensions are enough")


def test_overfitting_is_said_to_begin_where_it_gets_worse():
    verdict = QUESTION.verdict(table([0.9, 0.5, 0.6, 0.7, 0.8]))
    assert verdict.sentences[0].startswith("4 dimensions are the best choice")
    assert any("From 8 dimensions on" in sentence for sentence in verdict.sentences)


def test_a_score_of_which_more_is_better_is_read_the_other_way_round():
    verdict = QUESTION.verdict(table([0.5, 0.7, 0.9, 0.6, 0.5], score="accuracy"))
    assert verdict.sentences[0].startswith("8 dimensions are the best choice")


def test_the_largest_size_as_the_best_is_not_the_end():
    verdict = QUESTION.verdict(table([0.9, 0.8, 0.7, 0.6, 0.5]))
    assert any("more than 32 dimensions might be better still" in sentence for sentence in verdict.sentences)


@pytest.mark.parametrize(
    ("seeds", "errors", "words"),
    [
        (1, [0.9, 0.7, 0.5, 0.5, 0.5], "one seed"),
        (3, [0.5, 0.5, 0.5, 0.5, 0.5], "makes no difference"),
    ],
)
def test_numbers_that_do_not_decide_are_said_not_to(seeds, errors, words):
    verdict = QUESTION.verdict(table(errors, seeds=seeds, spread=1e-3 if seeds == 1 else 0.05))
    assert not verdict.is_decided
    assert words in verdict.sentences[0]


def test_one_size_decides_nothing():
    assert not QUESTION.verdict(table([0.5], sizes=(4,))).is_decided


def test_the_noise_is_what_groups_and_repetitions_leave():
    rng = np.random.default_rng(1)
    frame = pd.DataFrame(
        [{"g": g, "s": s, "v": 3 * g + 5 * s + rng.normal(0, 0.2)} for g in range(40) for s in range(40)]
    )
    assert noise(frame, "g", "s", "v") == pytest.approx(0.2, rel=0.05)
    assert np.isnan(noise(frame[frame.s == 0], "g", "s", "v"))


def test_the_interval_of_paired_differences_covers_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(2)
    covered = 0
    for _ in range(400):
        _, lower, upper = paired_interval(rng.normal(1, 1, 5))
        covered += lower <= 1 <= upper
    assert 0.92 <= covered / 400 <= 0.98
    assert paired_interval([1.0])[1:] == (-np.inf, np.inf)


def test_sizes_double_and_end_with_the_largest():
    assert DimensionsSettings.of(smallest=3, largest=20).sizes() == [3, 6, 12, 20]
    assert DimensionsSettings.of(smallest=2, largest=512).sizes()[-1] == 512


def test_the_smallest_and_the_largest_are_trained_first_and_all_of_a_seed_before_the_next():
    options = DimensionsSettings.of(smallest=2, largest=40, seeds=2)
    planner = find_question("dimensions").planner(Setup("skipgram", {}, options))
    order = [(run.factors["seed"], run.factors["dim"]) for run in iter(planner.next, None)]
    assert order == [(seed, dim) for seed in (0, 1) for dim in (2, 40, 4, 32, 8, 16)]
