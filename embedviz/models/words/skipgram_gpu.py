"""Skip-gram's engine on a GPU: the objective of the compiled kernel, a batch of centre words at a time, in PyTorch.

A batch's steps are added up before they are made, so a word that occurs often in one batch would leap; each row's
sum of steps is therefore held to MAX_STEPS times their mean. Letters: B centre words, P context places, K noise words, D dim.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import torch
from typing_extensions import TypedDict

from embedviz.models.words.negative_sampling import HeldOut, NegativeSamplingEngine, TrainingText
from embedviz.models.words.settings import WordSettings
from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State, Weights

BATCH_SIZE = 4096  # centre words
MAX_STEPS = 16.0


class Gradients(NamedTuple):
    """Descent directions: centre (B, D), context (B, P, D), noise (B, K, D); loss (B,) summed over a centre's pairs."""

    centre: torch.Tensor
    context: torch.Tensor
    noise: torch.Tensor
    loss: torch.Tensor


def gradients(w: torch.Tensor, c: torch.Tensor, n: torch.Tensor, there: torch.Tensor) -> Gradients:
    """w (B, D) centre, c (B, P, D) context and n (B, K, D) noise vectors; there (B, P) is 1 where a context word is.

    The noise words are shared by a centre's pairs and weigh as many times as it has pairs.
    """
    true, false = torch.einsum("bd,bpd->bp", w, c).clamp(-6, 6), torch.einsum("bd,bkd->bk", w, n).clamp(-6, 6)
    pull = (1 - torch.sigmoid(true)) * there  # (B, P)
    push = -torch.sigmoid(false) * there.sum(1, keepdim=True)  # (B, K)
    centre = torch.einsum("bp,bpd->bd", pull, c) + torch.einsum("bk,bkd->bd", push, n)
    softplus = torch.nn.functional.softplus
    loss = (softplus(-true) * there).sum(1) + softplus(false).sum(1) * there.sum(1)
    return Gradients(centre, pull[..., None] * w[:, None], push[..., None] * w[:, None], loss)


class _Place(TypedDict):
    epoch: int
    at: int | list[int]  # one a thread from the engine of the CPU


class GpuEngine(NegativeSamplingEngine):
    """Trains batches of the text on a device; `weights` brings the vectors to the host."""

    def __init__(self, text: TrainingText, held_out: HeldOut, settings: WordSettings, device: str):
        super().__init__(text, held_out, settings)
        self._device = torch.device(device)
        self._tokens = torch.from_numpy(text.tokens.astype(np.int64)).to(self._device)
        self._keep = torch.from_numpy(text.keep).to(self._device)
        self._noise = torch.from_numpy(text.noise).float().cumsum(0).to(self._device)
        self._on_device = {name: torch.tensor(array, device=self._device) for name, array in self._arrays().items()}
        self._generator = torch.Generator(self._device)
        self._epoch = self._at = 0

    @property
    def done(self) -> int:
        """Tokens that were seen, ends of units counted, over all epochs."""
        return self._epoch * len(self._tokens) + self._at

    def advance(self) -> Advance:
        """Train batch by batch for a while."""
        due, late = self._next_measurement(self.done), time.perf_counter() + ADVANCE_SECONDS
        loss, pairs = torch.zeros((), device=self._device), torch.zeros((), device=self._device)
        while self.done < due:
            end = min(self._at + BATCH_SIZE, len(self._tokens))
            batch_loss, batch_pairs = self._train_batch(self._at, end, self.rate(self.done / self.total))
            loss, pairs = loss + batch_loss, pairs + batch_pairs
            self._at = end
            if end == len(self._tokens):
                self._epoch, self._at = self._epoch + 1, 0
            if time.perf_counter() > late:
                break
        return Advance(float(loss / pairs) if pairs else None, measure=self.done >= due)

    def weights(self) -> Weights:
        """Copy the vectors to the host and return them."""
        self._fetch()
        return super().weights()

    def state(self) -> State:
        """Return the vectors and the place in the text."""
        self._fetch()
        return State(self._arrays(), {"epoch": self._epoch, "at": self._at})

    def restore(self, state: State) -> None:
        """Take a state back; one that the CPU's engine wrote begins the epoch again."""
        self._restore_arrays(state)
        self._on_device = {name: torch.tensor(array, device=self._device) for name, array in self._arrays().items()}
        place = state.values_as(_Place)
        at = place["at"]
        self._epoch, self._at = place["epoch"], at if isinstance(at, int) else 0

    def _fetch(self) -> None:
        for name, array in self._arrays().items():
            np.copyto(array, self._on_device[name].cpu().numpy())

    def _train_batch(self, begin: int, end: int, rate: float) -> tuple[torch.Tensor, torch.Tensor]:
        s, V = self.settings, len(self.W)
        # seeded by the place in the text, so that a training that goes on from a checkpoint draws the same
        self._generator.manual_seed(int(np.random.SeedSequence([s.seed, self._epoch, begin]).generate_state(1)[0]))
        text = self._tokens[begin:end]
        unit = torch.cumsum(text < 0, 0)
        drawn = torch.rand(len(text), generator=self._generator, device=self._device)
        kept = (text >= 0) & (drawn < self._keep[text.clamp_min(0)])
        word, unit = text[kept], unit[kept]
        n = len(word)
        if n < 2:
            return torch.zeros((), device=self._device), torch.zeros((), device=self._device)
        apart = torch.cat([torch.arange(-s.window, 0), torch.arange(1, s.window + 1)]).to(self._device)
        place = torch.arange(n, device=self._device)[:, None] + apart
        reach = torch.randint(1, s.window + 1, (n, 1), generator=self._generator, device=self._device)
        inside = place.clamp(0, n - 1)
        there = ((place == inside) & (apart.abs() <= reach) & (unit[inside] == unit[:, None])).float()
        context = word[inside]
        dice = torch.rand(n, s.negative_samples, generator=self._generator, device=self._device)
        noise = torch.searchsorted(self._noise, dice * self._noise[-1]).clamp_max(V - 1)
        W, C = self._on_device["W"], self._on_device["C"]
        g = gradients(W[word], C[context], C[noise], there)
        D = W.shape[1]
        self._step("W", word, g.centre, rate)
        rows = torch.cat([context.reshape(-1), noise.reshape(-1)])
        self._step("C", rows, torch.cat([g.context.reshape(-1, D), g.noise.reshape(-1, D)]), rate)
        return g.loss.sum(), there.sum()

    def _step(self, name: str, rows: torch.Tensor, step: torch.Tensor, rate: float) -> None:
        """Add rate * step (R, D) to the rows (R,) of W or C, each row's sum held to MAX_STEPS means or scaled by Adagrad."""
        weights, squares = self._on_device[name], self._on_device[f"squares_{name}"]
        if self.settings.optimizer == "adagrad":
            squares.index_add_(0, rows, step.square().mean(1))
            size = rate / (squares[rows] + 1e-8).sqrt()
        else:
            count = torch.zeros_like(squares).index_add_(0, rows, torch.ones_like(rows, dtype=squares.dtype))
            size = rate * (MAX_STEPS / count[rows]).clamp_max(1)
        weights.index_add_(0, rows, step * size[:, None])
