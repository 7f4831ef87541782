"""The engine of batches, on torch's CPU device: gradients by autograd, the kernel's steps, learning and going on."""

import numpy as np
import pytest
import torch

from embedviz.models import model_spec
from embedviz.models.words import sampling_gpu
from embedviz.models.words.fasttext import inputs_of
from embedviz.models.words.negative_sampling import Inputs, SamplingEngine
from embedviz.models.words.noise import noise_table
from embedviz.models.words.sampling_gpu import GpuSamplingEngine, gradients
from embedviz.training.devices import choose
from tests.models.words.fitting import SAMPLING_MODELS, finish, prepare

RATE = 1e-4
WAYS = [
    ("skipgram", {}),
    ("cbow", {"context_gradient": "divided"}),
    ("cbow", {"context_gradient": "whole"}),
    ("fasttext", {"subword_gradient": "whole", "buckets": 20}),
    ("fasttext", {"subword_gradient": "divided", "buckets": 20}),
]


def inputs(model, corpus):
    if model == "fasttext":
        return inputs_of(corpus.corpus.vocabulary.labels, corpus.settings)
    return Inputs(model == "cbow", getattr(corpus.settings, "context_gradient", "whole") == "divided")


def gpu_engine(model, corpus):
    return GpuSamplingEngine(corpus.corpus, corpus.settings, inputs(model, corpus), "cpu")


def run(engine):
    while engine.done < engine.total:
        engine.advance()
    return engine


def test_the_gradients_of_a_batch_are_those_of_autograd():
    rng = torch.Generator().manual_seed(0)
    h, c = (torch.randn(shape, generator=rng).mul(0.3).requires_grad_() for shape in ((3, 5), (3, 6, 5)))
    labels = torch.tensor([[1.0, 1, 0, 0, 1, 0]] * 3)
    weights = torch.tensor([[1.0, 1, 3, 0, 1, 3], [1, 0, 1, 1, 0, 0], [0, 0, 0, 0, 0, 0]])
    g = gradients(h, c, labels, weights)
    x = torch.einsum("bd,bnd->bn", h, c)
    loss = weights * torch.nn.functional.binary_cross_entropy_with_logits(x, labels, reduction="none")
    assert torch.allclose(g.loss, loss.sum(1), atol=1e-6)
    loss.sum().backward()
    assert torch.allclose(-h.grad, g.h, atol=1e-6)
    assert torch.allclose(-c.grad, g.target, atol=1e-6)


@pytest.mark.parametrize("optimizer", ["sgd", "adagrad"])
@pytest.mark.parametrize(
    ("model", "way"), WAYS, ids=lambda way: way if isinstance(way, str) else "-".join(map(str, way.values()))
)
def test_a_batch_makes_the_kernels_step_to_first_order(model, way, optimizer):
    """Sentences of two words and of three, window 1, noise always one more word: nothing is left to chance."""
    text = "\n".join(["salt pepper", "flour salt sugar"] * 15 + ["noise noise"] * 5)
    corpus = prepare(
        model, text, dim=8, window=1, epochs=1, negative_samples=2, learning_rate=RATE, optimizer=optimizer, **way
    )
    engines = [SamplingEngine(corpus.corpus, corpus.settings, 1, inputs(model, corpus)), gpu_engine(model, corpus)]
    labels = corpus.corpus.vocabulary.labels
    noise = labels.index("noise")
    tokens = np.array(
        [*map(labels.index, ["salt", "pepper"]), -1, *map(labels.index, ["flour", "salt", "sugar"]), -1], np.int32
    )
    engines[0].text.tokens.resize(len(tokens), refcheck=False)
    engines[0].text.tokens[:] = tokens
    engines[0]._noise = noise_table(np.arange(len(labels)) == noise)
    engines[0]._slices, engines[0]._size, engines[0].total = [[0, len(tokens)]], len(tokens), len(tokens)
    engines[1]._tokens, engines[1].total = torch.from_numpy(tokens), len(tokens)
    engines[1]._noise = torch.from_numpy(np.cumsum(np.arange(len(labels)) == noise)).float()
    rng = np.random.default_rng(0)
    W, C = (rng.normal(0, 0.5, getattr(engines[0], name).shape).astype(np.float32) for name in ("W", "C"))
    W[:, 8:] = C[:, 8:] = 0
    squares_W, squares_C = (
        np.full(len(W), 1000, np.float32),
        np.full(len(C), 1000, np.float32),
    )  # hardly changed by a step
    steps = []
    for engine in engines:
        engine.rate = lambda share: RATE  # the kernel's falls within the epoch, the batch's does not
        state = engine.state()
        engine.restore(
            type(state)({"W": W.copy(), "C": C.copy(), "squares_W": squares_W, "squares_C": squares_C}, state.values)
        )
        run(engine).weights()
        steps.append(np.concatenate([engine.W - W, engine.C - C]))
    cpu, gpu = steps
    largest = float(np.abs(cpu).max())
    assert largest > 0.01 * RATE
    assert gpu == pytest.approx(cpu, abs=0.02 * largest)


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_it_learns_what_the_kernel_learns(two_topics, model):
    corpus = prepare(model, two_topics, epochs=60, learning_rate=0.05)
    engine = gpu_engine(model, corpus)
    before = engine.measure()["validation/loss"]
    after = run(engine).measure()["validation/loss"]
    assert after < before - 0.3
    space = engine.trained(engine.weights()).spaces()["word"]
    assert space.similarity("cat", "dog") > space.similarity("cat", "hammer") + 0.2


@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_it_goes_on_from_a_checkpoint_to_the_same_numbers(two_topics, model, monkeypatch):
    corpus = prepare(model, two_topics, dim=8, epochs=2)
    whole, resumed, first = (gpu_engine(model, corpus) for _ in range(3))
    with monkeypatch.context() as short:
        short.setattr(sampling_gpu, "ADVANCE_SECONDS", 0)
        short.setattr(sampling_gpu, "BATCH_TOKENS", 16_384)
        first.advance()
    resumed.restore(first.state())
    assert 0 < resumed.done == first.done < resumed.total
    for engine in (whole, resumed):
        run(engine).weights()
    assert np.array_equal(whole.W, resumed.W)


def test_a_state_of_one_engine_is_taken_by_the_other(two_topics):
    corpus = prepare("skipgram", two_topics, dim=8, epochs=4)
    cpu, gpu = SamplingEngine(corpus.corpus, corpus.settings, 1, Inputs()), gpu_engine("skipgram", corpus)
    cpu.advance()
    gpu.restore(cpu.state())
    gpu.weights()
    assert np.array_equal(gpu.W, cpu.W)
    gpu.advance()
    cpu.restore(gpu.state())
    assert np.array_equal(gpu.W, cpu.W)
    run(cpu)


@pytest.mark.gpu
@pytest.mark.parametrize("model", SAMPLING_MODELS)
def test_an_accelerator_trains(two_topics, model):
    device = choose("auto")
    if device.kind == "cpu":
        pytest.skip("this machine has no accelerator")
    corpus = prepare(model, two_topics, epochs=60)
    trained = finish(corpus.learner(corpus.settings, device, 1)).best()
    metrics = model_spec(model).evaluate(trained, corpus).metrics
    assert metrics["test/loss"] < metrics["baseline/loss"]
