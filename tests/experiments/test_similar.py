"""Do similar ones end up together? The question, from its runs to its verdict."""

import pytest

import embedviz as ev
from embedviz.experiments.question import Setup
from embedviz.experiments.result import Result
from embedviz.experiments.similar import QUESTION, SimilarSettings
from embedviz.models import MODELS, model_spec
from tests.experiments.planted import bought


def result(seed=0, **purities):
    """purities: column -> (purity, lower, upper); chance is 0.25."""
    rows = [
        {
            "space": "item", "column": column, "purity": purity, "lower": lower, "upper": upper, "chance": 0.25,
            "shuffled": 0.27, "groups": 4, "labels": 80,
        }
        for column, (purity, lower, upper) in purities.items()
    ]  # fmt: skip
    return Result(f"seed {seed}", {"seed": seed}, "", "done", score="rmse", rows=rows)


def test_every_model_is_asked_and_trained_once_a_seed():
    assert {QUESTION.reason_against(model_spec(name)) for name in MODELS} == {""}
    planner = QUESTION.planner(Setup("ratings", {"seed": 4}, SimilarSettings.of(seeds=2)))
    assert [planner.next().settings for _ in range(2)] == [{"seed": 4}, {"seed": 5}]


def test_one_run_is_judged_by_the_interval_over_labels_and_by_shuffled_groups():
    found = result(genre=(0.6, 0.5, 0.7), year=(0.265, 0.255, 0.28), shelf=(0.1, 0.05, 0.2), maker=(0.3, 0.2, 0.4))
    table = QUESTION.table([found])
    assert table["column"].tolist() == ["genre", "maker", "year", "shelf"]
    assert table.iloc[0][["purity", "chance", "lower", "upper", "interval"]].tolist() == [
        0.6,
        0.25,
        0.5,
        0.7,
        "bootstrap",
    ]
    verdict = QUESTION.verdict(table)
    assert verdict.is_decided
    words = {sentence.split(":")[0]: sentence.split(": ")[1].split(";")[0] for sentence in verdict.sentences[1:]}
    assert words == {
        "item, genre": "yes",
        "item, maker": "undecided",
        "item, year": "undecided",  # some shuffles reach as much
        "item, shelf": "no, less than by chance",
    }
    assert len(QUESTION.figure(table).data) == 2


def test_several_runs_are_judged_by_the_interval_over_seeds():
    steady = [result(seed, genre=(0.6 + seed / 100, 0, 1)) for seed in range(3)]
    table = QUESTION.table(steady)
    row = table.iloc[0]
    assert (row["purity"], row["runs"], row["interval"]) == (pytest.approx(0.61), 3, "seeds")
    assert row["upper"] - row["purity"] == pytest.approx(4.30265 * 0.01 / 3**0.5, abs=1e-5)
    assert QUESTION.verdict(table).is_decided
    shaky = [result(seed, genre=(purity, 0, 1)) for seed, purity in enumerate((0.2, 0.5, 0.4))]
    verdict = QUESTION.verdict(QUESTION.table(shaky))
    assert not verdict.is_decided
    assert verdict.sentences[0].startswith("Undecided")


def test_nothing_to_compare_is_an_empty_table():
    assert QUESTION.table([result()]).empty


@pytest.mark.slow
def test_the_question_is_answered_from_python(tmp_path):
    path = tmp_path / "bought.csv"
    bought(2000).to_csv(path, index=False)
    found = ev.experiment(
        "similar", path, model="categories", columns={"target": "bought"}, budget="3m", neighbors=5, epochs=12,
        hidden_dim=32, members=2, space="town", column="bought",
    )  # fmt: skip
    assert [r.outcome for r in found.results] == ["done"], [r.reason for r in found.results]
    [row] = found.table.to_dict("records")
    assert (row["space"], row["column"], row["labels"]) == ("town", "bought", 40)
    assert row["purity"] > row["shuffled"] > row["chance"]
    assert row["lower"] > row["chance"]
    assert found.verdict.sentences[1].startswith("town, bought: yes")
    assert found.figure.data
    run = found.run_of(found.results[0])

    def measured(**options):
        planner = QUESTION.planner(Setup("categories", {}, SimilarSettings.of(**options)))
        return planner.measure(found.results[0], run)

    everything = measured()
    assert len({row["space"] for row in everything}) == 2  # towns, and rows of the table
    of_bought = measured(column="bought")
    assert {row["column"] for row in of_bought} == {"bought"} < {row["column"] for row in everything}
    of_towns = measured(space="town")
    assert {row["space"] for row in of_towns} == {"town"}
    assert len(of_towns) < len(everything)
