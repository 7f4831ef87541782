"""UMAP's graph against a slow reference that follows the paper point by point."""

import math

import numpy as np
import pytest
import torch

from embedviz.core.generators import result_of
from embedviz.projection.fuzzy_graph import Graph, fuzzy_graph, memberships
from embedviz.space.search import Neighbors

N, K = 40, 8


def neighbors(seed=0, twins=False):
    points = np.random.default_rng(seed).normal(size=(N, 5)).astype(np.float32)
    if twins:
        points[1:4] = points[0]
    apart = np.linalg.norm(points[:, None] - points[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    order = apart.argsort(axis=1, kind="stable")[:, :K]
    return Neighbors(order, np.take_along_axis(apart, order, 1))


def reference(distances, local_connectivity):
    """(N, K): for each point the sigma that solves equation 3.2 by bisection, beyond its rho."""
    result = np.zeros(distances.shape)
    for i, row in enumerate(distances.astype(float)):
        real = row[row > 0]
        rho = real[local_connectivity - 1] if len(real) >= local_connectivity else real.max()
        low, high = 0.0, 1e6
        for _ in range(200):
            sigma = (low + high) / 2
            total = sum(1.0 if d <= rho else math.exp(-(d - rho) / sigma) for d in row)
            low, high = (low, sigma) if total > math.log2(K + 1) else (sigma, high)
        sigma = max(sigma, 1e-3 * row.mean())
        result[i] = [1.0 if d <= rho else math.exp(-(d - rho) / sigma) for d in row]
    return result


@pytest.mark.parametrize("local_connectivity", [1, 3])
@pytest.mark.parametrize("twins", [False, True])
def test_memberships_are_those_of_the_paper(local_connectivity, twins):
    near = neighbors(twins=twins)
    found = torch.cat(list(memberships(torch.from_numpy(near.distances), local_connectivity))).numpy()
    assert found == pytest.approx(reference(near.distances, local_connectivity), abs=2e-4)


@pytest.mark.parametrize("mix_ratio", [1.0, 0.5, 0.0])
def test_a_pair_is_in_the_union_or_the_intersection_or_between(mix_ratio):
    near = neighbors()
    graph = result_of(fuzzy_graph(near, mix_ratio=mix_ratio))
    assert isinstance(graph, Graph)
    a = np.zeros((N, N))
    np.put_along_axis(a, near.indices, reference(near.distances, 1), axis=1)
    wanted = mix_ratio * (a + a.T - a * a.T) + (1 - mix_ratio) * a * a.T
    found = np.zeros((N, N))
    found[graph.head, graph.tail] = graph.weight
    assert found == pytest.approx(np.triu(wanted), abs=5e-4)


def test_points_that_are_all_one_have_a_graph():
    near = Neighbors(np.array([[1, 2], [0, 2], [0, 1]]), np.zeros((3, 2), np.float32))
    graph = result_of(fuzzy_graph(near))
    assert graph.weight.tolist() == [1, 1, 1]
