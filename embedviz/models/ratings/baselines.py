"""Other ways to estimate ratings and to rank items, measured on the same parts as the model."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.progress import Progress
from embedviz.evaluation.baselines import mean_baseline, prediction_baseline
from embedviz.models.ratings.evaluation import Scorer, of_part, popularity_scorer, rank_part, ranking_scores
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import MAX_TEST_USERS
from embedviz.training.report import Baseline

if TYPE_CHECKING:
    from scipy.sparse import csr_array

EASE_PENALTIES = (50.0, 100.0, 200.0, 400.0, 800.0)  # the best on the validation set counts
MAX_EASE_ROWS = 12_000  # of the matrix that is inverted: users or items, whichever are fewer
N_NEIGHBORS = 100  # of an item
BLOCK_ROWS = 1_000


def ratings_baselines(prepared: RatingsParts) -> list[Baseline]:
    """Return the mean, random ratings and biases alone where there are ratings; then rankings: the most popular items,
    item-kNN and, where its matrix is not too large, EASE. All learn from what the model learns from in the end."""
    parts = prepared.final
    measured = parts.split.measured
    part = parts.parts[measured]

    def draw() -> np.ndarray:
        rng = np.random.default_rng(parts.split.seed)
        return np.clip(rng.normal(parts.mean, parts.std, len(part)), *parts.scale)

    def biases_alone() -> np.ndarray:
        return np.clip(parts.biases.predict(part.user, part.item), *parts.scale)

    def ranked_by(name: str, make: Callable[[], Scorer]) -> Callable[[], Generator[Progress, None, dict[str, float]]]:
        def measure() -> Generator[Progress, None, dict[str, float]]:
            yield Progress(message=f"Baseline: {name}")
            return of_part(measured, rank_part(make(), prepared, measured, MAX_TEST_USERS))

        return measure

    rankings = [
        ("Most popular", "The same items for everybody, the most rated first.", lambda: popularity_scorer(parts)),
        (
            "Item-kNN",
            f"The items most similar to a user's own: the {N_NEIGHBORS} nearest of each by cosine of their users.",
            lambda: item_knn_scorer(parts),
        ),
    ]
    if min(len(parts.users), len(parts.items)) <= MAX_EASE_ROWS:
        described = "A linear model from every item to every other (Steck 2019), as large as items times items."
        rankings.append(("EASE", described, lambda: tuned_ease_scorer(prepared)))
    ranked = [Baseline(name, described, ranked_by(name, make)) for name, described, make in rankings]
    if not prepared.is_explicit:
        return ranked
    split, ratings = parts.split, parts.ratings.rating
    drawn = "Drawn from a normal distribution with the training set's mean and standard deviation."
    return [
        mean_baseline(split, ratings),
        prediction_baseline("Random", drawn, split, ratings, [], draw),
        prediction_baseline(
            "Biases alone", "The mean and the biases of user and item.", split, ratings, [], biases_alone
        ),
        *ranked,
    ]


def interactions(parts: RatingsParts) -> csr_array:
    """Return which users have which items in the training set, (U, I) float32 of ones."""
    from scipy.sparse import csr_array

    train, shape = parts.train, (len(parts.users), len(parts.items))
    return csr_array((np.ones(len(train), np.float32), (train.user, train.item)), shape)


def item_knn_scorer(parts: RatingsParts, k: int = N_NEIGHBORS) -> Scorer:
    """Return scores by item-kNN: the sum over a user's items of their cosines to an item, of its k nearest items each.

    Sarwar, Karypis, Konstan and Riedl 2001, "Item-based collaborative filtering recommendation algorithms" (WWW), section
    3, with who has what in place of ratings.
    """
    from scipy.sparse import csr_array, diags_array, vstack

    X = interactions(parts)
    lengths = np.sqrt(np.asarray(X.sum(0)).ravel().clip(1))
    normal = csr_array(X @ diags_array((1 / lengths).astype(np.float32)))
    transposed, blocks = csr_array(normal.T), []
    for start in range(0, X.shape[1], BLOCK_ROWS):
        cosines = (transposed[start : start + BLOCK_ROWS] @ normal).toarray()
        rows = np.arange(len(cosines))
        cosines[rows, start + rows] = 0
        if k < cosines.shape[1]:
            kth = -np.partition(-cosines, k - 1, axis=1)[:, k - 1]
            cosines[cosines < kth[:, None]] = 0
        blocks.append(csr_array(cosines))
    nearest = csr_array(vstack(blocks).T)  # row: an item of the user; column: the item that counts it among its nearest
    return lambda users: (X[users] @ nearest).toarray()


def ease_scorer(parts: RatingsParts, penalty: float) -> Scorer:
    """Return scores by EASE, in closed form.

    Steck 2019, "Embarrassingly shallow autoencoders for sparse data" (WWW), equation 8: B = I - P diag(P)⁻¹ with
    P = (XᵀX + penalty I)⁻¹, and scores X B. Where users are fewer than items, by the identity
    P = (I - Xᵀ(XXᵀ + penalty I)⁻¹X) / penalty.
    """
    X = interactions(parts)
    if X.shape[0] >= X.shape[1]:
        inverse = np.linalg.inv((X.T @ X).toarray().astype(np.float64) + penalty * np.eye(X.shape[1]))
        B = -inverse / np.diag(inverse)
        np.fill_diagonal(B, 0)
        weights = B.astype(np.float32)
        return lambda users: X[users] @ weights
    kernel = (X @ X.T).toarray().astype(np.float64)
    inverse = np.linalg.inv(kernel + penalty * np.eye(X.shape[0]))
    halfway = inverse @ X  # (U, I)
    diagonal = (1 - np.asarray(X.multiply(halfway).sum(0)).ravel()) / penalty

    def scores(users: np.ndarray) -> np.ndarray:
        own = X[users].toarray()
        through = (own - kernel[users] @ halfway) / penalty
        return (own - through / diagonal).astype(np.float32)

    return scores


def tuned_ease_scorer(prepared: RatingsParts) -> Scorer:
    """Return EASE with the one of `EASE_PENALTIES` that ranks the validation set best by NDCG@10."""
    reached = [
        ranking_scores(ease_scorer(prepared, penalty), prepared)["validation/ndcg@10"] for penalty in EASE_PENALTIES
    ]
    return ease_scorer(prepared.final, EASE_PENALTIES[int(np.argmax(reached))])
