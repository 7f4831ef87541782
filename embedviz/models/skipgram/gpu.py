"""Skip-gram's engine on a GPU: the same objective as cpu, a batch of centre words at a time, in PyTorch.

A batch's steps are added up before they are made, so a word that occurs often in one batch would leap; each row's
step is therefore held to MOST_STEPS times its mean. Letters: B centre words, P context places, K noise words, D dim.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import torch

BATCH = 4096  # centre words
MOST_STEPS = 16.0
ROUND_SECONDS = 0.2


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


class GpuEngine:
    """Runs batches over the model's corpus on the device; fetch() brings the vectors back to the model's arrays."""

    def __init__(self, model, device: str):
        self.model, self.device = model, torch.device(device)
        self.tokens = torch.from_numpy(model.tokens.astype(np.int64)).to(self.device)
        self.keep = torch.from_numpy(model.keep).to(self.device)
        self.noise = torch.from_numpy(model.noise).float().cumsum(0).to(self.device)
        self.W, self.C, self.squares_W, self.squares_C = (
            torch.from_numpy(array.copy()).to(self.device)
            for array in (model.W, model.C, model.squares_W, model.squares_C)
        )
        self.generator = torch.Generator(self.device)
        self._epoch, self._at = 0, 0

    @property
    def position(self) -> dict:
        return {"epoch": self._epoch, "at": self._at}

    @position.setter
    def position(self, value: dict) -> None:
        at = value["at"]  # a list where the CPU's engine wrote it: from the epoch's beginning then
        self._epoch, self._at = value["epoch"], at if isinstance(at, int) else 0

    @property
    def done(self) -> int:
        """Tokens seen, separators counted, over all epochs."""
        return self._epoch * len(self.tokens) + self._at

    def advance(self, until: int) -> float | None:
        """Batches until `until` tokens are done or ROUND_SECONDS have passed; the mean training loss a pair."""
        total = self.model.epochs * len(self.tokens)
        late = time.perf_counter() + ROUND_SECONDS
        loss, pairs = torch.zeros((), device=self.device), torch.zeros((), device=self.device)
        while self.done < min(until, total):
            end = min(self._at + BATCH, len(self.tokens))
            batch_loss, batch_pairs = self._batch(self._at, end, self._rate(self.done / total))
            loss, pairs = loss + batch_loss, pairs + batch_pairs
            self._at = end
            if end == len(self.tokens):
                self._epoch, self._at = self._epoch + 1, 0
            if time.perf_counter() > late:
                break
        return float(loss / pairs) if pairs else None

    def _rate(self, share_done: float) -> float:
        s = self.model.settings
        return s.learning_rate if s.optimizer == "adagrad" else s.learning_rate * max(1 - share_done, 0.004)

    def fetch(self) -> None:
        """Copies the vectors and Adagrad's sums back to the model's arrays."""
        for name in ("W", "C", "squares_W", "squares_C"):
            np.copyto(getattr(self.model, name), getattr(self, name).cpu().numpy())

    def _batch(self, begin: int, end: int, rate: float) -> tuple[torch.Tensor, torch.Tensor]:
        s, V = self.model.settings, len(self.W)
        # drawn anew from the seed and the place, so that a training taken up from a checkpoint draws the same
        self.generator.manual_seed(int(np.random.SeedSequence([s.seed, self._epoch, begin]).generate_state(1)[0]))
        text = self.tokens[begin:end]
        unit = torch.cumsum(text < 0, 0)
        drawn = torch.rand(len(text), generator=self.generator, device=self.device)
        kept = (text >= 0) & (drawn < self.keep[text.clamp_min(0)])
        word, unit = text[kept], unit[kept]
        n = len(word)
        if n < 2:
            return torch.zeros((), device=self.device), torch.zeros((), device=self.device)
        apart = torch.cat([torch.arange(-s.window, 0), torch.arange(1, s.window + 1)]).to(self.device)
        place = torch.arange(n, device=self.device)[:, None] + apart
        reach = torch.randint(1, s.window + 1, (n, 1), generator=self.generator, device=self.device)
        inside = place.clamp(0, n - 1)
        there = ((place == inside) & (apart.abs() <= reach) & (unit[inside] == unit[:, None])).float()
        context = word[inside]
        dice = torch.rand(n, s.negative_samples, generator=self.generator, device=self.device)
        noise = torch.searchsorted(self.noise, dice * self.noise[-1]).clamp_max(V - 1)
        g = gradients(self.W[word], self.C[context], self.C[noise], there)
        D = self.W.shape[1]
        self._step("W", word, g.centre, rate)
        rows = torch.cat([context.reshape(-1), noise.reshape(-1)])
        self._step("C", rows, torch.cat([g.context.reshape(-1, D), g.noise.reshape(-1, D)]), rate)
        return g.loss.sum(), there.sum()

    def _step(self, name: str, rows: torch.Tensor, step: torch.Tensor, rate: float) -> None:
        """Adds rate * step (R, D) to the rows (R,) of W or C, each row's sum held as the settings say."""
        weights, squares = getattr(self, name), getattr(self, f"squares_{name}")
        if self.model.settings.optimizer == "adagrad":
            squares.index_add_(0, rows, step.square().mean(1))
            size = rate / (squares[rows] + 1e-8).sqrt()
        else:
            count = torch.zeros_like(squares).index_add_(0, rows, torch.ones_like(rows, dtype=squares.dtype))
            size = rate * (MOST_STEPS / count[rows]).clamp_max(1)
        weights.index_add_(0, rows, step * size[:, None])
