"""How far a map can be trusted: whether those who are near on it are near in the original space, and the reverse.

Venna and Kaski 2001, "Neighborhood preservation in nonlinear projection methods" (ICANN), for trustworthiness.
Letters: N points, S rows looked at, k neighbours.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

WHOLE = 3_000  # points up to which every row is looked at
SAMPLE = 2_500  # rows looked at beyond that, each against all points


def fidelity(
    vectors: np.ndarray,
    coords: np.ndarray,
    ks: Sequence[int] = (15, 50, 150),
    metric: str = "cosine",
    sample: int | None = None,
    seed: int = 0,
) -> dict[str, float]:
    """Scores by name: "neighbors_kept@k", the mean share of a point's k nearest that are among its k nearest on the
    map; "chance@k", what a random picture has; "trustworthiness@15", 1 when no stranger is among the map's nearest;
    "points" N and "rows" S. A k that the points do not allow (k >= N / 2) is left out.

    sample: rows to look at; None looks at all up to 3,000 points and at 2,500 rows beyond.
    """
    import torch

    from embedviz.projection.nearest import blocks, distances, prepared

    n = len(vectors)
    ks = [k for k in ks if k < n / 2]
    if not ks:
        return {"points": n, "rows": 0}
    size = sample or (n if n <= WHOLE else SAMPLE)
    rows = np.sort(np.random.default_rng(seed).permutation(n)[:size])
    x = prepared(torch.from_numpy(np.array(vectors, np.float32)), metric)
    y = torch.from_numpy(np.array(coords, np.float32))
    kept = dict.fromkeys(ks, 0.0)
    penalty, k_trust = 0.0, ks[0]
    for part in blocks(n):
        own = torch.from_numpy(rows[(rows >= part.start) & (rows < part.stop)])
        if not len(own):
            continue
        d, m = distances(x[own], x, metric), distances(y[own], y, "euclidean")
        line = torch.arange(len(own))
        d[line, own] = m[line, own] = torch.inf
        near, shown = d.topk(ks[-1], largest=False).indices, m.topk(ks[-1], largest=False).indices
        is_near = torch.zeros(d.shape, dtype=torch.bool)
        for before, k in zip([0, *ks], ks, strict=False):
            is_near.scatter_(1, near[:, before:k], True)
            kept[k] += float(is_near.gather(1, shown[:, :k]).sum()) / k
        d_shown = d.gather(1, shown[:, :k_trust])
        for j in range(k_trust):  # the rank of a shown neighbour is one more than how many are nearer
            rank = (d < d_shown[:, j : j + 1]).sum(1) + 1
            penalty += float((rank - k_trust).clamp_min(0).sum())
    s, k = len(rows), k_trust
    result = {f"neighbors_kept@{k}": kept[k] / s for k in ks} | {f"chance@{k}": k / (n - 1) for k in ks}
    result[f"trustworthiness@{k}"] = 1 - penalty * 2 / (s * k * (2 * n - 3 * k - 1))
    return result | {"points": n, "rows": s}


def fidelity_sentence(quality: dict[str, float]) -> str:
    """The scores in words, for under the map."""
    ks = [int(name.split("@")[1]) for name in quality if name.startswith("neighbors_kept@")]
    if not ks:
        return "There are too few points to say how faithful this map is."
    k = ks[0]
    kept = ", ".join(f"{quality[f'neighbors_kept@{k}']:.0%} of {k}" for k in ks)
    sampled = f" Measured on {quality['rows']:,.0f} points." if quality["rows"] < quality["points"] else ""
    return (
        f"Of a point's {k} nearest, {quality[f'neighbors_kept@{k}']:.0%} are among its {k} nearest here; "
        f"a random picture has {quality[f'chance@{k}']:.1%}. Neighbours kept: {kept}. "
        f"Trustworthiness {quality[f'trustworthiness@{k}']:.3f} (1 is perfect).{sampled}"
    )
