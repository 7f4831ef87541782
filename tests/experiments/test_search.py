"""What a search tries, what it stops early, and that it repeats itself."""

import pytest

from embedviz.core.settings import Settings
from embedviz.experiments.result import Result
from embedviz.experiments.search import Search
from embedviz.experiments.search_space import Range, search_space
from embedviz.models import MODELS, model_spec
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.words.skipgram import SkipgramSettings

SPACE = {"rate": Range(1e-3, 1.0, True, False), "width": Range(2, 64, True, True)}


def ended(name, loss, outcome="done"):
    metrics = {"validation/rmse": loss} if outcome == "done" else {}
    return Result(name, {"part": "tried", "seed": 0}, name, outcome, metrics=metrics, score="rmse", curve_score="rmse")


def event(part, loss):
    return {"step": part, "total_steps": 10, "metrics": {"validation/rmse": loss}}


def searched(n, at_once=1, seed=0, order=()):
    """The values that n trials get, and their search. The loss is best at a rate of 0.1. order: in which they end, if not in theirs."""
    search, values = Search(SPACE, seed, at_once), []
    waiting = []
    while len(values) < n:
        name = f"trial {len(values)}"
        asked = search.ask(name)
        if asked is None:
            waiting.sort(key=lambda pair: order[int(pair[0].split()[1])] if order else 0)
            search.tell(*waiting.pop(0))
            continue
        values.append(asked)
        waiting.append((name, ended(name, abs(asked["rate"] - 0.1))))
    for name, result in waiting:
        search.tell(name, result)
    search.tell_all()
    return values, search


def test_every_models_declared_bounds_are_values_that_its_settings_take():
    for name in MODELS:
        settings = model_spec(name).Settings
        space = search_space(settings, {})
        assert space
        for end in ("low", "high"):
            assert settings.of(**{setting: getattr(range_, end) for setting, range_ in space.items()})
        for range_ in space.values():
            assert range_.low < range_.high
            assert range_.low > 0 or not range_.is_log


def test_settings_that_are_given_or_ruled_out_are_not_searched():
    assert {"dim", "learning_rate", "negative_samples", "subsample"} <= set(search_space(SkipgramSettings, {}))
    assert "window" not in search_space(SkipgramSettings, {})  # with another one the held-out pairs are others
    assert "dim" not in search_space(SkipgramSettings, {"dim": 8})
    assert "negative_samples" not in search_space(SkipgramSettings, {"loss": "hierarchical_softmax"})
    assert "penalty" in search_space(RatingsSettings, {})
    assert "learning_rate" not in search_space(RatingsSettings, {})
    assert "learning_rate" in search_space(RatingsSettings, {"method": "gradient"})
    assert not search_space(Settings, {})


def test_it_tries_values_within_the_bounds_and_comes_near_the_best():
    values, _ = searched(30)
    assert all(1e-3 <= tried["rate"] <= 1 and 2 <= tried["width"] <= 64 for tried in values)
    assert min(abs(tried["rate"] - 0.1) for tried in values) < 0.02
    last = [abs(tried["rate"] - 0.1) for tried in values[-10:]]
    assert sorted(last)[5] < 0.1


def test_the_same_seed_tries_the_same_whatever_ends_first():
    order = [(7 * i) % 30 for i in range(30)]
    in_turn, swapped = searched(30, at_once=3)[0], searched(30, at_once=3, order=order)[0]
    assert in_turn == swapped
    assert in_turn != searched(30, at_once=3, seed=1)[0]


def test_no_more_are_under_way_than_may_be_at_once():
    search = Search(SPACE, 0, 2)
    assert search.ask("a")
    assert search.ask("b")
    assert search.ask("c") is None
    search.tell("b", ended("b", 1.0))  # out of turn: the third is to know what came of the first
    assert search.ask("c") is None
    search.tell("a", ended("a", 1.0))
    assert search.ask("c")


def test_one_that_is_worse_than_the_median_at_that_point_is_stopped_after_a_warm_up():
    search = Search(SPACE, 0, 1)
    for i, loss in enumerate([1.0, 2.0, 3.0, 4.0]):
        search.ask(f"{i}")
        assert not any(search.watch(f"{i}", event(part, loss)) for part in range(1, 11))
        search.tell(f"{i}", ended(f"{i}", loss))
    search.ask("good")
    assert not any(search.watch("good", event(part, 2.0)) for part in range(1, 11))
    search.tell("good", ended("good", 2.0))
    search.ask("bad")
    assert [search.watch("bad", event(part, 9.0)) for part in (1, 2, 3)] == [False, True, True]


def test_a_greater_accuracy_is_not_stopped():
    search = Search(SPACE, 0, 1)
    for i in range(4):
        search.ask(f"{i}")
        search.watch(f"{i}", {"step": 3, "total_steps": 10, "metrics": {"validation/accuracy": 0.5}})
        metrics = {"validation/accuracy": 0.5}
        search.tell(f"{i}", Result("", {}, "", "done", metrics=metrics, score="accuracy", curve_score="accuracy"))
    search.ask("good")
    assert not search.watch("good", {"step": 3, "total_steps": 10, "metrics": {"validation/accuracy": 0.6}})
    assert search.watch("good", {"step": 4, "total_steps": 10, "metrics": {"validation/accuracy": 0.1}}) is False
    search.ask("other") or search.tell("good", ended("good", 0.0, "pruned"))
    search.ask("bad")
    assert search.watch("bad", {"step": 3, "total_steps": 10, "metrics": {"validation/accuracy": 0.4}})


def test_the_setting_that_matters_is_ranked_first():
    _, search = searched(30)
    shares = search.importances()
    assert sum(shares.values()) == pytest.approx(1)
    assert shares["rate"] > 0.7
    assert Search(SPACE, 0, 1).importances() == {}
