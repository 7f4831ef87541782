"""The algorithms for word vectors for the same time, and what follows from their scores."""

import time

import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.core.jobs.reporter import Reporter
from embedviz.experiments import find_question
from embedviz.experiments.question import Setup, Workplace
from embedviz.experiments.result import Result
from embedviz.jobs.speed_trial import has_epochs
from embedviz.models import model_spec
from embedviz.models.compatibility import word_models


def results(scores, coverage=0.9):
    """Results of model -> Spearman correlation of each seed."""
    found = []
    for model, values in scores.items():
        for seed, value in enumerate(values):
            factors = {"model": model, "seed": seed, "seconds for each": 8.0, "epochs": 4}
            rows = [
                {"set": "small-pairs", "spearman": value, "coverage": coverage},
                {"set": "small-analogies", "coverage": coverage},
            ]
            metrics = {"validation/auc": 0.7}
            found.append(
                Result(
                    f"{model}, seed {seed}", factors, "r", "done", metrics=metrics, score="loss", seconds=8, rows=rows
                )
            )
    return found


def asked(settings=None, **options):
    return Setup("skipgram", settings or {}, find_question("algorithms").Settings.of(**options))


def test_the_best_by_more_than_the_seeds_explain_is_named():
    found = find_question("algorithms")
    table = found.table(
        results({"skipgram": [0.60, 0.61, 0.62], "cbow": [0.30, 0.31, 0.325], "glove": [0.2, 0.21, 0.215]})
    )
    verdict = found.verdict(table)
    assert verdict.is_decided
    assert verdict.sentences[0].startswith("skip-gram is the best on this text")
    assert "skip-gram 0.610, CBOW 0.312, GloVe 0.208" in verdict.sentences[1]


def test_those_within_chance_of_the_best_are_named_and_nothing_is_decided():
    found = find_question("algorithms")
    table = found.table(
        results({"skipgram": [0.60, 0.50, 0.62], "cbow": [0.55, 0.58, 0.56], "glove": [0.1, 0.11, 0.1]})
    )
    verdict = found.verdict(table)
    assert not verdict.is_decided
    assert "skip-gram has the best mean, but CBOW may be as good" in verdict.sentences[0]


def test_one_seed_decides_nothing():
    found = find_question("algorithms")
    assert not found.verdict(found.table(results({"skipgram": [0.9], "cbow": [0.1]}))).is_decided


def test_a_set_of_which_hardly_anything_is_known_does_not_count():
    few = results({"skipgram": [0.9, 0.8], "glove": [0.1, 0.2]}, coverage=0.1)
    table = find_question("algorithms").table(few)
    assert table.attrs["measure"] == "validation/auc"


def test_settings_that_one_of_them_lacks_are_refused_and_so_are_epochs():
    with pytest.raises(SettingsError, match="x_max"):
        find_question("algorithms").planner(asked({"x_max": 5.0}))
    with pytest.raises(SettingsError, match="follow from the seconds"):
        find_question("algorithms").planner(asked({"epochs": 5}))
    assert find_question("algorithms").reason_against(model_spec("sentiment"))


def test_a_choice_of_algorithms_is_trained_alone_and_needs_two():
    assert find_question("algorithms").planner(asked(algorithms="glove, skipgram", seeds=3)).total == 6
    with pytest.raises(SettingsError, match="'sentiment' is no model of words"):
        find_question("algorithms").planner(asked(algorithms="glove, sentiment"))
    with pytest.raises(SettingsError, match="Choose two or more"):
        find_question("algorithms").planner(asked(algorithms="glove"))
    assert find_question("algorithms").planner(asked(seeds=2)).total == 2 * len(word_models())


def test_one_is_trained_at_a_time_with_the_epochs_of_an_earlier_attempt():
    planner = find_question("algorithms").planner(asked(algorithms="skipgram, glove, ppmi_svd", seeds=1))
    earlier = results({"skipgram": [0.5], "glove": [0.5]})
    planner.prepare(Workplace(None, {}, earlier, Reporter(), 0.0))  # it needs no data: all epochs are known
    first = planner.next()
    assert (first.model, first.settings["epochs"]) == ("skipgram", 4)
    assert planner.next() is None
    planner.take(earlier[0])
    assert planner.next().model == "glove"
    planner.take(earlier[1])
    assert "epochs" not in planner.next().settings


def test_without_seconds_every_training_has_an_equal_share_of_the_budget():
    planner = find_question("algorithms").planner(asked(algorithms="skipgram, glove", seeds=5))
    known = results({"skipgram": [0.5], "glove": [0.5]})
    for result in known:
        del result.factors["seconds for each"]
    planner.prepare(Workplace(None, {}, known, Reporter(), time.monotonic() + 130))
    assert planner.next().factors["seconds for each"] == pytest.approx(0.85 * 130 / 10.4, abs=0.5)  # with two trials


@pytest.mark.slow
def test_every_algorithm_is_really_trained_with_epochs_for_the_time(executor, tmp_path, two_topics):
    (tmp_path / "t.txt").write_text(two_topics)
    found = ev.experiment(
        "algorithms", tmp_path / "t.txt", model="cbow", seconds=0.5, seeds=1, dim=8, min_count=1, device="cpu"
    )
    assert [result.outcome for result in found.results] == ["done"] * len(word_models())
    assert set(found.table["model"]) == set(word_models())
    for result in found.results:
        run = found.run_of(result)
        assert run.model == result.factors["model"]
        if has_epochs(model_spec(run.model)):
            assert run.settings.epochs == result.factors["epochs"] > 0
        assert run.settings.window == 5
    assert not found.verdict.is_decided
    assert any("do not look English" in sentence for sentence in found.verdict.sentences)
