import numpy as np
import pytest
import torch
from embedviz.models.words.skipgram_gpu import GpuEngine, gradients

from embedviz.core.cost import Machine
from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.evaluation.held_out_pairs import HeldOutPairs, PairScores
from embedviz.models.words import lock_free
from embedviz.models.words.negative_sampling import HeldOut, TrainingText
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import WordSettings
from embedviz.models.words.skipgram import SPEC, train_span
from embedviz.models.words.trained import WordVectors
from embedviz.text.corpus import build_corpus
from embedviz.text.tokens import tokenize
from embedviz.training.devices import choose
from embedviz.training.learner import IterativeLearner

CPU = choose("cpu")


def prepared(text: str, **settings) -> PreparedCorpus:
    table = read_table(text.encode(), name="t.txt")
    chosen = WordSettings.of(**{"min_count": 1, "subsample": 0, **settings})
    return result_of(SPEC.prepare(table, table.roles, chosen))


def learner(text: str, **settings) -> IterativeLearner[WordVectors]:
    corpus = prepared(text, **settings)
    return corpus.learner(corpus.settings, CPU, 1)


def fit(learner: IterativeLearner[WordVectors]) -> IterativeLearner[WordVectors]:
    for _ in learner.run():
        pass
    return learner


def gpu_engine(corpus: PreparedCorpus) -> GpuEngine:
    text = TrainingText.of(corpus.corpus, corpus.settings)
    return GpuEngine(text, HeldOut.of(corpus.corpus, text, corpus.settings), corpus.settings, "cpu")


def test_words_of_one_topic_end_up_nearer_than_words_of_two(two_topics):
    space = fit(learner(two_topics, dim=16, epochs=40)).best().spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.3


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_fifty_words_give_no_nan(optimizer):
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    corpus = prepared(text, optimizer=optimizer, learning_rate=0.1, epochs=300)
    fitted = fit(corpus.learner(corpus.settings, CPU, 1))
    assert np.isfinite(fitted.current().centre).all()
    assert np.isfinite(fitted.current().context).all()
    assert np.isfinite(SPEC.evaluate(fitted.best(), corpus).metrics["validation/loss"])


def test_both_engines_take_the_same_step():
    """One sentence of two words, window 1, the only noise word a third one: nothing is left to chance."""
    rng = np.random.default_rng(3)
    W, C = rng.normal(0, 0.5, (2, 3, 8)).astype(np.float32)
    negatives, rate = 2, 1e-3
    w, c, n = torch.from_numpy(W[[0]]), torch.from_numpy(C[[1]])[None], torch.from_numpy(C[[2, 2]])[None]
    g = gradients(w, c, n, torch.ones(1, 1))
    after_W, after_C = W.copy(), C.copy()
    squares = np.zeros(3, np.float32)
    noise = np.full(lock_free.NOISE_TABLE_SIZE, 2, np.int32)
    tokens = np.array([0, 1, -1], np.int32)
    train_span(
        tokens, np.array([0, 3]), np.array([0, 3]), after_W, after_C, squares, squares.copy(), np.ones(3, np.float32),
        noise, lock_free.sigmoid_table(), 1, negatives, np.array([rate, rate]), False,
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
    engine = gpu_engine(prepared(two_topics, dim=16, epochs=60))
    pairs = engine.held_out.validation
    before = pairs.measure(engine.W, engine.C).loss
    while engine.done < engine.total:
        engine.advance()
    after = engine.weights()
    assert pairs.measure(after["centre"], after["context"]).loss < before - 0.3
    corpus = prepared(two_topics, dim=16, epochs=60)
    space = WordVectors(
        corpus.corpus.vocabulary.labels, corpus.corpus.vocabulary.counts, after["centre"], after["context"]
    ).spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "saw")


@pytest.mark.gpu
def test_an_accelerator_trains(two_topics):
    device = choose("auto")
    if device.kind == "cpu":
        pytest.skip("this machine has no accelerator")
    corpus = prepared(two_topics, dim=16, epochs=60)
    metrics = SPEC.evaluate(fit(corpus.learner(corpus.settings, device, 1)).best(), corpus).metrics
    assert metrics["test/loss"] < metrics["baseline/loss"]


def test_the_best_weights_are_kept_and_never_worse_than_the_last(two_topics):
    corpus = prepared(two_topics, dim=16, epochs=200)
    fitted = fit(corpus.learner(corpus.settings, CPU, 1))
    last = SPEC.evaluate(fitted.current(), corpus).metrics["validation/loss"]
    assert SPEC.evaluate(fitted.best(), corpus).metrics["validation/loss"] <= last + 1e-9


def test_small_texts_are_read_more_often():
    assert WordSettings().epochs_for(789_634) == 19
    assert WordSettings().epochs_for(10_000) == 200
    assert WordSettings().epochs_for(100_000_000) == 5


def test_the_vocabulary_comes_from_the_training_part_alone():
    corpus = build_corpus(result_of(tokenize([f"common word{i}" for i in range(100)])), min_count=1)
    assert sum(corpus.vocabulary.counts) == (corpus.train >= 0).sum()
    seen = {corpus.vocabulary.labels[i] for i in corpus.train[corpus.train >= 0]}
    assert seen == set(corpus.vocabulary.labels)
    assert len(corpus.vocabulary) == 91  # 90 of the 100 units are for training, each with a word of its own


def test_an_estimate_grows_with_the_work():
    table = read_table(b"a b c d\n" * 5000, name="t.txt")
    survey = result_of(SPEC.survey(table, table.roles, WordSettings()))
    measured = Machine(words_per_second=2e6)
    small = SPEC.estimate(WordSettings.of(epochs=5), survey, measured)
    large = SPEC.estimate(WordSettings.of(epochs=500), survey, measured)
    assert large.seconds > small.seconds > 0
    assert SPEC.estimate(WordSettings.of(dim=300), survey, Machine()).memory_bytes > small.memory_bytes


class Wobbling(HeldOutPairs):
    """Held-out pairs whose loss goes up three times on its way down, as King James's does, and up at the end."""

    losses = (2.90, 2.83, 2.85, 2.80, 2.84, 2.75, 2.78, 2.60, 2.61, 2.62, 2.63, 2.64)

    def __init__(self):
        object.__setattr__(self, "left", list(self.losses))

    def __len__(self):
        return 1

    def measure(self, W, C):
        return PairScores(self.left.pop(0), 0.5)


def with_validation(learner: IterativeLearner[WordVectors], pairs: HeldOutPairs) -> IterativeLearner[WordVectors]:
    learner.engine.held_out = HeldOut(pairs, learner.engine.held_out.train)
    return learner


def test_a_held_out_loss_that_wobbles_stops_nothing_and_the_lowest_is_kept(two_topics):
    wobbling = with_validation(learner(two_topics, dim=16, epochs=60), Wobbling())
    seen = []
    for event in wobbling.run():
        if event.metrics:
            seen.append((event.metrics["validation/loss"], event.best, wobbling.engine.W.copy()))
    assert [loss for loss, _, _ in seen] == list(Wobbling.losses)
    assert event.fraction == 1
    assert [loss for loss, best, _ in seen if best] == [2.90, 2.83, 2.80, 2.75, 2.60]
    assert np.array_equal(wobbling.best().centre, seen[7][2])


def test_the_places_of_measuring_do_not_hang_on_the_clock(two_topics, monkeypatch):
    def places():
        events = learner(two_topics, dim=16, epochs=60).run()
        return [(event.step, event.metrics["validation/loss"]) for event in events if event.metrics]

    at_leisure = places()
    monkeypatch.setattr(lock_free, "ADVANCE_SECONDS", 0.001)
    assert places() == at_leisure


def test_stopped_before_the_first_measurement_the_vectors_so_far_are_kept(two_topics, monkeypatch):
    monkeypatch.setattr(lock_free, "ADVANCE_SECONDS", 1e-4)
    stopped = learner(two_topics, dim=16, epochs=5000)
    untrained = stopped.engine.W.copy()
    assert not next(iter(stopped.run())).metrics
    assert np.array_equal(stopped.best().spaces()["word"].vectors, stopped.engine.W)
    assert not np.array_equal(stopped.engine.W, untrained)


def test_without_pairs_to_measure_the_last_vectors_are_kept():
    text = "\n".join(["salt pepper"] * 5 + ["flour"] * 400)
    corpus = prepared(text, epochs=3, validation_share=0.01, test_share=0)
    no_pairs = HeldOutPairs.draw(np.array([0, -1, 1, -1]), 5, np.full(3, 1 / 3), 5, 0, 10)
    assert len(no_pairs) == 0
    fitted = fit(with_validation(corpus.learner(corpus.settings, CPU, 1), no_pairs))
    assert np.array_equal(fitted.best().centre, fitted.engine.W)
    assert "test/loss" not in SPEC.evaluate(fitted.best(), corpus).metrics


def test_the_wildest_settings_end_in_numbers_or_in_a_sentence():
    text = "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
    for optimizer in ("sgd", "adagrad"):
        wild = learner(text, optimizer=optimizer, learning_rate=1, negative_samples=50, window=20, epochs=500)
        try:
            fit(wild)
        except SettingsError as error:
            assert "learning rate of 1" in str(error)
            with pytest.raises(SettingsError, match="learning rate of 1"):  # so do the probes, which look in between
                wild.current()
        else:
            assert np.isfinite(wild.best().spaces()["word"].vectors).all()


def test_vectors_that_are_no_numbers_are_called_so(two_topics):
    broken = learner(two_topics, dim=16, epochs=5)
    broken.engine.W[0, 0] = np.nan
    with pytest.raises(SettingsError, match=r"learning rate of 0\.025|diverged"):
        fit(broken)


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
def test_a_whole_batch_makes_the_same_step_on_both_engines(optimizer):
    """Two words in one sentence, window 1, noise always the third: first-order steps agree at a tiny rate."""
    corpus = prepared("\n".join(["a b"] * 30 + ["c c"] * 2), dim=8, window=1, learning_rate=1e-4, optimizer=optimizer)
    rng = np.random.default_rng(0)
    W, C = rng.normal(0, 0.5, (2, 3, 8)).astype(np.float32)
    text = TrainingText(np.array([0, 1, -1], np.int32), np.array([0, 0, 1.0]), np.ones(3, np.float32), 1)
    held_out = HeldOut.of(corpus.corpus, TrainingText.of(corpus.corpus, corpus.settings), corpus.settings)
    steps = {}
    engines = {
        "cpu": lock_free.LockFreeEngine(train_span, text, held_out, corpus.settings, 1),
        "gpu": GpuEngine(text, held_out, corpus.settings, "cpu"),
    }
    for name, engine in engines.items():
        squares = np.full(3, 1000, np.float32)  # so large that the first step changes nothing for the second
        state = engine.state()
        engine.restore(
            type(state)({"W": W.copy(), "C": C.copy(), "squares_W": squares, "squares_C": squares}, state.values)
        )
        while engine.done < engine.total:
            engine.advance()
        after = engine.weights()
        steps[name] = np.stack([after["centre"] - W, after["context"] - C]) / 1e-4
    largest = float(np.abs(steps["cpu"]).max())
    assert largest > 0.01
    assert steps["gpu"] == pytest.approx(steps["cpu"], abs=0.01 * largest)


def test_the_gpu_engine_goes_on_from_a_checkpoint_to_the_same_numbers(two_topics, monkeypatch):
    corpus = prepared(two_topics, dim=8, epochs=2)
    whole, resumed = gpu_engine(corpus), gpu_engine(corpus)
    monkeypatch.setattr("embedviz.models.words.skipgram_gpu.ADVANCE_SECONDS", 0)
    first = gpu_engine(corpus)
    first.advance()
    resumed.restore(first.state())
    assert resumed.done == first.done > 0
    for engine in (whole, resumed):
        while engine.done < engine.total:
            engine.advance()
    assert np.array_equal(whole.weights()["centre"], resumed.weights()["centre"])


def test_frequent_words_are_thinned_and_a_dozen_words_are_not(two_topics):
    few = prepared(two_topics, subsample=1e-3)
    keep = TrainingText.of(few.corpus, few.settings).keep
    assert (keep == 1).all()  # each is a twelfth of the text, far above a share of 0.001
    many = prepared("\n".join(f"the w{i}" for i in range(2000)), subsample=1e-3)
    keep = TrainingText.of(many.corpus, many.settings).keep
    the = many.corpus.vocabulary.labels.index("the")
    assert keep[the] == pytest.approx(np.sqrt(1e-3 / 0.5) + 1e-3 / 0.5, rel=1e-3)
    assert (np.delete(keep, the) == 1).all()
