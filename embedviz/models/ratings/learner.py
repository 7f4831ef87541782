"""The learner of ratings: an engine by the method, and what was trained made of its weights."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from embedviz.models.ratings.biases import DAMPING, Biases
from embedviz.models.ratings.evaluation import validation_scores
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import Ridge, estimate_ridge, estimate_ridge_of_likes
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.popularity import tune_popularity_weight, with_popularity_prior
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.trained import Ratings, TrainedRatings
from embedviz.training.devices import Device
from embedviz.training.learner import Criterion, Engine, IterativeLearner
from embedviz.training.protocols import Weights


class RatingsLearner(IterativeLearner[TrainedRatings]):
    """A training of ratings.

    Parameters
    ----------
    prepared
        The data; its method decides what trains.
    settings
        Resolved for the method.
    device, threads
        Of gradient descent and of als, respectively.
    """

    def __init__(self, prepared: RatingsParts, settings: RatingsSettings, device: Device, threads: int):
        self.prepared, self.settings = prepared, settings
        self._rating_weight = np.ones(len(prepared.train), np.float32)
        patience = 0 if prepared.method == "als" else settings.patience
        criterion = Criterion("validation/rmse", patience=patience)
        if not prepared.is_explicit:
            criterion = Criterion("validation/ndcg@10", greater_is_better=True, patience=patience)
        super().__init__(self._engine(device, threads), self._build, criterion)

    def best(self) -> TrainedRatings:
        """Return the best checkpoint so far, ranked by the popularity prior that was set or suits the validation part."""
        trained, weight = super().best(), self.settings.popularity
        if not self.prepared.is_explicit:
            return trained
        if weight is None:
            weight = tune_popularity_weight(trained.factors, self.prepared)
        factors = with_popularity_prior(trained.factors, self.prepared, weight)
        return replace(trained, factors=factors, popularity_weight=weight)

    def _engine(self, device: Device, threads: int) -> Engine:
        def score(weights: Weights) -> dict[str, float]:
            return validation_scores(make_factors(self.prepared, weights), self.prepared)

        if self.prepared.method == "als":
            from embedviz.models.ratings.als import AlternatingLeastSquares

            engine = AlternatingLeastSquares(self.prepared, self.settings, threads, score)
            self._rating_weight = engine.rating_weight
            return engine
        import torch

        from embedviz.models.ratings.task import RatingsTask
        from embedviz.training.descent import GradientDescent, Plan

        task = RatingsTask(self.prepared, self.settings, torch.device(device.name), score)
        return GradientDescent(task, Plan(self.settings.epochs or 0, self.settings.seed))

    def _build(self, weights: Weights) -> TrainedRatings:
        p, factors = self.prepared, make_factors(self.prepared, weights)
        ridge = make_ridge(p, factors, weights)
        return TrainedRatings(self.settings, p.method, p.columns, p.users, p.items, factors, ridge, *self._rated)

    @cached_property
    def _rated(self) -> tuple[Ratings, np.ndarray]:
        """All that known users rated, by user, and the weights; 0 for other parts than the training part."""
        split, ratings = self.prepared.split, self.prepared.ratings
        weights = np.zeros(len(ratings), np.float32)
        weights[split.train] = self._rating_weight
        rows = np.concatenate([split.train, split.validation, split.test])
        rows = rows[ratings.is_known[rows]]
        rows = rows[np.argsort(ratings.user[rows], kind="stable")]
        return ratings.take(rows), weights[rows]


def make_factors(prepared: RatingsParts, weights: Weights) -> Factors:
    """Return the factors in the ratings' own unit that weights stand for, by the method that made them."""
    if prepared.method == "als":
        root, unit = np.float32(np.sqrt(prepared.std)), np.float32(prepared.std)  # the vectors share the unit
        user_vectors, item_vectors = root * weights["P"][:, 1:], root * weights["Q"][:, 1:]
        user_bias, item_bias = unit * weights["P"][:, 0], unit * weights["Q"][:, 0]
    else:
        user_vectors, item_vectors = weights["user_embedding.weight"], weights["item_embedding.weight"]
        user_bias = weights.get("user_bias", np.zeros(len(user_vectors), np.float32))
        item_bias = weights.get("item_bias", np.zeros(len(item_vectors), np.float32))
    mean = prepared.mean if prepared.method in ("als", "gradient") else 0.0
    fallback = Biases(mean, user_bias.astype(np.float64), item_bias.astype(np.float64))
    if prepared.method == "dot":  # it learns no biases
        fallback = prepared.biases
    scale = prepared.scale if prepared.is_explicit else None
    return Factors(user_vectors, item_vectors, user_bias, item_bias, mean, fallback, scale)


def make_ridge(prepared: RatingsParts, factors: Factors, weights: Weights) -> Ridge:
    """Return what folds in a user: the last round's own regression for als, an estimated one for the other methods."""
    train, validation = prepared.train, prepared.parts["validation"]
    if prepared.method == "als":
        penalty, prior = float(weights["penalty"][0]) * prepared.std, np.zeros(factors.Q.shape[1])
        return Ridge(penalty, prior, DAMPING[0], typical=len(train) / len(prepared.users))
    if prepared.method == "bpr":
        return estimate_ridge_of_likes(factors, train.user, train.item)
    part = validation if validation.is_known.any() else train
    error = factors.predict(part.user, part.item) - part.rating
    return estimate_ridge(factors, float((error**2).mean()))
