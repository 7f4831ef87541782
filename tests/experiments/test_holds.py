"""Repetitions over seeds, and what follows from them."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.core.jobs.reporter import Reporter
from embedviz.data.folds import Fold
from embedviz.experiments import find_question
from embedviz.experiments.holds import CHANCE, COMMON, OTHER
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result
from embedviz.jobs.prepared import prepare, read
from tests.experiments.planted import bought


def results(test, baseline, score="accuracy", common=(), folds=0):
    """Results of seeds 0, 1, 2, … or of folds, with these scores; `common` are shares of neighbours with the run before."""
    found = []
    for seed, (reached, trivial) in enumerate(zip(test, baseline, strict=True)):
        metrics = {
            f"validation/{score}": reached,
            f"test/{score}": reached,
            f"baseline/{score}": trivial,
            "test/mae": 1.0,
        }
        rows = [{OTHER: f"seed {seed - 1}", COMMON: common[seed - 1], CHANCE: 0.1}] if seed and common else []
        name, factors = (
            (f"fold {seed + 1} of {folds}", {"fold": seed + 1, "folds": folds})
            if folds
            else (f"seed {seed}", {"seed": seed})
        )
        sizes = {"train": 80, "test": 10}
        found.append(Result(name, factors, f"{seed}", "done", metrics=metrics, score=score, rows=rows, sizes=sizes))
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


def test_folds_are_planned_with_one_seed_and_the_verdict_counts_them():
    question = find_question("holds")
    planner = question.planner(Setup("ratings", {"seed": 3}, question.Settings.of(folds=2)))
    runs = [planner.next(), planner.next()]
    assert planner.next() is None
    assert [(run.name, run.fold, run.settings) for run in runs] == [
        ("fold 1 of 2", Fold(0, 2), {"seed": 3}),
        ("fold 2 of 2", Fold(1, 2), {"seed": 3}),
    ]
    whole = verdict([0.80, 0.82, 0.79], [0.5, 0.52, 0.49], folds=3)
    assert whole.sentences[0].startswith("It holds: over 3 folds the accuracy")
    part = verdict([0.80, 0.82, 0.2], [0.5, 0.52, 0.49], folds=5)
    assert part.sentences[0].startswith("Undecided: over 3 of 5 folds")
    assert part.sentences[0].endswith("More folds can decide.")
    with pytest.raises(SettingsError, match="two folds or more"):
        question.Settings.of(folds=1)


@pytest.mark.slow
def test_each_row_is_in_the_test_set_of_one_fold_and_baselines_see_the_same_split(executor, ratings_file):
    settings = {"method": "gradient", "epochs": 2, "dim": 2, "device": "cpu"}
    found = ev.experiment("holds", ratings_file, model="ratings", folds=3, **settings)
    assert [result.name for result in found.results] == ["fold 1 of 3", "fold 2 of 3", "fold 3 of 3"]
    runs = [found.run_of(result) for result in found.results]
    splits = [prepare(run, read(run, Reporter()), run.training_settings(), Reporter()).split for run in runs]
    n = len(splits[0])  # of the file but for one that repeats a pair
    assert sorted(np.concatenate([split.test for split in splits]).tolist()) == list(range(n))
    for result, run, split in zip(found.results, runs, splits, strict=True):
        assert run.protocol.fold == (split.fold.number, 3)
        assert result.sizes == split.sizes
    baselines = ev.open_run(runs[1].folder).baselines().set_index("name")
    assert baselines.loc["Mean", "test/rmse"] == pytest.approx(runs[1].metrics["baseline/rmse"])
    ordinary = ev.experiment("holds", ratings_file, model="ratings", seeds=2, **settings)
    assert not any(result.was_there for result in ordinary.results)  # a fold is another training than its seed
    again = ev.experiment("holds", ratings_file, model="ratings", folds=3, **settings)
    assert all(result.was_there for result in again.results)


def test_folds_of_data_with_a_split_of_its_own_are_refused_in_a_sentence(executor, tmp_path):
    path = tmp_path / "parts.csv"
    table = bought(60, towns=4)
    table["part"] = ["train"] * 40 + ["test"] * 20
    table.to_csv(path, index=False)
    with pytest.raises(EmbedvizError, match=r"^Folds would replace the split of column “part”. Repeat over seeds"):
        ev.experiment("holds", path, model="categories", columns={"target": "bought"}, folds=2, epochs=1)
    assert ev.runs() == []


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
