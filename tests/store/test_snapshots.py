import numpy as np
import pandas as pd
import pytest

from embedviz.space import EmbeddingSpace
from embedviz.store.snapshots import MOST, MOST_LABELS, MomentKeeper, moments, steps


def space(n=5, value=1.0):
    columns = pd.DataFrame({"count": np.arange(n)})
    return EmbeddingSpace([str(i) for i in range(n)], np.full((n, 3), value, np.float32), columns)


def trained(folder, total, ends=None, begins=0, keeper=None):
    keeper = keeper or MomentKeeper(folder)
    for step in range(begins, ends or total, 7):
        if keeper.is_due(step, total):
            keeper.keep(step, {"word": space(value=step)})
    return steps(folder)


@pytest.mark.parametrize("ends", [100_000, 50_000, 20_000])
def test_some_twenty_moments_are_left_however_early_a_training_ends(tmp_path, ends):
    kept = trained(tmp_path, 100_000, ends)
    assert MOST / 2 <= len(kept) <= MOST
    gaps = np.diff(kept)
    assert gaps.max() < 2 * gaps.min()
    assert kept[0] == 0
    assert kept[-1] > 0.9 * ends


def test_a_training_of_few_steps_keeps_them_all(tmp_path):
    keeper = MomentKeeper(tmp_path)
    for step in (1, 2, 3):
        assert keeper.is_due(step, 3)
        keeper.keep(step, {"word": space()})
        assert not keeper.is_due(step, 3)
    assert steps(tmp_path) == [1, 2, 3]


def test_a_resumed_training_goes_on_with_the_moments_there_are(tmp_path):
    before = trained(tmp_path, 100_000, 50_000)
    after = trained(tmp_path, 100_000, begins=50_000)
    assert len(after) <= MOST
    assert set(before[::2]) <= set(after)
    assert np.diff(after).max() < 2 * np.diff(after).min()


def test_the_most_frequent_labels_are_kept_with_their_rows(tmp_path):
    MomentKeeper(tmp_path).keep(3, {"word": space(MOST_LABELS + 10, 0.5), "a/b": space(2)})
    ((step, rows, vectors),) = moments(tmp_path, "word")
    assert step == 3
    assert rows.tolist() == list(range(MOST_LABELS + 9, 9, -1))
    assert vectors.shape == (MOST_LABELS, 3)
    assert moments(tmp_path, "a/b")[0][1].tolist() == [1, 0]
    assert moments(tmp_path, "other") == []


def test_a_model_without_spaces_keeps_nothing(tmp_path):
    MomentKeeper(tmp_path).keep(3, {})
    assert steps(tmp_path) == []
