"""Gradient descent that can be watched, stopped and taken up again; it knows no model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch

from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress

EVENT_EVERY = 0.25  # seconds


class Task(Protocol):
    """What is trained: a network, its optimiser, and batches in an order that depends on the epoch alone."""

    network: torch.nn.Module
    n_examples: int  # in an epoch

    def optimizer(self) -> torch.optim.Optimizer:
        """A new optimiser over the network's parameters, with the learning rates of the schedule's height."""

    def batches(self, epoch: int) -> Sequence[Any]:
        """The epoch's batches; the same epoch gives the same ones."""

    def loss(self, batch: Any, generator: torch.Generator) -> torch.Tensor:
        """The batch's mean loss, a scalar that gradients flow from. Chance (dropout) comes from the generator."""

    def measure(self) -> dict[str, float]:
        """Scores of the network as it is on the validation part: "validation/accuracy" and so on."""


@dataclass(frozen=True)
class Plan:
    """epochs at most; score: which of Task.measure's decides the best moment; patience: epochs without a better one
    after which it ends, 0 for never; schedule: share of the way (0 to 1) to a factor of the learning rates."""

    epochs: int
    score: str
    greater_is_better: bool
    patience: int = 0
    schedule: Callable[[float], float] = lambda share: 1.0
    clip: float = 0.0  # gradients longer than this are shortened to it; 0 leaves them
    seed: int = 0


class Descent:
    """Runs a task by its plan. After each epoch the network is measured, and the best moment's weights are kept."""

    def __init__(self, task: Task, plan: Plan):
        self.task, self.plan = task, plan
        self._optimizer = task.optimizer()
        self._rates = [group["lr"] for group in self._optimizer.param_groups]
        self._parameters = [p for group in self._optimizer.param_groups for p in group["params"]]
        self._step = self._epoch = self._batch = self._waited = 0
        self._best_score: float | None = None
        self.best: dict[str, torch.Tensor] = self._copied()
        self.finished = False

    def run(self) -> Iterator[Progress]:
        """Goes on from where it is, an event about every quarter of a second and after each epoch. SettingsError when
        the loss is no number any more."""
        device = self._parameters[0].device
        generator = torch.Generator(device)
        begun, first_done = time.perf_counter(), None
        said, losses = begun, []
        while self._epoch < self.plan.epochs and not self.finished:
            batches = self.task.batches(self._epoch)
            total = self.plan.epochs * len(batches)
            if first_done is None:
                first_done = self._epoch * len(batches) + self._batch
            self.task.network.train()
            for batch in batches[self._batch :]:
                generator.manual_seed((self.plan.seed << 32) + self._step)  # no random state to keep in a checkpoint
                losses.append(self._advance(batch, generator, (self._epoch * len(batches) + self._batch) / total))
                self._batch += 1
                now = time.perf_counter()
                if now - said > EVENT_EVERY and self._batch < len(batches):
                    yield self._event(losses, begun, first_done, len(batches), total)
                    said, losses = now, []
            self._epoch, self._batch = self._epoch + 1, 0
            metrics = self._measured()
            best = self._keep_if_best(metrics[self.plan.score])
            if self.plan.patience and self._waited >= self.plan.patience:
                self.finished = True
            yield self._event(losses, begun, first_done, len(batches), total, metrics, best)
            said, losses = time.perf_counter(), []
        self.finished = True

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Weights, best weights and the optimiser's moments as arrays; the position as values that JSON holds."""
        arrays = {f"now.{name}": _array(value) for name, value in self.task.network.state_dict().items()}
        arrays |= {f"best.{name}": _array(value) for name, value in self.best.items()}
        for i, parameter in enumerate(self._parameters):
            for name, value in self._optimizer.state.get(parameter, {}).items():
                arrays[f"optimizer.{i}.{name}"] = _array(torch.as_tensor(value))
        names = ("_step", "_epoch", "_batch", "_waited", "_best_score", "finished")
        return arrays, {name.strip("_"): getattr(self, name) for name in names}

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        """Takes a state back; run goes on from it."""
        network = self.task.network
        network.load_state_dict({name: _tensor(arrays[f"now.{name}"]) for name in network.state_dict()})
        self.best = {name: _tensor(arrays[f"best.{name}"]).to(value.device) for name, value in self.best.items()}
        for i, parameter in enumerate(self._parameters):
            prefix = f"optimizer.{i}."
            moments = {name.removeprefix(prefix): _tensor(a) for name, a in arrays.items() if name.startswith(prefix)}
            if moments:
                self._optimizer.state[parameter] = {
                    name: value if name == "step" else value.to(parameter.device) for name, value in moments.items()
                }
        self._step, self._epoch, self._batch = values["step"], values["epoch"], values["batch"]
        self._waited, self._best_score, self.finished = values["waited"], values["best_score"], values["finished"]

    def _advance(self, batch: Any, generator: torch.Generator, share: float) -> float:
        factor = self.plan.schedule(share)
        for group, rate in zip(self._optimizer.param_groups, self._rates, strict=True):
            group["lr"] = rate * factor
        self._optimizer.zero_grad(set_to_none=True)
        loss = self.task.loss(batch, generator)
        loss.backward()
        if self.plan.clip:
            torch.nn.utils.clip_grad_norm_(self._parameters, self.plan.clip)
        self._optimizer.step()
        self._step += 1
        value = float(loss.detach())
        if not np.isfinite(value):
            raise SettingsError("The loss grew past all bounds. Take a lower learning rate.")
        return value

    def _measured(self) -> dict[str, float]:
        self.task.network.train(False)
        with torch.no_grad():
            return self.task.measure()

    def _keep_if_best(self, score: float) -> bool:
        known = self._best_score
        if known is not None and not (score > known if self.plan.greater_is_better else score < known):
            self._waited += 1
            return False
        self._best_score, self._waited, self.best = score, 0, self._copied()
        return True

    def _copied(self) -> dict[str, torch.Tensor]:
        return {name: value.detach().clone() for name, value in self.task.network.state_dict().items()}

    def _event(
        self, losses: list[float], begun: float, first_done: int, n_batches: int, total: int,
        metrics: dict[str, float] | None = None, best: bool = False,
    ) -> Progress:  # fmt: skip
        done = self._epoch * n_batches + self._batch
        speed = (done - first_done) / max(1e-9, time.perf_counter() - begun)
        return Progress(
            step=done,
            total_steps=total,
            epoch=done / n_batches,
            loss=float(np.mean(losses)) if losses else None,
            metrics=metrics or {},
            examples_per_second=speed * self.task.n_examples / n_batches,
            seconds_left=(total - done) / speed if speed else None,
            message="Training",
            best=best,
        )


def _array(value: torch.Tensor) -> np.ndarray:
    return value.detach().cpu().numpy()


def _tensor(array: np.ndarray) -> torch.Tensor:
    return torch.from_numpy(np.array(array))
