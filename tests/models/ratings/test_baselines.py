"""Rankings by other means: item-kNN and EASE beside slow references on small tables."""

import numpy as np
import pytest

from embedviz.models.ratings.baselines import ease_scorer, interactions, item_knn_scorer, ratings_baselines
from tests.models.conftest import finish
from tests.models.ratings.tastes import learner_of, train


@pytest.mark.parametrize("transposed", [False, True])
def test_ease_is_its_closed_form(tastes, transposed):
    columns = {"user": "film", "item": "user", "rating": "stars"} if transposed else None
    frame = tastes if not transposed else tastes.rename(columns={"film": "user", "user": "film"})
    assert columns is None or frame["film"].nunique() > frame["user"].nunique()
    prepared = learner_of(frame).prepared
    X = interactions(prepared).toarray().astype(float)
    P = np.linalg.inv(X.T @ X + 30 * np.eye(X.shape[1]))
    B = np.eye(X.shape[1]) - P / np.diag(P)
    assert np.abs(np.diag(B)).max() < 1e-9
    users = np.arange(7)
    assert ease_scorer(prepared, 30.0)(users) == pytest.approx(X[users] @ B, abs=1e-4)


def test_item_knn_sums_the_cosines_of_the_nearest(tastes):
    prepared = learner_of(tastes).prepared
    X = interactions(prepared).toarray().astype(float)
    normal = X / np.linalg.norm(X, axis=0)
    cosines = normal.T @ normal
    np.fill_diagonal(cosines, 0)
    for row in cosines:
        row[row < np.sort(row)[-5]] = 0  # the five nearest of each item
    expected = X @ cosines.T
    assert item_knn_scorer(prepared, k=5)(np.arange(len(X))) == pytest.approx(expected, abs=1e-4)


def test_rankings_are_measured_on_the_test_part(tastes):
    liked = tastes[tastes["stars"] >= 4]
    found = train(liked, method="ials")
    rows = {baseline.name: finish(baseline.measure()) for baseline in ratings_baselines(found.prepared)}
    assert list(rows) == ["Most popular", "Item-kNN", "EASE"]
    assert rows["EASE"]["test/ndcg@10"] > 1.5 * rows["Most popular"]["test/ndcg@10"]
    assert rows["Item-kNN"]["test/ndcg@10"] > 1.5 * rows["Most popular"]["test/ndcg@10"]
    with_ratings = [baseline.name for baseline in ratings_baselines(learner_of(tastes).prepared)]
    assert with_ratings == ["Mean", "Random", "Biases alone", "Most popular", "Item-kNN", "EASE"]
