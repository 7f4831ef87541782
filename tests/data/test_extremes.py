import numpy as np
import pytest

from embedviz.data.extremes import is_code, values_apart

RNG = np.random.default_rng(0)
STARS = RNG.integers(1, 6, 400).astype(float)
CODES = {
    "jester": (np.r_[RNG.uniform(-10, 10, 400), [99.0] * 90], [99]),
    "one to five": (np.r_[STARS, [99.0] * 3], [99]),
    "age": (np.r_[RNG.integers(17, 90, 300), [999] * 4].astype(float), [999]),
    "refused and unknown": (np.r_[STARS, [99.0] * 5, [98.0] * 5], [99, 98]),
    "below": (np.r_[RNG.uniform(0, 1, 300), [-99.0] * 12], [-99]),
    "not written as a code": (np.r_[STARS, [50.0] * 30], [50]),
}
PLAIN = {
    "stars": STARS,
    "percent": RNG.uniform(0, 100, 400),
    "ages up to 99": np.arange(100, dtype=float),
    "lognormal": np.exp(RNG.normal(0, 3, 5000)),
    "power law": (RNG.pareto(1.2, 5000) + 1).round(),
    "two values": np.r_[np.zeros(200), np.ones(3)],
    "few": np.array([1.0, 2, 99]),
    "missing": np.full(50, np.nan),
    "one": np.ones(100),
}


@pytest.mark.parametrize("name", CODES)
def test_a_code_far_from_the_rest_is_found(name):
    numbers, values = CODES[name]
    found = values_apart(RNG.permutation(numbers))
    assert (found.kind, found.values) == ("code", values)
    assert found.rows == np.isin(numbers, values).sum()
    assert max(abs(found.low), abs(found.high)) < min(map(abs, values))


@pytest.mark.parametrize("name", PLAIN)
def test_nothing_stands_apart_in_an_ordinary_column(name):
    assert values_apart(PLAIN[name], is_rating=True) is None


@pytest.mark.parametrize("value", [1e8, -1e9])
def test_one_absurd_value_among_hundreds_is_found(value):
    found = values_apart(np.r_[RNG.normal(50, 30, 399), value])
    assert (found.kind, found.values, found.rows) == ("absurd", [value], 1)


def test_a_negative_code_among_measurements_is_found_at_any_distance():
    distances = np.r_[RNG.integers(0, 100_000, 350), [-999] * 50].astype(float)
    assert values_apart(distances).values == [-999]
    days = np.r_[RNG.integers(0, 30, 350), [-1] * 50].astype(float)
    assert values_apart(days).kind == "code"
    assert values_apart(np.r_[days, -7]) is None  # negative numbers are nothing special there
    assert values_apart(np.r_[RNG.integers(0, 5, 350), [-1] * 50].astype(float)) is None  # a scale


def test_a_large_value_that_others_lead_up_to_is_not_absurd():
    assert values_apart(np.r_[RNG.normal(50, 30, 400), 300.0]) is None


def test_a_zero_or_a_negative_number_below_a_scale_means_not_rated():
    crossing = np.r_[RNG.integers(1, 11, 400), [0] * 600].astype(float)
    anime = np.r_[RNG.integers(1, 11, 400), [-1] * 60].astype(float)
    assert values_apart(crossing, is_rating=True).kind == "unrated"
    assert values_apart(anime, is_rating=True).values == [-1]
    assert values_apart(crossing) is None
    assert values_apart(RNG.integers(0, 11, 1000).astype(float), is_rating=True) is None  # a scale from 0
    assert values_apart(np.repeat([0.0, 1.0], 100), is_rating=True) is None  # no and yes


def test_codes_are_nines_and_minus_one():
    assert all(map(is_code, [9, 99, 999, 98, 9997, -1, -9, -99]))
    assert not any(map(is_code, [0, 1, 5, 10, 90, 109, 9.5, -2, -5]))
