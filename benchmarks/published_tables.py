"""Scores and seconds on published tables beside CatBoost, HistGradientBoosting, RealMLP and TabM, all in one run.

    python benchmarks/published_tables.py FOLDER [--folds N] [--only adult …] [--models embedviz …] [--threads N]
        [--neural-folds N] [--cache FOLDER]

FOLDER holds adult_train.csv.gz and adult_test.csv.gz: UCI's census table in its published split, without `fnlwgt`, an empty
cell for a missing value; folds are seeds there. Bird strikes are the sample of the app: phase of flight, classes of 20 rows or
more, five folds drawn by seed 0. Diamonds (prices; 20,000 rows drawn by seed 0, five folds) come with plotnine.

Ours is the recommended preset with its default settings; a tenth of the training rows selects its best epoch. The others train
on those rows too. RealMLP and TabM (pytabkit) hold out rows of their own, and run with pytabkit's defaults in a virtual
environment of their own, which is made in the cache folder, since their requirements conflict with ours; they take minutes a
fold, so that --neural-folds limits them.

The vectors are measured by how they help another model, as Guo and Berkhahn 2016, "Entity embeddings of categorical variables",
do: HistGradientBoosting with our vectors of the categories, learned from the training set, in place of ordinal codes (in
alphabetical order) or target codes (cross-fitted means of the target).
"""

import argparse
import importlib.util
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.model_selection import KFold
from sklearn.preprocessing import OrdinalEncoder, TargetEncoder

from embedviz.core.generators import result_of
from embedviz.data.folds import Fold
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.models.categories.encoding import ALPHABET
from embedviz.models.categories.prepared import CategoriesPrepared
from embedviz.models.categories.settings import CategoriesSettings
from embedviz.models.categories.spec import SPEC
from embedviz.models.categories.trained import TrainedCategories
from embedviz.training.devices import choose

Row = tuple[str, str, str, float, float, float, int]  # data, measure, model, value, std, seconds, folds

FOLDS = 5
OURS = "embedviz"
TREES = "HistGradientBoosting, {}"
OUR_VECTORS = "HistGradientBoosting, our vectors"
NEURAL = ("RealMLP", "TabM")
MODELS = (
    OURS, TREES.format("ordinal codes"), TREES.format("target codes"), OUR_VECTORS, "CatBoost", *NEURAL,
)  # fmt: skip
PACKAGES = ("torch==2.13.0", "pytabkit==1.7.3")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "embedviz-benchmarks"
MIN_CLASS_ROWS, MAX_DIAMONDS = 20, 20_000
NEURAL_SCRIPT = """
import json, sys, time
import pandas as pd, torch
import pytabkit
name, folder, categories, is_number, seed, threads = json.loads(sys.argv[1])
torch.set_num_threads(threads)
train, test = (
    pd.read_csv(f"{folder}/{part}.csv", dtype=dict.fromkeys(categories, str), keep_default_na=False)
    for part in ("train", "test")
)
kind = "Regressor" if is_number else "Classifier"
model = getattr(pytabkit, {"RealMLP": "RealMLP_TD_", "TabM": "TabM_D_"}[name] + kind)(
    device="cpu", random_state=seed, n_threads=threads
)
started = time.perf_counter()
model.fit(train.drop(columns="target"), train["target"], cat_col_names=categories)
found = model.predict(test)
pd.Series(found).to_csv(f"{folder}/found.csv", index=False, header=False)
print(json.dumps(time.perf_counter() - started))
"""


@dataclass(frozen=True)
class Data:
    """A published table: every row has a target, and "part" says train or test where the split is published."""

    name: str
    frame: pd.DataFrame
    target: str
    measure: str  # "accuracy" or "rmse"
    is_published_split: bool = False


@dataclass(frozen=True)
class Part:
    """One fold (or seed) of a table: features as other models read them, with the missing ones, and our model's own."""

    prepared: CategoriesPrepared
    categories: pd.DataFrame  # as written, "(missing)" where empty
    numbers: pd.DataFrame  # NaN where missing
    targets: np.ndarray  # (N,) classes by number, or numbers
    train: np.ndarray  # row numbers; those that select our best epoch are among them
    test: np.ndarray
    seed: int

    @property
    def is_number(self) -> bool:
        return not self.prepared.target.classes


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--neural-folds", type=int, default=1, help="folds of RealMLP and TabM")
    parser.add_argument("--only", nargs="*", default=[], choices=list(TABLES))
    parser.add_argument("--models", nargs="*", default=list(MODELS), choices=MODELS)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--cache", type=Path, default=CACHE, help="of the virtual environment for RealMLP and TabM")
    a = parser.parse_args()
    found = list(rows(a.folder, a.folds, a.only, a.models, a.threads, a.neural_folds, a.cache))
    print(
        f"{'data':12} {'measure':9} {'model':36} {'value':>9} {'± std':>8} {'of best peer':>12} {'s a fold':>9} {'folds':>6}"
    )
    for data, measure, model, value, std, seconds, folds in found:
        peers = [row[3] for row in found if row[0] == data and row[2] not in (OURS, OUR_VECTORS) and row[6]]
        best = (max if measure == "accuracy" else min)(peers, default=np.nan)
        ratio = f"{value / best:.4f}x" if peers else ""
        print(
            f"{data:12} {measure:9} {model:36} {value:9.4f} {std:8.4f} {ratio:>12} {seconds:9.1f} {folds:6}"
            if folds
            else f"{data:12} {measure:9} {model}"
        )


def rows(
    folder: Path | str,
    folds: int = FOLDS,
    only: Sequence[str] = (),
    models: Sequence[str] = MODELS,
    threads: int = 2,
    neural_folds: int = 1,
    cache: Path | str = CACHE,
) -> Iterator[Row]:
    """Yield a row for each table and model: (data, measure, model, value, std, seconds a fold, folds).

    The value is a mean over folds, the seconds a median. A model that cannot be run has no folds, and its name says why.
    """
    torch.set_num_threads(threads)
    for name in only or TABLES:
        data = TABLES[name](Path(folder))
        if isinstance(data, str):
            yield name, "", f"left out: {data}", np.nan, np.nan, np.nan, 0
            continue
        reached: dict[str, list[tuple[float, float]]] = {}
        failed: dict[str, str] = {}
        for number in range(folds):
            for model, value, seconds in measured(data, number, models, threads, neural_folds, Path(cache), failed):
                reached.setdefault(model, []).append((value, seconds))
                print(f"  {name} {model} fold {number}: {value:.4f}, {seconds:.1f} s", file=sys.stderr, flush=True)
        for model, scores in reached.items():
            values, seconds = np.array(scores).T
            yield data.name, data.measure, model, values.mean(), values.std(), float(np.median(seconds)), len(scores)
        for model, why in failed.items():
            yield data.name, data.measure, f"{model}, not run: {why}", np.nan, np.nan, np.nan, 0


def measured(
    data: Data, number: int, models: Sequence[str], threads: int, neural_folds: int, cache: Path, failed: dict[str, str]
) -> Iterator[tuple[str, float, float]]:
    """Yield model, value and seconds of one fold."""
    started = time.perf_counter()
    part, settings = prepare(data, number)
    trained = None
    if OURS in models or OUR_VECTORS in models:
        trained = train_ours(part, settings, threads)
        found = trained.predict_encoded(part.prepared.rows.take(part.test))
        seconds = time.perf_counter() - started
        if OURS in models:
            yield OURS, score(part, found if part.is_number else found.argmax(1)), seconds
    ways: dict[str, Callable[[], np.ndarray]] = {
        TREES.format("ordinal codes"): lambda: predict_trees(part, ordinal_codes(part)),
        TREES.format("target codes"): lambda: predict_trees(part, target_codes(part)),
        OUR_VECTORS: lambda: predict_trees(part, our_vectors(part, trained)),
        "CatBoost": lambda: predict_catboost(part, threads),
    }
    for name in NEURAL if number < neural_folds else ():
        ways[name] = lambda name=name: predict_neural(name, part, threads, cache)
    for name, predict in ways.items():
        if name not in models or name in failed:
            continue
        started = time.perf_counter()
        try:
            found = predict()
        except (ImportError, RuntimeError) as error:
            failed[name] = str(error)
            continue
        yield name, score(part, found), time.perf_counter() - started


def prepare(data: Data, number: int) -> tuple[Part, CategoriesSettings]:
    """Split and encode a table; where the split is published, the fold is the seed."""
    seed = number if data.is_published_split else 0
    settings = CategoriesSettings.of(preset="recommended", seed=seed)
    table = read_table(data.frame.to_csv(index=False).encode(), name="table.csv")
    columns, fold = {"target": data.target}, None
    if data.is_published_split:
        columns["split"] = "part"
    else:
        fold = Fold(number, FOLDS)
    prepared = result_of(SPEC.prepare(table, columns, settings, fold=fold))
    if len(prepared.rows) != len(data.frame):
        raise ValueError(f"{len(data.frame) - len(prepared.rows)} rows of {data.name} have no target.")
    numbers = {
        f"{number.column} {number.part}".strip(): prepared.rows.numbers[:, p].astype(np.float64)
        for p, number in enumerate(prepared.encoder.numbers)
        if number.part != ALPHABET
    }
    categories = data.frame[list(prepared.encoder.values)].astype("str").where(data.frame.notna(), "(missing)")
    split = prepared.split
    train = np.sort(np.concatenate([split.train, split.validation]))
    return Part(prepared, categories, pd.DataFrame(numbers), prepared.targets, train, split.test, number), settings


def train_ours(part: Part, settings: CategoriesSettings, threads: int) -> TrainedCategories:
    learner = part.prepared.learner(settings, choose("cpu"), threads)
    for _ in learner.run():
        pass
    return learner.best()


def score(part: Part, found: np.ndarray) -> float:
    """Return the accuracy of classes, or the RMSE of numbers, of the test rows."""
    wanted = part.targets[part.test]
    return float(np.sqrt(((found - wanted) ** 2).mean())) if part.is_number else float((found == wanted).mean())


def ordinal_codes(part: Part) -> np.ndarray:
    encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
    encoder.fit(part.categories.iloc[part.train])
    return encoder.transform(part.categories)


def target_codes(part: Part) -> np.ndarray:
    """Return means of the target by value, of the training rows those of other rows."""
    kind = "continuous" if part.is_number else "multiclass" if part.targets.max() > 1 else "binary"
    encoder = TargetEncoder(target_type=kind, cv=KFold(shuffle=True, random_state=part.seed))
    trained = encoder.fit_transform(part.categories.iloc[part.train], part.targets[part.train])
    found = encoder.transform(part.categories)
    found[part.train] = trained
    return found


def our_vectors(part: Part, trained: TrainedCategories | None) -> np.ndarray:
    if trained is None:
        raise RuntimeError("our model was not trained")
    spaces, codes = trained.spaces(), part.prepared.rows.codes
    return np.hstack([spaces[name].vectors[codes[:, k]] for k, name in enumerate(part.prepared.encoder.values)])


def predict_trees(part: Part, categories: np.ndarray) -> np.ndarray:
    features = np.hstack([categories, part.numbers.to_numpy()])
    trees = HistGradientBoostingRegressor if part.is_number else HistGradientBoostingClassifier
    model = trees(random_state=part.seed).fit(features[part.train], part.targets[part.train])
    return model.predict(features[part.test])


def predict_catboost(part: Part, threads: int) -> np.ndarray:
    import catboost

    model_class = catboost.CatBoostRegressor if part.is_number else catboost.CatBoostClassifier
    model = model_class(
        random_seed=part.seed, thread_count=threads, verbose=False, allow_writing_files=False,
        cat_features=list(part.categories),
    )  # fmt: skip
    features = pd.concat([part.categories, part.numbers], axis=1)
    model.fit(features.iloc[part.train], part.targets[part.train])
    return np.asarray(model.predict(features.iloc[part.test])).ravel()


def predict_neural(name: str, part: Part, threads: int, cache: Path) -> np.ndarray:
    """Train a network of pytabkit in its own environment. RuntimeError where that cannot be made, or the network fails."""
    python = neural_python(cache)
    features = pd.concat([part.categories, part.numbers.fillna(part.numbers.median())], axis=1)  # it takes no NaN
    features = features.assign(**{
        f"{column} missing": part.numbers[column].isna().astype(np.float64)
        for column in part.numbers if part.numbers[column].isna().any()
    })  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        features.iloc[part.train].assign(target=part.targets[part.train]).to_csv(f"{folder}/train.csv", index=False)
        features.iloc[part.test].to_csv(f"{folder}/test.csv", index=False)
        what = json.dumps([name, folder, list(part.categories), part.is_number, part.seed, threads])
        run([str(python), "-c", NEURAL_SCRIPT, what])
        return pd.read_csv(f"{folder}/found.csv", header=None)[0].to_numpy()


def neural_python(cache: Path) -> Path:
    """Return the interpreter of the environment with pytabkit, which is made the first time."""
    folder = cache / "-".join(PACKAGES).replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "installed").exists():
        run([sys.executable, "-m", "venv", "--clear", str(folder)])
        run([str(python), "-m", "pip", "install", "-q", *PACKAGES])
        (folder / "installed").touch()
    return python


def run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        lines = [line for line in done.stderr.splitlines() if line.strip()]
        raise RuntimeError(lines[-1][:200] if lines else f"{command[0]} ended with {done.returncode}")


def adult(folder: Path) -> Data | str:
    try:
        parts = [pd.read_csv(folder / f"adult_{part}.csv.gz").assign(part=part) for part in ("train", "test")]
    except FileNotFoundError as error:
        return f"{error.filename} is missing"
    return Data("adult", pd.concat(parts, ignore_index=True), "salary", "accuracy", is_published_split=True)


def bird_strikes(folder: Path) -> Data:
    frame, target = pd.read_csv(SAMPLES["bird_strikes"].path), "Phase of flight"
    sizes = frame[target].map(frame[target].value_counts())
    return Data("bird_strikes", frame[sizes >= MIN_CLASS_ROWS].reset_index(drop=True), target, "accuracy")


def diamonds(folder: Path) -> Data | str:
    found = importlib.util.find_spec("plotnine")
    if found is None or not found.origin:
        return "plotnine, which has the table, is not installed"
    frame = pd.read_csv(Path(found.origin).parent / "data" / "diamonds.csv")
    return Data("diamonds", frame.sample(MAX_DIAMONDS, random_state=0).reset_index(drop=True), "price", "rmse")


TABLES: dict[str, Callable[[Path], Data | str]] = {"adult": adult, "bird_strikes": bird_strikes, "diamonds": diamonds}

if __name__ == "__main__":
    main()
