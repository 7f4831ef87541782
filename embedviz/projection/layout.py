"""UMAP's layout: edges pull, random points push, in stochastic gradient steps on any device.

McInnes, Healy and Melville 2018, section 3.2 and algorithm 5. Letters: N points, E edges, F edges that fire together,
M random points for each of them, c components.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import numpy as np
import torch

from embedviz.projection.curve import curve
from embedviz.projection.fuzzy_graph import Graph
from embedviz.projection.one_thread import one_thread

FEWEST_PUSHES, MOST_PUSHES = 60_000, 250_000  # a step on the CPU: what stays in its cache, and hides what a call costs
PUSHES_A_POINT = 4  # a step between the two: of few points, steps have to be small, or they pull past each other
FEWEST_STEPS = 8  # an epoch: with 1 the map is 0.03 less trustworthy, and keeps 0.01 fewer neighbours of 600 points
LIMIT = 4.0  # of one pull or push in one direction, as in umap-learn
YIELD_SECONDS = 0.1
TABLE = 1 << 20  # random points drawn beforehand: drawing them anew takes as long as everything else


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
    """Moves coords (N, c) float32 in place, on their device; yields the epochs done, about every tenth of a second.
    repulsion: of a push, beside 1 for a pull. free (N,) float32: 1 for points that may move, 0 for those that are held;
    None: all may.

    Each pair is an edge in both directions. An edge fires in its weight's share of the epochs, relative to the
    heaviest: it draws its ends together, and pushes its head away from `negatives` random points.
    """
    if not len(graph.weight):
        return
    a, b = curve(min_dist, spread)
    device, n = coords.device, len(coords)
    generator = torch.Generator().manual_seed(seed)
    axes = [coords[:, j].contiguous() for j in range(coords.shape[1])]
    head, tail, share = _firing_edges(graph, epochs, generator, device)
    due = torch.rand(len(share), generator=generator).to(device)
    table = _random_points(n, generator).to(device)
    mean_share = float(share.mean())
    size = -(-len(share) // FEWEST_STEPS)
    if device.type == "cpu":
        pushes = min(MOST_PUSHES, max(FEWEST_PUSHES, PUSHES_A_POINT * n))
        size = min(size, max(1, int(pushes / negatives / mean_share)))
    parts = [slice(start, start + size) for start in range(0, len(share), size)]
    starts = torch.randint(len(table), (epochs, len(parts)), generator=generator).tolist()
    done, total = 0, epochs * len(parts)
    while done < total:
        until = time.monotonic() + YIELD_SECONDS
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


def _firing_edges(graph: Graph, epochs: int, generator: torch.Generator, device: torch.device):
    """head, tail, share (E,): both directions of each pair that fires at least once, in random order."""
    share = graph.weight / graph.weight.max()
    often = share >= 1 / epochs
    head, tail, share = graph.head[often], graph.tail[often], share[often]
    order = torch.randperm(2 * len(share), generator=generator).to(share.device)
    both = torch.cat([head, tail]), torch.cat([tail, head]), torch.cat([share, share])
    return [part[order].to(device) for part in both]


def _random_points(n: int, generator: torch.Generator) -> torch.Tensor:
    """(TABLE or more,) int64: permutations of the points, one after the other, so that each is there equally often."""
    return torch.cat([torch.randperm(n, generator=generator) for _ in range(-(-TABLE // n))])


def _window(table: torch.Tensor, start: int, length: int) -> torch.Tensor:
    """`length` entries of the table from `start` on, going round."""
    if start + length <= len(table):
        return table[start : start + length]
    rest = start + length - len(table)
    return torch.cat([table[start:], table.repeat(-(-rest // len(table)))[:rest]])


def _where(mask: torch.Tensor) -> torch.Tensor:
    """Places of the true ones, in a fifth of the time that torch takes on the CPU."""
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
    """Moves head (F,) to tail (F,) and the reverse, and head f away from others f, f + 1 and so on, M of them, of
    (F + M - 1,): they are random, and may be shared. All seen from where they are."""
    here = [x.index_select(0, head) for x in axes]
    apart = [at - x.index_select(0, tail) for at, x in zip(here, axes, strict=True)]
    d2 = _squares(apart).clamp_min_(1e-12)
    power = _power(d2, b)
    factor = power.div(d2).mul_(-2 * a * b).div_(power.mul_(a).add_(1))
    pulls = [(d * factor).clamp_(-LIMIT, LIMIT) for d in apart]

    others_at = [x.index_select(0, others).unfold(0, len(head), 1) for x in axes]  # (M, F)
    apart = [torch.sub(at, other) for at, other in zip(here, others_at, strict=True)]
    d2 = _squares(apart)
    factor = _power(d2.clamp_min_(1e-12), b).mul_(a).add_(1).mul_(d2.add_(0.001)).reciprocal_().mul_(2 * b * repulsion)
    pushes = [d.mul_(factor).clamp_(-LIMIT, LIMIT).sum(0) for d in apart]
    for x, pull, push in zip(axes, pulls, pushes, strict=True):
        at_head, at_tail = push.add_(pull), pull
        if free is not None:
            at_head, at_tail = at_head * free.index_select(0, head), at_tail * free.index_select(0, tail)
        x.index_add_(0, head, at_head, alpha=rate)
        x.index_add_(0, tail, at_tail, alpha=-rate)


def _squares(apart: list[torch.Tensor]) -> torch.Tensor:
    """Squared lengths from the differences along each axis."""
    total = apart[0] * apart[0]
    for d in apart[1:]:
        total.addcmul_(d, d)
    return total


def _power(positive: torch.Tensor, exponent: float) -> torch.Tensor:
    """positive ** exponent, in half the time that pow takes."""
    return positive.log().mul_(exponent).exp_()
