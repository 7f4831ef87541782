import numpy as np
import pytest

from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.projection.alignment import align_steps, aligned
from embedviz.projection.initial_layout import fill_from_neighbors
from embedviz.projection.partial_layout import Pace, PartialLayout
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings

RNG = np.random.default_rng(0)
VECTORS = (RNG.normal(size=(6, 20)) * 4)[RNG.integers(0, 6, 400)] + RNG.normal(size=(400, 20))
VECTORS = VECTORS.astype(np.float32)


def drawn(vectors=VECTORS, last=None, on_step=None, **settings):
    chosen = ProjectionSettings(**{"epochs": 60, "n_neighbors": 10, **settings})
    return result_of(steps(vectors, chosen, init=last), on_step)


def test_a_rotated_and_mirrored_layout_is_aligned():
    onto = RNG.normal(size=(50, 2))
    turn = np.array([[0, 1], [1, 0]]) @ np.array([[np.cos(2), -np.sin(2)], [np.sin(2), np.cos(2)]])
    assert aligned(onto @ turn + [5, -3], onto) == pytest.approx(onto, abs=1e-5)


def test_only_known_points_are_compared_and_sizes_are_kept():
    onto = RNG.normal(size=(50, 2))
    gaps = onto.copy()
    gaps[10:] = np.nan
    moved = 3 * onto[:, ::-1]
    result = aligned(moved, gaps)
    assert result - result[:10].mean(axis=0) == pytest.approx(3 * (onto - onto[:10].mean(axis=0)), abs=1e-4)
    assert aligned(moved, np.full((50, 2), np.nan)) is moved


def test_partial_layouts_are_aligned_like_the_last():
    onto = np.array([[0.0, 0], [1, 0], [0, 2]])
    mirrored = (-onto).astype(np.float32)

    def engine():
        yield Progress(1, 2)
        yield PartialLayout(mirrored)
        return mirrored

    events = []
    result = result_of(align_steps(engine(), onto), events.append)
    assert events[0] == Progress(1, 2)
    assert events[1].coords == pytest.approx(onto, abs=1e-6)
    assert result == pytest.approx(onto, abs=1e-6)


def test_a_layout_is_shown_at_once_and_then_every_half_second(monkeypatch):
    now = iter([0.0, 0.2, 0.5, 0.9, 1.0])
    monkeypatch.setattr("embedviz.projection.partial_layout.time.monotonic", lambda: next(now))
    pace = Pace()
    assert [pace.is_due() for _ in range(5)] == [True, False, True, False, True]


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_the_points_are_handed_out_while_they_move(method):
    steps_taken = []
    drawn(method=method, on_step=steps_taken.append)
    found = [step for step in steps_taken if isinstance(step, PartialLayout)]
    assert found
    assert found[0].coords.shape == (400, 2)
    assert np.isfinite(found[0].coords).all()


@pytest.mark.parametrize("method", ["umap", "tsne"])
def test_a_map_that_continues_another_lies_like_it(method):
    """Two maps of the same vectors, the second with another number of neighbours: started at random, it lies elsewhere."""
    first = drawn(method=method)
    more = {"n_neighbors": 20} if method == "umap" else {"perplexity": 15.0}

    def agreement(second):
        return np.corrcoef(aligned(second, first).ravel(), first.ravel())[0, 1] if second is not None else 0

    following = drawn(method=method, last=first, **more)
    assert np.corrcoef((following - following.mean(0)).ravel(), (first - first.mean(0)).ravel())[0, 1] > 0.95
    elsewhere = drawn(method=method, init="random", last=first, **more)
    assert agreement(elsewhere) < agreement(following)


def test_new_points_go_onto_an_old_map_and_the_old_ones_stay():
    first = drawn(VECTORS[:300])
    last = np.full((400, 2), np.nan, np.float32)
    last[:300] = first
    held = drawn(last=last, hold=True)
    assert np.array_equal(held[:300], first)
    assert np.isfinite(held).all()
    apart = np.linalg.norm(VECTORS[300:, None] - VECTORS[None, :300], axis=2)
    nearest = first[apart.argsort(axis=1)[:, :5]].mean(axis=1)
    width = np.ptp(first, axis=0).max()
    assert np.median(np.linalg.norm(held[300:] - nearest, axis=1)) < 0.1 * width
    freed = drawn(last=last)
    assert not np.array_equal(freed[:300], first)


def test_new_points_start_amid_their_neighbors_also_when_those_are_new():
    last = np.array([[0, 0], [4, 0], [np.nan, np.nan], [np.nan, np.nan], [np.nan, np.nan]])
    near = np.array([[1, 2], [0, 2], [0, 1], [2, 4], [4, 4]])
    assert fill_from_neighbors(last, near).tolist() == [[0, 0], [4, 0], [2, 0], [2, 0], [2, 0]]


def test_an_earlier_map_without_places_is_none():
    plain = drawn()
    assert np.array_equal(drawn(last=np.full((400, 2), np.nan, np.float32)), plain)
    assert np.array_equal(drawn(last=RNG.normal(size=(400, 2)), init="pca"), plain)
