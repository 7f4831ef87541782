"""Trainings on a small table of ratings, for the tests of this folder."""

from dataclasses import dataclass

from embedviz.data.reading import read_table
from embedviz.models.ratings.learner import RatingsLearner
from embedviz.models.ratings.parts import RatingsParts
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.spec import SPEC
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.devices import choose, torch_threads
from embedviz.training.report import Evaluation
from embedviz.training.survey import Survey
from tests.models.conftest import finish

CPU = choose("cpu")
METHODS = ("als", "ials", "gradient", "dot", "bpr")
WITHOUT_RATINGS = ("ials", "bpr")
COLUMNS = {"user": "user", "item": "film", "rating": "stars"}


@dataclass(frozen=True)
class Training:
    """A training that has ended."""

    prepared: RatingsParts
    learner: RatingsLearner
    trained: TrainedRatings

    def evaluate(self) -> Evaluation:
        return SPEC.evaluate(self.trained, self.prepared)


def table_of(frame, name="tastes.csv"):
    return read_table(frame.to_csv(index=False).encode(), name=name)


def learner_of(frame, columns=COLUMNS, fold=None, threads=1, **settings) -> RatingsLearner:
    settings = RatingsSettings.of(**{"dim": 8, **settings})
    prepared = finish(SPEC.prepare(table_of(frame), columns, settings, fold=fold))
    return prepared.learner(settings, CPU, threads)


def finished(learner: RatingsLearner) -> Training:
    with torch_threads(1):
        for _ in learner.run():
            pass
    return Training(learner.prepared, learner, learner.best())


def train(frame, columns=COLUMNS, **options) -> Training:
    return finished(learner_of(frame, columns, **options))


def survey(frame, columns=COLUMNS, **settings) -> Survey:
    return finish(SPEC.survey(table_of(frame), columns, RatingsSettings.of(**settings)))
