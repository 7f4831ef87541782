"""Tables as plain PyTorch and as ONNX, for what the presets' tiny data does not have."""

import random
from datetime import datetime, timedelta

import pandas as pd
import pytest
import torch

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.exports.pytorch_folder import write_page
from embedviz.models.categories.spec import SPEC
from embedviz.testing.onnx_files import run_readers
from embedviz.testing.pages import run_pages
from embedviz.training.devices import Device
from tests.exports.page_module import has_even_docstrings, opened

pytestmark = pytest.mark.slow

SMALL = {"hidden_dim": 8, "epochs": 1, "min_count": 2, "deterministic": True}
TEXTBOOK = {"preset": "textbook", "dim": 4, "hidden_dim": 8, "epochs": 1, "min_count": 2, "deterministic": True}
VARIANTS = {  # target -> settings
    "a class with a vector for each bin": ("kind", {**SMALL, "bin_vector_rows": 0, "bins": 4}),
    "a class, one-hot": ("kind", {**SMALL, "inputs": "one-hot", "bin_vector_rows": 0}),
    "a class, one layer and no linear term": ("kind", {**SMALL, "layers": 1, "wide": False, "alphabet": False}),
    "a class, standardised numbers": ("kind", {**SMALL, "numbers": "standardised", "members": 3}),
    "a number": ("price", {**SMALL, "target_kind": "number", "target_scale": "linear"}),
    "the logarithm of a number": ("price", {**SMALL, "target_kind": "number", "target_scale": "log"}),
    "a class, without chance": (
        "kind",
        {**SMALL, "members": 1, "dropout": 0.0, "embedding_dropout": 0.0, "other_share": 0.0},
    ),
    "a class, an odd share of others": ("kind", {**SMALL, "other_share": 0.125}),
    "the text's with a class": ("kind", TEXTBOOK),
    "the text's with a number": ("price", {**TEXTBOOK, "target_kind": "number", "target_scale": "log"}),
    "the text's, one-hot": ("kind", {**TEXTBOOK, "inputs": "one-hot"}),
    "the text's, numbers in bins": ("kind", {**TEXTBOOK, "numbers": "piecewise linear", "alphabet": True}),
}


@pytest.fixture(scope="module")
def models():
    """Name -> what was trained, of 300 rows with dates, many values, missing cells and a price over four powers of ten."""
    rng = random.Random(0)
    rows = []
    for i in range(300):
        power = rng.gauss(100, 30)
        rows.append(
            {
                "make": f"B-{rng.randrange(24):02}" if i % 7 else None,
                "colour": rng.choice(["red", "blue", None]),
                "power": round(power, 1) if i % 9 else None,
                "sold": (datetime(2001, 1, 1) + timedelta(hours=rng.randrange(90_000))).strftime("%Y-%m-%d %H:%M:%S"),
                "first": (datetime(1990, 1, 1) + timedelta(days=rng.randrange(9000))).strftime("%d.%m.%Y"),
                "kind": "fast" if power > 100 else rng.choice(["slow", "odd"]),
                "price": round(10 ** rng.uniform(0, 4), 2),
            }
        )
    table = read_table(pd.DataFrame(rows).to_csv(index=False).encode(), name="cars.csv")
    found = {}
    for name, (target, settings) in VARIANTS.items():
        roles = roles_of(table, {"target": target, "ignore": ["price" if target == "kind" else "kind"]})
        chosen = SPEC.Settings.of(**settings)
        learner = result_of(SPEC.prepare(table, roles, chosen)).learner(chosen, Device("cpu", "cpu", "CPU"), 1)
        for _ in learner.run():
            pass
        found[name] = (learner.best(), chosen)
    return found


def test_the_data_has_what_the_presets_lack(models):
    trained = models["a class with a vector for each bin"][0]
    assert {number.part for number in trained.encoder.numbers} >= {
        "",
        "year",
        "month",
        "day of week",
        "hour",
        "alphabetical position",
    }
    assert any(number.has_indicator for number in trained.encoder.numbers)
    assert trained.network.bins.sizes


def test_every_page_answers_as_the_model(models):
    pages = {name: SPEC.pytorch_page(*found) for name, found in models.items()}
    printed = run_pages(pages)
    assert all(has_even_docstrings(page.script) for page in pages.values())
    assert printed.count("probabilities: differs") + printed.count("predictions: differs") == len(VARIANTS)
    assert "bisect" not in pages["a class, one layer and no linear term"].script


def test_the_page_says_what_was_done_in_training(models):
    pages = {name: " ".join(SPEC.pytorch_page(*found).script.split()) for name, found in models.items()}
    quiet = pages["a class, without chance"]
    assert "dropout" not in quiet
    assert "replaced by" not in quiet
    assert "1 networks" not in quiet
    assert "In training 12.5% of the values were replaced" in pages["a class, an odd share of others"]
    assert "fixed vectors" not in pages["a class, one-hot"]
    assert not [name for name, script in pages.items() if "$12.50" in script]


def test_every_onnx_file_answers_as_the_model(models):
    run_readers({name: SPEC.onnx_export(trained) for name, (trained, _) in models.items()})


def test_a_step_of_the_texts_network_is_that_of_the_training(models, tmp_path):
    """The same loss from the same weights on the same rows, and the same weights after it."""

    trained, settings = models["the text's with a class"]
    write_page(SPEC.pytorch_page(trained, settings), tmp_path, "page")
    page = opened(tmp_path)
    rows = [{"make": "B-01", "power": 90.0, "sold": "2003-02-01 10:00:00"}, {"make": None, "power": 130.5}]
    codes, numbers = page["inputs_of"](rows)
    targets = torch.tensor([1, 0])
    ours = trained.network
    optimizers = [
        torch.optim.AdamW(model.parameters(), lr=settings.learning_rate, weight_decay=settings.weight_decay)
        for model in (ours, page["model"])
    ]
    loss = torch.nn.functional.cross_entropy(ours(codes, numbers)[:, 0], targets)
    loss.backward()
    optimizers[0].step()
    assert page["train_step"](page["model"], optimizers[1], codes[:, 0], numbers, targets) == pytest.approx(
        loss.item(), abs=1e-6
    )
    assert torch.allclose(page["model"].fc1.weight, ours.inner.fc1.weight, atol=1e-6)
