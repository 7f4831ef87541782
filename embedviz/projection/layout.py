"""UMAP's layout: edges pull, random points push, in stochastic gradient steps on any device.

McInnes, Healy and Melville 2018, section 3.2 and algorithm 5. Letters: N points, E edges, F edges that fire together,
M random points for each of them, c components.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch

from embedviz.projection.curve import curve
from embedviz.projection.fuzzy_graph import Graph
from embedviz.projection.one_thread import one_thread

MIN_PUSHES, MAX_PUSHES = 60_000, 250_000  # a step on the CPU: what stays in its cache, and hides what a call costs
PUSHES_PER_POINT = 4  # a step between the two: of few points, steps have to be small, or they pull past each other
MIN_STEPS_PER_EPOCH = (
    8  # an epoch: with 1 the map is 0.03 less trustworthy, and keeps 0.01 fewer neighbours of 600 points
)
MAX_MOVE = 4.0  # of one pull or push in one direction, as in umap-learn
YIELD_INTERVAL_S = 0.1
TABLE_SIZE = 1 << 20  # random points drawn beforehand: drawing them each time takes as long as everything else


def layout(
    graph: Graph,
    coords: torch.Tensor,
    *,
    epochs: int,
    negatives: int,
    min_dist: float,
    spread: float,
    seed: int,
    learning_rate: float = 1.0,
    repulsion: float = 1.0,
    free: torch.Tensor | None = None,
) -> Iterator[float]:
    """Optimise a layout in place, on its device.

    Each pair is an edge in both directions. An edge fires in its weight's share of the epochs, relative to the
    heaviest: it draws its ends together, and pushes its head away from random points.

    Parameters
    ----------
    graph : Graph
        Which points pull each other.
    coords : torch.Tensor
        (N, c) float32, changed.
    epochs : int
        How often the heaviest edge fires.
    negatives : int
        Random points that the head of a firing edge is pushed away from.
    min_dist, spread : float
        As in umap-learn.
    seed : int
        Of the order and the random points.
    learning_rate : float
        At first; it falls linearly to 0.
    repulsion : float
        Strength of a push, next to 1 for a pull.
    free : torch.Tensor, optional
        (N,) float32: 1 for points that may move, 0 for those that are held; all may move by default.

    Yields
    ------
    float
        Epochs done, about every tenth of a second.
    """
    if not len(graph.weight):
        return
    a, b = curve(min_dist, spread)
    device, n = coords.device, len(coords)
    generator = torch.Generator().manual_seed(seed)
    axes = [coords[:, j].contiguous() for j in range(coords.shape[1])]
    edges = _firing_edges(graph, epochs, generator, device)
    head, tail, share = edges.head, edges.tail, edges.share
    due = torch.rand(len(share), generator=generator).to(device)
    table = _random_points(n, generator).to(device)
    mean_share = float(share.mean())
    size = -(-len(share) // MIN_STEPS_PER_EPOCH)
    if device.type == "cpu":
        pushes = min(MAX_PUSHES, max(MIN_PUSHES, PUSHES_PER_POINT * n))
        size = min(size, max(1, int(pushes / negatives / mean_share)))
    parts = [slice(start, start + size) for start in range(0, len(share), size)]
    starts = torch.randint(len(table), (epochs, len(parts)), generator=generator).tolist()
    done, total = 0, epochs * len(parts)
    while done < total:
        until = time.monotonic() + YIELD_INTERVAL_S
        with one_thread():
            while done < total and time.monotonic() < until:
                epoch, number = divmod(done, len(parts))
                part, start = parts[number], starts[epoch][number]
                fires = _where(due[part].add_(share[part]) >= 1)
                due[part].frac_()
                from_, to = head[part].index_select(0, fires), tail[part].index_select(0, fires)
                others = _window(table, start, len(fires) + negatives - 1)
                rate = learning_rate * (1 - epoch / epochs)
                _step(axes, from_, to, others, negatives, a, b, repulsion, rate, free)
                done += 1
        coords.copy_(torch.stack(axes, dim=1))
        yield done / len(parts)


@dataclass(frozen=True)
class _Edges:
    """head, tail (E,) int64, and the share of the epochs in which they fire, (E,) float32."""

    head: torch.Tensor
    tail: torch.Tensor
    share: torch.Tensor


def _firing_edges(graph: Graph, epochs: int, generator: torch.Generator, device: torch.device) -> _Edges:
    """Return both directions of each pair that fires at least once, in random order."""
    share = graph.weight / graph.weight.max()
    often = share >= 1 / epochs
    head, tail, share = graph.head[often], graph.tail[often], share[often]
    order = torch.randperm(2 * len(share), generator=generator).to(share.device)
    both = torch.cat([head, tail]), torch.cat([tail, head]), torch.cat([share, share])
    return _Edges(*(part[order].to(device) for part in both))


def _random_points(n: int, generator: torch.Generator) -> torch.Tensor:
    """Return permutations of the points, one after the other, so that each is there equally often.

    (TABLE_SIZE or more,) int64.
    """
    return torch.cat([torch.randperm(n, generator=generator) for _ in range(-(-TABLE_SIZE // n))])


def _window(table: torch.Tensor, start: int, length: int) -> torch.Tensor:
    """Return `length` entries of the table from `start` on, wrapping around."""
    if start + length <= len(table):
        return table[start : start + length]
    rest = start + length - len(table)
    return torch.cat([table[start:], table.repeat(-(-rest // len(table)))[:rest]])


def _where(mask: torch.Tensor) -> torch.Tensor:
    """Return the indices where the mask is true, in a fifth of the time that torch takes on the CPU."""
    if mask.device.type == "cpu":
        return torch.from_numpy(np.flatnonzero(mask.numpy()))
    return mask.nonzero()[:, 0]


def _step(
    axes: list[torch.Tensor],
    head: torch.Tensor,
    tail: torch.Tensor,
    others: torch.Tensor,
    negatives: int,
    a: float,
    b: float,
    repulsion: float,
    rate: float,
    free: torch.Tensor | None,
) -> None:
    """Move head (F,) to tail (F,) and the reverse, and head f away from others f, f + 1, ..., M of them.

    others (F + M - 1,) are random, so neighbouring edges may share them. All forces are those of the points' places
    before the step.
    """
    here = [x.index_select(0, head) for x in axes]
    apart = [at - x.index_select(0, tail) for at, x in zip(here, axes, strict=True)]
    d2 = _squares(apart).clamp_min_(1e-12)
    power = _power(d2, b)
    factor = power.div(d2).mul_(-2 * a * b).div_(power.mul_(a).add_(1))
    pulls = [(d * factor).clamp_(-MAX_MOVE, MAX_MOVE) for d in apart]

    others_at = [x.index_select(0, others).unfold(0, len(head), 1) for x in axes]  # (M, F)
    apart = [torch.sub(at, other) for at, other in zip(here, others_at, strict=True)]
    d2 = _squares(apart)
    factor = _power(d2.clamp_min_(1e-12), b).mul_(a).add_(1).mul_(d2.add_(0.001)).reciprocal_().mul_(2 * b * repulsion)
    pushes = [d.mul_(factor).clamp_(-MAX_MOVE, MAX_MOVE).sum(0) for d in apart]
    for x, pull, push in zip(axes, pulls, pushes, strict=True):
        at_head, at_tail = push.add_(pull), pull
        if free is not None:
            at_head, at_tail = at_head * free.index_select(0, head), at_tail * free.index_select(0, tail)
        x.index_add_(0, head, at_head, alpha=rate)
        x.index_add_(0, tail, at_tail, alpha=-rate)


def _squares(apart: list[torch.Tensor]) -> torch.Tensor:
    """Return squared lengths from the differences along each axis."""
    total = apart[0] * apart[0]
    for d in apart[1:]:
        total.addcmul_(d, d)
    return total


def _power(positive: torch.Tensor, exponent: float) -> torch.Tensor:
    """Return positive ** exponent, in half the time that pow takes."""
    return positive.log().mul_(exponent).exp_()
