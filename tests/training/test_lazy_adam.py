import torch

from embedviz.training.lazy_adam import LazyAdam


def steps(optimizer_of, sparse, start, n=5):
    """The table after n steps towards zero, two rows of it touched in each, one of them twice."""
    table = torch.nn.Embedding.from_pretrained(start.clone(), freeze=False, sparse=sparse)
    optimizer = optimizer_of(table.weight)
    for step in range(n):
        optimizer.zero_grad()
        (table(torch.tensor([step % 3, step % 3, 4])) ** 2).sum().backward()
        optimizer.step()
    return table.weight.detach()


START = torch.arange(12, dtype=torch.float32).reshape(6, 2) / 10 - 0.5


def test_dense_gradients_move_as_in_adam():
    ours = steps(lambda w: LazyAdam([{"params": [w], "lr": 0.01}]), False, START)
    torch.testing.assert_close(ours, steps(lambda w: torch.optim.Adam([w], lr=0.01), False, START))


def test_sparse_gradients_move_as_in_sparse_adam():
    ours = steps(lambda w: LazyAdam([{"params": [w], "lr": 0.01}]), True, START)
    torch.testing.assert_close(ours, steps(lambda w: torch.optim.SparseAdam([w], lr=0.01), True, START))


def test_rows_that_no_batch_touches_stay():
    ours = steps(lambda w: LazyAdam([{"params": [w], "lr": 0.01}]), True, START)
    assert torch.equal(ours[[3, 5]], START[[3, 5]])
    assert not torch.equal(ours[4], START[4])


def test_each_group_has_its_own_rate():
    a, b = (torch.nn.Parameter(torch.ones(2)) for _ in range(2))
    optimizer = LazyAdam([{"params": [a], "lr": 0.1}, {"params": [b], "lr": 0.0}])
    (a.sum() + b.sum()).backward()
    optimizer.step()
    torch.testing.assert_close(a.detach(), torch.full((2,), 0.9))
    assert torch.equal(b.detach(), torch.ones(2))
