import numpy as np
import pytest
import torch

from embedviz.core.errors import SettingsError
from embedviz.data.reading import read_table
from embedviz.evaluation.held_out_pairs import PairScores
from embedviz.models.skipgram import cpu as skipgram_cpu
from embedviz.models.skipgram.gpu import GpuEngine, gradients
from embedviz.models.skipgram.model import Skipgram, SkipgramSettings, default_epochs, shuffled_units
from embedviz.text.corpus import build_corpus
from embedviz.text.tokens import Tokens
from embedviz.training.devices import choose
from embedviz.training.survey import Survey

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
    words = [f"word{i}" for i in range(100)]
    tokens = Tokens(np.array([[0, i, -1] for i in range(1, 101)], np.int32).ravel(), ["common", *words])
    corpus = build_corpus(tokens, min_count=1)
    assert sum(corpus.vocabulary.counts) == (corpus.train >= 0).sum()
    seen = {corpus.vocabulary.labels[i] for i in corpus.train[corpus.train >= 0]}
    assert seen == set(corpus.vocabulary.labels)
    assert len(corpus.vocabulary) == 91  # 90 of the 100 units are for training, each with a word of its own


def test_an_estimate_grows_with_the_work():
    table = read_table(b"a b c d\n" * 5000, name="t.txt")
    survey = next(s for s in Skipgram(SkipgramSettings()).survey(table, table.roles) if isinstance(s, Survey))
    small = Skipgram.estimate(SkipgramSettings.of(epochs=5), survey, {"speed": 2e6})
    large = Skipgram.estimate(SkipgramSettings.of(epochs=500), survey, {"speed": 2e6})
    assert large.seconds > small.seconds > 0
    assert Skipgram.estimate(SkipgramSettings.of(dim=300), survey, {}).memory_bytes > small.memory_bytes


class Wobbling:
    """Held-out pairs whose loss goes up three times on its way down, as King James's does, and up at the end."""

    losses = (2.90, 2.83, 2.85, 2.80, 2.84, 2.75, 2.78, 2.60, 2.61, 2.62, 2.63, 2.64)

    def __init__(self):
        self.left = list(self.losses)

    def __len__(self):
        return 1

    def measure(self, W, C):
        return PairScores(self.left.pop(0), 0.5)


def test_a_held_out_loss_that_wobbles_stops_nothing_and_the_lowest_is_kept(two_topics):
    model = prepared(two_topics, dim=16, epochs=60)
    model.validation = Wobbling()
    seen = []
    for event in model.fit(CPU, 1):
        if event.metrics:
            seen.append((event.metrics["validation/loss"], event.best, model.W.copy()))
    assert [loss for loss, _, _ in seen] == list(Wobbling.losses)
    assert event.fraction == 1
    assert [loss for loss, best, _ in seen if best] == [2.90, 2.83, 2.80, 2.75, 2.60]
    assert np.array_equal(model.weights()["centre"], seen[7][2])


def test_the_places_of_measuring_do_not_hang_on_the_clock(two_topics, monkeypatch):
    def places():
        model = prepared(two_topics, dim=16, epochs=60)
        return [(event.step, event.metrics["validation/loss"]) for event in model.fit(CPU, 1) if event.metrics]

    at_leisure = places()
    monkeypatch.setattr(skipgram_cpu, "ROUND_SECONDS", 0.001)
    assert places() == at_leisure


def test_stopped_before_the_first_measurement_the_vectors_so_far_are_kept(two_topics, monkeypatch):
    monkeypatch.setattr(skipgram_cpu, "ROUND_SECONDS", 1e-4)
    model = prepared(two_topics, dim=16, epochs=5000)
    untrained = model.W.copy()
    assert not next(iter(model.fit(CPU, 1))).metrics
    assert np.array_equal(model.spaces()["word"].vectors, model.W)
    assert not np.array_equal(model.W, untrained)


def test_without_pairs_to_measure_the_last_vectors_are_kept():
    model = prepared("\n".join(["salt pepper"] * 5 + ["flour"] * 400), epochs=3, validation_share=0.01, test_share=0)
    model.validation = model._pairs(np.array([0, -1, 1, -1]), 0, 10)
    assert len(model.validation) == 0
    fit(model)
    assert np.array_equal(model.weights()["centre"], model.W)
    assert "validation/loss" not in model.evaluate()
    assert "test/loss" not in model.evaluate()


def test_the_wildest_settings_end_in_numbers_or_in_a_sentence():
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    for optimizer in ("sgd", "adagrad"):
        model = prepared(text, optimizer=optimizer, learning_rate=1, negative_samples=50, window=20, epochs=500)
        try:
            fit(model)
        except SettingsError as error:
            assert "learning rate of 1" in str(error)
            with pytest.raises(SettingsError, match="learning rate of 1"):  # so do the probes, which look in between
                model.spaces(best=False)
        else:
            assert np.isfinite(model.spaces()["word"].vectors).all()


def test_vectors_that_are_no_numbers_are_called_so(two_topics):
    model = prepared(two_topics, dim=16, epochs=5)
    model.W[0, 0] = np.nan
    with pytest.raises(SettingsError, match=r"learning rate of 0\.025"):
        fit(model)


def test_shuffling_keeps_units_whole():
    tokens = np.array([0, 1, -1, 2, -1, 3, 4, 5, -1, -1], np.int32)
    shuffled = shuffled_units(tokens, seed=2)
    units = sorted(" ".join(map(str, unit)) for unit in np.split(shuffled, np.flatnonzero(shuffled < 0) + 1)[:-1])
    assert units == ["-1", "0 1 -1", "2 -1", "3 4 5 -1"]
    assert not np.array_equal(shuffled, tokens)
    assert np.array_equal(shuffled, shuffled_units(tokens, seed=2))


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_a_whole_batch_makes_the_same_step_on_both_engines(optimizer):
    """Two words in one sentence, window 1, noise always the third: first-order steps agree at a tiny rate."""
    model = prepared("\n".join(["a b"] * 30 + ["c c"] * 2), dim=8, window=1, learning_rate=1e-4, optimizer=optimizer)
    rng = np.random.default_rng(0)
    model.tokens = np.array([0, 1, -1], np.int32)
    model.noise = np.array([0, 0, 1.0])
    model.epochs = 1
    model.W[:], model.C[:] = rng.normal(0, 0.5, (2, 3, 8))
    model.squares_W[:] = model.squares_C[:] = 1000  # so large that the first step changes nothing for the second
    before = model.W.copy(), model.C.copy()
    steps = {}
    for name, make in (("cpu", lambda: skipgram_cpu.CpuEngine(model, 1)), ("gpu", lambda: GpuEngine(model, "cpu"))):
        model.W[:], model.C[:] = before
        model.squares_W[:] = model.squares_C[:] = 1000
        engine = make()
        engine.advance(3)
        engine.fetch()
        steps[name] = np.stack([model.W - before[0], model.C - before[1]]) / 1e-4
    largest = float(np.abs(steps["cpu"]).max())
    assert largest > 0.01
    assert steps["gpu"] == pytest.approx(steps["cpu"], abs=0.01 * largest)


def test_the_gpu_engine_goes_on_from_a_checkpoint_to_the_same_numbers(two_topics):
    def trained(stop_at):
        model = prepared(two_topics, dim=8, epochs=2)
        total = 2 * len(model.tokens)
        engine = GpuEngine(model, "cpu")
        engine.advance(stop_at)
        engine.fetch()
        resumed = GpuEngine(model, "cpu")
        resumed.position = engine.position
        while resumed.done < total:
            resumed.advance(total)
        resumed.fetch()
        return model.W

    assert np.array_equal(trained(1), trained(5000))


def test_frequent_words_are_thinned_and_a_dozen_words_are_not(two_topics):
    assert (
        prepared(two_topics, subsample=1e-3).keep == 1
    ).all()  # each is a twelfth of the text, far above a share of 0.001
    text = "\n".join(f"the w{i}" for i in range(2000))
    model = prepared(text, subsample=1e-3)
    the = model.corpus.vocabulary.labels.index("the")
    assert model.keep[the] == pytest.approx(np.sqrt(1e-3 / 0.5) + 1e-3 / 0.5, rel=1e-3)
    assert (np.delete(model.keep, the) == 1).all()
