"""Repetitions over seeds, and what follows from them."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.experiments import find_question
from embedviz.experiments.holds import CHANCE, COMMON, OTHER
from embedviz.experiments.result import Result


def results(test, baseline, score="accuracy", common=()):
    """Results of seeds 0, 1, 2, … with these scores; `common` are shares of neighbours with the run before."""
    found = []
    for seed, (reached, trivial) in enumerate(zip(test, baseline, strict=True)):
        metrics = {
            f"validation/{score}": reached,
            f"test/{score}": reached,
            f"baseline/{score}": trivial,
            "test/mae": 1.0,
        }
        rows = [{OTHER: f"seed {seed - 1}", COMMON: common[seed - 1], CHANCE: 0.1}] if seed and common else []
        factors, sizes = {"seed": seed}, {"train": 80, "test": 10}
        found.append(
            Result(f"seed {seed}", factors, f"{seed}", "done", metrics=metrics, score=score, rows=rows, sizes=sizes)
        )
    return found


def verdict(*given, **more):
    asked = find_question("holds")
    return asked.verdict(asked.table(results(*given, **more)))


def test_the_table_has_mean_and_standard_deviation_of_every_score_the_one_that_counts_first():
    table = find_question("holds").table(results([0.8, 0.9], [0.5, 0.5], common=[0.4]))
    assert table["score"].tolist() == ["accuracy"] * 3 + ["mae", "10 nearest in common"]
    first = table.set_index(["set", "score"]).loc[("test", "accuracy")]
    assert first["mean"] == pytest.approx(0.85)
    assert first["standard deviation"] == pytest.approx(np.std([0.8, 0.9], ddof=1))
    assert first[["seed 0", "seed 1"]].tolist() == [0.8, 0.9]


def test_it_holds_where_every_seed_beats_the_baseline_by_far():
    found = verdict([0.80, 0.82, 0.79, 0.81], [0.5, 0.52, 0.49, 0.5], common=[0.6, 0.7, 0.8])
    assert found.is_decided
    assert found.sentences[0].startswith("It holds: over 4 seeds the accuracy on the test set is 0.8050 ±")
    assert "corrected for training sets that overlap, p < 0.0001" in found.sentences[1]
    assert found.sentences[2].startswith("Most neighbours stay: two runs have on average 70%")


def test_an_error_that_is_greater_than_the_baselines_does_not_hold():
    found = verdict([1.2, 1.21, 1.22], [1.0, 1.0, 1.01], score="rmse")
    assert found.is_decided
    assert found.sentences[0].startswith("It does not hold")


def test_scores_that_cross_the_baseline_decide_nothing():
    found = verdict([0.5, 0.6, 0.4], [0.5, 0.5, 0.5])
    assert not found.is_decided
    assert found.sentences[0].startswith("Undecided")


def test_one_run_decides_nothing():
    assert not verdict([0.9], [0.1]).is_decided


@pytest.mark.slow
def test_real_runs_hold_and_their_neighbours_are_compared_pair_by_pair(executor, ratings_file):
    found = ev.experiment(
        "holds", ratings_file, model="ratings", seeds=3, dim=2, method="gradient", epochs=40, device="cpu"
    )
    assert [result.name for result in found.results] == ["seed 0", "seed 1", "seed 2"]
    table = found.table.set_index(["set", "score"])
    for result in found.results:
        assert table.loc[("test", "rmse"), result.name] == found.run_of(result).metrics["test/rmse"]
    spaces = [found.run_of(result).space for result in found.results]
    near = [{label: set(space.neighbors(label, 10)["label"]) for label in space.labels} for space in spaces]
    pairs = [(near[i], near[j]) for i in range(3) for j in range(i)]
    shares = [np.mean([len(a[label] & b[label]) / 10 for label in set(a) & set(b)]) for a, b in pairs]
    assert set(spaces[0].labels) == set(spaces[1].labels) == set(spaces[2].labels)
    common = table.loc[("neighbors", "10 nearest in common")]
    assert common["runs"] == 3
    assert common["mean"] == pytest.approx(np.mean(shares), abs=0.02)  # equal distances may be taken in another order
    assert len(found.figure.data) == 6
    assert found.verdict.sentences
