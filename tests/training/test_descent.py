import numpy as np
import pytest
import torch

from embedviz.core.errors import SettingsError
from embedviz.training.descent import GradientDescent, Plan
from embedviz.training.learner import Criterion, IterativeLearner


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


PLAN = Plan(epochs=60)


def learner(rate=0.05, plan=PLAN, patience=0):
    """A learner whose result is its weights."""
    engine = GradientDescent(Line(rate), plan)
    return IterativeLearner(engine, lambda weights: weights, Criterion("validation/rmse", patience=patience))


def error_of(weights):
    task = Line()
    task.network.load_state_dict({name: torch.from_numpy(np.array(array)) for name, array in weights.items()})
    return task.measure()["validation/rmse"]


def test_it_finds_the_line_and_reports_how_it_goes():
    line = learner()
    events = list(line.run())
    assert error_of(line.best()) < 0.05
    assert events[-1].step == events[-1].total_steps == 240
    assert events[-1].loss < events[0].loss


def test_the_best_weights_are_kept():
    line = learner(rate=3.0)
    events = list(line.run())
    best = min(e.metrics["validation/rmse"] for e in events if e.metrics)
    assert events[-1].metrics["validation/rmse"] > best
    assert error_of(line.best()) == pytest.approx(best)
    assert error_of(line.current()) == pytest.approx(events[-1].metrics["validation/rmse"])


def test_what_was_given_out_as_best_does_not_change_when_training_goes_on():
    line = learner()
    events = line.run()
    next(events)
    early = line.best()
    kept = {name: array.copy() for name, array in early.items()}
    list(events)
    assert all(np.array_equal(early[name], kept[name]) for name in kept)
    assert error_of(line.best()) < error_of(early)


def test_going_on_from_a_state_ends_where_never_stopping_does():
    whole = learner()
    list(whole.run())
    first = learner()
    events = first.run()
    for _ in range(7):
        next(events)
    second = learner()
    second.restore(first.state())
    list(second.run())
    for name, array in whole.state().arrays.items():
        assert np.array_equal(array, second.state().arrays[name]), name
    assert whole.state().values == second.state().values


def test_patience_ends_it_early():
    line = learner(rate=3.0, plan=Plan(500), patience=5)
    assert len(list(line.run())) < 500
    assert line.is_finished


def test_a_training_that_diverges_is_ended_with_a_sentence():
    with pytest.raises(SettingsError, match="lower learning rate"):
        list(learner(rate=1e30).run())
