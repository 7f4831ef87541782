"""Phase of flight from bird strikes beside boosted trees and one-hot logistic regression: accuracy and seconds, same folds.

    python benchmarks/categories_accuracy.py [--folds N] [--presets recommended …] [--threads N] [--set NAME=VALUE …]

Five folds drawn by seed 0, of which the first N are run; classes with fewer than 20 rows are left out. A tenth of each
fold's training rows chooses the best epoch, and its test rows are measured once. The peers choose nothing, so they learn
from those rows, too. Everything is run with all columns, and without the date of the flight, as the validation parts
prefer it (their log loss is printed).
"""

import argparse
import sys
import time
from typing import Any

import numpy as np
import torch

from embedviz.data.reading import Table, read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import Fold
from embedviz.evaluation.scores import BaselineScore
from embedviz.models.categories.model import Categories
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.training.devices import choose

FOLDS = 5
TARGET = "Phase of flight"
PEER = "Boosted trees"
NO_DATE = ", without the date"


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
        for said, columns in (("", {"target": TARGET}), (NO_DATE, {"target": TARGET, "ignore": ["Flight Date"]})):
            model = prepared(Categories.Settings.of(**extra), table, columns, number)
            model.rows["train"] = np.sort(np.concatenate([model.rows["train"], model.rows["validation"]]))
            for score in model.baselines():
                if isinstance(score, BaselineScore):
                    say(rows, score.name + said, number, score.metrics["test/accuracy"], score.seconds)
            for preset in arguments.presets:
                begun = time.perf_counter()
                model = prepared(Categories.Settings.of(preset=preset, **extra), table, columns, number)
                drain(model.fit(choose("cpu"), arguments.threads))
                metrics = model.evaluate()
                losses.setdefault(preset + said, []).append(metrics["validation/log_loss"])
                say(rows, preset + said, number, metrics["test/accuracy"], time.perf_counter() - begun)

    peer = np.array(rows[PEER])[:, 0].mean()
    print(f"{'':40} {'accuracy':>8} {'± std':>7} {'of trees':>9} {'median s a fold':>15} {'validation log loss':>20}")
    for name, found in rows.items():
        accuracy, seconds = np.array(found).T
        loss = f"{np.mean(losses[name]):20.4f}" if name in losses else ""
        print(
            f"{name:40} {accuracy.mean():8.4f} {accuracy.std():7.4f} {accuracy.mean() / peer:8.3f}x "
            f"{np.median(seconds):15.1f} {loss}"
        )


def prepared(settings: CategoriesSettings, table: Table, columns: dict[str, Any], number: int) -> Categories:
    model = Categories(settings)
    drain(model.prepare(table, columns, Fold(number, FOLDS)))
    return model


def say(rows: dict[str, list[tuple[float, float]]], name: str, fold: int, accuracy: float, seconds: float) -> None:
    rows.setdefault(name, []).append((accuracy, seconds))
    print(f"  {name} fold {fold}: {accuracy:.4f}, {seconds:.1f} s", file=sys.stderr, flush=True)


def drain(steps) -> None:
    for _ in steps:
        pass


if __name__ == "__main__":
    main()
