"""Quantiles of Student's t without SciPy, which the process that shows a verdict does not load."""

from __future__ import annotations

import math

MAX_T = 1e9
STEPS = 200  # of the bisection


def central_probability(t: float, degrees: int) -> float:
    """Return the probability that |T| < t, by the finite sums for whole degrees of freedom.

    Abramowitz and Stegun 1964, "Handbook of mathematical functions", 26.7.3 and 26.7.4.
    """
    angle = math.atan(t / math.sqrt(degrees))
    cosine, sine = math.cos(angle), math.sin(angle)
    is_odd = degrees % 2
    term = cosine if is_odd else 1.0
    total = term if not is_odd or degrees > 1 else 0.0
    for k in range(3 if is_odd else 2, degrees - 1, 2):
        term *= cosine * cosine * (k - 1) / k
        total += term
    return 2 / math.pi * (angle + sine * total) if is_odd else sine * total


def quantile(level: float, degrees: int) -> float:
    """Return the t between whose negative and itself a share `level` of the distribution lies.

    Examples
    --------
    >>> round(quantile(0.95, 2), 3)
    4.303
    """
    low, high = 0.0, MAX_T
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if central_probability(middle, degrees) < level else (low, middle)
    return (low + high) / 2
