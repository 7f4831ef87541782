from types import SimpleNamespace

import pytest

from components.map.url_state import MAX_WORD_LENGTH, UrlState, read_address


class Address(dict):
    """A stand-in for Streamlit's query parameters: a dict with their own methods."""

    def to_dict(self):
        return dict(self)

    def from_dict(self, values):
        self.clear()
        self.update(values)


@pytest.fixture
def address(monkeypatch):
    address = Address(run="r", method="pca")
    monkeypatch.setattr("components.map.url_state.st", SimpleNamespace(query_params=address))
    return address


def test_only_the_maps_own_words_are_read(address):
    assert read_address() == {"method": "pca"}


def test_words_are_new_at_the_start_and_after_a_step_of_the_browser(address, monkeypatch):
    url = UrlState()
    assert url.take_new() == {"method": "pca"}
    assert url.take_new() is None
    url.write({"method": "umap", "focus": "king"})
    assert url.take_new() is None
    address["focus"] = "queen"
    assert url.take_new() is None  # the browser has not yet received the last address
    monkeypatch.setattr("components.map.url_state.is_history_step", lambda: True)
    assert url.take_new() == {"method": "umap", "focus": "queen"}


def test_an_address_without_the_maps_words_is_nothing_new(address):
    del address["method"]
    assert UrlState().take_new() is None


def test_writing_replaces_the_maps_words_and_keeps_the_others(address):
    UrlState().write({"focus": "king"})
    assert address == {"run": "r", "focus": "king"}


def test_a_word_that_is_too_long_is_left_out(address):
    UrlState().write({"method": "pca", "select": "x" * (MAX_WORD_LENGTH + 1)})
    assert "select" not in address
