"""Adam that updates only the rows that a batch touches.

Kingma and Ba 2015, "Adam: a method for stochastic optimization" (ICLR), algorithm 1; for sparse gradients, as those of
an embedding, the moments and values of the touched rows alone move, as in torch.optim.SparseAdam. One optimiser for
both kinds, so that a descent has one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch

BETAS = (0.9, 0.999)
EPSILON = 1e-8


class LazyAdam(torch.optim.Optimizer):
    """Parameter groups take "lr". The state of a parameter is "step", "mean" and "square", which a checkpoint keeps."""

    def __init__(self, groups: Iterable[dict[str, Any]]):
        super().__init__(groups, {"lr": 1e-3})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """Update all parameters that have a gradient."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._update(parameter, parameter.grad, group["lr"])

    def _update(self, parameter: torch.Tensor, grad: torch.Tensor, rate: float) -> None:
        state = self.state[parameter]
        if not state:
            state["step"] = torch.zeros((), dtype=torch.int64)
            state["mean"] = torch.zeros_like(parameter)
            state["square"] = torch.zeros_like(parameter)
        state["step"] += 1
        steps = int(state["step"])
        rate = rate * (1 - BETAS[1] ** steps) ** 0.5 / (1 - BETAS[0] ** steps)
        if not grad.is_sparse:
            state["mean"].lerp_(grad, 1 - BETAS[0])
            state["square"].mul_(BETAS[1]).addcmul_(grad, grad, value=1 - BETAS[1])
            parameter.addcdiv_(state["mean"], state["square"].sqrt().add_(EPSILON), value=-rate)
            return
        gradient = grad.coalesce()
        rows, values = gradient.indices()[0], gradient.values()  # (R,), (R, D)
        mean = state["mean"][rows].lerp_(values, 1 - BETAS[0])
        square = state["square"][rows].mul_(BETAS[1]).addcmul_(values, values, value=1 - BETAS[1])
        state["mean"][rows], state["square"][rows] = mean, square
        parameter[rows] = parameter[rows].addcdiv_(mean, square.sqrt().add_(EPSILON), value=-rate)
