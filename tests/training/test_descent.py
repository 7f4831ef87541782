import numpy as np
import pytest
import torch

from embedviz.core.errors import SettingsError
from embedviz.training.descent import Descent, Plan


class Line:
    """y = 2x + 1 with dropout-like noise from the generator."""

    n_examples = 32

    def __init__(self, rate=0.05):
        self.network = torch.nn.Linear(1, 1)
        with torch.no_grad():
            self.network.weight.zero_()
            self.network.bias.zero_()
        self.rate = rate
        self.x = torch.linspace(-1, 1, 32)[:, None]

    def optimizer(self):
        return torch.optim.Adam(self.network.parameters(), lr=self.rate)

    def batches(self, epoch):
        order = np.random.default_rng(epoch).permutation(32)
        return np.split(order, 4)

    def loss(self, batch, generator):
        x = self.x[torch.from_numpy(batch)]
        noise = 0.01 * torch.randn(len(x), 1, generator=generator)
        return ((self.network(x + noise) - 2 * x - 1) ** 2).mean()

    @torch.no_grad()
    def measure(self):
        return {"validation/rmse": float(((self.network(self.x) - 2 * self.x - 1) ** 2).mean().sqrt())}


PLAN = Plan(epochs=60, score="validation/rmse", greater_is_better=False)


def finished(descent):
    events = list(descent.run())
    return events


def test_it_finds_the_line_and_says_how_it_goes():
    task = Line()
    events = finished(Descent(task, PLAN))
    assert task.measure()["validation/rmse"] < 0.05
    assert events[-1].step == events[-1].total_steps == 240
    assert events[-1].loss < events[0].loss


def test_the_best_moment_is_kept():
    descent = Descent(Line(rate=3.0), PLAN)
    events = finished(descent)
    best = min(e.metrics["validation/rmse"] for e in events if e.metrics)
    assert events[-1].metrics["validation/rmse"] > best
    descent.task.network.load_state_dict(descent.best)
    assert descent.task.measure()["validation/rmse"] == pytest.approx(best)


def test_going_on_from_a_state_ends_where_never_stopping_does():
    whole = Descent(Line(), PLAN)
    finished(whole)
    first = Descent(Line(), PLAN)
    steps = first.run()
    for _ in range(7):
        next(steps)
    second = Descent(Line(), PLAN)
    second.restore(*first.state())
    finished(second)
    for name, value in whole.state()[0].items():
        assert np.array_equal(value, second.state()[0][name]), name


def test_patience_ends_it_early():
    descent = Descent(Line(rate=3.0), Plan(500, "validation/rmse", False, patience=5))
    assert len(finished(descent)) < 500
    assert descent.finished


def test_a_loss_without_bounds_is_said():
    with pytest.raises(SettingsError, match="lower learning rate"):
        finished(Descent(Line(rate=1e30), PLAN))
