"""Embeddings or one-hot? The question, from its runs to its verdict."""

import pytest

import embedviz as ev
from embedviz.evaluation.scores import BaselineScore
from embedviz.experiments.one_hot import QUESTION, OneHotSettings
from embedviz.experiments.one_hot_verdict import EXPLANATION
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result
from embedviz.models import model_spec
from tests.experiments.planted import bought


def result(inputs, seed, test, validation=None, parameters=100, baselines=(), sizes=(), **groups):
    metrics = {"test/accuracy": test, "validation/accuracy": validation or test}
    metrics |= {f"{name}/accuracy": value for name, value in groups.items()}
    rows = [{"parameters": parameters, "common": 80, "rare": 15, "unseen": 5}]
    return Result(
        inputs, {"inputs": inputs, "seed": seed}, "", "done",
        metrics=metrics, score="accuracy", seconds=2.0, rows=rows, baselines=list(baselines), sizes=dict(sizes),
    )  # fmt: skip


def test_every_kind_is_planned_once_a_seed_and_baselines_with_one_of_them():
    planner = QUESTION.planner(
        Setup("categories", {"hidden_dim": 8}, OneHotSettings.of(smallest=2, largest=8, seeds=2))
    )
    runs = [planner.next() for _ in range(planner.total)]
    assert [run.name for run in runs[:3]] == [
        "one-hot, seed 0", "embeddings, dim 2, seed 0", "embeddings, dim 8, seed 0",
    ]  # fmt: skip
    assert [run.with_baselines for run in runs] == [True, False, False] * 2
    assert runs[1].settings == {"inputs": "embeddings", "dim": 2, "seed": 0}


def test_only_models_with_a_choice_of_inputs_are_asked():
    assert QUESTION.reason_against(model_spec("categories")) == ""
    assert "inputs" in QUESTION.reason_against(model_spec("ratings"))


def test_the_table_pairs_by_seed_and_the_verdict_follows_its_interval():
    results = [result("one-hot", seed, 0.6 + seed / 10, rare=0.3, parameters=900) for seed in range(3)]
    results += [result("embeddings, dim 4", seed, 0.65 + seed / 10, rare=0.5 + seed / 10) for seed in range(3)]
    table = QUESTION.table(results)
    row = table.set_index("inputs").loc["embeddings, dim 4"]
    assert (row["difference"], row["lower"], row["upper"]) == pytest.approx((0.05, 0.05, 0.05))
    assert row["rare lower"] > 0
    verdict = QUESTION.verdict(table)
    assert verdict.is_decided
    assert verdict.sentences[0].startswith("Embeddings are better here")
    assert "On rows with rare values" in verdict.sentences[1]
    assert verdict.sentences[-1] == EXPLANATION
    assert "900 parameters" in " ".join(verdict.sentences)


def test_one_hot_can_win_and_a_small_noisy_difference_does_not_decide():
    worse = [result("one-hot", s, 0.7) for s in range(3)] + [result("embeddings, dim 4", s, 0.6) for s in range(3)]
    assert QUESTION.verdict(QUESTION.table(worse)).sentences[0].startswith("One-hot inputs are better here")
    noisy = [result("one-hot", s, 0.7) for s in range(3)]
    noisy += [result("embeddings, dim 4", s, 0.7 + d) for s, d in enumerate([0.02, -0.01, 0.01])]
    verdict = QUESTION.verdict(QUESTION.table(noisy))
    assert not verdict.is_decided
    assert verdict.sentences[0].startswith("Undecided")
    alone = QUESTION.verdict(QUESTION.table([worse[0], worse[3]]))
    assert not alone.is_decided
    assert "1 seed" in alone.sentences[0]


def test_a_difference_that_overlapping_training_sets_explain_does_not_decide():
    def asked(**sizes):
        gains = (0.046, 0.024, 0.035)
        one_hot = [result("one-hot", seed, 0.7, sizes=sizes) for seed in range(3)]
        embeddings = [result("embeddings, dim 4", seed, 0.7 + gain, sizes=sizes) for seed, gain in enumerate(gains)]
        return QUESTION.verdict(QUESTION.table(one_hot + embeddings))

    assert not asked(train=60, test=40).is_decided
    assert asked(train=100, test=1).is_decided  # test sets that small have hardly anything in common


@pytest.mark.parametrize(("error", "winner"), [(4.0, "Embeddings are better"), (6.0, "One-hot inputs are better")])
def test_a_smaller_error_is_better(error, winner):
    errors = []
    for kind, value in (("one-hot", 5.0), ("embeddings, dim 4", error)):
        for seed in range(3):
            metrics = {"test/rmse": value + seed, "validation/rmse": value}
            errors.append(Result(kind, {"inputs": kind, "seed": seed}, "", "done", metrics=metrics, score="rmse"))
            errors[-1].rows.append({"parameters": 1, "common": 1, "rare": 0, "unseen": 0})
    assert QUESTION.verdict(QUESTION.table(errors)).sentences[0].startswith(f"{winner} here")


def test_the_size_is_chosen_by_the_validation_set():
    results = []
    for seed in range(3):
        trees = BaselineScore("Boosted trees", {"test/accuracy": 0.9}, 0.5)
        results += [
            result("one-hot", seed, 0.6, baselines=[trees]),
            result("embeddings, dim 4", seed, 0.9, validation=0.5),
            result("embeddings, dim 16", seed, 0.5, validation=0.7),
        ]
    verdict = QUESTION.verdict(QUESTION.table(results))
    assert "dim 16" in verdict.sentences[0]
    assert verdict.sentences[0].startswith("One-hot inputs are better here")
    assert any("Boosted trees: 0.9000 in 0.5 s, better than" in sentence for sentence in verdict.sentences)


@pytest.mark.slow
def test_the_question_is_answered_from_python(tmp_path):
    path = tmp_path / "bought.csv"
    bought().to_csv(path, index=False)
    found = ev.experiment(
        "one_hot", path, model="categories", columns={"target": "bought"}, budget="4m", smallest=2, largest=2, seeds=2,
        epochs=3, hidden_dim=16, members=2,
    )  # fmt: skip
    assert [r.outcome for r in found.results] == ["done"] * 4, [r.reason for r in found.results]
    table = found.table.set_index("inputs")
    assert next(iter(table.index)) == "one-hot"
    assert {"embeddings, dim 2", "One-hot, logistic regression", "Boosted trees", "Majority"} <= set(table.index)
    assert table.loc["one-hot", "parameters"] > table.loc["embeddings, dim 2", "parameters"]
    assert table.loc["Boosted trees", "test"] > table.loc["Majority", "test"]
    assert table.loc["Boosted trees", "seconds"] > 0
    assert 0 < table.loc["one-hot", "rare"] <= 1
    assert table["test"].between(0, 1).all()
    assert found.figure.data
    assert found.verdict.sentences[-1] == EXPLANATION
    run = found.run_of(found.results[0])
    assert run.spaces["town"].dim == 16
