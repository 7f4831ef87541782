"""Ratings: a vector for each user and each item, so that their dot product says how much the one will like the other.

Koren, Bell and Volinsky 2009, "Matrix factorization techniques for recommender systems" (Computer 42, 8). Four ways of
learning them: als (alternating least squares, the recommended one), network (the textbook's plain dot
product by gradient descent, and with biases), bpr (a ranking, where there are no ratings).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost
from embedviz.core.errors import RunError
from embedviz.core.progress import Progress
from embedviz.data.filtering import rows_with
from embedviz.models.ratings.entities import Entities
from embedviz.models.ratings.methods import METHODS, chosen_method
from embedviz.models.ratings.parts import RatingsParts, parts_of
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.split import WAYS, chosen_way, split_ratings
from embedviz.models.ratings.survey import estimated_cost, survey_of
from embedviz.models.ratings.table import read_ratings

if TYPE_CHECKING:
    from embedviz.data.reading import Table
    from embedviz.data.splits import Fold
    from embedviz.evaluation.scores import BaselineScore
    from embedviz.models.contract import Columns
    from embedviz.models.ratings.factors import Factors
    from embedviz.models.ratings.recommending import Recommender
    from embedviz.space import EmbeddingSpace
    from embedviz.training.devices import Device
    from embedviz.training.survey import Survey

TRAIN_SAMPLE = 20_000  # ratings of the training part measured with the validation part
CURVE_USERS = 1_000  # ranked at most after an epoch


class Ratings:
    """The model of the registry (embedviz.models.contract)."""

    name: ClassVar[str] = "ratings"
    title: ClassVar[str] = "Users and items (ratings)"
    summary: ClassVar[str] = "Learns a vector for each user and each item from who rated what, and recommends."
    roles: ClassVar[dict[str, str]] = {"user": "a column that says who", "item": "a column that says what"}
    optional_roles: ClassVar[dict[str, str]] = {
        "rating": "a column of numbers: how much they liked it",
        "time": "a column of times or dates: when they said so",
    }
    survey_settings: ClassVar[tuple[str, ...]] = ("method", "split")
    unit: ClassVar[str] = "ratings"
    max_threads: ClassVar[int | None] = None
    main_space: ClassVar[str] = "item"
    identity: ClassVar[str] = "id"
    Settings: ClassVar[type[RatingsSettings]] = RatingsSettings

    def __init__(self, settings: RatingsSettings):
        self.settings = settings
        self.parts: RatingsParts | None = None
        self._learner: Any = None
        self._state: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None
        self._recalled: Recommender | None = None
        self._strength: float | None = None  # of the items' appeal, for the moment it was sought at

    @property
    def score(self) -> str:
        """rmse where ratings are predicted, ndcg@10 where items are ranked."""
        return "ndcg@10" if self.method == "bpr" else "rmse"

    def survey(self, table: Table, columns: Columns) -> Iterator[Progress | Survey]:
        """How many ratings, users and items, and what is left out."""
        yield Progress(message="Looking at the ratings")
        ratings = read_ratings(table.frame, columns)
        chosen_method(self.settings.method, ratings)
        yield survey_of(ratings, chosen_way(self.settings.split, ratings, None))

    def prepare(self, table: Table, columns: Columns, fold: Fold | None = None) -> Iterator[Progress]:
        """Takes each pair of user and item once and splits them; what is known of users and items after that comes of
        the training part alone."""
        s = self.settings
        yield Progress(message="Looking at the ratings")
        ratings = read_ratings(table.frame, columns)
        self.method = chosen_method(s.method, ratings)
        self.way = chosen_way(s.split, ratings, fold)
        yield Progress(message="Splitting the ratings")
        part = split_ratings(ratings, self.way, s.validation_share, s.test_share, s.seed, fold)
        self.parts = parts_of(ratings, part, explicit=self.method != "bpr")
        self._columns, self._said, self._fold = ratings.columns, ratings.left_out_sentences(), fold
        self._learner = self._state = self._strength = None
        rng = np.random.default_rng(s.seed)
        train = self.parts.train
        self._train_sample = train.take(rng.permutation(len(train))[:TRAIN_SAMPLE])

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """An event at least twice a second and after each round or epoch, with scores of the validation part. als runs
        on the CPU whatever the device: it is done there in the time that a GPU takes to wake up."""
        self._start(device.name)
        for event in self._learner.run(1 if self.settings.deterministic else threads):
            self._strength = None
            yield event

    def _start(self, device: str = "cpu") -> None:
        """Makes what learns, once, and gives it the state that was restored."""
        if self._learner is not None:
            return
        s = self.settings.filled(self.method, len(self.parts.train))
        if self.method == "als":
            from embedviz.models.ratings.als import Als

            self._learner = Als(self.parts, s, self._validation_scores)
        elif self.method == "bpr":
            from embedviz.models.ratings.bpr import bpr_learner

            self._learner = bpr_learner(self.parts, s, self._validation_scores, device)
        else:
            from embedviz.models.ratings.network import squared_error_learner

            self._learner = squared_error_learner(self.parts, s, self._validation_scores, device)
        if self._state is not None:
            self._learner.restore(*self._state)

    def _validation_scores(self, factors: Factors) -> dict[str, float]:
        from embedviz.models.ratings import scores as ratings_scores

        if self.method == "bpr":
            return ratings_scores.ranking(factors, self.parts, "validation", self.settings.seed, CURVE_USERS)
        return ratings_scores.errors(factors, {"train": self._train_sample, "validation": self.parts.validation})

    def _factors(self) -> Factors:
        """At their best, with the items' appeal where estimates are what ranks them."""
        self._start()
        factors = self._learner.factors()
        if self.method == "bpr":
            return factors
        from embedviz.models.ratings.appeal import suitable_strength, with_appeal

        if self._strength is None:
            given = self.settings.popularity
            self._strength = suitable_strength(factors, self.parts, self.settings.seed) if given is None else given
        return with_appeal(factors, self.parts, self._strength)

    def evaluate(self) -> dict[str, float]:
        """Errors (rmse, mae) where ratings are predicted, and the ranking of all items (ndcg@10, recall@10, mrr) on the
        test part, beside the mean rating and the most popular items ("baseline/…"). Where the table tells groups of
        users or items ("taste"): the share of the nearest ten of the same group, and what chance gives."""
        from embedviz.models.ratings import scores as ratings_scores

        factors = self._factors()
        metrics = self._validation_scores(factors)
        metrics |= ratings_scores.on_test(factors, self.parts, self.settings.seed)
        metrics |= ratings_scores.of_constants(self.parts, self.settings.seed)
        return metrics | ratings_scores.groups(self.spaces())

    def protocol(self) -> dict[str, Any]:
        """How the scores were made."""
        p, s = self.parts, self.settings
        split = f"fold {self._fold.number + 1} of {self._fold.of}, drawn at random" if self._fold else WAYS[self.way]
        known = p.test.known
        made = {
            "method": METHODS[self.method],
            "split": f"{split}, seed {s.seed}",
            "training ratings": len(p.train),
            "validation ratings": len(p.validation),
            "test ratings": len(p.test),
            "test ratings of a user or an item that the training part has not": int((~known).sum()),
            "users": len(p.users),
            "items": len(p.items),
            "left out": " ".join(self._said) or "nothing",
        }
        if p.explicit:
            low, high = p.scale
            made["score"] = f"the error of estimates clipped to {low:g} to {high:g}, new users and items included"
            if self.method == "als":
                self._start()
                made["penalty"] = round(self._learner.best_penalty, 3)
            self._factors()
            adds = (
                f"plus {self._strength:g} deviations of the ratings times log(1 + training ratings of the item)"
                if self._strength
                else "alone"
            )
            chosen = "best on the validation part" if self.settings.popularity is None else "as was set"
            made["order of a ranking"] = f"the estimate {adds}, {chosen}"
            wanted = f"rated {p.wanted_from:g} or higher"
        else:
            wanted = "that the user has"
        made["ranking"] = (
            f"all {len(p.items):,} items of the training part but those that the user has there or in the validation "
            f"part; wanted are the test part's items {wanted}; one that training has not counts as missed; users "
            f"without a training rating or a wanted item, or who want all that is left, are not ranked"
        )
        return made

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """ "item" and "user", with bias, count, mean rating and the table's own columns."""
        from embedviz.models.ratings.spaces import spaces_of

        self._start()
        p = self.parts
        return spaces_of(self._learner.factors(best), p.users, p.items, self._rated(), p.explicit)

    def _recommender(self) -> Recommender:
        from embedviz.models.ratings.recommending import Recommender

        if self._recalled is not None:
            return self._recalled
        factors, p = self._factors(), self.parts
        return Recommender(factors, self._ridge(factors), p.users, p.items, self._rated(), p.explicit, self._columns)

    def _ridge(self, factors: Factors) -> Any:
        from embedviz.models.ratings.fold_in import estimated_likes, estimated_ridge

        if self.method == "als":
            return self._learner.ridge()
        if self.method == "bpr":
            return estimated_likes(factors, self.parts.train.user, self.parts.train.item)
        part = self.parts.validation if self.parts.validation.known.any() else self.parts.train
        error = float(((factors.predict(part.user, part.item) - part.rating) ** 2).mean())
        return estimated_ridge(factors, error, biased=self.method == "gradient")

    def _rated(self) -> dict[str, np.ndarray]:
        """Everything that known users rated: the training part, which folding in reads, and the others, which are
        only left out of recommendations."""
        p = self.parts
        weight = self._learner.weight if self.method == "als" else np.ones(len(p.train), np.float32)
        others = [part.take(part.known) for part in (p.validation, p.test)]
        rated = {
            name: np.concatenate([getattr(p.train, name), *(getattr(o, name) for o in others)])
            for name in ("user", "item", "rating")
        }
        n, rest = len(p.train), sum(map(len, others))
        rated["weight"] = np.append(weight, np.zeros(rest, np.float32))
        rated["trained"] = np.r_[np.ones(n, np.uint8), np.zeros(rest, np.uint8)]
        return rated

    def weights(self) -> dict[str, np.ndarray]:
        arrays = self._factors().arrays()
        return arrays | {f"rated.{name}": array for name, array in self._rated().items()}

    def knowledge(self) -> dict[str, Any]:
        """Who and what there is, the lowest and the highest rating, and how a new user is folded in."""
        factors = self._factors()
        p = self.parts
        return {
            "method": self.method,
            "explicit": p.explicit,
            "scale": [float(value) for value in p.scale] if p.explicit else None,
            "columns": self._columns,
            "users": p.users.as_dict(),
            "items": p.items.as_dict(),
            "ridge": self._ridge(factors).as_dict(),
        }

    @classmethod
    def recall(cls, settings: RatingsSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        from embedviz.models.ratings.factors import Factors
        from embedviz.models.ratings.fold_in import Ridge
        from embedviz.models.ratings.recommending import Recommender

        model = cls(settings)
        model.method = knowledge["method"]
        rated = {name.removeprefix("rated."): array for name, array in weights.items() if name.startswith("rated.")}
        model._recalled = Recommender(
            Factors.of_arrays(weights),
            Ridge.from_dict(knowledge["ridge"]),
            Entities.from_dict(knowledge["users"]),
            Entities.from_dict(knowledge["items"]),
            rated,
            knowledge["explicit"],
            knowledge["columns"],
        )
        return model

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """What users are estimated to give items; see Recommender.predict."""
        return self._recommender().predict(rows, reasons)

    def recommend(
        self, user: str | None = None, rated: Mapping[str, float] | None = None, k: int = 10, reasons: bool = True
    ) -> pd.DataFrame:
        """The best items for a user of the training or for somebody new; see Recommender.recommend."""
        return self._recommender().recommend(user, rated, k, reasons)

    def pictures(self) -> dict[str, pd.DataFrame]:
        """ "popularity": error by how often items were rated in training; "errors": by the true rating; "groups": the
        nearest ten of the same group. Each only where there is something to show."""
        from embedviz.models.ratings import scores as ratings_scores

        return ratings_scores.pictures(self._factors(), self.parts, self.spaces())

    def baselines(self) -> Iterator[Progress | BaselineScore]:
        """The training mean, ratings at random, biases alone, the most popular items."""
        from embedviz.models.ratings import scores as ratings_scores

        yield from ratings_scores.baselines(self.parts, self.settings.seed)

    @classmethod
    def narrows_by(cls, space: str) -> bool:
        return space in ("user", "item")

    @classmethod
    def narrow(
        cls, frame: pd.DataFrame, columns: Columns, settings: RatingsSettings, space: str, labels: list[str], keep: bool
    ) -> pd.DataFrame:
        return rows_with(frame, columns[space], labels, keep)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        self._start()
        return self._learner.state()

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        self._state, self._learner, self._strength = (arrays, values), None, None

    @classmethod
    def estimate(cls, settings: RatingsSettings, survey: Survey, machine: dict[str, Any]) -> Cost:
        """What a training on this data will take; machine: "threads" where they are known."""
        return estimated_cost(settings, survey.facts, machine)

    def cost(self, device: Device, threads: int) -> Cost:
        """What the fit ahead will take, once the data is prepared."""
        if self.parts is None:
            raise RunError("The data has to be prepared before its cost is known.")
        p = self.parts
        rows = sum(map(len, (p.train, p.validation, p.test)))
        facts = {"ratings": rows, "users": len(p.users), "items": len(p.items), "explicit": p.explicit}
        return estimated_cost(self.settings, facts, {"threads": threads})
