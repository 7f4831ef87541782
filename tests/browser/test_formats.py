"""Every format in a real browser: a file of each is uploaded, told by its content, and shows what it holds."""

import gzip
import io
import json
import re
import zipfile

import numpy as np
import pandas as pd
import pytest
import torch
from playwright.sync_api import expect
from safetensors.numpy import save

from embedviz.formats import FORMATS, write_vectors
from embedviz.space import EmbeddingSpace
from tests.browser.acting import follow, settle, visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]

WORDS = ["king", "queen", *(f"word{i}" for i in range(18))]
VECTORS = np.random.default_rng(0).normal(size=(20, 5)).astype(np.float32)
TABLE = pd.DataFrame({"review": ["a warm and funny film", "a cold and tired film"] * 10, "stars": [5, 1] * 10})
FASTTEXT = "".join(f"__label__{'good' if stars == 5 else 'bad'} {text}\n" for text, stars in TABLE.to_numpy())
MODEL = {"embeddings.word_embeddings.weight": VECTORS, "encoder.layer.0.weight": np.zeros((4, 3), np.float32)}


def written(format):
    stream = io.BytesIO()
    write_vectors(EmbeddingSpace(WORDS, VECTORS), stream, format)
    return stream.getvalue()


def packed(**files):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in files.items():
            archive.writestr(name.replace("__", "."), data)
    return stream.getvalue()


def parquet():
    stream = io.BytesIO()
    TABLE.to_parquet(stream, index=False)
    return stream.getvalue()


def state_dict():
    stream = io.BytesIO()
    torch.save({name: torch.tensor(matrix) for name, matrix in MODEL.items()}, stream)
    return stream.getvalue()


def upload(page, *files):
    """Upload files by name and content, all at once."""
    settle(page)
    sent = [
        {
            "name": name,
            "mimeType": "application/octet-stream",
            "buffer": data.encode() if isinstance(data, str) else data,
        }
        for name, data in files
    ]
    page.set_input_files("input[type=file]", files=sent)
    title = " and ".join(name for name, _ in files)
    expect(page.get_by_text(re.compile(rf"^{re.escape(title)} · "))).to_be_visible()  # no longer what was open before


@pytest.fixture
def page(server, chromium):
    page = chromium.new_page(viewport={"width": 1440, "height": 900})
    page.goto(server.address + "data")
    yield page
    page.close()


def test_a_table_of_each_format_is_read(page):
    csv = TABLE.to_csv(index=False)
    for name, data in {
        "semicolons.csv": TABLE.to_csv(index=False, sep=";"),
        "tabs.tsv": TABLE.to_csv(index=False, sep="\t"),
        "colons.dat": "".join("::".join(map(str, row)) + "\n" for row in TABLE.to_numpy()),
        "rows.json": TABLE.to_json(orient="records"),
        "columns.json": TABLE.to_json(orient="columns"),
        "lines.jsonl": TABLE.to_json(orient="records", lines=True),
        "table.parquet": parquet(),
        "labels.txt": FASTTEXT,
        "packed.csv.gz": gzip.compress(csv.encode()),
        "inside.zip": packed(inside__csv=csv),
        "utf-16.csv": csv.encode("utf-16"),
    }.items():
        upload(page, (name, data))
        own = {"inside.zip": "inside.csv", "packed.csv.gz": "packed.csv"}.get(name, name)
        expect(page.get_by_text(f"20 rows read from {own}.")).to_be_visible()
        expect(page.get_by_role("button", name="Train on this")).to_be_visible()
    upload(page, ("plain.txt", "It was a warm and funny film. We laughed.\n" * 30))
    expect(page.get_by_text("read from plain.txt. Taken as plain text")).to_be_visible()


def test_vectors_of_each_format_are_opened(page):
    files = {format: [(f"{format}.file", written(format))] for format in FORMATS}
    files["two uploads"] = [
        ("vectors.tsv", "\n".join("\t".join(map(str, row)) for row in VECTORS)),
        ("metadata.tsv", "word\tyear\n" + "".join(f"{word}\t1611\n" for word in WORDS)),
    ]
    vocabulary = json.dumps({word: i for i, word in enumerate(WORDS)})
    model = packed(config__json="{}", model__safetensors=save(MODEL), vocab__json=vocabulary)
    files["Hugging Face"] = [("model.zip", model)]
    files["gzipped"] = [("v.txt.gz", gzip.compress(written("glove")))]
    for format, sent in files.items():
        upload(page, *sent)
        # One only: the sentence of the file before may stand for a moment more.
        expect(page.get_by_text("Vectors in the format"), format).to_have_count(1)
        follow(page, "Open the vectors", "Neighbours")
        expect(page.get_by_text("20 words, 5 dimensions."), format).to_be_visible()
        visit(page, "Data")


def test_a_file_with_several_matrices_offers_them(page):
    upload(page, ("net.pt", state_dict()))
    follow(page, "Open the vectors", "Neighbours")
    expect(page.get_by_text("20 rows, 5 dimensions. Of 2 matrices in the file")).to_be_visible()
    settle(page)
    page.get_by_role("combobox", name="Matrix").click()
    page.get_by_role("option", name="encoder.layer.0.weight (4 × 3)").click()
    expect(page.get_by_text("4 rows, 3 dimensions.")).to_be_visible()


def test_a_pickle_is_refused_with_the_way_to_export(page):
    upload(page, ("model.pkl", b"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00]."))
    expect(page.get_by_text("Export it with the library that wrote it")).to_be_visible()
