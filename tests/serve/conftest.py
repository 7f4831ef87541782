"""A space and trained runs to serve, made once."""

import asyncio
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

import embedviz
from embedviz.serve.app import create_app
from embedviz.serve.service import Service, open_service
from embedviz.space import EmbeddingSpace


@pytest.fixture(scope="session")
def space():
    """500 words in 8 dimensions; counts, and a column with a missing number."""
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(500, 8)).astype(np.float32)
    weights = rng.normal(size=500)
    weights[3] = np.nan
    columns = pd.DataFrame({"count": np.arange(500, 0, -1), "weight": weights})
    return EmbeddingSpace([f"word{i}" for i in range(500)], vectors, columns)


@pytest.fixture(scope="session")
def other():
    """Three values of another space."""
    vectors = np.array([[1, 0], [1, 1], [0, 1]], np.float32)
    return EmbeddingSpace(["red", "orange", "yellow"], vectors, name="colour", kind="value")


@pytest.fixture
def client(space, other):
    """A client of a server of both spaces."""
    service = Service("words", {"word": space, "colour": other}, about={"name": "words"})
    with TestClient(create_app(service)) as client:
        yield client


@pytest.fixture(scope="session")
def trained(tmp_path_factory, tweets, film_ratings, cars):
    """Model to a trained run's folder."""
    folder = tmp_path_factory.mktemp("trained")
    small = {"device": "cpu", "threads": 1, "seed": 0}
    texts = {"vectors": "none", "preset": "fast", "dim": 4, "epochs": 1, **small}
    data = {
        "sentiment": (tweets, {"text": "tweet", "label": "mood"}, texts),
        "ratings": (film_ratings, {"user": "user_id", "item": "film", "rating": "stars"}, {"dim": 4, **small}),
        "categories": (cars, {"target": "body"}, {"epochs": 5, **small}),
    }
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EMBEDVIZ_HOME", str(folder / "home"))
        for model, (frame, columns, settings) in data.items():
            file = folder / f"{model}.csv"
            frame.to_csv(file, index=False)
            embedviz.train(model, file, columns=columns, out=folder / model, **settings)
    return folder


@pytest.fixture(scope="session", params=["sentiment", "ratings", "categories"])
def served(request, trained):
    """A client of a server of each trained run."""
    with TestClient(create_app(open_service(trained / request.param))) as client:
        client.model = request.param
        yield client


@pytest.fixture(scope="session")
def run_async():
    """A function that runs a coroutine in a thread of its own: after tests of the browser the main one has a running loop."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda coroutine: thread.submit(asyncio.run, coroutine).result()
