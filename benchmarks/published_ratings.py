"""Ratings on published data beside other tools, every pair in one run: rankings, and errors of estimates.

    python benchmarks/published_ratings.py FOLDER [--folds N] [--only ml-latest-small douban flixster] [--lenskit FOLDER]

FOLDER holds ml-latest-small/ratings.csv, and douban_ and flixster_, train and test, .tsv.gz (the split of Monti, Bronstein
and Bresson 2017). Five folds of ml-latest-small, default_rng(0).permutation(n) % 5, of which the first N are run.

Ranking: every item of the training set that the user has not rated is ranked, and all held-out ratings are to be found,
low ones too; held-out items that the training set does not have count as misses. What is chosen (our penalty, EASE's) is
chosen on a tenth of the training set, drawn with seed 0, and trained again with it. estimate_weight=0: the ranking alone,
since here the rating of what is found does not count; rating_confidence=0.3 for the same reason, which ranks such validation
parts best (embedviz/models/ratings/implicit_als.py). A row of LensKit is trained with its own defaults but for the
dimensions, in a virtual environment that --lenskit names and this script makes where there is none: its requirements
contradict ours.

Douban and Flixster: estimates with the settings that come with embedviz.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd

from embedviz.data.reading import read_table
from embedviz.data.splits import Split, SplitMethod
from embedviz.evaluation.ranking import measure_ranking
from embedviz.models.ratings.baselines import EASE_PENALTIES, ease_scorer, item_knn_scorer
from embedviz.models.ratings.evaluation import popularity_scorer
from embedviz.models.ratings.learner import RatingsLearner
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.prepared import prepare_ratings
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.table import read_ratings
from embedviz.training.devices import choose

Row = tuple[str, str, str, float, float, float, int]  # data, measure, model, mean, standard deviation, seconds, folds
FOLDS, THREADS, DIMS = 5, 2, (64, 128, 192)
COLUMNS = {"user": "userId", "item": "movieId", "rating": "rating"}
RANKING = {"estimate_weight": 0.0, "rating_confidence": 0.3}
FILMS = ("Matrix, The (1999)", "Toy Story (1995)", "Pulp Fiction (1994)")
MIN_RATINGS = 20
MONTI = {"douban": "GC-MC 0.734, IGMC 0.721", "flixster": "GC-MC 0.917, IGMC 0.872"}  # RMSE, published
LENSKIT = ["torch==2.13.0", "lenskit==2025.8.0"]
LENSKIT_SCRIPT = """
import json, sys, time
import pandas as pd
from lenskit import batch, topn_pipeline
from lenskit.als import ImplicitMFScorer
from lenskit.data import from_interactions_df
from lenskit.knn import EASEScorer, ItemKNNScorer, SLIMScorer
frame = pd.read_csv(sys.argv[1])
data = from_interactions_df(frame[["user_id", "item_id"]])
users, answers = json.loads(sys.argv[2]), {}
scorers = {
    "LensKit ImplicitMF, 64 d": ImplicitMFScorer(embedding_size=64),
    "LensKit item-kNN": ItemKNNScorer(feedback="implicit", max_nbrs=20),
    "LensKit EASE": EASEScorer(),
    "LensKit SLIM": SLIMScorer(),
}
for name, scorer in scorers.items():
    started = time.perf_counter()
    try:
        pipeline = topn_pipeline(scorer, n=10)
        pipeline.train(data)
        seconds = time.perf_counter() - started
        lists = batch.recommend(pipeline, users, n=10)
        found = {str(key.user_id): [int(i) for i in items.ids()] for key, items in lists}
        answers[name] = {"seconds": seconds, "lists": found}
    except Exception as error:
        answers[name] = {"error": repr(error)}
json.dump(answers, open(sys.argv[3], "w"))
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--folds", type=int, default=FOLDS)
    parser.add_argument("--only", nargs="*", default=["ml-latest-small", *MONTI])
    parser.add_argument("--lenskit", type=Path, help="a virtual environment, made where there is none")
    arguments = parser.parse_args()
    print_rows(rows(arguments.folder, arguments.folds, arguments.only, arguments.lenskit))
    if "ml-latest-small" in arguments.only:
        print_neighbours(arguments.folder / "ml-latest-small")


def print_rows(found: Iterator[Row]) -> None:
    """Print rows as they come, each measure's best peer beside ours in the end."""
    everything: list[Row] = []
    print(f"{'data':16} {'measure':9} {'model':46} {'mean':>8} {'± std':>7} {'seconds':>8} {'folds':>5}")
    for row in found:
        data, measure, model, value, std, seconds, folds = row
        print(f"{data:16} {measure:9} {model:46} {value:8.4f} {std:7.4f} {seconds:8.2f} {folds:5}", flush=True)
        everything.append(row)
    for data, measure in dict.fromkeys((row[0], row[1]) for row in everything):
        of = [row for row in everything if row[:2] == (data, measure)]
        ours, peers = ([row for row in of if row[2].startswith("embedviz") == mine] for mine in (True, False))
        best = max if measure in ("NDCG@10", "accuracy") else min
        if ours and peers:
            mine, peer = best(ours, key=lambda row: row[3]), best(peers, key=lambda row: row[3])
            ratio = mine[3] / peer[3]
            print(f"{data}, {measure}: {mine[2]} {mine[3]:.4f}, {peer[2]} {peer[3]:.4f}, ratio {ratio:.3f}")


def rows(folder: Path, folds: int = FOLDS, only: list[str] | None = None, lenskit: Path | None = None) -> Iterator[Row]:
    """Yield the rows of the table."""
    chosen = ["ml-latest-small", *MONTI] if only is None else only
    warm_up(folder)
    if "ml-latest-small" in chosen:
        yield from movielens(folder / "ml-latest-small" / "ratings.csv", folds, lenskit)
    for name in MONTI:
        if name in chosen:
            yield from monti(folder, name)


def warm_up(folder: Path) -> None:
    """Compile the kernels before a clock runs, as in a warm worker."""
    frame = pd.read_csv(folder / "ml-latest-small" / "ratings.csv").head(5000)
    frame = frame.drop(columns="timestamp")
    trained(frame, np.arange(len(frame)) % 5 == 0, rounds=1, ranking_rounds=1)


def movielens(path: Path, folds: int, lenskit: Path | None) -> Iterator[Row]:
    frame = read_table(path).frame.drop(columns="timestamp")
    fold_of = np.random.default_rng(0).permutation(len(frame)) % FOLDS
    ranked: dict[str, list[tuple[float, float]]] = {}
    errors: dict[str, list[tuple[float, float, float]]] = {}
    for number in range(folds):
        is_test = fold_of == number
        for dim in DIMS:
            learner, seconds = trained(frame, is_test, dim=dim, **RANKING)
            model, name = learner.best(), f"embedviz, recommended, {dim} d"
            found = ndcg(model.user_scores, learner.prepared)
            ranked.setdefault(name, []).append((found, seconds))
            part = learner.prepared.parts["test"]
            error = model.factors.predict(part.user, part.item) - part.rating
            errors.setdefault(name, []).append((*error_of(error), seconds))
        prepared = learner.prepared
        for name, make in (
            ("most popular", partial(popularity_scorer, prepared.final)),
            ("item-kNN", partial(item_knn_scorer, prepared.final)),
            ("EASE (Steck 2019)", partial(tuned_ease, prepared)),
        ):
            started = time.perf_counter()
            scorer = make()
            ranked.setdefault(name, []).append((ndcg(scorer, prepared), time.perf_counter() - started))
        if lenskit is not None:
            for name, found in lenskit_lists(lenskit, frame[~is_test]).items():
                ranked.setdefault(name, []).append((ndcg_of_lists(found["lists"], frame, is_test), found["seconds"]))
        for name, found in surprise_errors(frame, is_test):
            errors.setdefault(name, []).append(found)
    for name, found in ranked.items():
        values, seconds = np.array(found).T
        yield "ml-latest-small", "NDCG@10", name, values.mean(), values.std(), float(np.median(seconds)), len(found)
    for column, measure in enumerate(("RMSE", "MAE")):
        for name, found in errors.items():
            values, seconds = np.array(found)[:, column], np.array(found)[:, 2]
            yield "ml-latest-small", measure, name, values.mean(), values.std(), float(np.median(seconds)), len(found)


def print_neighbours(folder: Path) -> None:
    """Print the nearest of three films, and how many of the ten nearest of a film share a genre with it.

    By the vectors of the ranking and by those of the estimates; films with MIN_RATINGS ratings or more alone. Neither
    was trained on genres, which movies.csv holds.
    """
    frame = read_table(folder / "ratings.csv").frame.drop(columns="timestamp")
    films = pd.read_csv(folder / "movies.csv").assign(movieId=lambda found: found["movieId"].astype(str))
    films = films.set_index("movieId")
    learner, _ = trained(frame, np.arange(len(frame)) % 50 == 0, estimate_weight=0.0)
    spaces, parts = learner.best().spaces(), learner.prepared
    counts = np.bincount(parts.final.train.item, minlength=len(parts.items))
    kept = np.flatnonzero(counts >= MIN_RATINGS)
    labels = [parts.items.ids[i] for i in kept]
    genres = [set(films.loc[label, "genres"].split("|")) for label in labels]
    shares = np.array([[bool(a & b) for b in genres] for a in genres])
    np.fill_diagonal(shares, False)
    print(f"Share of two films with {MIN_RATINGS} ratings or more that have a genre in common: {shares.mean():.3f}")
    for name in ("item", "item (estimates)"):
        vectors = spaces[name].vectors[kept]
        vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True).clip(1e-9)
        cosines = vectors @ vectors.T
        np.fill_diagonal(cosines, -np.inf)
        nearest = np.argsort(-cosines, axis=1)[:, :10]
        print(f"{name}: of the ten nearest {np.take_along_axis(shares, nearest, 1).mean():.3f} have one in common")
        for title in FILMS:
            place = labels.index(films.index[films["title"] == title][0])
            near = [films.loc[labels[i], "title"] for i in nearest[place, :5]]
            print(f"  {title}: {'; '.join(near)}")


def monti(folder: Path, name: str) -> Iterator[Row]:
    train, test = (pd.read_csv(folder / f"{name}_{part}.tsv.gz", sep="\t") for part in ("train", "test"))
    frame = pd.concat([train, test], ignore_index=True).set_axis(list(COLUMNS.values()), axis=1)
    is_test = np.arange(len(frame)) >= len(train)
    for dim in (64, 128):
        found = []
        for seed in range(3):
            learner, seconds = trained(frame, is_test, dim=dim, seed=seed)
            part, model = learner.prepared.parts["test"], learner.best()
            found.append((error_of(model.factors.predict(part.user, part.item) - part.rating)[0], seconds))
        values, took = np.array(found).T
        yield (
            name,
            "RMSE",
            f"embedviz, recommended, {dim} d, 3 seeds",
            values.mean(),
            values.std(),
            float(np.median(took)),
            1,
        )
    for peer, (rmse, _, seconds) in surprise_errors(frame, is_test):
        yield name, "RMSE", peer, rmse, 0.0, seconds, 1


def trained(frame: pd.DataFrame, is_test: np.ndarray, **settings) -> tuple[RatingsLearner, float]:
    """Return a training that has ended, its test set given, and the seconds that it took."""
    chosen = RatingsSettings.of(**settings)
    table = read_ratings(frame, COLUMNS)
    kept = np.flatnonzero(~is_test)
    validation = np.random.default_rng(0).permutation(kept)[: len(kept) // 10]
    parts = np.zeros(len(frame), np.int8)
    parts[validation], parts[is_test] = 1, 2
    split = Split.of(parts, method=SplitMethod.RANDOM, seed=0)
    prepared = prepare_ratings(table, "als", split, refit=True)
    learner = prepared.learner(chosen, choose("cpu"), THREADS)
    started = time.perf_counter()
    for _ in learner.run():
        pass
    return learner, time.perf_counter() - started


def ndcg(scorer, parts: RatingsParts) -> float:
    """NDCG@10 of ranking every item of the training set, all held-out ratings to be found."""
    test, final = parts.parts["test"], parts.final.train
    is_known = test.user >= 0
    relevant = test.user[is_known], test.item[is_known]
    seen = final.user, final.item
    found = measure_ranking(scorer, seen, relevant, len(parts.users))
    assert found is not None
    return found.ndcg


def tuned_ease(parts: RatingsParts):
    """EASE, its penalty chosen on the validation set by the measure of the test set."""
    validation = parts.parts["validation"]
    seen, relevant = (parts.train.user, parts.train.item), (validation.user, validation.item)
    reached = []
    for penalty in EASE_PENALTIES:
        found = measure_ranking(ease_scorer(parts, penalty), seen, relevant, len(parts.users))
        assert found is not None
        reached.append(found.ndcg)
    return ease_scorer(parts.final, EASE_PENALTIES[int(np.argmax(reached))])


def ndcg_of_lists(lists: dict[str, list[int]], frame: pd.DataFrame, is_test: np.ndarray) -> float:
    """The same measure of lists of ten items a user."""
    discounts, found = 1 / np.log2(np.arange(2, 12)), []
    for user, items in frame[is_test].groupby(COLUMNS["user"])[COLUMNS["item"]]:
        wanted = set(items)
        hits = sum(d for d, item in zip(discounts, lists.get(str(user), []), strict=False) if item in wanted)
        found.append(hits / discounts[: len(wanted)].sum())
    return float(np.mean(found))


def lenskit_lists(environment: Path, frame: pd.DataFrame) -> dict[str, dict]:
    """Return LensKit's lists for all users of a training set, by model."""
    python = environment / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", environment], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *LENSKIT], check=True)
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "train.csv", Path(folder) / "answer.json"
        frame.set_axis(["user_id", "item_id", "rating"], axis=1).to_csv(given, index=False)
        users = json.dumps(sorted(int(user) for user in frame[COLUMNS["user"]].unique()))
        subprocess.run([python, "-W", "ignore", "-c", LENSKIT_SCRIPT, given, users, answer], check=True)
        answers = json.loads(answer.read_text())
    for name, found in answers.items():
        if "error" in found:
            print(f"{name}: {found['error']}", file=sys.stderr)
    return {name: found for name, found in answers.items() if "error" not in found}


def surprise_errors(frame: pd.DataFrame, is_test: np.ndarray) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """Yield RMSE, MAE and seconds of Surprise's models, trained on all that is not tested."""
    from surprise import SVD, BaselineOnly, Dataset, KNNBaseline, Reader, SVDpp

    np.random.seed(0)  # noqa: NPY002 - Surprise draws from NumPy's global state
    reader = Reader(rating_scale=(frame["rating"].min(), frame["rating"].max()))
    training = Dataset.load_from_df(frame[~is_test][list(COLUMNS.values())], reader).build_full_trainset()
    peers = (
        ("Surprise BaselineOnly", BaselineOnly(verbose=False)),
        ("Surprise SVD, 100 factors", SVD(n_factors=100, random_state=0)),
        ("Surprise SVD++", SVDpp(random_state=0)),
        ("Surprise KNNBaseline", KNNBaseline(sim_options={"name": "pearson_baseline", "user_based": False}, verbose=False)),
    )  # fmt: skip
    for name, peer in peers:
        started = time.perf_counter()
        peer.fit(training)
        seconds = time.perf_counter() - started
        tested = frame[is_test][list(COLUMNS.values())].itertuples(index=False)
        error = np.array([peer.predict(user, item).est - rating for user, item, rating in tested])
        yield name, (*error_of(error), seconds)


def error_of(error: np.ndarray) -> tuple[float, float]:
    """RMSE and MAE."""
    return float(np.sqrt((error**2).mean())), float(np.abs(error).mean())


if __name__ == "__main__":
    main()
