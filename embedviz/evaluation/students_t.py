"""Student's t distribution with whole degrees of freedom, for verdicts in processes that do not load scipy."""

from __future__ import annotations

import math


def t_cdf(t: float, degrees: int) -> float:
    """Return P(T <= t) (Abramowitz and Stegun 1964, 26.7.3 and 26.7.4)."""
    theta = math.atan(t / math.sqrt(degrees))
    cosine = math.cos(theta)
    is_odd = degrees % 2
    term = cosine if is_odd else 1.0
    total = term if degrees > 1 else 0.0
    for i in range(3 if is_odd else 2, degrees - 1, 2):
        term *= cosine**2 * (i - 1) / i
        total += term
    between = 2 / math.pi * (theta + math.sin(theta) * total) if is_odd else math.sin(theta) * total
    return (1 + between) / 2


def t_quantile(p: float, degrees: int) -> float:
    """Return the t with P(T <= t) = p, for 0.5 <= p < 1, by bisection."""
    low, high = 0.0, 1.0
    while t_cdf(high, degrees) < p:
        high *= 2
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if t_cdf(middle, degrees) < p else (low, middle)
    return high
