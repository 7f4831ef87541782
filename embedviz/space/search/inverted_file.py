"""An inverted file (Sivic and Zisserman 2003, "Video Google") that keeps its vectors whole.

Points lie in lists, one around each of many centres, so that a point's neighbours are looked for in the few lists
nearest to it.

Letters: N points, D dimensions, k neighbours, L lists, P of them that each point visits, T sampled points, Q visiting
points, V of them that visit one list, W members of it.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass

import torch

from embedviz.space.search.largest_products import in_blocks
from embedviz.space.search.parallel_parts import run_parts
from embedviz.space.search.torch_metrics import TorchMetric, comparable

POINTS_PER_CENTRE, LLOYD_ROUNDS = 16, 5  # of k-means; fewer points make worse lists
MAX_VISITS = 1 << 22  # held at a time by a thread
MAX_ENTRIES, MIN_VISITORS = 1 << 18, 64  # of a product: 1 MB, which stays in a core's cache


@dataclass(frozen=True)
class VisitCost:
    """Cost of reaching the wanted share of the true neighbours.

    Attributes
    ----------
    visits : int
        P, the lists that each point visits.
    recall : float
        The share of their true neighbours that the sampled points then meet.
    compared_share : float
        The mean share of all points that they are compared with.
    """

    visits: int
    recall: float
    compared_share: float


@dataclass(frozen=True)
class Visited:
    """Result of visiting points.

    Attributes
    ----------
    indices : torch.Tensor
        (Q, k) int64, the nearest first.
    products : torch.Tensor
        (Q, k) float32, as `torch_metrics.comparable` has them; -inf where a point met fewer than k.
    """

    indices: torch.Tensor
    products: torch.Tensor

    def met_too_few(self) -> torch.Tensor:
        """Return the rows of points that met fewer than k others, int64."""
        return self.products[:, -1].isinf().nonzero()[:, 0]


class InvertedFile:
    """The lists of prepared vectors. Run `fill` before anything else.

    Parameters
    ----------
    vectors : torch.Tensor
        (N, D) float32, prepared (`torch_metrics.Preparation`).
    n_lists : int
        L.
    metric : {"cosine", "euclidean"}
        By which they are compared.
    """

    def __init__(self, vectors: torch.Tensor, n_lists: int, metric: TorchMetric):
        self.vectors, self.n_lists = vectors, n_lists
        self.metric: TorchMetric = metric
        self.rows, self.columns = comparable(vectors, metric)

    def fill(self, generator: torch.Generator) -> Generator[float, None, None]:
        """Fill the lists by k-means (Lloyd's rounds) on points that the generator draws; yield the share that is done."""
        n, device = len(self.vectors), self.vectors.device
        drawn = torch.randperm(n, generator=generator)[: self.n_lists * POINTS_PER_CENTRE].to(device)
        fitted, rows = self.vectors[drawn], self.rows[drawn]
        means, self.centres = fitted[: self.n_lists], self.columns[drawn[: self.n_lists]]  # (L, D), (L, D or D + 1)
        for done in range(LLOYD_ROUNDS):
            of = torch.empty(len(drawn), dtype=torch.int64, device=device)
            for share in self._assign(rows, of):
                yield (done + share) / LLOYD_ROUNDS / 2
            sums = torch.zeros_like(means).index_add_(0, of, fitted)
            sizes = torch.bincount(of, minlength=self.n_lists)[:, None]
            means = torch.where(sizes > 0, sums / sizes.clamp_min(1), means)
            if self.metric == "cosine":
                means = torch.nn.functional.normalize(means)
            self.centres = comparable(means, self.metric)[1]
        self.list_of = torch.empty(n, dtype=torch.int64, device=device)  # each point's list
        for share in self._assign(self.rows, self.list_of):
            yield (1 + share) / 2
        self.points = self.list_of.argsort(stable=True)  # list by list
        self.columns = self.columns[self.points]
        self.place = torch.empty_like(self.points)  # of each point among the points
        self.place[self.points] = torch.arange(n, device=device)
        self.sizes = torch.bincount(self.list_of, minlength=self.n_lists)

    def visits_needed(self, sample: torch.Tensor, true: torch.Tensor, recall: float) -> VisitCost:
        """Return how many lists the sampled points (T,) have to visit to meet a share of their neighbours (T, k).

        A neighbour is met when its list is among the P.
        """
        order = (self.rows[sample] @ self.centres.T).argsort(dim=1, descending=True)
        rank = torch.empty_like(order)
        rank.scatter_(1, order, torch.arange(self.n_lists, device=order.device).expand_as(order))
        ranks = rank.gather(1, self.list_of[true].view(true.shape)).flatten().sort().values
        p = int(ranks[int(recall * (len(ranks) - 1))]) + 1
        compared = self.sizes[order[:, :p]].sum(1).float().mean() / len(self.list_of)
        return VisitCost(p, float((ranks < p).float().mean()), float(compared))

    def visit(self, p: int, k: int, queries: torch.Tensor | None = None) -> Generator[float, None, Visited]:
        """Let every point visit its p nearest lists, and keep the k nearest that it met.

        Parameters
        ----------
        p : int
            Lists that each visits.
        k : int
            Neighbours of each.
        queries : torch.Tensor, optional
            (Q, D) prepared points that visit; None for the file's own, which do not meet themselves.

        Yields
        ------
        float
            Share of the work that is done.

        Returns
        -------
        Visited
            Arrays of shape (Q, k).
        """
        rows = self.rows if queries is None else comparable(queries, self.metric)[0]
        places = self.place if queries is None else None
        device = rows.device
        met = Visited(
            torch.zeros((len(rows), k), dtype=torch.int64, device=device),
            torch.full((len(rows), k), -torch.inf, device=device),
        )
        ends: list[int] = self.sizes.cumsum(0).tolist()

        def visit_part(part: slice) -> Iterator[float]:
            at_a_time = -(-MAX_VISITS // p)
            for start in range(part.start, part.stop, at_a_time):
                some = slice(start, min(part.stop, start + at_a_time))
                lists = torch.empty((some.stop - start, p), dtype=torch.int64, device=device)
                for block, largest in in_blocks(some, self.centres, p):
                    lists[block.start - start : block.stop - start] = largest(rows[block])[1]
                    yield (start - part.start) / (part.stop - part.start)
                visitors = lists.flatten().argsort(stable=True) // p + start  # list by list
                counts: list[int] = torch.bincount(lists.flatten(), minlength=self.n_lists).tolist()
                first = 0
                for last, visiting in zip(ends, visitors.split(counts), strict=True):
                    for few in visiting.split(max(MIN_VISITORS, MAX_ENTRIES // max(1, last - first))):
                        if first < last:
                            self._meet(rows, places, few, slice(first, last), met)
                        done = start - part.start + (some.stop - start) * last / len(self.points)
                        yield done / (part.stop - part.start)
                    first = last
            order = met.products[part].sort(dim=1, descending=True)
            met.products[part], met.indices[part] = order.values, met.indices[part].gather(1, order.indices)

        yield from run_parts(len(rows), device, visit_part)
        return met

    def _meet(
        self, rows: torch.Tensor, places: torch.Tensor | None, visitors: torch.Tensor, members: slice, met: Visited
    ) -> None:
        """Let visitors (V,) keep the k nearest of those they met before and of the list's members (W,)."""
        first, w, k = members.start, members.stop - members.start, met.products.shape[1]
        both = torch.empty((len(visitors), w + k), device=met.products.device)
        torch.mm(rows[visitors], self.columns[members].T, out=both[:, :w])
        if places is not None:
            at = places[visitors] - first
            at_home = ((at >= 0) & (at < w)).nonzero()[:, 0]
            both[at_home, at[at_home]] = -torch.inf  # a point does not meet itself
        both[:, w:] = met.products[visitors]
        met.products[visitors], kept = both.topk(k, dim=1, sorted=False)
        known = met.indices[visitors].gather(1, (kept - w).clamp_min(0))
        met.indices[visitors] = torch.where(kept < w, self.points[first + kept.clamp_max(w - 1)], known)

    def _assign(self, rows: torch.Tensor, of: torch.Tensor) -> Iterator[float]:
        """Fill `of` with each row's nearest list, (R, D or D + 1) -> (R,); yield the share that is done."""

        def search(part: slice) -> Iterator[float]:
            for block, largest in in_blocks(part, self.centres, 1):
                of[block] = largest(rows[block])[1][:, 0]
                yield (block.stop - part.start) / (part.stop - part.start)

        yield from run_parts(len(rows), rows.device, search)
