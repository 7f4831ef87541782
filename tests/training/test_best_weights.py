import numpy as np

from embedviz.training import learner
from embedviz.training.learner import BestWeights, Criterion


def test_large_weights_are_kept_on_the_disk_and_are_the_same(monkeypatch):
    monkeypatch.setattr(learner, "IN_MEMORY_BYTES", 100)
    monkeypatch.setattr(learner, "BLOCK_ROWS", 7)
    wide = np.arange(200, dtype=np.float32).reshape(20, 10)
    weights = {"centre": wide[:, :8], "counts": np.arange(5), "scale": np.arange(6.0).reshape(2, 3)}
    best = BestWeights(Criterion("loss"))
    assert best.offer(2.0, weights)
    wide += 1
    assert not best.offer(3.0, weights)
    assert isinstance(best.weights["centre"], np.memmap)
    assert np.array_equal(best.weights["centre"], wide[:, :8] - 1)
    assert np.array_equal(best.weights["scale"], weights["scale"])
    again = BestWeights(Criterion("loss"))
    again.restore(best.state())
    assert best.offer(1.0, weights)
    assert np.array_equal(again.weights["centre"], wide[:, :8] - 1)
    assert np.array_equal(best.weights["centre"], wide[:, :8])


def test_without_room_on_the_disk_they_are_kept_in_memory(monkeypatch):
    def full(*arguments, **named):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(learner, "IN_MEMORY_BYTES", 1)
    monkeypatch.setattr(learner.tempfile, "TemporaryFile", full)
    best = BestWeights(Criterion("loss"))
    best.offer(1.0, {"W": np.ones((3, 2))})
    assert np.array_equal(best.weights["W"], np.ones((3, 2)))
