"""Every model of the registry keeps the contract: it learns by heart, repeats itself, stops, goes on, refuses."""

import json

import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import SettingsError
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.data.splits import Fold
from embedviz.evaluation.scores import SCORES
from embedviz.models import MODELS, model_class
from embedviz.training.devices import choose
from embedviz.training.survey import Survey

CPU = choose("cpu")
DATA = {"skipgram": "two_topics", "sentiment": "tweets", "ratings": "film_ratings", "categories": "cars"}
COLUMNS = {
    "skipgram": {},
    "sentiment": {"text": "tweet", "label": "mood"},
    "ratings": {"user": "user_id", "item": "film", "rating": "stars"},
    "categories": {"target": "body"},
}
SETTINGS = {
    "skipgram": {"dim": 16, "window": 3, "epochs": 30, "min_count": 1, "subsample": 0},
    "sentiment": {"vectors": "none", "dim": 12, "hidden_dim": 8, "epochs": 4},
    "ratings": {},
    "categories": {"hidden_dim": 32, "members": 2},
}
LONG = {
    "skipgram": {"epochs": 400},
    "sentiment": {"epochs": 8, "linear_term": False},
    "ratings": {},
    "categories": {"epochs": 40},
}
PREDICTORS = [name for name in MODELS if hasattr(model_class(name), "predict")]


@pytest.fixture
def table_of(request):
    """A function from a model's name to the tiny table it is tried on."""

    def table(name):
        data = request.getfixturevalue(DATA[name])
        if isinstance(data, str):
            return read_table(data.encode(), name="tiny.txt")
        return read_table(data.to_csv(index=False).encode(), name="tiny.csv")

    return table


@pytest.fixture(params=list(MODELS))
def name(request):
    return request.param


@pytest.fixture
def fresh(name, table_of):
    """A function that makes the model, prepared on its tiny data."""
    return lambda **settings: prepared(name, table_of(name), **settings)


def prepared(name, table, fold=None, **settings):
    cls = model_class(name)
    model = cls(cls.Settings.of(**{**SETTINGS[name], "deterministic": True, **settings}))
    for _ in model.prepare(table, roles_of(table, COLUMNS[name]), fold):
        pass
    return model


def fitted(model):
    for _ in model.fit(CPU, 1):
        pass
    return model


def better_than_nothing(model, metrics):
    score = SCORES[model.score]
    return score.better(metrics[f"test/{score.name}"], metrics[f"baseline/{score.name}"])


def test_it_learns_the_tiny_data(fresh):
    model = fitted(fresh())
    assert better_than_nothing(model, model.evaluate())


def test_it_learns_in_a_fold(name, table_of):
    model = fitted(prepared(name, table_of(name), Fold(1, 4)))
    assert better_than_nothing(model, model.evaluate())


def test_the_survey_says_what_is_there_and_the_estimate_follows_from_it(name, table_of):
    cls, table = model_class(name), table_of(name)
    settings = cls.Settings.of(**SETTINGS[name])
    columns = roles_of(table, COLUMNS[name])
    [survey] = [step for step in cls(settings).survey(table, columns) if isinstance(step, Survey)]
    again = Survey.from_dict(json.loads(json.dumps(survey.as_dict())))
    assert json.dumps(again.as_dict()) == json.dumps(survey.as_dict())
    assert survey.sentences
    estimate = cls.estimate(settings, survey, {"threads": 1})
    assert 0 < estimate.seconds < 600
    assert estimate.memory_bytes > 1e6
    assert set(cls.survey_settings) <= set(cls.Settings.model_fields)


def test_the_same_seed_gives_the_same_weights(fresh):
    one, two = fitted(fresh()).weights(), fitted(fresh()).weights()
    assert all(np.array_equal(one[key], two[key]) for key in one)
    other = fitted(fresh(seed=1)).weights()
    same = [np.array_equal(one[key], other[key]) for key in one if one[key].shape == other[key].shape]
    assert not all(same)


def test_stopped_at_any_event_it_has_spaces_and_scores(name, fresh):
    model = fresh(**LONG[name])
    next(iter(model.fit(CPU, 1)))
    spaces = model.spaces()
    assert all(np.isfinite(space.vectors).all() for space in spaces.values())
    assert spaces
    assert model.main_space in spaces or not model.main_space
    assert all(np.isfinite(value) for value in model.evaluate().values())


def test_going_on_from_a_state_ends_where_never_stopping_does(name, fresh):
    first = fresh(**LONG[name])
    events = first.fit(CPU, 1)
    next(events)
    next(events, None)
    arrays, values = first.state()
    arrays, values = {key: array.copy() for key, array in arrays.items()}, json.loads(json.dumps(values))
    second = fresh(**LONG[name])
    second.restore(arrays, values)
    ended, reference = fitted(second).weights(), fitted(fresh(**LONG[name])).weights()
    assert ended.keys() == reference.keys()
    assert all(np.array_equal(ended[key], reference[key]) for key in reference)


def test_its_presets_are_settings(name):
    cls = model_class(name)
    first, *_ = cls.Settings.presets
    assert cls.Settings.of(preset=first) == cls.Settings.of()
    for preset in cls.Settings.presets:
        assert cls.Settings.of(preset=preset)
    with pytest.raises(SettingsError, match="There is no preset 'nonsense'"):
        cls.Settings.of(preset="nonsense")


def test_settings_out_of_range_are_named(name):
    with pytest.raises(SettingsError, match="seed"):
        model_class(name).Settings.of(seed=-1)
    with pytest.raises(SettingsError, match="There is no setting 'nonsense'"):
        model_class(name).Settings.of(nonsense=1)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="skipgram"):
        model_class("skipgrim")


@pytest.mark.parametrize("name", PREDICTORS)
def test_what_is_kept_predicts_as_what_was_trained(name, table_of):
    table = table_of(name)
    model = fitted(prepared(name, table))
    rows = table.frame.head(7)
    before = model.predict(rows)
    weights = {key: np.ascontiguousarray(array) for key, array in model.weights().items()}
    kept = model_class(name).recall(model.settings, weights, json.loads(json.dumps(model.knowledge())))
    pd.testing.assert_frame_equal(kept.predict(rows), before, atol=1e-5)
    reasons = kept.predict(rows, reasons=True)["reasons"]
    assert all(set(reason) >= {"feature", "contribution"} for given in reasons for reason in given)
    assert any(len(given) for given in reasons)


@pytest.mark.parametrize("name", PREDICTORS)
def test_its_pictures_and_baselines_are_of_the_test_part(name, table_of):
    model = fitted(prepared(name, table_of(name)))
    assert model.pictures()
    rows = [step for step in model.baselines() if hasattr(step, "metrics") and hasattr(step, "seconds")]
    score = f"test/{model.score}"
    assert len(rows) >= 2
    assert all(np.isfinite(row.metrics[score]) for row in rows if score in row.metrics)
    trivial = rows[0].metrics[score]
    assert trivial == pytest.approx(model.evaluate()[f"baseline/{model.score}"], rel=1e-6)
