"""The estimators in pipelines, searches and frames, and what they promise beyond scikit-learn's checks."""

import datetime
import pickle
import random

import datasets
import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import torch
from scipy.sparse import csr_array
from sklearn.compose import ColumnTransformer
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression
from sklearn.manifold import trustworthiness
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from embedviz.data.category_values import CategoryValues
from embedviz.models import model_spec
from embedviz.projection.settings import ProjectionSettings
from embedviz.sklearn import UMAP, CategoryEncoder, MatrixFactorizer, WordVectorizer
from embedviz.sklearn.category_encoder import LearnedColumn
from embedviz.testing import example_table

QUICK = {"hidden_dim": 16, "members": 2}


@pytest.fixture(scope="module")
def cars():
    frame = example_table(model_spec("categories"))
    return frame.drop(columns="target"), frame["target"].to_numpy()


@pytest.fixture(scope="module")
def ratings():
    frame = example_table(model_spec("ratings"))
    return frame[["user", "item"]], frame["rating"].to_numpy(float)


def encoder(**parameters):
    return CategoryEncoder(**{"dim": 2, "epochs": 3, "settings": QUICK, "cv": None, "random_state": 0, **parameters})


def factorizer(**parameters):
    return MatrixFactorizer(dim=4, settings={"rounds": 6, "ranking_rounds": 2}, random_state=0, **parameters)


def frame_of(pairs):
    return pd.DataFrame(pairs, columns=["user", "item"])


# categories


@pytest.mark.slow
def test_categories_stand_beside_scaled_numbers(cars):
    X, y = cars
    columns = ColumnTransformer([("makes", encoder(cv=2), ["make", "colour"]), ("power", StandardScaler(), ["power"])])
    model = make_pipeline(columns, LogisticRegression()).fit(X[:500], y[:500])
    assert model.score(X[500:], y[500:]) > 0.85
    scaled = make_pipeline(encoder(numbers="drop"), StandardScaler(), LogisticRegression())
    search = GridSearchCV(scaled, {"categoryencoder__dim": [2, 3]}, cv=2)
    assert search.fit(X, y).best_score_ > 0.85


def test_values_that_act_alike_are_near(cars):
    X, y = cars
    found = encoder(dim=4, epochs=10).fit(X, y)
    makes = dict(zip(found.categories_["make"], found.vectors_["make"][1:], strict=True))
    near = np.linalg.norm(makes["Ferro"] - makes["Vulpa"])
    assert near < np.linalg.norm(makes["Ferro"] - makes["Bovis"])


def test_unseen_and_missing_values_have_vectors_and_numbers_pass(cars):
    X, y = cars
    found = encoder().fit(X, y)
    assert found.get_feature_names_out().tolist() == ["make_0", "make_1", "colour_0", "colour_1", "power"]
    rows = pd.DataFrame({"make": ["never", "Ferro"], "colour": [None, "red"], "power": [120.0, np.nan]})
    encoded = found.transform(rows)
    assert encoded.dtype == np.float32
    assert np.array_equal(encoded[0, :2], found.vectors_["make"][0])
    missing = 1 + found.categories_["colour"].index("(missing)")
    assert np.array_equal(encoded[0, 2:4], found.vectors_["colour"][missing])
    assert encoded[0, 4] == 120
    assert np.isnan(encoded[1, 4])
    assert encoder(numbers="drop").fit(X, y).transform(rows).shape == (2, 4)


def test_frames_come_and_go(cars):
    X, y = cars
    found = encoder().set_output(transform="pandas").fit(X, y)
    rows = X.head(3).set_axis([7, 8, 9])
    encoded = found.transform(rows)
    assert encoded.index.tolist() == [7, 8, 9]
    assert encoded.columns.tolist() == found.get_feature_names_out().tolist()
    plain = encoder().fit(pl.from_pandas(X), y)
    assert np.allclose(plain.transform(pl.from_pandas(rows)), encoded.to_numpy())


@pytest.mark.parametrize(
    "as_given",
    [pl.from_pandas, pa.Table.from_pandas, datasets.Dataset.from_pandas, lambda frame: frame],
    ids=["polars", "Arrow", "datasets", "pandas"],
)
def test_numbers_stay_numbers_in_a_table_of_any_library(cars, as_given):
    X, y = cars
    frame = X.assign(owned=np.where(np.arange(len(X)) % 2, 1.0, np.nan))
    found = encoder(min_count=1).fit(as_given(frame), y)
    assert found.get_feature_names_out().tolist() == ["make_0", "make_1", "colour_0", "colour_1", "power", "owned"]
    assert np.allclose(found.transform(as_given(frame.head(4)))[:, 4:], frame.iloc[:4, 2:], equal_nan=True)
    assert list(found.categories_) == ["make", "colour"]


def test_decimals_of_polars_are_numbers_and_its_dates_no_categories(cars):
    X, y = cars
    frame = pl.from_pandas(X).with_columns(pl.col("power").cast(pl.Decimal(10, 2)))
    assert "power" in encoder().fit(frame, y).get_feature_names_out()
    with pytest.raises(ValueError, match="'day' holds dates"):
        encoder().fit(frame.with_columns(pl.lit(datetime.date(2020, 1, 1)).alias("day")), y)


class Recording(CategoryEncoder):
    """Keeps the rows that each of its networks learns from."""

    def _learn(self, frame, targets, is_number):
        self.learned_from_ = [*getattr(self, "learned_from_", []), set(frame.index)]
        return super()._learn(frame, targets, is_number)


def test_cross_fitting_learns_each_row_s_vectors_from_others(cars):
    X, y = cars
    found = Recording(cv=3, dim=2, epochs=1, settings=QUICK, random_state=0)
    crossed = found.fit_transform(X, y)
    whole, *folds = found.learned_from_
    assert whole == set(X.index)
    assert [len(rows) for rows in folds] == [400, 400, 400]
    assert set.union(*(whole - rows for rows in folds)) == whole  # each row was left out once
    assert not np.allclose(crossed[:, :2], found.transform(X)[:, :2])


@pytest.mark.parametrize("dim", [2, 3])
def test_vectors_of_another_training_are_turned_onto_the_first(dim):
    rng = np.random.default_rng(0)
    values = CategoryValues(["(other)", *"abcdef"], np.array([0, 9, 8, 7, 6, 5, 4]), "(missing)", 0)
    vectors = np.zeros((7, 3), np.float32)
    vectors[:, :dim] = rng.normal(size=(7, dim))
    rotation = np.linalg.qr(rng.normal(size=(dim, dim)))[0]
    turned = LearnedColumn(values, (vectors[:, :dim] @ rotation).astype(np.float32))
    assert np.allclose(turned.aligned_to(LearnedColumn(values, vectors)).vectors, vectors, atol=1e-5)


@pytest.mark.parametrize(
    ("change", "parameters", "message"),
    [
        ({"day": pd.Timestamp("2020-01-01")}, {}, "'day' holds dates"),
        ({"size": np.inf}, {}, "'size' holds infinity"),
        ({}, {"columns": ["maker"]}, "There is no column 'maker'. The columns are: make"),
        ({}, {"columns": "make"}, r"columns is a list of names or positions, such as \['make'\]"),
        ({}, {"numbers": "keep"}, "numbers is passthrough or drop"),
        ({}, {"columns": ["power"]}, "'make' holds no numbers. Name it among columns"),
    ],
)
def test_columns_that_cannot_be_encoded_are_named(cars, change, parameters, message):
    X, y = cars
    with pytest.raises(ValueError, match=message):
        encoder(**parameters).fit(X.assign(**change), y)


# users and items


def test_ratings_are_estimated_and_items_recommended(ratings):
    X, y = ratings
    model = factorizer().fit(X, y)
    assert model.score(X, y) > 0.5
    assert model.user_factors_.shape == (len(model.users_), 4)
    assert model.item_factors_.dtype == np.float32
    by_hand = model.mean_ + model.user_bias_[0] + model.item_bias_[0] + model.user_factors_[0] @ model.item_factors_[0]
    assert model.predict(frame_of([(model.users_[0], model.items_[0])]))[0] == pytest.approx(
        np.clip(by_hand, 1, 5), abs=1e-4
    )
    assert not set(model.recommend("u0", k=5)["label"]) & set(X["item"][X["user"] == "u0"])
    assert len(model.recommend(rated={"i0": 5}, k=3)) == 3
    assert np.isfinite(model.predict(frame_of([("nobody", "i0"), ("u0", "nothing")]))).all()


def test_a_sparse_matrix_is_its_pairs(ratings):
    rng = np.random.default_rng(0)
    cells = np.flatnonzero(rng.random(20 * 12) < 0.7)
    user, item = np.divmod(cells, 12)
    y = np.where((user + item) % 2, 5.0, 1.0)
    matrix = factorizer().fit(csr_array((y, (user, item)), (20, 12)))
    pairs = factorizer().fit(np.c_[user, item], y)
    assert np.allclose(matrix.predict(np.c_[user, item]), pairs.predict(np.c_[user, item]))
    with pytest.raises(ValueError, match="y has to be None"):
        factorizer().fit(csr_array((y, (user, item))), y)


def test_pairs_without_ratings_are_ranked(ratings):
    X, y = ratings
    liked = X[y > 3]
    model = factorizer().fit(liked)
    likes = model.recommend("u0", k=5)["label"].str[1:].astype(int) % 2 == 0
    assert likes.mean() > 0.7


def test_an_id_is_found_however_its_number_is_written():
    pairs = np.array([(u, i) for u in range(20) for i in range(10) if (u + i) % 3], float)
    y = np.where((pairs[:, 0] + pairs[:, 1]) % 2, 5.0, 1.0)
    model = factorizer().fit(pairs, y)
    assert model.recommend(pairs[-1, 0])["label"].tolist() == model.recommend("19")["label"].tolist()


def test_names_of_an_earlier_fit_are_forgotten(ratings):
    X, y = ratings
    model = factorizer().fit(X, y)
    assert model.feature_names_in_.tolist() == ["user", "item"]
    rows, columns = (codes for codes, _ in (pd.factorize(X[name]) for name in X))
    model.fit(csr_array((y, (rows, columns))))
    assert not hasattr(model, "feature_names_in_")


@pytest.mark.slow
def test_factors_are_searched_over(ratings):
    X, y = ratings
    search = GridSearchCV(factorizer(), {"dim": [2, 4], "penalty": [None, 5.0]}, cv=2).fit(X, y)
    assert search.best_score_ > 0.3


# UMAP


def test_new_points_lie_among_their_kind_whatever_comes_with_them():
    X, y = load_iris(return_X_y=True)
    rng = np.random.default_rng(0)
    order = rng.permutation(len(X))
    train, test = order[:100], order[100:]
    umap = UMAP(n_neighbors=10, random_state=0).fit(X[train])
    placed = umap.transform(X[test])
    nearest = np.linalg.norm(placed[:, None] - umap.embedding_[None], axis=2).argmin(1)
    assert (y[train][nearest] == y[test]).mean() > 0.9
    assert np.allclose(umap.transform(X[test][:7]), placed[:7], atol=1e-3)
    assert np.array_equal(umap.transform(X[train]), umap.embedding_)
    both = np.r_[umap.embedding_, placed]
    assert trustworthiness(np.r_[X[train], X[test]], both, n_neighbors=10) > 0.95


def test_parameters_of_umap_are_checked():
    X = np.random.default_rng(0).normal(size=(40, 6))
    assert UMAP(n_components=4, n_epochs=10, random_state=0).fit_transform(X).shape == (40, 4)
    for parameters, message in (
        ({"n_components": 0}, "n_components is a whole number"),
        ({"init": "spectral"}, "init is pca or random"),
        ({"min_dist": 2, "spread": 1}, "min_dist"),
        ({"metric": "manhattan"}, "metric"),
        ({"n_epochs": 0}, "n_epochs is None or at least 1"),
    ):
        with pytest.raises(ValueError, match=message):
            UMAP(**parameters).fit(X)


def test_defaults_of_umap_are_those_of_maps():
    """scikit-learn reads them from the signature, so that they stand there too."""
    fields = {name: field.default for name, field in ProjectionSettings.model_fields.items()}
    fields |= {"negative_sample_rate": fields["negative_samples"]}
    fields |= {"metric": "euclidean", "init": "pca"}  # umap-learn's; and there is no last map to start from
    defaults = UMAP().get_params()
    shared = defaults.keys() & fields
    assert len(shared) == 11
    assert {name: defaults[name] for name in shared} == {name: fields[name] for name in shared}


# all


@pytest.mark.slow
def test_fitted_ones_are_pickled_and_leave_nothing_behind(topics, cars, ratings, store):
    """Neither in the store, nor in the seeds and threads of the process."""
    fitted = [
        (WordVectorizer(dim=4, epochs=1, random_state=0).fit(topics[0]), "transform", topics[0][:5]),
        (encoder().fit(*cars), "transform", cars[0].head(5)),
        (factorizer().fit(*ratings), "predict", ratings[0].head(5)),
        (UMAP(n_epochs=10, random_state=0).fit(np.eye(20)), "transform", np.eye(20)[:3] + 0.1),
    ]
    for estimator, method, rows in fitted:
        again = pickle.loads(pickle.dumps(estimator))
        assert np.array_equal(getattr(again, method)(rows), getattr(estimator, method)(rows))
    assert not store.exists() or not list(store.rglob("*.*"))


def test_seeds_and_threads_of_the_process_stay(cars):
    random.seed(3)
    np.random.seed(3)  # noqa: NPY002 - the state that others rely on
    torch.manual_seed(3)
    before = (
        random.getstate(),
        np.random.get_state()[1].tolist(),  # noqa: NPY002
        torch.get_rng_state().tolist(),
        torch.get_num_threads(),
    )
    encoder().fit(*cars)
    UMAP(n_epochs=10, random_state=0).fit(np.eye(20))
    after = (
        random.getstate(),
        np.random.get_state()[1].tolist(),  # noqa: NPY002
        torch.get_rng_state().tolist(),
        torch.get_num_threads(),
    )
    assert before == after


def test_the_same_random_state_gives_the_same_vectors(cars):
    assert np.array_equal(encoder().fit_transform(*cars), encoder().fit_transform(*cars))
    assert not np.array_equal(encoder().fit_transform(*cars), encoder(random_state=1).fit_transform(*cars))
