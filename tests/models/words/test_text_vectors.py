"""Vectors of texts, and the space that they make, for every word model."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.generators import result_of
from embedviz.data.corpus_reading import read_corpus
from embedviz.data.reading import Table, read_table
from embedviz.models import model_spec
from embedviz.models.words.text_vectors import first_component, sif_vectors, sif_weights, without_component
from embedviz.space.storage import read_space, write_space
from embedviz.testing import CPU
from tests.models.words.fitting import WORD_MODELS, finish

RNG = np.random.default_rng(0)


def reference(texts, vectors, counts, a=1e-3):
    """Arora, Liang and Ma 2017, algorithm 1, as it is written there; a text without words is zero."""
    p = counts / counts.sum()
    means = np.array(
        [
            np.mean([a / (a + p[w]) * vectors[w] for w in text], axis=0) if text else np.zeros(vectors.shape[1])
            for text in texts
        ]
    )
    u = np.linalg.svd(means, full_matrices=False)[2][0]
    return means - means @ np.outer(u, u)


def test_vectors_of_texts_are_those_of_the_paper():
    vectors = RNG.normal(0.3, 1, (40, 6)).astype(np.float32)
    counts = RNG.integers(0, 500, 40)
    texts = [RNG.integers(0, 40, n).tolist() for n in (3, 1, 12, 0, 7, 5, 30)]
    tokens = np.array([token for text in texts for token in (*text, -1)], np.int32)
    found = sif_vectors(tokens, vectors, counts)
    assert found.dtype == np.float32
    assert found == pytest.approx(reference(texts, vectors.astype(float), counts), abs=1e-5)
    assert (found[3] == 0).all()


def test_rare_words_weigh_more():
    weights = sif_weights(np.array([980, 19, 1, 0]))
    assert weights == pytest.approx([1e-3 / (1e-3 + 0.98), 1e-3 / (1e-3 + 0.019), 0.5, 1])


def test_nothing_is_left_along_the_first_component():
    vectors = RNG.normal(2, 1, (50, 5)).astype(np.float32)
    first = np.linalg.svd(vectors.astype(float), full_matrices=False)[2][0]
    assert np.abs(without_component(vectors, first_component(vectors)) @ first).max() < 1e-4


def examples(table, model="skipgram", **settings):
    spec = model_spec(model)
    values = {"min_count": 1, "subsample": 0, "dim": 8, "epochs": 2, **settings}
    chosen = spec.Settings.of(**{name: v for name, v in values.items() if name in spec.Settings.model_fields})
    prepared = result_of(spec.prepare(table, table.roles, chosen))
    trained = finish(prepared.learner(chosen, CPU, 1)).best()
    return result_of(spec.examples(trained, prepared, table)), trained, prepared


@pytest.mark.parametrize("model", WORD_MODELS)
def test_every_word_model_offers_its_texts(model, two_topics, tmp_path):
    table = read_table(two_topics.encode(), name="t.txt", unit="line")
    spaces, trained, prepared = examples(table, model, epochs=5)
    space = spaces["text"]
    assert space.kind == "text"
    assert space.columns["text"].tolist() == table.frame["text"].tolist()
    assert space.columns["row"].tolist() == list(range(1, 601))
    assert (space.columns["words"] == 8).all()
    assert np.flatnonzero(space.columns["part"] == "test").tolist() == prepared.corpus.split.test.tolist()
    words = [[trained.labels.index(word) for word in text.split()] for text in table.frame["text"]]
    assert space.vectors == pytest.approx(reference(words, trained.vectors.astype(float), trained.counts), abs=1e-4)
    write_space(space, tmp_path)
    again = read_space(tmp_path, "text")
    assert again.labels == space.labels
    assert np.array_equal(again.vectors, space.vectors)
    assert again.kind == "text"


def test_missing_cells_and_texts_without_a_known_word_are_no_points():
    texts = ["the cat sat", None, "the dog ran", "odd", "", "the cat ran"] * 20
    texts[3::6] = [f"odd{i}" for i in range(20)]
    table = Table(pd.DataFrame({"text": texts}), read_table(b"a\nb\n", unit="line").report, "table", {"text": "text"})
    spaces, _, _ = examples(table, min_count=2, test_share=0.05)
    space = spaces["text"]
    assert sorted(set(space.columns["text"])) == ["the cat ran", "the cat sat", "the dog ran"]
    assert [texts[row - 1] for row in space.columns["row"]] == space.columns["text"].tolist()
    assert space.notes == ("Texts without a word of the vocabulary, left out: 20.",)


def test_a_corpus_that_is_read_from_disk_gives_its_words(tmp_path, two_topics):
    lines = two_topics.splitlines()
    for name, part in (("a.txt", lines[:300]), ("b.txt", lines[300:])):
        (tmp_path / name).write_text("\n".join(line.title() + "!" for line in part))
    table = read_corpus([tmp_path / "a.txt", tmp_path / "b.txt"], unit="line")
    space = examples(table)[0]["text"]
    assert space.columns["text"].tolist() == lines
    assert "row" not in space.columns  # its rows are in no table


def test_few_of_many_texts_are_drawn_by_the_seed(monkeypatch, two_topics):
    monkeypatch.setattr("embedviz.training.examples.MAX_EXAMPLES", 50)
    table = read_table(two_topics.encode(), name="t.txt", unit="line")
    space, again, other = (examples(table, seed=seed)[0]["text"] for seed in (1, 1, 2))
    assert len(space) == 50
    assert space.notes == ("50 of the 600 texts, drawn evenly with the seed 1.",)
    assert space.labels == again.labels != other.labels


def test_texts_are_chosen_by_their_rows(two_topics):
    table = read_table(two_topics.encode(), name="t.txt", unit="line")
    spec = model_spec("skipgram")
    left = spec.filter_rows(table.frame, table.roles, spec.Settings.of(), "text", ["1", "600"], True)
    assert left["text"].tolist() == [table.frame["text"].iloc[0], table.frame["text"].iloc[-1]]
