"""Negative sampling on a GPU: the objective of the compiled kernel, a batch of centre words at a time, in PyTorch.

A batch's steps are added up before they are made, so a word that occurs often in one batch would leap; each row's sum of steps
is therefore held to MAX_STEPS times their mean. Letters: B inputs, N targets of each, D dimensions, P places of a window.
"""

from __future__ import annotations

import time
from typing import NamedTuple

import numpy as np
import torch
from typing_extensions import TypedDict

from embedviz.models.words.negative_sampling import Inputs, SamplingArrays
from embedviz.models.words.settings import SamplingSettings
from embedviz.models.words.start_vectors import StartVectors
from embedviz.text.corpus import Corpus
from embedviz.training.learner import ADVANCE_SECONDS, Advance
from embedviz.training.protocols import State, Weights

BATCH_TOKENS = 65_536  # at most, and at least MIN_BATCH; in between
MIN_BATCH = 1024
TOKENS_A_WORD = 8  # of the vocabulary, so that few words occur many times in a batch
MAX_STEPS = 16.0


class Gradients(NamedTuple):
    """Descent directions: h (B, D), target (B, N, D); loss (B,) summed over an input's targets."""

    h: torch.Tensor
    target: torch.Tensor
    loss: torch.Tensor


def gradients(
    h: torch.Tensor, c: torch.Tensor, labels: torch.Tensor, weights: torch.Tensor, rate: float = 0.0
) -> Gradients:
    """h (B, D) input and c (B, N, D) target vectors; labels (B, N) 1 for words that h should predict; weights (B, N).

    At a rate above 0 the steps are implicit, as those of the kernel.
    """
    x = torch.einsum("bd,bnd->bn", h, c).clamp(-6, 6)
    guess = torch.sigmoid(x)
    reach = rate * weights * h.square().sum(1, keepdim=True)
    error = (labels - guess) / (1 + reach * guess * (1 - guess))
    most = torch.where(error * x < 0, x.abs(), torch.zeros_like(x)) + 2
    step = weights * error * (most / (error.abs() * reach).clamp_min(1e-12)).clamp_max(1)
    softplus = torch.nn.functional.softplus
    loss = (weights * (softplus(x) - labels * x)).sum(1)
    return Gradients(torch.einsum("bn,bnd->bd", step, c), step[..., None] * h[:, None], loss)


class _Place(TypedDict):
    epoch: int
    at: int | list[int]  # one a thread from the engine of the CPU


class GpuSamplingEngine(SamplingArrays):
    """Trains batches of the text on a device; `weights` brings the vectors to the host."""

    def __init__(self, corpus: Corpus, settings: SamplingSettings, inputs: Inputs, device: str):
        super().__init__(corpus, settings, inputs)
        self.per_epoch = float(len(self.text.tokens))
        self.total = self.text.epochs * len(self.text.tokens)
        self.set_intervals()
        self._device = torch.device(device)
        self._tokens = torch.from_numpy(np.ascontiguousarray(self.text.tokens)).to(self._device)
        self._keep = torch.from_numpy(self.text.keep).to(self._device)
        self._noise = torch.from_numpy(self.text.noise).cumsum(0).float().to(self._device)
        self._parts = torch.from_numpy(inputs.rows.astype(np.int64)).to(self._device)
        self._part_starts = torch.from_numpy(inputs.starts).to(self._device)
        self._generator = torch.Generator(self._device)
        self._epoch = self._at = 0
        self._send()

    @property
    def done(self) -> int:
        """Tokens that were seen, ends of units counted, over all epochs."""
        return self._epoch * len(self._tokens) + self._at

    def advance(self) -> Advance:
        """Train batch by batch for a while."""
        due, late = self.next_measurement(self.done), time.perf_counter() + ADVANCE_SECONDS
        loss, pairs = torch.zeros((), device=self._device), torch.zeros((), device=self._device)
        batch = min(BATCH_TOKENS, max(MIN_BATCH, TOKENS_A_WORD * len(self.C)))
        while self.done < due:
            end = min(self._at + batch, len(self._tokens))
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
        return State(self.arrays(), {"epoch": self._epoch, "at": self._at})

    def restore(self, state: State) -> None:
        """Take a state back; one that the CPU's engine wrote begins the epoch again."""
        self.restore_arrays(state)
        self._send()
        place = state.values_as(_Place)
        at = place["at"]
        self._epoch, self._at = place["epoch"], at if isinstance(at, int) else 0

    def start_from(self, start: StartVectors) -> None:
        """Set the input vectors of known words, here and on the device."""
        super().start_from(start)
        self._send()

    def _send(self) -> None:
        self._on_device = {name: torch.tensor(array, device=self._device) for name, array in self.arrays().items()}

    def _fetch(self) -> None:
        for name, array in self.arrays().items():
            np.copyto(array, self._on_device[name].cpu().numpy())

    def _train_batch(self, begin: int, end: int, rate: float) -> tuple[torch.Tensor, torch.Tensor]:
        s, V = self.settings, len(self.C)
        # seeded by the place in the text, so that a training that goes on from a checkpoint draws the same
        self._generator.manual_seed(int(np.random.SeedSequence([s.seed, self._epoch, begin]).generate_state(1)[0]))
        text = self._tokens[begin:end].long()
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
        there = (place == inside) & (apart.abs() <= reach) & (unit[inside] == unit[:, None])  # (B, P)
        context = word[inside]
        dice = torch.rand(n, s.negative_samples, generator=self._generator, device=self._device)
        noise = torch.searchsorted(self._noise, dice * self._noise[-1]).clamp_max(V - 1)
        if self.inputs.from_contexts:
            words, is_input = context, there
            true, is_there = word[:, None], there.any(1, keepdim=True)
        else:
            words, is_input = word[:, None], there.any(1, keepdim=True)
            true, is_there = context, there
        rows, owners, shares = self._inputs_of(words, is_input)  # (M,) each
        pairs = is_there.sum(1, keepdim=True).float()
        is_true = ((noise[:, :, None] == true[:, None, :]) & is_there[:, None, :]).any(2)
        targets = torch.cat([true, noise], 1)
        labels = torch.cat([torch.ones_like(true), torch.zeros_like(noise)], 1).float()
        weights = torch.cat([is_there.float(), (~is_true).float() * pairs], 1)
        W, C = self._on_device["W"], self._on_device["C"]
        h = torch.zeros(n, W.shape[1], device=self._device).index_add_(0, owners, W[rows] * shares[:, None])
        g = gradients(h, C[targets], labels, weights, rate)
        used = (shares > 0).float()
        scale = shares if self.inputs.divides else used
        self._step("W", rows, g.h[owners] * scale[:, None], used, rate)
        self._step("C", targets.reshape(-1), g.target.reshape(-1, W.shape[1]), weights.reshape(-1), rate)
        return g.loss.sum(), pairs.sum()

    def _inputs_of(
        self, words: torch.Tensor, is_input: torch.Tensor
    ) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Return the rows of W that the inputs are made of, the input that each belongs to, and its share of the mean.

        words, is_input: (B, I). The share of a word that is none is 0: leaving it out would wait for the device.
        """
        owners = torch.arange(len(words), device=self._device)[:, None].expand(words.shape).reshape(-1)
        rows, used = words.reshape(-1), is_input.reshape(-1).float()
        if len(self._parts):
            lengths = self._part_starts[rows + 1] - self._part_starts[rows]
            member = torch.repeat_interleave(lengths)
            first = torch.cumsum(lengths, 0) - lengths
            at = self._part_starts[rows][member] + torch.arange(len(member), device=self._device) - first[member]
            rows, owners, used = self._parts[at], owners[member], used[member]
        members = torch.zeros(len(words), device=self._device).index_add_(0, owners, used)
        return rows, owners, used / members.clamp_min(1)[owners]

    def _step(self, name: str, rows: torch.Tensor, step: torch.Tensor, used: torch.Tensor, rate: float) -> None:
        """Add rate * step (M, D) to the rows (M,) of W or C, each row's sum held to MAX_STEPS means or scaled by Adagrad.

        used (M,): how many steps each stands for; 0 for those that are 0 anyway.
        """
        weights, squares = self._on_device[name], self._on_device[f"squares_{name}"]
        if self.settings.optimizer == "adagrad":
            squares.index_add_(0, rows, step.square().sum(1) / self.settings.dim)
            size = rate / (squares[rows] + 1e-8).sqrt()
        else:
            count = torch.zeros_like(squares).index_add_(0, rows, used)
            size = rate * (MAX_STEPS / count.clamp_min(1)[rows]).clamp_max(1)
        weights.index_add_(0, rows, step * size[:, None])
