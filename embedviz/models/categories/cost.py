"""Cost of training on a table."""

from __future__ import annotations

from collections.abc import Sequence

from embedviz.core.cost import Cost, Machine
from embedviz.models.categories.encoding import bins_for
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.training.examples import FORWARD_SHARE, VECTOR_BYTES, example_share

WEIGHT_SECONDS = 6e-11  # for a weight and a row, forward and backward, on one thread
UNIT_SECONDS = 1.2e-8  # for a hidden unit of a member and a row
STEP_SECONDS = 3e-4
COLUMN_SECONDS = 2e-4  # for a category column in a step
START_SECONDS = 0.5
CELL_SECONDS = 1.5e-6  # for reading and encoding a cell
LIBRARY_BYTES = 600e6  # of a worker that has not read anything
ACCELERATOR_SPEEDUP = 10  # over a thread


def training_cost(
    s: CategoriesSettings,
    rows: int,
    training: int,
    sizes: Sequence[int],
    n_numbers: int,
    n_outputs: int,
    machine: Machine,
) -> Cost:
    """Return the cost from the weights that each row meets and the steps, which cost something each; rows are read once more
    for their space.

    Parameters
    ----------
    rows, training
        All rows, and those of the training set.
    sizes
        How many values each category keeps.
    """
    bins = bins_for(n_numbers, training, s) if s.numbers == "piecewise linear" else 0
    has_vectors = bins and training >= s.bin_vector_rows and s.network == "ensemble"
    tables = [*sizes, *([bins] * n_numbers if has_vectors else [])]
    looked_up, numbers = sum(map(s.dim_for, tables)), n_numbers * (bins + 1)
    width = looked_up + numbers
    first = (numbers if s.inputs == "one-hot" else width) * s.hidden_dim  # once for all members
    others = (s.layers - 1) * s.hidden_dim**2 + s.hidden_dim * n_outputs
    weights, units = first + others, s.hidden_dim * s.layers
    threads = 1 if s.deterministic else max(1, s.threads or machine.threads)
    work_a_row = (first + s.members * others) * WEIGHT_SECONDS + (width + s.members * units) * UNIT_SECONDS
    work_a_row /= threads**0.5
    work = training * work_a_row
    if machine.device != "cpu":
        work /= ACCELERATOR_SPEEDUP
    n_shown = rows * example_share(rows)
    batch_size = s.batch_size_for(training)
    steps = training / batch_size * (STEP_SECONDS + len(tables) * COLUMN_SECONDS)
    cells = rows * (len(sizes) + n_numbers)
    seconds = s.epochs_for(training) * (work + steps) + cells * CELL_SECONDS + START_SECONDS
    seconds += n_shown * work_a_row * FORWARD_SHARE
    values = sum(n * (s.dim_for(n) + n_outputs) for n in tables)
    batch = 12 * batch_size * (width + s.members * units)
    shown = VECTOR_BYTES * n_shown * s.hidden_dim
    return Cost(seconds, 20 * (weights + values) + 12 * cells + batch + shown + LIBRARY_BYTES)
