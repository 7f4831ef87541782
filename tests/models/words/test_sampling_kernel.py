"""The kernel of skip-gram, CBOW and fastText: its steps against autograd, what it draws and what it counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from embedviz.core.compiled import aligned_rows
from embedviz.models.words.huffman import HuffmanTree
from embedviz.models.words.noise import noise_table
from embedviz.models.words.private_rows import LEVELS
from embedviz.models.words.sampling_kernel import kernel_speed, sigmoid_table, train_span

V, DIM, RATE = 5, 7, 1e-3
NOISE = 4  # the only word that is drawn as noise, and no word of the text
TOKENS = np.array([0, 1, 2, -1, 3, 0, -1], np.int32)
COUNTS = np.array([9, 7, 4, 2, 1])
# rows of W that each word is the mean of, where words have parts: rows 5 to 8 are n-grams, two of them shared
PARTS = [[0, 5, 6], [1, 6, 7], [2, 5], [3, 8, 7], [4]]
softplus = torch.nn.functional.softplus


@dataclass(frozen=True)
class Case:
    """One of the ways to train: algorithm, loss and optimizer."""

    from_contexts: bool = False
    parts: bool = False
    divides: bool = False
    tree: bool = False
    adagrad: bool = False
    negatives: int = 2
    window: int = 1

    def __str__(self) -> str:
        name = "fasttext" if self.parts else "cbow" if self.from_contexts else "skipgram"
        words = [name, "divided" if self.divides else "whole", "tree" if self.tree else "noise"]
        return "-".join([*words, "adagrad" if self.adagrad else "sgd"])

    def rows(self, words):
        return [row for word in words for row in (PARTS[word] if self.parts else [word])]


CASES = [
    Case(*algorithm, tree=tree, adagrad=adagrad)
    for algorithm in [(False, False), (True, False), (True, False, True), (False, True), (False, True, True)]
    for tree in (False, True)
    for adagrad in (False, True)
]


@dataclass
class Arrays:
    """What a training changes."""

    W: np.ndarray
    C: np.ndarray
    squares_W: np.ndarray
    squares_C: np.ndarray

    def with_copies(self, n: int) -> Arrays:
        """The same with room for n copies, and their rows at the last exchange, beyond the rows."""
        tables = [np.concatenate([x, np.zeros((2 * n, *x.shape[1:]), np.float32)]) for x in vars(self).values()]
        return Arrays(*tables)


def arrays_at_random(case: Case) -> Arrays:
    rng = np.random.default_rng(3)
    R = V + 4 * case.parts
    W, C = aligned_rows(R, DIM), aligned_rows(V, DIM)
    W[:, :DIM], C[:, :DIM] = rng.normal(0, 0.7, (R, DIM)), rng.normal(0, 0.7, (V, DIM))
    return Arrays(W, C, *(rng.uniform(0.1, 1, n).astype(np.float32) for n in (R, V)))


def run(case: Case, a: Arrays, tokens=TOKENS, noise=None, keep=None, rates=(RATE, RATE), span=None, seed=1, copies=0):
    """Run the kernel in place, with copies of the first rows or without; the end it reports, and its tally."""
    tree = HuffmanTree.of(COUNTS)
    paths = (tree.starts, tree.nodes, tree.turns)
    none = (np.zeros(1, np.int64), np.zeros(0, np.int32))
    parts = np.cumsum([0, *map(len, PARTS)]), np.concatenate(PARTS).astype(np.int32)
    tally = np.zeros(2)
    whole = np.array([0, len(tokens)])
    weights, due = np.ones(copies, np.float32), np.full(LEVELS, copies)
    end = train_span(
        tokens, whole if span is None else np.array(span), whole, a.W, a.C, a.squares_W, a.squares_C,
        np.ones(V, np.float32) if keep is None else keep,
        always(NOISE) if noise is None else noise, sigmoid_table(),
        *(paths if case.tree else (*none, np.zeros(0, np.float32))), *(parts if case.parts else none),
        case.from_contexts, case.divides, case.window, case.negatives, np.array(rates), case.adagrad, DIM,
        len(a.W) - 2 * copies, weights[: 0 if case.parts else copies], due, len(a.C) - 2 * copies, weights, due, np.array([seed], np.uint64), tally,
    )  # fmt: skip
    return end, tally


def always(word: int) -> np.ndarray:
    """A noise table that always gives one word."""
    return noise_table(np.eye(V)[word])


def losses_of(case: Case, h: torch.Tensor, C: torch.Tensor, targets: list[int]) -> list[torch.Tensor]:
    """What an input vector is to descend, as the papers have it, a term each row of C; a window's targets share the noise."""
    if case.tree:
        tree = HuffmanTree.of(COUNTS)
        path = [at for target in targets for at in range(tree.starts[target], tree.starts[target + 1])]
        turned = [h @ C[int(tree.nodes[at])] for at in path]
        return [softplus(x if tree.turns[at] else -x) for at, x in zip(path, turned, strict=True)]
    noise = [len(targets) * softplus(h @ C[NOISE])] * case.negatives
    return [softplus(-(h @ C[target])) for target in targets] + noise


def step_by_autograd(case: Case, a: Arrays) -> tuple[float, int]:
    """Take the same steps in place, one centre word after the other; the loss and the number of pairs."""
    loss_sum, pairs = 0.0, 0
    for unit in ([0, 1, 2], [3, 0]):
        for place, centre in enumerate(unit):
            others = [unit[p] for p in (place - 1, place + 1) if 0 <= p < len(unit)]
            rows = case.rows(others if case.from_contexts else [centre])
            targets = [centre] if case.from_contexts else others
            W, C = (torch.from_numpy(x[:, :DIM].copy()).requires_grad_() for x in (a.W, a.C))
            losses = losses_of(case, W[rows].mean(0), C, targets)
            share = (
                1 if case.divides else len(rows)
            )  # the gradient of a mean is divided: whole is so many times as much
            (gradient,) = torch.autograd.grad(sum(losses), W, retain_graph=True)
            descend(case, a.W, a.squares_W, share * gradient.numpy())
            for loss in losses:
                descend(case, a.C, a.squares_C, torch.autograd.grad(loss, C, retain_graph=True)[0].numpy())
            loss_sum += sum(loss.item() for loss in losses)
            pairs += len(targets)
    return loss_sum, pairs


def descend(case: Case, weights: np.ndarray, squares: np.ndarray, gradient: np.ndarray) -> None:
    rate = np.full(len(weights), RATE)
    if case.adagrad:
        squares += (gradient**2).mean(1)
        rate = RATE / np.sqrt(squares)
    weights[:, :DIM] -= rate[:, None] * gradient


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_step_is_the_gradient_of_the_loss(case):
    before, ours, theirs = (arrays_at_random(case) for _ in range(3))
    end, (loss, pairs) = run(case, ours)
    expected_loss, expected_pairs = step_by_autograd(case, theirs)
    for name in ("W", "C"):
        step, expected = (getattr(after, name) - getattr(before, name) for after in (ours, theirs))
        largest = float(np.abs(expected).max())
        assert largest > RATE / 10
        assert step == pytest.approx(expected, abs=0.01 * largest), name
    assert ours.squares_W == pytest.approx(theirs.squares_W, rel=0.02)
    assert ours.squares_C == pytest.approx(theirs.squares_C, rel=0.01)
    assert end == len(TOKENS)
    assert loss == pytest.approx(expected_loss, rel=5e-3)
    assert pairs == expected_pairs


def test_the_numbers_that_fill_up_a_cache_line_stay_zero():
    case = Case(from_contexts=True)
    a = arrays_at_random(case)
    run(case, a, rates=(0.1, 0.1))
    assert a.W.shape[1] == 16
    assert not a.W[:, DIM:].any()
    assert not a.C[:, DIM:].any()


def test_a_noise_word_that_is_a_true_one_is_left_out():
    case = Case(negatives=50)
    noise = always(1)
    true, without, untouched = (arrays_at_random(case) for _ in range(3))
    run(case, true, np.array([0, 1, -1], np.int32), noise)
    run(Case(negatives=0), without, np.array([0, 1, -1], np.int32), noise)
    # word 0 sees word 1 alone, so all of its noise is left out; word 1 sees word 0, and word 1 is its noise
    assert np.array_equal(true.W[0], without.W[0])
    assert not np.array_equal(true.W[1], without.W[1])
    assert np.array_equal(true.W[2:], untouched.W[2:])


def test_windows_shrink_at_random_up_to_their_setting():
    tokens = np.append(np.arange(900) % V, -1).astype(np.int32)
    _, (_, pairs) = run(Case(window=5), arrays_at_random(Case()), tokens)
    assert pairs / 900 == pytest.approx(2 * np.mean([1, 2, 3, 4, 5]), rel=0.05)
    _, (_, windows) = run(Case(window=5, from_contexts=True), arrays_at_random(Case()), tokens)
    assert windows == 900


def test_the_words_of_a_window_lie_at_most_so_far_apart():
    case = Case(window=2, negatives=0)
    a = arrays_at_random(case)
    a.W[:], a.C[:] = np.eye(V, a.W.shape[1]), 0
    run(case, a, np.array([0, 1, 2, 3, -1] * 40, np.int32), rates=(1e-4, 1e-4))
    # each word's context vector is a sum of the vectors of the words that it was near to
    assert a.C[0, 1] == pytest.approx(40 * 0.5e-4, rel=0.02)
    assert 0 < a.C[0, 2] < a.C[0, 1]
    assert abs(a.C[0, 3]) < 0.01 * a.C[0, 1]


def test_sub_sampling_leaves_the_share_of_a_word_that_it_is_told():
    tokens = np.array([0, 1, -1] * 3000, np.int32)
    keep = np.array([1, 0.25, 1, 1, 1], np.float32)
    _, (_, pairs) = run(Case(), arrays_at_random(Case()), tokens, keep=keep)
    assert pairs / 2 == pytest.approx(0.25 * 3000, rel=0.06)


def test_the_learning_rate_falls_along_the_slice_and_a_span_ends_with_its_unit():
    tokens = np.array([0, 1, -1] * 100, np.int32)
    case = Case(negatives=0)
    first, last = arrays_at_random(case), arrays_at_random(case)
    before = arrays_at_random(case).W
    assert run(case, first, tokens, rates=(1e-3, 0), span=(0, 1))[0] == 3
    assert run(case, last, tokens, rates=(1e-3, 0), span=(270, 271))[0] == 273
    assert np.abs(last.W - before).sum() / np.abs(first.W - before).sum() == pytest.approx(0.1, rel=1e-2)


def test_noise_words_are_drawn_in_proportion():
    tokens = np.array([0, 1, -1] * 20_000, np.int32)
    probabilities = np.array([0.1, 0, 0.6, 0.3, 0])
    a = arrays_at_random(Case())
    a.W[:], a.C[:] = 0, 0
    a.W[:2, 0] = 1  # what a context vector is moved by is how often it was drawn, 0 and 1 apart
    run(Case(negatives=5), a, tokens, noise_table(probabilities), rates=(1e-6, 1e-6))
    assert a.C[2, 0] / a.C[3, 0] == pytest.approx(2, rel=0.03)
    assert a.C[2, 0] == pytest.approx(-40_000 * 5 * 0.6 * 0.5e-6, rel=0.02)
    assert a.C[4, 0] == 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_copies_of_the_first_rows_change_nothing_for_a_thread_that_is_alone(case):
    tokens = np.array([0, 1, 2, -1, 3, 0, 4, 1, -1] * 40, np.int32)
    alone = arrays_at_random(case)
    copied = alone.with_copies(3)
    run(case, alone, tokens, rates=(0.02, 0.02))
    run(case, copied, tokens, rates=(0.02, 0.02), copies=3)
    for name, expected in vars(alone).items():
        assert getattr(copied, name)[: len(expected)] == pytest.approx(expected, abs=1e-4), name


def test_the_sigmoid_table_is_the_sigmoid_and_its_logarithm():
    sigmoid, loss = sigmoid_table()
    x = np.linspace(-6, 6, len(sigmoid))
    assert sigmoid == pytest.approx(torch.sigmoid(torch.from_numpy(x)).numpy(), abs=1e-6)
    assert loss == pytest.approx(softplus(torch.from_numpy(-x)).numpy(), abs=1e-6)


def test_products_past_the_table_move_nothing_in_the_right_direction():
    case = Case(negatives=0)
    a = arrays_at_random(case)
    a.W[:, :DIM], a.C[:, :DIM] = 2.0, 2.0  # products of 28: a true pair is certain
    run(case, a, np.array([0, 1, -1], np.int32), rates=(0.1, 0.1))
    assert (a.W[:, :DIM] == 2).all()
    assert (a.C[:, :DIM] == 2).all()


def test_the_speed_of_the_kernel_is_a_plausible_number_of_words():
    assert 1e4 < kernel_speed(20_000) < 1e8
