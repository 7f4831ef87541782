"""An inverted file (Sivic and Zisserman 2003, "Video Google"), its vectors kept whole: points in lists, one around each
of many centres, so that a point's neighbours are looked for in the few lists nearest to it.

Letters: N points, D dimensions, k neighbours, L lists, P of them that each point visits, T sampled points, V points
that visit one list, W members of it.
"""

from __future__ import annotations

from collections.abc import Iterator

import torch

from embedviz.projection.largest_products import in_blocks
from embedviz.projection.nearest import comparable
from embedviz.projection.side_by_side import side_by_side

FITTED_ON, ROUNDS = 16, 5  # of k-means: points for each centre, of which fewer make worse lists
VISITS = 1 << 22  # held at a time by a thread
ENTRIES, FEWEST_VISITORS = 1 << 18, 64  # of a product: 1 MB, which stays in a core's cache


class InvertedFile:
    """The lists of vectors (N, D), prepared. `for share in file.fill(generator)` fills it, before anything is asked."""

    def __init__(self, vectors: torch.Tensor, n_lists: int, metric: str):
        self.vectors, self.n_lists, self.metric = vectors, n_lists, metric
        self.rows, self.columns = comparable(vectors, metric)

    def fill(self, generator: torch.Generator) -> Iterator[float]:
        """k-means by Lloyd's rounds on points that the generator draws. Yields the share that is done."""
        n, device = len(self.vectors), self.vectors.device
        drawn = torch.randperm(n, generator=generator)[: self.n_lists * FITTED_ON].to(device)
        fitted, rows = self.vectors[drawn], self.rows[drawn]
        means, self.centres = fitted[: self.n_lists], self.columns[drawn[: self.n_lists]]  # (L, D), (L, D or D + 1)
        for done in range(ROUNDS):
            of = torch.empty(len(drawn), dtype=torch.int64, device=device)
            for share in self._nearest_list(rows, of):
                yield (done + share) / ROUNDS / 2
            sums = torch.zeros_like(means).index_add_(0, of, fitted)
            sizes = torch.bincount(of, minlength=self.n_lists)[:, None]
            means = torch.where(sizes > 0, sums / sizes.clamp_min(1), means)
            if self.metric == "cosine":
                means = torch.nn.functional.normalize(means)
            self.centres = comparable(means, self.metric)[1]
        self.of = torch.empty(n, dtype=torch.int64, device=device)  # each point's list
        for share in self._nearest_list(self.rows, self.of):
            yield (1 + share) / 2
        self.points = self.of.argsort(stable=True)  # list by list
        self.columns = self.columns[self.points]
        self.place = torch.empty_like(self.points)  # of each point among the points
        self.place[self.points] = torch.arange(n, device=device)
        self.sizes = torch.bincount(self.of, minlength=self.n_lists)

    def visits_needed(self, sample: torch.Tensor, true: torch.Tensor, wanted: float) -> tuple[int, float, float]:
        """P for the sampled points (T,) to meet the wanted share of their true neighbours (T, k); the share that they
        meet; and the mean share of all points that they meet. A neighbour is met when its list is among the P."""
        order = (self.rows[sample] @ self.centres.T).argsort(dim=1, descending=True)
        rank = torch.empty_like(order)
        rank.scatter_(1, order, torch.arange(self.n_lists, device=order.device).expand_as(order))
        ranks = rank.gather(1, self.of[true].view(true.shape)).flatten().sort().values
        p = int(ranks[int(wanted * (len(ranks) - 1))]) + 1
        met = self.sizes[order[:, :p]].sum(1).float().mean() / len(self.of)
        return p, float((ranks < p).float().mean()), float(met)

    def visit(self, p: int, k: int) -> Iterator[float | tuple[torch.Tensor, torch.Tensor]]:
        """Every point visits its p nearest lists. Yields the share that is done, and last the k nearest that each met:
        indices (N, k) int64 and their products (N, k), the nearest first; -inf where it met fewer."""
        n, device = len(self.rows), self.rows.device
        indices = torch.zeros((n, k), dtype=torch.int64, device=device)
        closeness = torch.full((n, k), -torch.inf, device=device)
        ends = self.sizes.cumsum(0).tolist()

        def rounds(part: slice) -> Iterator[float]:
            at_a_time = -(-VISITS // p)
            for start in range(part.start, part.stop, at_a_time):
                some = slice(start, min(part.stop, start + at_a_time))
                lists = torch.empty((some.stop - start, p), dtype=torch.int64, device=device)
                for block, largest in in_blocks(some, self.centres, p):
                    lists[block.start - start : block.stop - start] = largest(self.rows[block])[1]
                    yield (start - part.start) / (part.stop - part.start)
                visitors = lists.flatten().argsort(stable=True) // p + start  # list by list
                counts = torch.bincount(lists.flatten(), minlength=self.n_lists).tolist()
                first = 0
                for last, visiting in zip(ends, visitors.split(counts), strict=True):
                    for few in visiting.split(max(FEWEST_VISITORS, ENTRIES // max(1, last - first))):
                        if first < last:
                            self._meet(few, first, last, indices, closeness)
                        done = start - part.start + (some.stop - start) * last / n
                        yield done / (part.stop - part.start)
                    first = last
            order = closeness[part].sort(dim=1, descending=True)
            closeness[part], indices[part] = order.values, indices[part].gather(1, order.indices)

        yield from side_by_side(n, device, rounds)
        yield indices, closeness

    def _meet(
        self, visitors: torch.Tensor, first: int, last: int, indices: torch.Tensor, closeness: torch.Tensor
    ) -> None:
        """visitors (V,) keep the k nearest of those they know, (N, k), and of the points from first to last (W,)."""
        w, k = last - first, closeness.shape[1]
        both = torch.empty((len(visitors), w + k), device=closeness.device)
        torch.mm(self.rows[visitors], self.columns[first:last].T, out=both[:, :w])
        at = self.place[visitors] - first
        at_home = ((at >= 0) & (at < w)).nonzero()[:, 0]
        both[at_home, at[at_home]] = -torch.inf  # a point does not meet itself
        both[:, w:] = closeness[visitors]
        closeness[visitors], kept = both.topk(k, dim=1, sorted=False)
        known = indices[visitors].gather(1, (kept - w).clamp_min(0))
        indices[visitors] = torch.where(kept < w, self.points[first + kept.clamp_max(w - 1)], known)

    def _nearest_list(self, rows: torch.Tensor, of: torch.Tensor) -> Iterator[float]:
        """Yields the share that is done of filling `of`: each row's nearest list, (R, D or D + 1) -> (R,)."""

        def search(part: slice) -> Iterator[float]:
            for block, largest in in_blocks(part, self.centres, 1):
                of[block] = largest(rows[block])[1][:, 0]
                yield (block.stop - part.start) / (part.stop - part.start)

        yield from side_by_side(len(rows), rows.device, search)
