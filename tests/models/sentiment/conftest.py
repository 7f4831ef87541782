import numpy as np
import pytest

from embedviz.space import EmbeddingSpace
from embedviz.training.devices import torch_threads
from tests.models.sentiment.reviews import BAD, GOOD, PLAIN, fitted, reviews


@pytest.fixture(autouse=True, scope="package")
def one_thread():
    """Batches this small are slow on several threads, most of all on a busy machine."""
    with torch_threads(1):
        yield


@pytest.fixture(scope="module")
def space():
    """Pretrained vectors of some of the reviews' words and of one that no review has."""
    rng = np.random.default_rng(0)
    labels = [*GOOD, *BAD[:3], *PLAIN[:5], "splendid", "Vienna"]
    vectors = rng.normal(0, 0.5, (len(labels), 12)).astype(np.float32)
    vectors[labels.index("splendid")] = vectors[: len(GOOD)].mean(0)
    return EmbeddingSpace(labels, vectors)


@pytest.fixture(scope="module")
def trained(space):
    return fitted(reviews(600), space, vectors="mine", epochs=6)
