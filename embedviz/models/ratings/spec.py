"""Ratings: a vector for each user and each item, so that their dot product says how much the one will like the other.

Koren, Bell and Volinsky 2009, "Matrix factorization techniques for recommender systems" (Computer 42, 8). Five methods:
als (estimates and a ranking by alternating least squares, the recommended one), ials (the ranking alone, where there are no
ratings), gradient (the estimates by gradient descent), dot (the textbook's plain dot product), bpr (a ranking of pairs).
"""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence

import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.progress import Progress
from embedviz.data.filtering import filter_rows
from embedviz.data.folds import Fold
from embedviz.data.given_split import ROLE as SPLIT_ROLE
from embedviz.data.reading import Table
from embedviz.data.splits import training_size
from embedviz.models.ratings.cost import estimate_cost
from embedviz.models.ratings.prepared import PreparedRatings, prepare_ratings
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.split import choose_split, split_ratings
from embedviz.models.ratings.survey import RatingsFacts, survey_ratings
from embedviz.models.ratings.table import PURPOSES, choose_method, read_ratings
from embedviz.models.ratings.trained import TrainedRatings, kind_of
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.protocols import Columns, ModelSpec
from embedviz.training.pytorch_page import PyTorchPage
from embedviz.training.report import Baseline, Evaluation
from embedviz.training.survey import Survey


class RatingsSpec:
    """The model of the registry (embedviz.training.protocols.ModelSpec)."""

    name = "ratings"
    title = "Users and items (ratings)"
    summary = "Learns a vector for each user and each item from who rated what, and recommends."
    unit = "ratings"
    roles: Mapping[str, str] = {"user": PURPOSES["user"], "item": PURPOSES["item"]}
    optional_roles: Mapping[str, str] = {
        "rating": PURPOSES["rating"],
        "time": "a column of times or dates of the ratings",
        "split": SPLIT_ROLE,
    }
    spaces: Mapping[str, SpaceKind] = {
        name: kind_of(name) for name in ("item", "user", "item (estimates)", "user (estimates)")
    }
    identity = "id"
    max_threads: int | None = None
    Settings = RatingsSettings
    Trained = TrainedRatings
    survey_settings: tuple[str, ...] = ("method", "split")

    def survey(
        self, table: Table, columns: Columns, settings: RatingsSettings, pretrained: EmbeddingSpace | None = None
    ) -> Generator[Progress, None, Survey]:
        """Return the numbers of ratings, users and items, and what is left out."""
        yield Progress(message="Reading the ratings")
        ratings = read_ratings(table.frame, columns)
        choose_method(settings, ratings)
        return survey_ratings(ratings, choose_split(settings, ratings))

    def estimate(self, settings: RatingsSettings, survey: Survey, machine: Machine) -> Cost:
        """Return what a training on surveyed data will take."""
        facts = survey.facts_as(RatingsFacts)
        method = settings.method if settings.method != "auto" else "als" if facts.explicit else "ials"
        n_train = training_size(facts.ratings, settings.validation_share, settings.test_share, facts.parts)
        return estimate_cost(settings, method, facts.ratings, n_train, facts.users, facts.items, machine)

    def prepare(
        self,
        table: Table,
        columns: Columns,
        settings: RatingsSettings,
        pretrained: EmbeddingSpace | None = None,
        fold: Fold | None = None,
    ) -> Generator[Progress, None, PreparedRatings]:
        """Take each pair of user and item once and split them; all else comes from the training set alone."""
        yield Progress(message="Reading the ratings")
        ratings = read_ratings(table.frame, columns)
        method = choose_method(settings, ratings)
        yield Progress(message="Splitting the ratings")
        split = split_ratings(ratings, settings, fold).thinned(settings.train_share)
        split = split if settings.measure_test else split.untested()
        return prepare_ratings(ratings, method, split, settings.refit)

    def evaluate(self, trained: TrainedRatings, prepared: PreparedRatings) -> Evaluation:
        """Return errors (rmse, mae, r2) where ratings are estimated, the ranking of all items, and k-NN purity."""
        from embedviz.models.ratings.evaluation import evaluate_ratings

        return evaluate_ratings(trained, prepared)

    def baselines(self, prepared: PreparedRatings) -> Sequence[Baseline]:
        """Return the mean, random ratings, biases alone, the most popular items, item-kNN and EASE."""
        from embedviz.models.ratings.baselines import ratings_baselines

        return ratings_baselines(prepared)

    def pytorch_page(self, trained: TrainedRatings, settings: RatingsSettings) -> PyTorchPage:
        """Return the model in plain PyTorch, its estimates and its ranking (embedviz.training.protocols.PyTorchSpec)."""
        from embedviz.models.ratings.pytorch_page import ratings_page

        return ratings_page(trained)

    def onnx_export(self, trained: TrainedRatings) -> OnnxExport:
        """Return the predictor as an ONNX graph (embedviz.training.protocols.OnnxSpec)."""
        from embedviz.models.ratings.onnx_model import ratings_onnx

        return ratings_onnx(trained)

    def filters_by(self, space: str) -> bool:
        """Return whether the labels of a space stand for users or items."""
        return space in self.spaces

    def filter_rows(
        self,
        frame: pd.DataFrame,
        columns: Columns,
        settings: RatingsSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        """Return the ratings by or of the labels of a space alone (`keep`), or without them."""
        return filter_rows(frame, str(columns[kind_of(space)]), labels, keep)


SPEC: ModelSpec[PreparedRatings, TrainedRatings, RatingsSettings] = RatingsSpec()
