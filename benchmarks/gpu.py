"""CPU against GPU: word vectors, UMAP, sentiment and ratings, each on both, in under eight minutes.

    python benchmarks/gpu.py [--batches]

Words a second and held-out AUC of a text of 3 M words (made_text.py), 100 dimensions, window 5, 5 negative samples, 2 epochs; UMAP of
20,000 and 50,000 vectors; the textbook's sentiment network over the film reviews and ratings by gradient descent, for 15 s each. Each is
run once for warming up. The CPU takes all cores. --batches: words a second by the size of a batch, too.
"""

from __future__ import annotations

import os
import sys
import time

import numpy as np
from made_text import LENGTH, made_sentences

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import Split, SplitMethod
from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.formats import load_vectors
from embedviz.models import model_spec
from embedviz.models.words import sampling_gpu
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.projection.projecting import steps
from embedviz.projection.settings import ProjectionSettings
from embedviz.text.corpus import Corpus
from embedviz.text.vocabulary import Vocabulary
from embedviz.training.devices import Device, choose, devices, torch_threads

WORDS, EPOCHS, MIN_COUNT = 3_000_000, 2, 5
SECONDS = 15  # of sentiment and of ratings, on each
THREADS = os.cpu_count() or 1


def main() -> None:
    cpu, gpu = choose("cpu"), devices()[0]
    if gpu.kind == "cpu":
        sys.exit("This machine has no accelerator.")
    print(f"{gpu.title} against {THREADS} cores", flush=True)
    corpus = made_corpus(WORDS)
    for name in ("skipgram", "cbow", "fasttext"):
        print_row(name, *(words_once(name, corpus, device) for device in (cpu, gpu)), unit="M words/s, AUC")
    if "--batches" in sys.argv:
        for size in (4_096, 16_384, 65_536, 262_144):
            sampling_gpu.BATCH_TOKENS = size
            print(
                f"skipgram, batches of {size:,}: %.2f M words/s, AUC %.3f" % words_once("skipgram", corpus, gpu),
                flush=True,
            )
    given = load_vectors(SAMPLES["glove"].path).vectors
    rng = np.random.default_rng(0)
    for n in (20_000, 50_000):
        vectors = given[rng.integers(len(given), size=n)] + 0.3 * rng.standard_normal((n, 100), np.float32)
        print_row(f"UMAP, {n:,}", *(umap_once(vectors, device) for device in (cpu, gpu)), unit="maps a minute")
    print_row(
        "sentiment",
        *(
            model_once(
                "sentiment", "movie_reviews", device, preset="textbook", vectors="none", fine_tune=True, epochs=2
            )
            for device in (cpu, gpu)
        ),
        unit="k texts/s",
    )
    print_row(
        "ratings",
        *(model_once("ratings", "ratings", device, preset="gradient") for device in (cpu, gpu)),
        unit="k ratings/s",
    )


def print_row(name: str, cpu: tuple[float, ...], gpu: tuple[float, ...], unit: str) -> None:
    values = [", ".join(f"{value:.3g}" for value in row) for row in (cpu, gpu)]
    print(f"{name:16} CPU {values[0]:14} GPU {values[1]:14} {unit}: {gpu[0] / cpu[0]:.2f} x", flush=True)


def made_corpus(n_words: int) -> Corpus:
    blocks = [(block, labels) for block, labels, _ in made_sentences(n_words)]
    labels = blocks[0][1]
    text = np.concatenate([block for block, _ in blocks])
    counts = np.bincount(text.reshape(-1), minlength=len(labels))
    vocabulary = Vocabulary.from_counter({label: int(n) for label, n in zip(labels, counts, strict=True)}, MIN_COUNT)
    places = np.full(len(labels), -2, np.int32)
    for i, label in enumerate(labels):
        if label in vocabulary:
            places[i] = vocabulary.index(label)
    rows = np.column_stack([places[text], np.full(len(text), -1, np.int32)]).astype(np.int32)
    parts = [part.reshape(-1) for part in (rows[: -len(rows) // 20], rows[-len(rows) // 20 :])]
    parts = [part[part != -2] for part in parts]
    split = Split.of(
        (np.arange(len(rows)) >= len(rows) - len(rows) // 20).astype(int), method=SplitMethod.BY_UNIT, seed=0
    )
    return Corpus(vocabulary, *parts, np.empty(0, np.int32), split=split, n_tokens=len(text) * LENGTH)


def words_once(name: str, corpus: Corpus, device: Device) -> tuple[float, float]:
    spec = model_spec(name)
    for epochs in (1, EPOCHS):  # the first warms up
        settings = spec.Settings.of(epochs=epochs, dim=100, window=5, negative_samples=5, min_count=MIN_COUNT)
        learner = PreparedCorpus(corpus, settings, spec.engine, 1.0).learner(settings, device, THREADS)
        begun = time.perf_counter()
        for _ in learner.run():
            if epochs == 1 and time.perf_counter() - begun > 3:
                break
        took = time.perf_counter() - begun
    trained = learner.current()
    draw = HeldOutPairs.draw_windows if settings.predicts_from_windows else HeldOutPairs.draw
    pairs = draw(corpus.validation, 5, corpus.vocabulary.counts, 1, 50_000)
    return EPOCHS * corpus.n_tokens / took / 1e6, pairs.measure(trained.log_probabilities).auc


def umap_once(vectors: np.ndarray, device: Device) -> tuple[float]:
    with torch_threads(THREADS):
        for rows in (2_000, len(vectors)):
            begun = time.perf_counter()
            result_of(steps(vectors[:rows], ProjectionSettings.of(method="umap", seed=0), device.name))
    return (60 / (time.perf_counter() - begun),)


def model_once(name: str, sample: str, device: Device, **values) -> tuple[float]:
    spec = model_spec(name)
    table = read_table(SAMPLES[sample].path)
    settings = spec.Settings.of(**values)
    columns = roles_of(table, {})
    with torch_threads(THREADS):
        prepared = result_of(spec.prepare(table, columns, settings))
        learner = prepared.learner(settings, device, THREADS)
        speed, begun = 0.0, time.perf_counter()
        for event in learner.run():
            speed = event.examples_per_second or speed
            if time.perf_counter() - begun > SECONDS:
                break
    return (speed / 1e3,)


if __name__ == "__main__":
    main()
