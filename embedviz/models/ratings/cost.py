"""Cost estimate of a ratings model, by speeds that were measured on two cores with 64 dimensions."""

from __future__ import annotations

from embedviz.core.cost import Cost, Machine
from embedviz.models.ratings.settings import (
    ESTIMATE_WEIGHTS,
    MAX_TEST_USERS,
    MAX_TUNING_USERS,
    Method,
    RatingsSettings,
)

LIBRARY_BYTES = 450e6  # a worker's memory before it has read anything
BYTES_PER_RATING = 200
COPIES = 8  # of the vectors, optimiser and best weights included
READ_SPEED = 250_000  # ratings read and prepared a second
SOLVE_SPEED = 12e6  # ratings a second and thread that als solves on one side at 64 dimensions
PRODUCT_SPEED = 8e9  # multiplications a second and thread of the ranking's matrices
PAIR_SPEED = 2.5e6  # pairs a second and thread of bpr at 64 dimensions
REFIT_SHARE = 0.2  # of the rounds, once more with the validation set
STEP_S, STEP_RATING_S, STEP_WEIGHT_S = (
    6e-4,
    4e-7,
    2.5e-9,
)  # a step of gradient descent; its rating; a weight of the network


def estimate_cost(
    settings: RatingsSettings,
    method: Method,
    n_ratings: int,
    n_train: int,
    n_users: int,
    n_items: int,
    machine: Machine,
) -> Cost:
    """Return what a training takes, n_train of the ratings being those of the training set. Runs without torch and numba."""
    s = settings.resolved(method, n_train)
    threads = 1 if s.deterministic else max(1, s.threads or machine.threads)
    width = (s.dim + 8) / 72  # of a rating's work, relative to 64 dimensions
    tuned_pairs, test_pairs = (min(n_users, most) * n_items for most in (MAX_TUNING_USERS, MAX_TEST_USERS))
    seconds = 1.5 + n_ratings / READ_SPEED + test_pairs * (1.5e-8 + 1e-10 * s.dim) * 2
    speed = threads**0.7
    if method in ("als", "ials"):
        dense = 6 * (n_users + n_items) * s.dim**2 / PRODUCT_SPEED
        ranking = s.ranking_rounds * ((dense + 2 * n_train * width / SOLVE_SPEED) / speed + tuned_pairs * 1.5e-8)
        seconds += ranking * (1 + REFIT_SHARE * s.refit)
    if method == "als":
        solve = 2 * n_train * width / (SOLVE_SPEED * speed)
        estimates = s.rounds * (solve + min(n_ratings, 20_000 + n_ratings * s.validation_share) * 3e-7)
        seconds += estimates * (1 + REFIT_SHARE * s.refit) + len(ESTIMATE_WEIGHTS) * tuned_pairs * 1.5e-8
    if method == "bpr":
        seconds += (s.epochs or 0) * n_train * width / (PAIR_SPEED * speed) + 40 * tuned_pairs * 1.5e-8
    if method in ("gradient", "dot"):
        epochs, batch_size = s.epochs or 0, s.batch_size or 1
        step = STEP_S + batch_size * width * STEP_RATING_S + (n_users + n_items) * s.dim * STEP_WEIGHT_S
        seconds += epochs * n_train / batch_size * step
    memory = LIBRARY_BYTES + n_ratings * BYTES_PER_RATING + (n_users + n_items) * s.dim * 4 * COPIES
    return Cost(seconds, memory, f"{n_users:,} users and {n_items:,} items get a vector")
