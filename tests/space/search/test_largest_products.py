import pytest
import torch

from embedviz.space.search import largest_products as module
from embedviz.space.search.largest_products import LargestProducts, in_blocks


def random_rows(n: int, dim: int = 5, seed: int = 0) -> torch.Tensor:
    return torch.randn(n, dim, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "k"), [(1, 1), (2, 1), (2, 2), (7, 3), (100, 14), (1_000, 1), (1_000, 14), (999, 600)])
@pytest.mark.parametrize("width", [64, 4_096])
def test_they_are_what_sorting_finds(monkeypatch, n, k, width):
    monkeypatch.setattr(module, "ON_CPU", (32, width))
    rows, columns = random_rows(20), random_rows(n, seed=1)
    values, found = LargestProducts(columns, k)(rows)
    expected = (rows @ columns.T).sort(dim=1, descending=True)
    torch.testing.assert_close(values, expected.values[:, :k])
    assert torch.equal(found, expected.indices[:, :k])


@pytest.mark.parametrize("width", [64, 4_096])
def test_the_column_to_leave_out_is_left_out_and_comes_back_for_others(monkeypatch, width):
    monkeypatch.setattr(module, "ON_CPU", (10, width))
    points = random_rows(300)
    largest = LargestProducts(points, 8)
    for own in torch.arange(300).split(10):
        products = points[own] @ points.T
        products[range(10), own] = -torch.inf
        assert torch.equal(largest(points[own], exclude=own)[1], products.topk(8).indices)


def test_all_alike_are_each_found_once():
    _, found = LargestProducts(torch.ones(50, 3), 20)(torch.ones(4, 3), exclude=torch.arange(4))
    for row, columns in enumerate(found.tolist()):
        assert len(set(columns) - {row}) == 20
        assert max(columns) < 50


def test_blocks_make_up_the_part():
    blocks = [block for block, _ in in_blocks(slice(5, 600), random_rows(20), 3)]
    assert [blocks[0].start, blocks[-1].stop] == [5, 600]
    assert all(before.stop == after.start for before, after in zip(blocks, blocks[1:], strict=False))


def test_the_more_columns_the_fewer_rows_at_a_time(monkeypatch):
    monkeypatch.setattr(module, "HELD_ON_CPU", 1_000)
    largest = LargestProducts(random_rows(300), 3)
    assert largest.height == 3
    assert largest.product.numel() < 1_500
