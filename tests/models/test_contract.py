"""Every model of the registry keeps the contract: it learns by heart, repeats itself, stops, goes on, refuses."""

import numpy as np
import pytest

from embedviz.data.reading import read_table
from embedviz.errors import SettingsError
from embedviz.models import MODELS, model_class
from embedviz.training.devices import choose

CPU = choose("cpu")
DATA = {"skipgram": "two_topics"}
SETTINGS = {"skipgram": {"dim": 16, "window": 3, "epochs": 30, "min_count": 1, "deterministic": True, "subsample": 0}}


@pytest.fixture(params=list(MODELS))
def fresh(request):
    """A function that makes the model, prepared on its tiny data."""
    table = read_table(request.getfixturevalue(DATA[request.param]).encode(), name="tiny.txt")

    def make(**settings):
        cls = model_class(request.param)
        model = cls(cls.Settings.of(**{**SETTINGS[request.param], **settings}))
        for _ in model.prepare(table, table.roles):
            pass
        return model

    return make


def fitted(model):
    for _ in model.fit(CPU, 1):
        pass
    return model


def test_it_learns_the_tiny_data(fresh):
    metrics = fitted(fresh()).evaluate()
    assert metrics["test/loss"] < metrics["baseline/loss"]


def test_the_same_seed_gives_the_same_weights(fresh):
    one, two = fitted(fresh()).weights(), fitted(fresh()).weights()
    assert all(np.array_equal(one[name], two[name]) for name in one)
    other = fitted(fresh(seed=1)).weights()
    assert any(not np.array_equal(one[name], other[name]) for name in one if one[name].shape == other[name].shape)


def test_stopped_at_any_event_it_has_spaces(fresh):
    model = fresh(epochs=500)
    next(iter(model.fit(CPU, 1)))
    assert all(np.isfinite(space.vectors).all() for space in model.spaces().values())
    assert model.main_space in model.spaces()


def test_going_on_from_a_state_ends_where_never_stopping_does(fresh):
    first = fresh(epochs=400)
    events = first.fit(CPU, 1)
    next(events)
    next(events)
    arrays, values = first.state()
    arrays = {name: array.copy() for name, array in arrays.items()}
    second = fresh(epochs=400)
    second.restore(arrays, values)
    for _ in second.fit(CPU, 1):
        pass
    current, reference = second.state()[0], fitted(fresh(epochs=400)).state()[0]
    assert all(np.array_equal(current[name], reference[name]) for name in ("W", "C"))


def test_settings_out_of_range_are_named(fresh):
    for name in MODELS:
        with pytest.raises(SettingsError, match="dim"):
            model_class(name).Settings.of(dim=0)
        with pytest.raises(SettingsError, match="There is no setting 'nonsense'"):
            model_class(name).Settings.of(nonsense=1)


def test_an_unknown_model_is_refused_with_the_known_ones():
    with pytest.raises(SettingsError, match="skipgram"):
        model_class("skipgrim")
