import numpy as np
import pandas as pd
import pytest

from tests.models.ratings.tastes import METHODS, WITHOUT_RATINGS, train


@pytest.fixture(scope="session")
def tastes() -> pd.DataFrame:
    """80 users in two groups rate 50 films in two kinds from 1 to 5, 25 each: a group likes its kind; with little noise."""
    rng = np.random.default_rng(0)
    rows = []
    for user in range(80):
        for film in rng.permutation(50)[:25]:
            stars = np.clip(
                round(3 + (1.2 if user % 2 == film % 2 else -1.2) + (film % 5 - 2) / 4 + rng.normal(0, 0.4)), 1, 5
            )
            rows.append((f"u{user}", int(film), float(stars), "ab"[user % 2], "xy"[film % 2]))
    return pd.DataFrame(rows, columns=["user", "film", "stars", "group", "kind"])


@pytest.fixture(scope="session")
def trainings(tastes):
    """method -> the training on the two tastes; of bpr, which ignores ratings, on what they like."""
    liked = tastes[tastes["stars"] >= 4]
    return {method: train(liked if method in WITHOUT_RATINGS else tastes, method=method) for method in METHODS}


@pytest.fixture
def saved(tmp_path):
    """A function that saves what was trained and loads it again."""

    def again(trained):
        trained.save(tmp_path / "model.safetensors")
        return type(trained).load(tmp_path / "model.safetensors")

    return again
