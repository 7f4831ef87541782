"""Accuracy and seconds on the phase of flight of bird strikes, compared with boosted trees and one-hot logistic regression.

    python benchmarks/categories_accuracy.py [--folds N] [--presets recommended …] [--threads N] [--set NAME=VALUE …]

Five folds drawn with seed 0, of which the first N are run; classes with fewer than 20 rows are left out. A tenth of each
fold's training rows selects the best epoch, and its test rows are measured once. The baselines select nothing, so they
train on those rows too. Everything is run with all columns, and without the date of the flight, which gives the lower log
loss on the validation parts (printed).
"""

import argparse
import sys
import time
from collections.abc import Generator
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import torch

from embedviz.data.reading import Table, read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import Fold
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.spec import SPEC
from embedviz.training.devices import choose

FOLDS = 5
TARGET = "Phase of flight"
PEER = "Boosted trees"
NO_DATE = ", without the date"
T = TypeVar("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--presets", nargs="*", default=["textbook", "recommended"])
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--set", nargs="*", default=[], metavar="NAME=VALUE", help="settings other than the preset's")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    table = read_table(SAMPLES["bird_strikes"].path)
    extra = {"min_class_rows": 20, **dict(pair.split("=", 1) for pair in arguments.set)}
    print(f"{len(table.frame):,} reports, {arguments.threads} threads", flush=True)

    rows: dict[str, list[tuple[float, float]]] = {}
    losses: dict[str, list[float]] = {}
    for number in range(arguments.folds):
        for suffix, columns in (("", {"target": TARGET}), (NO_DATE, {"target": TARGET, "ignore": ["Flight Date"]})):
            prepared = prepare(CategoriesSettings.of(**extra), table, columns, number)
            train = np.sort(np.concatenate([prepared.split.train, prepared.split.validation]))
            for baseline in SPEC.baselines(replace(prepared, split=replace(prepared.split, train=train))):
                started = time.perf_counter()
                accuracy = finish(baseline.measure())["test/accuracy"]
                report(rows, baseline.name + suffix, number, accuracy, time.perf_counter() - started)
            for preset in arguments.presets:
                started = time.perf_counter()
                settings = CategoriesSettings.of(preset=preset, **extra)
                prepared = prepare(settings, table, columns, number)
                learner = prepared.learner(settings, choose("cpu"), arguments.threads)
                for _ in learner.run():
                    pass
                metrics = SPEC.evaluate(learner.best(), prepared).metrics
                losses.setdefault(preset + suffix, []).append(metrics["validation/log_loss"])
                report(rows, preset + suffix, number, metrics["test/accuracy"], time.perf_counter() - started)

    peer = np.array(rows[PEER])[:, 0].mean()
    print(f"{'':40} {'accuracy':>8} {'± std':>7} {'of trees':>9} {'median s a fold':>15} {'validation log loss':>20}")
    for name, found in rows.items():
        accuracies, seconds = np.array(found).T
        loss = f"{np.mean(losses[name]):20.4f}" if name in losses else ""
        print(
            f"{name:40} {accuracies.mean():8.4f} {accuracies.std():7.4f} {accuracies.mean() / peer:8.3f}x "
            f"{np.median(seconds):15.1f} {loss}"
        )


def prepare(settings: CategoriesSettings, table: Table, columns: dict[str, Any], number: int) -> CategoriesPrepared:
    return finish(SPEC.prepare(table, columns, settings, fold=Fold(number, FOLDS)))


def report(rows: dict[str, list[tuple[float, float]]], name: str, fold: int, accuracy: float, seconds: float) -> None:
    rows.setdefault(name, []).append((accuracy, seconds))
    print(f"  {name} fold {fold}: {accuracy:.4f}, {seconds:.1f} s", file=sys.stderr, flush=True)


def finish(steps: Generator[object, None, T]) -> T:
    """Drain a generator and return its value."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


if __name__ == "__main__":
    main()
