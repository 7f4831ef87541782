import numpy as np
import pytest
import torch

from embedviz.data.corpus import Corpus, build_corpus
from embedviz.data.counts import CorpusCounts, count_corpus
from embedviz.data.reading import read_table
from embedviz.models import skipgram_cpu
from embedviz.models.skipgram import Skipgram, SkipgramSettings, default_epochs
from embedviz.models.skipgram_gpu import GpuEngine, gradients
from embedviz.training.devices import choose

CPU = choose("cpu")


def prepared(text: str, **settings) -> Skipgram:
    model = Skipgram(SkipgramSettings.of(**{"min_count": 1, "subsample": 0, **settings}))
    table = read_table(text.encode(), name="t.txt")
    for _ in model.prepare(table, table.roles):
        pass
    return model


def fit(model: Skipgram, threads: int = 1) -> Skipgram:
    for _ in model.fit(CPU, threads):
        pass
    return model


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    space = fit(prepared(two_topics, dim=16, epochs=40)).spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.3


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_fifty_words_give_no_nan(optimizer):
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    model = fit(prepared(text, optimizer=optimizer, learning_rate=0.1, epochs=300))
    assert np.isfinite(model.W).all()
    assert np.isfinite(model.C).all()
    assert np.isfinite(model.evaluate()["validation/loss"])


def test_both_engines_take_the_same_step():
    """One sentence of two words, window 1, the only noise word a third one: nothing is left to chance."""
    rng = np.random.default_rng(3)
    W, C = rng.normal(0, 0.5, (2, 3, 8)).astype(np.float32)
    negatives, rate = 2, 1e-3
    w, c, n = torch.from_numpy(W[[0]]), torch.from_numpy(C[[1]])[None], torch.from_numpy(C[[2, 2]])[None]
    g = gradients(w, c, n, torch.ones(1, 1))
    after_W, after_C = W.copy(), C.copy()
    squares = np.zeros(3, np.float32)
    table = np.full(skipgram_cpu.NOISE_TABLE, 2, np.int32)
    tokens = np.array([0, 1, -1], np.int32)
    skipgram_cpu.train_span(
        tokens, np.array([0, 3]), np.array([0, 3]), after_W, after_C, squares, squares.copy(), np.ones(3, np.float32),
        table, skipgram_cpu.sigmoid_table(), 1, negatives, np.array([rate, rate]), False,
        np.array([1], np.uint64), np.zeros(2),
    )  # fmt: skip
    assert (after_W[0] - W[0]) / rate == pytest.approx(g.centre[0].numpy(), abs=3e-3)
    assert (after_C[1] - C[1]) / rate == pytest.approx(g.context[0, 0].numpy(), abs=3e-3)
    # the third word is noise for both centre words, and each time twice: only the first centre's part is compared
    second = gradients(torch.from_numpy(W[[1]]), torch.from_numpy(C[[0]])[None], n, torch.ones(1, 1))
    both = (g.noise[0].sum(0) + second.noise[0].sum(0)).numpy()
    assert (after_C[2] - C[2]) / rate == pytest.approx(both, abs=1e-2)


def test_the_batched_gradients_are_those_of_autograd():
    torch_rng = torch.Generator().manual_seed(0)
    w, c, n = (
        torch.randn(shape, generator=torch_rng).mul(0.3).requires_grad_() for shape in ((3, 5), (3, 4, 5), (3, 2, 5))
    )
    there = torch.tensor([[1.0, 1, 0, 1], [1, 0, 0, 0], [1, 1, 1, 1]])
    g = gradients(w, c, n, there)
    g.loss.sum().backward()
    assert torch.allclose(-w.grad, g.centre, atol=1e-6)
    assert torch.allclose(-c.grad, g.context, atol=1e-6)
    assert torch.allclose(-n.grad, g.noise, atol=1e-6)


def test_the_gpu_engine_learns_too(two_topics):
    model = prepared(two_topics, dim=16, epochs=60)
    engine = GpuEngine(model, "cpu")
    before = model.validation.measure(model.W, model.C).loss
    total = model.epochs * len(model.tokens)
    while engine.done < total:
        engine.advance(total)
    engine.fetch()
    assert model.validation.measure(model.W, model.C).loss < before - 0.3
    assert model.spaces(best=False)["word"].similarity("cat", "dog") > model.spaces(best=False)["word"].similarity(
        "cat", "saw"
    )


@pytest.mark.gpu
def test_an_accelerator_trains(two_topics):
    device = choose("auto")
    if device.kind == "cpu":
        pytest.skip("this machine has no accelerator")
    model = prepared(two_topics, dim=16, epochs=60)
    for _ in model.fit(device, 1):
        pass
    assert model.evaluate()["test/loss"] < model.evaluate()["baseline/loss"]


def test_the_best_moment_is_kept_and_never_worse_than_the_last(two_topics):
    model = fit(prepared(two_topics, dim=16, epochs=200))
    last = model.validation.measure(model.W, model.C).loss
    assert model.evaluate()["validation/loss"] <= last + 1e-9


def test_small_texts_are_read_more_often():
    assert default_epochs(789_634) == 19
    assert default_epochs(10_000) == 200
    assert default_epochs(100_000_000) == 5


def test_the_vocabulary_comes_from_the_training_part_alone():
    texts = [f"common word{i}" for i in range(100)]
    corpus = next(step for step in build_corpus(texts, min_count=1) if isinstance(step, Corpus))
    assert sum(corpus.vocabulary.counts) == (corpus.train >= 0).sum()
    seen = {corpus.vocabulary.labels[i] for i in corpus.train[corpus.train >= 0]}
    assert seen == set(corpus.vocabulary.labels)
    assert len(corpus.vocabulary) == 91  # 90 of the 100 units are for training, each with a word of its own


def test_an_estimate_grows_with_the_work():
    counts = next(c for c in count_corpus(["a b c d"] * 5000) if isinstance(c, CorpusCounts))
    small = Skipgram.estimate(SkipgramSettings.of(epochs=5), counts, {"speed": 2e6})
    large = Skipgram.estimate(SkipgramSettings.of(epochs=500), counts, {"speed": 2e6})
    assert large.seconds > small.seconds > 0
    assert Skipgram.estimate(SkipgramSettings.of(dim=300), counts, {}).memory_bytes > small.memory_bytes
