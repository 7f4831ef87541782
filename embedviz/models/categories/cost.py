"""What training on a table costs."""

from __future__ import annotations

from typing import Any

from embedviz.core.cost import Cost
from embedviz.models.categories.encoding import FEWEST_BINS, MOST_STRETCHES
from embedviz.models.categories.settings import CategoriesSettings

WEIGHT_SECONDS = 6e-11  # a weight that a row meets, forwards and back, on one thread
UNIT_SECONDS = 1.2e-8  # a hidden unit of a member that a row meets
STEP_SECONDS = 3e-4
COLUMN_SECONDS = 2e-4  # a category column in a step
START_SECONDS = 0.5
CELL_SECONDS = 1.5e-6  # a cell read and encoded
LIBRARIES = 600e6  # bytes that a worker holds before it has read anything
ACCELERATOR = 10  # times as fast as a thread


def training_cost(
    s: CategoriesSettings, rows: int, sizes: list[int], n_numbers: int, n_outputs: int, machine: dict[str, Any]
) -> Cost:
    """Weights that every row meets over the machine's speed, and steps, which cost something each. sizes: how many values
    each category keeps; machine: "threads" and "device" where they are known."""
    training = rows * (1 - s.validation_share - s.test_share)
    bins = max(FEWEST_BINS, min(s.bins, MOST_STRETCHES // max(1, n_numbers)))
    width = sum(map(s.dim_for, sizes)) + n_numbers * (bins + 1 if s.numbers == "piecewise linear" else 1)
    weights = width * s.hidden_dim + (s.layers - 1) * s.hidden_dim**2 + s.hidden_dim * n_outputs
    units = width + s.hidden_dim * s.layers
    threads = 1 if s.deterministic else max(1, s.threads or machine.get("threads", 1))
    work = training * s.members * (weights * WEIGHT_SECONDS + units * UNIT_SECONDS) / threads**0.5
    if machine.get("device", "cpu") != "cpu":
        work /= ACCELERATOR
    batch_size = s.batch_for(round(training))
    steps = training / batch_size * (STEP_SECONDS + len(sizes) * COLUMN_SECONDS)
    cells = rows * (len(sizes) + n_numbers)
    seconds = s.epochs_for(round(training)) * (work + steps) + cells * CELL_SECONDS + START_SECONDS
    tables = sum(n * (s.dim_for(n) + n_outputs) for n in sizes)
    batch = 12 * batch_size * s.members * (width + s.hidden_dim * s.layers)
    return Cost(seconds, 20 * (weights + tables) + 12 * cells + batch + LIBRARIES)
