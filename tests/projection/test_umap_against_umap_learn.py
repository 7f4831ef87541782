"""Our UMAP beside the reference: on three data sets and over three seeds no less faithful than 0.005 below."""

import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.projection.fidelity import fidelity
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from tests.projection.test_projection import blobs, share_in_own_group, umap

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]  # the first of them waits for umap-learn to be compiled

N = 600
SEEDS = (0, 1, 2)


def words():
    return load_vectors(SAMPLES["glove"].path, limit=N).vectors, "cosine"


def digits():
    from sklearn.datasets import load_digits

    return load_digits().data[:N].astype(np.float32), "euclidean"


def rolled_sheet():
    """A sheet rolled up in three dimensions and turned into twenty, with a little noise."""
    from sklearn.datasets import make_swiss_roll

    rng = np.random.default_rng(0)
    rolled, _ = make_swiss_roll(N, noise=0.3, random_state=0)
    turn = np.linalg.qr(rng.normal(size=(20, 20)))[0][:3]
    return (rolled @ turn + rng.normal(0, 0.1, (N, 20))).astype(np.float32), "euclidean"


def scores(vectors, metric, **settings):
    """Means over the seeds."""
    found = []
    for seed in SEEDS:
        coords = result_of(steps(vectors, ProjectionSettings(metric=metric, seed=seed, **settings)))
        quality = fidelity(vectors, coords, metric=metric)
        found.append([quality["trustworthiness@15"], quality["neighbors_kept@15"]])
    return np.mean(found, axis=0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("data", [words, digits, rolled_sheet])
def test_ours_is_as_faithful_as_the_reference(data):
    vectors, metric = data()
    ours = scores(vectors, metric)
    theirs = scores(vectors, metric, engine="umap-learn", negative_samples=5)  # its own default
    assert (ours >= theirs - 0.005).all(), (ours, theirs)


@pytest.mark.filterwarnings("ignore")
def test_the_reference_keeps_groups_apart():
    assert share_in_own_group(engine="umap-learn") > 0.98


@pytest.mark.filterwarnings("ignore")
def test_left_to_itself_the_reference_moves_the_points_from_where_they_start():
    vectors, _ = blobs(600, 1)
    by_itself = fidelity(vectors, umap(vectors, engine="umap-learn"))["trustworthiness@15"]
    hardly = fidelity(vectors, umap(vectors, engine="umap-learn", epochs=1))["trustworthiness@15"]
    assert by_itself > hardly + 0.05
