import numpy as np
import pandas as pd
import pytest

from embedviz.space import EmbeddingSpace
from embedviz.space.snapshots import (
    FIRST_FOLDER,
    FOLDER,
    MAX_LABELS,
    MAX_SNAPSHOTS,
    SnapshotWriter,
    read_snapshots,
    snapshot_steps,
)


def space(n=5, value=1.0):
    columns = pd.DataFrame({"count": np.arange(n)})
    return EmbeddingSpace([str(i) for i in range(n)], np.full((n, 3), value, np.float32), columns)


def trained(folder, total, ends=None, begins=0, writer=None):
    writer = writer or SnapshotWriter(folder)
    for step in range(begins, ends or total, 7):
        if writer.is_due(step, total):
            writer.write(step, {"word": space(value=step)})
    return snapshot_steps(folder)


@pytest.mark.parametrize("ends", [100_000, 50_000, 20_000])
def test_some_twenty_snapshots_are_left_however_early_a_training_ends(tmp_path, ends):
    kept = trained(tmp_path, 100_000, ends)
    assert MAX_SNAPSHOTS / 2 <= len(kept) <= MAX_SNAPSHOTS
    gaps = np.diff(kept)
    assert gaps.max() < 2 * gaps.min()
    assert kept[0] == 0
    assert kept[-1] > 0.9 * ends


def test_a_training_of_few_steps_keeps_them_all(tmp_path):
    writer = SnapshotWriter(tmp_path)
    for step in (1, 2, 3):
        assert writer.is_due(step, 3)
        writer.write(step, {"word": space()})
        assert not writer.is_due(step, 3)
    assert snapshot_steps(tmp_path) == [1, 2, 3]


def test_a_resumed_training_goes_on_with_the_snapshots_there_are(tmp_path):
    before = trained(tmp_path, 100_000, 50_000)
    after = trained(tmp_path, 100_000, begins=50_000)
    assert len(after) <= MAX_SNAPSHOTS
    assert set(before[::2]) <= set(after)
    assert np.diff(after).max() < 2 * np.diff(after).min()


def test_the_most_frequent_labels_are_kept_with_their_rows(tmp_path):
    SnapshotWriter(tmp_path).write(3, {"word": space(MAX_LABELS + 10, 0.5), "a/b": space(2)})
    ((step, rows, vectors),) = read_snapshots(tmp_path, "word")
    assert step == 3
    assert rows.tolist() == list(range(MAX_LABELS + 9, 9, -1))
    assert vectors.shape == (MAX_LABELS, 3)
    assert read_snapshots(tmp_path, "a/b")[0][1].tolist() == [1, 0]
    assert read_snapshots(tmp_path, "other") == []


def test_vectors_take_half_the_bytes_unless_a_number_is_too_large_for_them(tmp_path):
    sizes = []
    for step, value in enumerate([0.1, 1e6]):
        SnapshotWriter(tmp_path).write(step, {"word": space(1_000, value)})
        sizes.append(max(path.stat().st_size for path in (tmp_path / FOLDER).iterdir()))
    (_, _, small), (_, _, large) = read_snapshots(tmp_path, "word")
    assert small.dtype == large.dtype == np.float32
    assert small == pytest.approx(0.1, rel=5e-4)
    assert (large == 1e6).all()
    assert sizes[1] - sizes[0] == pytest.approx(1_000 * 3 * 2, abs=64)


def test_a_model_without_spaces_keeps_nothing(tmp_path):
    SnapshotWriter(tmp_path).write(3, {})
    assert snapshot_steps(tmp_path) == []


def test_snapshots_of_the_first_version_are_read_where_they_are(tmp_path):
    SnapshotWriter(tmp_path).write(3, {"word": space()})
    (tmp_path / "snapshots").rename(tmp_path / FIRST_FOLDER)
    assert snapshot_steps(tmp_path) == [3]
    SnapshotWriter(tmp_path).write(5, {"word": space()})
    assert [snapshot.step for snapshot in read_snapshots(tmp_path, "word")] == [3, 5]
