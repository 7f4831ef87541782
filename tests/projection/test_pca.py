import numpy as np
import pytest
from sklearn.decomposition import PCA

from embedviz.projection import pca as module
from embedviz.projection.pca import pca


def stretched(n: int = 200) -> np.ndarray:
    rng = np.random.default_rng(0)
    return (rng.normal(size=(n, 6)) * [9, 5, 3, 1, 1, 1]).astype(np.float32)


@pytest.mark.parametrize("n_components", [2, 3])
def test_components_are_scikit_learns_up_to_sign(n_components):
    expected = PCA(n_components).fit_transform(stretched().astype(float))
    assert np.abs(pca(stretched(), n_components, unit=False)) == pytest.approx(np.abs(expected), abs=1e-3)


def test_unit_is_pca_of_the_directions():
    directions = stretched() / np.linalg.norm(stretched(), axis=1, keepdims=True)
    assert pca(stretched()) == pytest.approx(pca(directions, unit=False), abs=1e-5)


def test_far_from_the_origin_the_picture_is_the_same():
    assert pca(stretched() + 10_000, unit=False) == pytest.approx(pca(stretched(), unit=False), abs=0.05)


def test_a_small_block_changes_nothing(monkeypatch):
    whole = pca(stretched())
    monkeypatch.setattr(module, "BLOCK", 7)
    assert pca(stretched()) == pytest.approx(whole, abs=1e-5)


def test_a_mapped_file_is_read_as_an_array_is(tmp_path):
    np.save(tmp_path / "v.npy", stretched())
    assert np.array_equal(pca(np.load(tmp_path / "v.npy", mmap_mode="r")), pca(stretched()))


def test_fewer_dimensions_than_components_leave_the_rest_zero():
    coords = pca(np.array([[1], [2], [6]], np.float32), 3, unit=False)
    assert coords == pytest.approx(np.array([[-2, 0, 0], [-1, 0, 0], [3, 0, 0]]))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10])
def test_few_points_twins_and_zeros_are_finite(n):
    vectors = np.zeros((n, 4), np.float32)
    vectors[: n // 2] = 1
    coords = pca(vectors, 3)
    assert coords.shape == (n, 3)
    assert np.isfinite(coords).all()
