import json
from dataclasses import asdict

import numpy as np
import pandas as pd
import pytest

from embedviz.core.cost import Machine
from embedviz.core.errors import DataError, SettingsError
from embedviz.core.typed_json import parse_typed
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.spec import SPEC
from embedviz.training.survey import Survey
from tests.models.ratings.tastes import COLUMNS, learner_of, survey


def test_the_survey_counts(tastes):
    extra = pd.DataFrame({"user": ["new", "u0"], "film": [777, int(tastes["film"][0])], "stars": [3.0, 1.0]})
    found = survey(pd.concat([tastes, extra]))
    assert found.facts == {"ratings": 2001, "users": 81, "items": 51, "explicit": True, "parts": []}
    assert "2,001 ratings of 51 items by 81 users: 48% of all pairs." in found.sentences
    assert any("Users with a single rating: 1; items: 1." in sentence for sentence in found.sentences)
    assert any("Ratings go from 1 to 5" in sentence for sentence in found.sentences)
    assert any("its ratings counts): 1 row" in sentence for sentence in found.sentences)


def test_the_survey_reports_the_time_span_and_the_split(tastes):
    dated = tastes.assign(day=pd.date_range("2020-01-01", periods=len(tastes)))
    sentences = survey(dated, {**COLUMNS, "time": "day"}).sentences
    assert any("from 2020-01-01 to 2025-06-22" in sentence for sentence in sentences)
    assert any("each user's latest ratings are the test set" in sentence for sentence in sentences)


def test_the_survey_reports_what_was_left_out_and_merged(tastes):
    odd = pd.DataFrame({"user": ["u1", "", "u2"], "film": [None, 3, 4], "stars": [3.0, 3.0, 1e20]})
    sentences = survey(pd.concat([tastes, tastes.head(1), odd])).sentences
    assert "Left out because a user, an item or a rating is missing: 2 rows." in sentences
    assert "Left out because the rating is infinite or beyond ±1e+15: 1 row." in sentences
    assert "Repeats of a pair (the mean of its ratings counts): 1 row." in sentences
    dated = pd.concat([tastes, tastes.head(1)]).assign(day=1)
    assert "Repeats of a pair (its latest rating counts): 1 row." in survey(dated, {**COLUMNS, "time": "day"}).sentences


def test_constant_ratings_are_taken_for_likes_with_a_warning(tastes):
    constant = tastes.assign(stars=1)
    found = survey(constant)
    assert any("Every rating is 1" in warning for warning in found.warnings)
    assert not found.facts["explicit"]
    with pytest.raises(SettingsError, match="every rating is 1, so there is nothing to learn"):
        survey(constant, method="dot")


def test_users_and_items_with_one_rating_are_warned_of():
    rare = pd.DataFrame({"user": range(20), "film": [*range(18), 1, 1], "stars": [1, 2] * 10})
    warnings = " ".join(survey(rare).warnings)
    assert "More than half of the users have a single rating" in warnings
    assert "More than half of the items have a single rating" in warnings


def test_where_everybody_has_everything_there_is_nothing_to_rank():
    every = pd.DataFrame([(u, i, (u + i) % 3) for u in range(8) for i in range(6)], columns=["user", "film", "stars"])
    with pytest.raises(DataError, match="nothing to rank"):
        survey(every, {"user": "user", "item": "film"})
    with pytest.raises(DataError, match="nothing to rank"):
        survey(every, method="bpr")
    assert survey(every).facts["explicit"]


@pytest.mark.parametrize("method", ["als", "gradient", "bpr"])
def test_the_estimate_follows_from_the_survey_and_agrees_with_the_prepared_data(tastes, method):
    found = survey(tastes, method=method)
    found = parse_typed(json.loads(json.dumps(asdict(found))), Survey, "survey.json")
    settings, machine = RatingsSettings.of(method=method), Machine(threads=1)
    cost = SPEC.estimate(settings, found, machine)
    assert 1 < cost.seconds < 60
    assert cost.memory_bytes > 1e8
    assert cost.detail == "80 users and 50 items get a vector"
    learner = learner_of(tastes, method=method)
    assert learner.prepared.cost(settings, machine) == cost


def test_the_most_rated_items_are_the_examples(tastes):
    counts = tastes["film"].value_counts()
    examples = survey(tastes).examples
    assert len(examples) == 4
    assert counts[[int(film) for film in examples]].min() >= np.sort(counts)[-4]
