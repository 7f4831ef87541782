import numpy as np
import pandas as pd
import pytest

from embedviz.data.reading import read_table
from embedviz.models.ratings.model import Ratings, RatingsSettings


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
def prepared(tastes):
    """A function that makes the model, prepared on the two tastes; times: ratings are multiplied by it."""

    def make(times=1, frame=None, columns=None, fold=None, **settings):
        frame = tastes if frame is None else frame
        columns = {"user": "user", "item": "film", "rating": "stars"} if columns is None else columns
        if times != 1:
            frame = frame.assign(stars=frame["stars"] * times)
        table = read_table(frame.to_csv(index=False).encode(), name="tastes.csv")
        model = Ratings(RatingsSettings.of(**{"dim": 8, **settings}))
        for _ in model.prepare(table, columns, fold):
            pass
        return model

    return make
