"""Gradient descent as an engine: batches in an order that depends on the epoch alone, measured after each epoch."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from typing_extensions import TypedDict

from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State, Weights
from embedviz.training.schedules import Schedule, constant


class Task(Protocol):
    """A training task: a network, its optimiser, and its batches.

    Attributes
    ----------
    n_examples
        Examples in an epoch.
    """

    n_examples: int

    @property
    def network(self) -> torch.nn.Module:
        """The module; its state dict is the weights."""
        ...

    def optimizer(self) -> torch.optim.Optimizer:
        """Return a new optimiser over the network's parameters, with the learning rates of the schedule's height."""
        ...

    def batches(self, epoch: int) -> Sequence[Any]:
        """Return the epoch's batches; the same epoch gives the same ones, and every epoch equally many."""
        ...

    def loss(self, batch: Any, generator: torch.Generator) -> torch.Tensor:
        """Return the batch's mean loss, a scalar that gradients flow from. Chance (dropout) comes from the generator."""
        ...

    def measure(self) -> dict[str, float]:
        """Return scores of the network on the validation set: "validation/accuracy" and so on."""
        ...


@dataclass(frozen=True)
class Plan:
    """Length, seed and learning-rate schedule of a training.

    Attributes
    ----------
    epochs
        Passes over the data at most.
    seed
        Of whatever is drawn while training.
    schedule
        Share of the training that is done -> factor of the learning rates.
    max_norm
        Gradients longer than this are shortened to it; 0 leaves them.
    """

    epochs: int
    seed: int = 0
    schedule: Schedule = constant
    max_norm: float = 0.0


class _Place(TypedDict):
    epoch: int
    batch: int


class GradientDescent:
    """The engine (embedviz.training.learner.Engine) that descends a task's loss by a plan. Its units are batches."""

    steps = 1.0

    def __init__(self, task: Task, plan: Plan):
        self.task, self.plan = task, plan
        self._optimizer = task.optimizer()
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        self._device = self._parameters[0].device
        self._generator = torch.Generator(self._device)
        self._epoch = self._batch = 0
        self._batches: Sequence[Any] = task.batches(0)
        self._batches_of = 0  # the epoch that they are of
        self.per_epoch = float(len(self._batches))
        self.total = plan.epochs * len(self._batches)
        self.examples = task.n_examples / max(1, len(self._batches))

    @property
    def done(self) -> int:
        """Batches that are done, over all epochs."""
        return self._epoch * int(self.per_epoch) + self._batch

    def advance(self) -> Advance:
        """Descend for a while, at most to the end of the epoch."""
        if self._batches_of != self._epoch:
            self._batches, self._batches_of = self.task.batches(self._epoch), self._epoch
        self.task.network.train()
        late, losses = time.perf_counter() + ADVANCE_SECONDS, []
        for batch in self._batches[self._batch :]:
            losses.append(self._descend(batch))
            self._batch += 1
            if time.perf_counter() > late:
                break
        ended = self._batch >= len(self._batches)
        if ended:
            self._epoch, self._batch = self._epoch + 1, 0
        return Advance(float(np.mean(losses)) if losses else None, measure=ended)

    @torch.no_grad()
    def measure(self) -> dict[str, float]:
        """Return the task's scores, with dropout off."""
        self.task.network.train(False)
        return self.task.measure()

    def weights(self) -> Weights:
        """Return the network's state dict as arrays; on the CPU they share its memory."""
        return {name: _array(value) for name, value in self.task.network.state_dict().items()}

    def state(self) -> State:
        """Return the weights and the optimiser's moments as arrays, and the place in the schedule."""
        arrays = {f"network.{name}": array for name, array in self.weights().items()}
        for i, parameter in enumerate(self._parameters):
            for name, value in self._optimizer.state.get(parameter, {}).items():
                arrays[f"optimizer.{i}.{name}"] = _array(torch.as_tensor(value))
        return State(arrays, {"epoch": self._epoch, "batch": self._batch})

    def restore(self, state: State) -> None:
        """Take a state back."""
        network = self.task.network
        network.load_state_dict({name: _tensor(state.arrays[f"network.{name}"]) for name in network.state_dict()})
        for i, parameter in enumerate(self._parameters):
            prefix = f"optimizer.{i}."
            moments = {k.removeprefix(prefix): _tensor(a) for k, a in state.arrays.items() if k.startswith(prefix)}
            if moments:
                self._optimizer.state[parameter] = {
                    name: value if name == "step" else value.to(self._device) for name, value in moments.items()
                }
        place = state.values_as(_Place)
        self._epoch, self._batch = place["epoch"], place["batch"]

    def _descend(self, batch: Any) -> float:
        factor = self.plan.schedule(self.done / self.total)
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        self._generator.manual_seed((self.plan.seed << 32) + self.done)  # no random state to keep in a checkpoint
        self._optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(batch, self._generator)
        loss.backward()
        if self.plan.max_norm:
            torch.nn.utils.clip_grad_norm_(self._parameters, self.plan.max_norm)
        self._optimizer.step()
        return float(loss.detach())


def _array(value: torch.Tensor) -> np.ndarray:
    return value.detach().cpu().numpy()


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(array))
