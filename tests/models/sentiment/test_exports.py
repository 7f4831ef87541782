"""Texts as plain PyTorch and as ONNX, for settings beside the presets, and a step of training."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from embedviz.exports.pytorch_folder import write_page
from embedviz.models.sentiment.learner import SentimentTask
from embedviz.models.sentiment.spec import SPEC
from embedviz.space import EmbeddingSpace
from embedviz.testing.onnx_files import run_readers
from embedviz.testing.pages import run_pages
from tests.exports.page_module import has_even_docstrings, opened
from tests.models.sentiment.reviews import BAD, GOOD, PLAIN, fitted, reviews, training
from tests.models.sentiment.test_sentence_encoder import folder  # noqa: F401 - a fixture

pytestmark = pytest.mark.slow

VARIANTS = {
    "the last states of both directions": {"pooling": "last"},
    "one direction, mean and maximum": {"bidirectional": False, "linear_term": False},
    "the last word": {"encoder": "mean", "pooling": "last"},
    "capitals and four words": {"lowercase": False, "max_length": 4},
    "the text's, with random vectors": {"preset": "textbook", "fine_tune": True, "hidden_dim": 8},
}


@pytest.fixture(scope="module")
def frame():
    return reviews(120)


@pytest.fixture(scope="module")
def models(frame):
    return {name: fitted(frame, epochs=1, **{"preset": "recommended", **s}).trained for name, s in VARIANTS.items()}


def test_every_page_answers_as_the_model(models):
    pages = {name: SPEC.pytorch_page(trained, trained.settings) for name, trained in models.items()}
    printed = run_pages(pages)
    assert all(has_even_docstrings(page.script) for page in pages.values())
    assert printed.count("logits of the network: differs") == len(VARIANTS)


def test_every_onnx_file_answers_as_the_model(models):
    run_readers({name: SPEC.onnx_export(trained) for name, trained in models.items()})


def test_the_page_says_what_this_network_is(frame, models):
    def page(name):
        trained = models[name]
        return " ".join(SPEC.pytorch_page(trained, trained.settings).script.split())

    assert "the last one to the classes" in page("the last word")
    assert "the order of words is ignored" not in page("the last word")
    assert "The LSTM reads from both ends, because" in page("the last states of both directions")
    assert "The LSTM counts all its states, because" in page("one direction, mean and maximum")
    exact = fitted(frame, epochs=1, dropout=0.125, word_dropout=0.0).trained
    script = " ".join(SPEC.pytorch_page(exact, exact.settings).script.split())
    assert "In training 12.5% of what fc reads was set to zero." in script


def test_the_page_names_no_folder_and_no_run_of_this_machine(models):
    trained = models["the text's, with random vectors"]
    for vectors, shown in (("/home/me/start.vec", "from start.vec"), (f"run:{'0' * 32}:word", "from another run")):
        settings = trained.settings.model_copy(update={"vectors": vectors})
        script = SPEC.pytorch_page(replace(trained, settings=settings), settings).script
        assert shown in script
        assert "/home/me" not in script
        assert "0" * 32 not in script


def test_a_training_that_ended_before_the_network_has_a_linear_page(frame):
    found = training(frame)
    for event in found.learner.run():
        if event.message == "Starting the network":
            break
    trained = found.trained
    assert not trained.use_network
    page = SPEC.pytorch_page(trained, trained.settings)
    run_pages({"linear": page})
    assert "nn.LSTM" not in page.script
    assert "averaged with the network" not in page.script
    run_readers({"linear": SPEC.onnx_export(trained)})


def test_the_vectors_of_a_sentence_encoder_are_given_beside_the_examples(frame, folder):  # noqa: F811
    trained = fitted(frame, epochs=1, sentence_encoder=str(folder)).trained
    page = SPEC.pytorch_page(trained, trained.settings)
    assert np.shape(page.inputs["sentence vectors"])[1] == 8
    run_pages({"sentence": page})
    run_readers({"sentence": SPEC.onnx_export(trained)})


def test_a_step_of_the_texts_network_is_that_of_the_training(frame, tmp_path):
    """The same loss from the same weights on the same texts, and the same weights after it."""
    words = [*GOOD, *BAD, *PLAIN]
    space = EmbeddingSpace(words, np.random.default_rng(0).standard_normal((len(words), 6)).astype(np.float32))
    found = fitted(frame, space, epochs=1, preset="textbook", vectors="glove", hidden_dim=8)
    trained, prepared = found.trained, found.prepared
    write_page(SPEC.pytorch_page(trained, trained.settings), tmp_path, "page")
    page = opened(tmp_path)
    task = SentimentTask(trained.network, prepared, trained.settings)
    batch = prepared.split.train[:8]
    optimizer = task.optimizer()
    loss = task.loss(batch, torch.Generator())
    loss.backward()
    optimizer.step()
    step = torch.optim.Adam(
        [p for p in page["model"].parameters() if p.requires_grad], lr=trained.settings.learning_rate
    )
    texts, classes = [prepared.data.raw[row] for row in batch], prepared.data.codes[batch].tolist()
    assert page["train_step"](page["model"], step, texts, classes) == pytest.approx(loss.item(), abs=1e-5)
    assert torch.allclose(page["model"].fc.weight, trained.network.fc.weight, atol=1e-5)
    assert not page["model"].embedding.weight.requires_grad
