"""The search for settings, really run, and what follows from its results."""

import math
import subprocess
import sys

import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.experiments import find_question
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result


def result(part, seed, loss, rate, test=9.0, rows=()):
    metrics = {"validation/rmse": loss, "test/rmse": test}
    factors = {"part": part, "seed": seed, "rate": rate}
    return Result("", factors, f"{part}{seed}{rate}", "done", metrics=metrics, score="rmse", rows=list(rows))


def results(best=(0.8, 0.81, 0.79), defaults=(1.0, 1.01, 1.0), tried=(1.2, 0.7, 0.9)):
    """Results of a search: trials of rates 1, 2, …, and confirmations with seeds 1, 2, …."""
    found = [result("defaults", 0, 1.0, 0.1), *(result("tried", 0, loss, i + 1.0) for i, loss in enumerate(tried))]
    importances = [{"setting": "rate", "importance": 0.9}, {"setting": "dim", "importance": 0.1}]
    found.append(result("best", 0, min(tried), 2.0, test=0.75, rows=importances))
    for seed, (loss, default) in enumerate(zip(best, defaults, strict=True), 1):
        found += [result("best", seed, loss, 2.0), result("defaults", seed, default, 0.1)]
    return found


def verdict(found):
    return find_question("tune").verdict(find_question("tune").table(found))


def test_settings_that_win_with_other_seeds_too_are_named_with_the_test_score_of_the_best_alone():
    found = results()
    table = find_question("tune").table(found)
    assert table["test"].dropna().tolist() == [0.75]
    decided = find_question("tune").verdict(table)
    assert decided.is_decided
    assert decided.sentences[0].startswith("rate 2: the best of 3 settings, with RMSE 0.7000 on the validation set")
    assert decided.sentences[1].startswith("With 3 seeds that were not searched, the gain over the defaults is 0.2033")
    assert "rate 90%, dim 10%" in decided.sentences[2]
    assert "measured once, its RMSE is 0.7500" in decided.sentences[3]
    assert decided.sentences[4] == "Among the runs, “best, seed 0” is the one with these settings."


def test_a_gain_that_other_seeds_do_not_show_decides_nothing():
    found = verdict(results(best=(1.1, 0.9, 1.0)))
    assert not found.is_decided
    assert "may be chance" in found.sentences[0]


def test_without_other_seeds_nothing_is_decided():
    found = verdict(results(best=(), defaults=()))
    assert not found.is_decided
    assert "not trained with two other seeds" in found.sentences[0]


def test_while_it_searches_no_test_score_is_shown():
    found = [r for r in results() if r.factors["part"] != "best" and r.factors["seed"] == 0]
    table = find_question("tune").table(found)
    assert table["test"].isna().all()
    assert find_question("tune").verdict(table).sentences[0].startswith("The search is not over. The best RMSE")
    assert len(find_question("tune").figure(table).data) == 2


def test_the_defaults_are_kept_where_nothing_is_better_and_enough_was_tried():
    few = verdict(results(best=(), defaults=(), tried=(1.2, 1.3)))
    assert few.sentences[0].startswith("Keep the defaults: none of 2 settings")
    assert not few.is_decided
    assert verdict(results(best=(), defaults=(), tried=(1.2,) * 12)).is_decided


def test_a_search_over_nothing_is_refused():
    asked = find_question("tune")
    given = {"dim": 8, "penalty": 1.0}
    with pytest.raises(SettingsError, match="Leave some of them out"):
        asked.planner(Setup("ratings", given, asked.Settings.of()))


def test_asking_it_and_its_verdict_need_no_optuna():
    code = (
        "import sys; from embedviz.experiments import find_question; from embedviz.experiments.question import Setup\n"
        "q = find_question('tune'); q.planner(Setup('ratings', {}, q.Settings.of()))\n"
        "[find_question(n) for n in ('holds', 'algorithms')]\n"
        "found = {'optuna', 'torch', 'numba', 'umap', 'sklearn', 'scipy'} & set(sys.modules)\n"
        "assert not found, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.slow
def test_a_real_search_stops_bad_trials_early_repeats_itself_and_offers_the_best(executor, ratings_file):
    def search(budget):
        return ev.experiment(
            "tune", ratings_file, model="ratings", trials=10, confirm=2, method="gradient", epochs=10, dim=4, device="cpu",
            budget=budget,
        )  # fmt: skip

    found = search("5m")
    by_name = {result.name: result for result in found.results}
    tried = [result for result in found.results if result.name.startswith("trial")]
    assert len(tried) == 10
    assert {result.outcome for result in tried} == {"done", "pruned"}
    losses = {r.name: r.validation for r in found.results if r.outcome == "done" and r.factors["seed"] == 0}
    best = by_name["best, seed 0"]
    assert best.validation == min(losses.values())
    for result in found.results:
        if result.outcome == "done" and result.name != best.name:
            assert "test" not in result.sizes
            assert not [name for name in found.run_of(result).metrics if name.startswith("test/")]
    assert found.run_of(best).metrics["test/rmse"] == found.table["test"].dropna().item()
    assert {result.name for result in found.results} >= {
        "best, seed 1",
        "best, seed 2",
        "defaults, seed 1",
        "defaults, seed 2",
    }
    assert found.run_of(best).settings.learning_rate == best.factors["learning_rate"]
    assert not math.isnan(found.table["validation"].iloc[0])
    again = search("5m")
    assert [result.factors for result in again.results if result.name.startswith("trial")] == [r.factors for r in tried]
    assert [r.outcome for r in again.results if r.name.startswith("trial")] == [r.outcome for r in tried]
    assert len(found.figure.data) == 3
