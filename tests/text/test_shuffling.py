import itertools

import numpy as np
import pytest

from embedviz.text import id_array, shuffling
from embedviz.text.shuffling import shuffled_units


def units_of(tokens) -> list[str]:
    return [" ".join(map(str, unit)) for unit in np.split(tokens, np.flatnonzero(tokens < 0) + 1)[:-1]]


@pytest.fixture(params=["memory", "disk"])
def stored(request, tmp_path, monkeypatch):
    """A function that puts tokens where a small or a large text has them."""
    if request.param == "memory":
        return lambda tokens: np.array(tokens, np.int32)
    monkeypatch.setattr(id_array, "IN_MEMORY_BYTES", 0)
    monkeypatch.setattr(id_array, "BLOCK", 5)
    monkeypatch.setattr(shuffling, "BUCKET", 4)

    def mapped(tokens):
        np.save(tmp_path / "tokens.npy", np.array(tokens, np.int32))
        return np.load(tmp_path / "tokens.npy", mmap_mode="r")

    return mapped


def test_shuffling_keeps_units_whole(stored):
    tokens = stored([0, 1, -1, 2, -1, 3, 4, 5, 6, 7, 8, -1, -1, *[9, -1] * 20])
    shuffled = shuffled_units(tokens, seed=2)
    assert sorted(units_of(shuffled)) == sorted(units_of(tokens))
    assert not np.array_equal(shuffled, tokens)
    assert np.array_equal(shuffled, shuffled_units(tokens, seed=2))
    assert not np.array_equal(shuffled, shuffled_units(tokens, seed=3))


def test_the_beginning_of_a_shuffled_text_is_that_of_the_whole(stored):
    tokens = stored([token for i in range(40) for token in (*[i] * (i % 4), -1)])
    whole = shuffled_units(tokens, seed=1)
    for n in (0, 1, 17, len(tokens)):
        beginning = shuffled_units(tokens, seed=1, n_tokens=n)
        assert n <= len(beginning) <= n + 12
        assert np.array_equal(beginning, whole[: len(beginning)])


def test_every_order_is_as_likely(stored):
    tokens = stored([0, -1, 1, 1, -1, 2, -1, 3, -1])
    orders = [tuple(unit[0] for unit in units_of(shuffled_units(tokens, seed))) for seed in range(2400)]
    counts = [orders.count(order) for order in itertools.permutations("0123")]
    assert sum((count - 100) ** 2 / 100 for count in counts) < 49.7  # chi-square, 23 degrees of freedom, p = 0.001


def test_a_large_text_is_shuffled_from_disk_to_disk(tmp_path, monkeypatch):
    monkeypatch.setattr(id_array, "IN_MEMORY_BYTES", 1000)
    np.save(tmp_path / "tokens.npy", np.tile(np.array([1, 2, -1], np.int32), 1000))
    shuffled = shuffled_units(np.load(tmp_path / "tokens.npy", mmap_mode="r"), seed=0)
    assert isinstance(shuffled, np.memmap)
    assert [path.name for path in tmp_path.iterdir()] == ["tokens.npy"]
