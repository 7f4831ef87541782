"""Limits of a host: defaults by mode, variables, and the sentence at a limit."""

from dataclasses import fields

import pytest

from embedviz.core.errors import SettingsError
from embedviz.core.limits import HostLimits, data_bytes


def test_a_shared_server_limits_everything_and_ones_own_machine_hardly_anything(monkeypatch):
    unlimited = [each.name for each in fields(HostLimits) if getattr(HostLimits.of_environment(), each.name) is None]
    assert len(unlimited) == len(fields(HostLimits)) - 2
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    assert HostLimits.of_environment() == HostLimits()
    assert None not in [getattr(HostLimits(), each.name) for each in fields(HostLimits)]


def test_each_limit_is_described():
    assert all(each.metadata["description"].endswith(".") for each in fields(HostLimits))


@pytest.mark.parametrize(("text", "value"), [("7", 7.0), ("0.5", 0.5), (" None ", None), ("0", 0.0)])
def test_a_variable_sets_a_limit(monkeypatch, text, value):
    monkeypatch.setenv("EMBEDVIZ_LIMIT_EPOCHS", text)
    assert HostLimits.of_environment().epochs == value


@pytest.mark.parametrize(
    ("variable", "text"),
    [("EMBEDVIZ_LIMIT_EPOCHS", text) for text in ("", "many", "-1", "nan")] + [("EMBEDVIZ_LIMIT_EPOCH", "1")],
)
def test_what_is_no_limit_is_refused_in_a_sentence(monkeypatch, variable, text):
    monkeypatch.setenv(variable, text)
    with pytest.raises(SettingsError, match=variable):
        HostLimits.of_environment()


def test_at_a_limit_the_sentence_names_it_and_the_way_round():
    limits = HostLimits(epochs=200)
    limits.check("epochs", 200, "This server trains at most {limit} epochs")
    with pytest.raises(
        SettingsError, match=r"at most 200 epochs\. On a machine of your own: `embedviz train x --epochs 201`"
    ):
        limits.check("epochs", 201, "This server trains at most {limit} epochs", "embedviz train x --epochs 201")
    with pytest.raises(SettingsError, match=r"at most 1,000,000 rows\. On a machine of your own nothing is limited"):
        limits.check("rows", 1_000_001, "This server takes at most {limit} rows")
    HostLimits(epochs=None).check("epochs", 10**9, "{limit}")


def test_bytes_of_data_are_limited_by_the_host_or_by_the_reader(monkeypatch):
    assert data_bytes(5) == 5
    monkeypatch.setenv("EMBEDVIZ_LIMIT_DATA_MB", "2")
    assert data_bytes(5) == 2_000_000
