"""The learner of ratings: a ranking and the factors of estimates, one after the other, and the model made of their weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

import numpy as np
from typing_extensions import TypedDict

from embedviz.core.progress import Progress
from embedviz.models.ratings.als import ExplicitSide, map_from, of_usual_size
from embedviz.models.ratings.biases import DAMPING, Biases
from embedviz.models.ratings.describing_columns import DescribedRows
from embedviz.models.ratings.evaluation import factor_scores, ranking_scores, tune_estimate_weight, validation_scores
from embedviz.models.ratings.factors import Factors
from embedviz.models.ratings.fold_in import Ridge, estimate_ridge, estimate_ridge_of_likes
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.ranking import Ranking
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.trained import Ratings, TrainedRatings
from embedviz.training.devices import Device
from embedviz.training.learner import Criterion, IterativeLearner
from embedviz.training.protocols import State, Weights

Kind = Literal["ranking", "factors"]
STAGES: dict[Kind, str] = {"ranking": "Ranking", "factors": "Estimates"}  # titles of the learning curves of als


class _Place(TypedDict):
    ended: int


class Stage(IterativeLearner[Weights]):
    """The training of one kind of weights on the training set of some parts.

    Parameters
    ----------
    kind
        The ranking, or the factors that estimates (for bpr, scores) are made of.
    parts
        The data; their method decides how factors train.
    settings
        Resolved for the method.
    device, threads
        Of gradient descent and of alternating least squares, respectively.
    start
        Weights to go on from, without a validation set; None to begin.
    """

    def __init__(
        self,
        kind: Kind,
        parts: RatingsParts,
        settings: RatingsSettings,
        device: Device,
        threads: int,
        start: Weights | None = None,
    ):
        self.kind: Kind = kind
        self._parts, self._settings = parts, settings
        self._items: ExplicitSide | None = None
        self.pass_name = "round" if kind == "ranking" or parts.method == "als" else ""
        self.rating_weight = np.ones(len(parts.train), np.float32)
        is_estimate = kind == "factors" and parts.is_explicit
        patience = (
            settings.patience if parts.method in ("gradient", "dot", "bpr") else 0
        )  # a path of penalties has none

        def rank(weights: Weights) -> dict[str, float]:
            ranking = make_ranking(parts, settings, weights)
            return ranking_scores(lambda users: ranking.scores(ranking.P[users]), parts)

        has_growing_penalty = parts.method == "als" and settings.penalty is None  # and with it the training error grows

        def measure(weights: Weights) -> dict[str, float]:
            return factor_scores(make_factors(parts, weights), parts, with_training=not has_growing_penalty)

        if kind == "ranking":
            from embedviz.models.ratings.implicit_als import implicit_alternation

            engine = implicit_alternation(parts, settings, threads, None if start else rank, start)
        elif parts.method == "als":
            from embedviz.models.ratings.als import explicit_alternation

            found = explicit_alternation(parts, settings, threads, None if start else measure, start)
            engine, self._items, users, self.rating_weight = found
            if settings.use_columns and parts.user_columns.columns:
                users.features = parts.user_features
        elif parts.method == "bpr":
            from embedviz.models.ratings.bpr import PairwiseRanking

            engine = PairwiseRanking(parts, settings, threads, measure)
        else:
            import torch

            from embedviz.models.ratings.task import RatingsTask
            from embedviz.training.descent import GradientDescent, Plan

            task = RatingsTask(parts, settings, torch.device(device.name), measure)
            engine = GradientDescent(task, Plan(settings.epochs or 0, settings.seed))
        criterion = Criterion("validation/rmse", patience=patience)
        if not is_estimate:
            criterion = Criterion("validation/ndcg@10", greater_is_better=True, patience=patience)
        super().__init__(engine, lambda weights: weights, criterion)

    def learn_from(self, ranking: Weights) -> None:
        """Draw the items of estimates towards a map of their vectors in the ranking, which has been trained."""
        if self._items is not None:
            vectors, constant = of_usual_size(ranking["Q"]), np.ones((len(ranking["Q"]), 1), np.float32)
            others = self._parts.item_features if self._settings.use_columns else constant
            self._items.features = np.hstack([vectors, others])


class RatingsLearner:
    """A training of ratings (embedviz.training.protocols.Learner): stage after stage.

    Of the ranking, then of the factors, the weights that are best on the validation set are chosen. Where the parts are to
    be refitted, both go on from there with that part in the training set.

    Parameters
    ----------
    prepared
        The data; its method decides what trains.
    settings, device, threads
        Of each `Stage`.
    """

    def __init__(self, prepared: RatingsParts, settings: RatingsSettings, device: Device, threads: int):
        self.prepared, self.settings = prepared, settings
        self._device, self._threads = device, threads
        kinds: tuple[Kind, ...] = ("factors",)
        if prepared.method in ("als", "ials"):
            kinds = ("ranking", "factors") if prepared.method == "als" else ("ranking",)
        self.choosing = [Stage(kind, prepared, settings, device, threads) for kind in kinds]
        self.refitting: list[Stage] = []
        self._ended = 0  # stages

    def run(self) -> Iterator[Progress]:
        """Train one stage after the other.

        Raises
        ------
        SettingsError
            When the training diverges.
        """
        n_stages = len(self.choosing) * (2 if self.prepared.refits else 1)
        while self._ended < n_stages:
            if self._ended == len(self.choosing):
                self._begin_refitting()
            stages = [*self.choosing, *self.refitting]
            if self._ended % len(self.choosing):
                stages[self._ended].learn_from(stages[self._ended - 1].best())
            steps = [int(stage.engine.total * stage.engine.steps) for stage in stages]
            stage = stages[self._ended]
            title = STAGES[stage.kind] if len(self.choosing) > 1 else ""
            for event in stage.run():
                yield replace(
                    event,
                    step=sum(steps[: self._ended]) + event.step,
                    total_steps=sum(steps),
                    stage=title,
                    pass_name=stage.pass_name,
                )
            self._ended += 1

    def state(self) -> State:
        """Return the stages that have ended, and the state of each stage."""
        stages = {f"stage {i}": stage.state() for i, stage in enumerate([*self.choosing, *self.refitting])}
        return State.join(place=State(values={"ended": self._ended}), **stages)

    def restore(self, state: State) -> None:
        """Take a state back; the next `run` goes on from it."""
        self._ended = state.part("place").values_as(_Place)["ended"]
        for i, stage in enumerate(self.choosing):
            stage.restore(state.part(f"stage {i}"))
        if f"stage {len(self.choosing)}" in state.values:
            self._begin_refitting()
        for i, stage in enumerate(self.refitting, len(self.choosing)):
            stage.restore(state.part(f"stage {i}"))

    def best(self) -> TrainedRatings:
        """Return the model of the chosen weights, or of the refitted ones once all of them are trained."""
        parts = self.prepared
        chosen = self._build(parts, self.choosing, [stage.best() for stage in self.choosing])
        if chosen.has_both:
            weight = self.settings.estimate_weight
            weight = tune_estimate_weight(chosen, parts) if weight is None else weight / parts.std
            chosen = replace(chosen, estimate_weight=weight)
        if not self.refitting or self._ended < len(self.choosing) + len(self.refitting):
            return chosen
        refitted = self._build(parts.final, self.refitting, [stage.best() for stage in self.refitting])
        validation = validation_scores(chosen, parts)
        return replace(refitted, estimate_weight=chosen.estimate_weight, validation=validation)

    def current(self) -> TrainedRatings:
        """Return the model of the current weights."""
        stages, parts = (self.refitting, self.prepared.final) if self.refitting else (self.choosing, self.prepared)
        weights = [
            stage.best() if i < self._ended and stages is self.choosing else stage.engine.weights()
            for i, stage in enumerate(stages)
        ]
        return self._build(parts, stages, weights)

    def _begin_refitting(self) -> None:
        """Make the stages that go on from the chosen weights with the validation set."""
        self.refitting = [
            Stage(stage.kind, self.prepared.final, self.settings, self._device, self._threads, stage.best())
            for stage in self.choosing
        ]

    def _build(self, parts: RatingsParts, stages: list[Stage], weights: list[Weights]) -> TrainedRatings:
        by_kind = {stage.kind: found for stage, found in zip(stages, weights, strict=True)}
        ranking = make_ranking(parts, self.settings, by_kind["ranking"]) if "ranking" in by_kind else None
        if "factors" in by_kind:
            factors = make_factors(parts, by_kind["factors"])
            ridge = make_ridge(parts, factors, by_kind["factors"])
        else:
            assert ranking is not None
            factors, ridge = ranking.as_factors(), None
        rated, rating_weights = _rated(parts, stages[-1].rating_weight)
        trained = TrainedRatings(
            self.settings, parts.method, parts.columns, parts.users, parts.items, factors, ridge, rated,
            rating_weights, ranking,
        )  # fmt: skip
        if parts.method == "als" and self.settings.use_columns:
            return replace(trained, described=described(parts, factors))
        return trained


def described(parts: RatingsParts, factors: Factors) -> dict[str, DescribedRows]:
    """Return the maps from describing columns to biases and vectors: of "user" and "item", where there are such columns."""
    maps: dict[str, DescribedRows] = {}
    train = parts.train
    for role, columns, features, codes, bias, vectors in (
        ("user", parts.user_columns, parts.user_features, train.user, factors.user_bias, factors.P),
        ("item", parts.item_columns, parts.item_features, train.item, factors.item_bias, factors.Q),
    ):
        if columns.columns:
            counts = np.bincount(codes, minlength=len(features))
            weights = map_from(features, np.column_stack([bias, vectors]), counts)
            maps[role] = DescribedRows(columns, weights)
    return maps


def _rated(parts: RatingsParts, rating_weight: np.ndarray) -> tuple[Ratings, np.ndarray]:
    """Return all that known users rated, by user, and the weights; 0 for what is not in the training set."""
    split, ratings = parts.split, parts.ratings
    weights = np.zeros(len(ratings), np.float32)
    weights[split.train] = rating_weight
    rows = np.concatenate([split.train, split.validation, split.test])
    rows = rows[ratings.is_known[rows]]
    rows = rows[np.argsort(ratings.user[rows], kind="stable")]
    return ratings.take(rows), weights[rows]


def make_ranking(parts: RatingsParts, settings: RatingsSettings, weights: Weights) -> Ranking:
    """Return the ranking that weights stand for."""
    confidence, mean, std = (
        (settings.rating_confidence, parts.mean, parts.std) if parts.is_explicit else (0.0, 0.0, 1.0)
    )
    penalty = float(weights["penalty"][0])
    return Ranking(weights["P"], weights["Q"], penalty, settings.unobserved_weight, confidence, mean, std)


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
