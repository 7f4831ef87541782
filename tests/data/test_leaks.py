import numpy as np

from embedviz.data.leaks import binned, class_leak, number_leak

RNG = np.random.default_rng(0)
N = 400


def test_a_value_that_tells_the_class_is_a_leak():
    species = RNG.integers(0, 20, N)
    leak = class_leak("species", species, species % 3, 3)
    assert leak.share == 1
    assert 0.2 < leak.baseline < 0.5
    assert "“species” alone predicts “size” correctly in 100% of held-out rows" in leak.sentence("size", True)


def test_chance_and_a_strong_hint_are_none():
    codes = RNG.integers(0, 3, N)
    assert class_leak("noise", RNG.integers(0, 20, N), codes, 3) is None
    hint = np.where(RNG.random(N) < 0.9, codes, RNG.integers(0, 3, N))
    assert class_leak("hint", hint, codes, 3) is None


def test_an_id_learned_by_heart_is_none():
    assert class_leak("id", np.arange(N), RNG.integers(0, 2, N), 2) is None


def test_a_rare_class_is_no_leak_where_the_largest_tells_as_much():
    codes = (RNG.random(N) < 0.01).astype(int)
    assert class_leak("noise", RNG.integers(0, 2, N), codes, 2) is None


def test_numbers_leak_by_their_values_and_by_a_line():
    target = RNG.normal(size=N)
    group = RNG.integers(0, 5, N)
    assert number_leak("group", group, group * 10.0 + RNG.normal(size=N) * 0.1).share > 0.99
    assert number_leak("other", group, target) is None
    assert number_leak("same in pounds", binned(2.2 * target), target, 2.2 * target).share > 0.99


def test_numbers_are_binned_with_missing_apart():
    bins = binned(np.array([1.0, np.nan, 2.0, 1.0]))
    assert bins[1] == 0
    assert bins[0] == bins[3] != bins[2]
    assert len(np.unique(binned(RNG.normal(size=5000)))) <= 66
