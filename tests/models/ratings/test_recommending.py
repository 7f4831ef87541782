import numpy as np
import pandas as pd
import pytest

from embedviz.core.errors import DataError, SettingsError, UnknownLabelError
from embedviz.data.reading import read_table
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.spec import SPEC
from embedviz.models.ratings.trained import TrainedRatings
from embedviz.training.protocols import Recommender
from tests.models.conftest import finish
from tests.models.ratings.tastes import CPU, METHODS, WITHOUT_RATINGS, finished, train


@pytest.fixture
def trained(trainings) -> TrainedRatings:
    return trainings["als"].trained


@pytest.mark.parametrize("method", METHODS)
def test_what_was_saved_recommends_and_shows_the_same(trainings, method, saved):
    trained = trainings[method].trained
    assert isinstance(trained, Recommender)
    loaded = saved(trained)
    assert loaded.settings == trained.settings
    assert loaded.form() == trained.form()
    pd.testing.assert_frame_equal(loaded.recommend(user="u3", k=7), trained.recommend(user="u3", k=7))
    for name, space in trained.spaces().items():
        assert loaded.spaces()[name].labels == space.labels
        assert np.array_equal(loaded.spaces()[name].vectors, space.vectors)
        pd.testing.assert_frame_equal(loaded.spaces()[name].columns, space.columns)


@pytest.mark.parametrize("method", METHODS)
def test_recommendations_are_of_the_users_kind_and_not_yet_rated(trainings, tastes, method):
    found = trainings[method].trained.recommend(user="u3", k=8)
    assert (found["kind"] == "y").mean() > 0.8
    known = tastes[(tastes["user"] == "u3") & ((tastes["stars"] >= 4) | (method not in WITHOUT_RATINGS))]
    assert not set(found["label"]) & set(known["film"].astype(str))
    assert found["prediction"].is_monotonic_decreasing or method == "als"  # which ranks by more than the estimate
    for reasons in found["reasons"]:
        assert all(reason["contribution"] > 0 for reason in reasons)


@pytest.mark.parametrize("method", METHODS)
def test_somebody_new_gets_recommendations_from_a_few_ratings(trainings, method, saved):
    rated = {"1": 5, "3": 5, "0": 1, "2": 1} if method not in WITHOUT_RATINGS else {"1": 1, "3": 1, "5": 1}
    found = saved(trainings[method].trained).recommend(rated=rated, k=8)
    assert (found["kind"] == "y").mean() > 0.8
    assert not set(found["label"]) & set(rated)
    assert all(found["reasons"].map(len))
    liked = {item for item, rating in rated.items() if rating > 1 or method in WITHOUT_RATINGS}
    assert {reason["feature"] for reasons in found["reasons"] for reason in reasons} <= liked


def test_the_shares_of_the_rated_items_add_up_to_the_vector(trained):
    items, ratings, weights = trained._trained_on(5)
    folded = trained._fold_in_estimates(items, ratings, weights, user=5)
    assert folded.shares.sum(0) + folded.rest == pytest.approx(folded.vector)
    assert len(items) == len(folded.shares)
    assert folded.vector == pytest.approx(trained.factors.P[5], abs=0.03)  # conjugate gradients end near it
    assert folded.bias == pytest.approx(trained.factors.user_bias[5], abs=0.03)


def test_questions_that_cannot_be_answered_are_refused(trained):
    with pytest.raises(UnknownLabelError, match="'u999' is not among the 80 users"):
        trained.recommend(user="u999")
    with pytest.raises(UnknownLabelError, match="not among the 50 items"):
        trained.recommend(rated={"film": 5})
    with pytest.raises(DataError, match="from 1 to 5 here; '4' got 9"):
        trained.recommend(rated={"4": 9})
    with pytest.raises(DataError, match="at least one"):
        trained.recommend(rated={})
    with pytest.raises(SettingsError, match="somebody new"):
        trained.recommend()


@pytest.mark.parametrize("k", [0, 2.5, "3", None])
def test_the_number_of_recommendations_has_to_be_a_whole_number(trained, k):
    with pytest.raises(SettingsError, match="whole number"):
        trained.recommend("u1", k=k)


@pytest.mark.parametrize("rated", [["1"], "1", 3])
def test_ratings_of_somebody_new_have_to_be_a_dict(trained, rated):
    with pytest.raises(DataError, match="a dict from item to rating"):
        trained.recommend(rated=rated)


def test_an_item_rated_by_its_id_and_by_its_title_is_refused():
    rows = [(user, film, user % 5, f"Film {film}") for user in range(20) for film in range(9)]
    found = train(pd.DataFrame(rows, columns=["user", "film", "stars", "title"]), rounds=2).trained
    with pytest.raises(DataError, match="rated twice"):
        found.recommend(rated={"3": 2, "Film 3": 3})


def test_who_likes_nothing_gets_no_reasons(trained):
    found = trained.recommend(rated={"1": 1})
    assert [list(reasons) for reasons in found["reasons"]] == [[]] * 10
    assert not any(trained.recommend(rated={"1": 1, "2": 2})["reasons"].map(len))
    assert "reasons" not in trained.recommend(rated={"1": 1}, explain=False)


def test_columns_named_like_those_of_an_answer_are_renamed_in_it(tastes, tmp_path):
    named = tastes.rename(columns={"kind": "note"}).assign(
        prediction=tastes["kind"], reasons=tastes["film"] // 7, **{"because you liked": tastes["film"] // 5}
    )
    found = train(named, rounds=3).trained.recommend("u1")
    assert found.columns.is_unique
    found.to_parquet(tmp_path / "answer.parquet")
    assert {"note (given)", "prediction (given)", "reasons (given)"} < set(found.columns)


def test_a_file_with_tabs_other_names_and_a_scale_to_a_hundred():
    rng = np.random.default_rng(0)
    rows = ["user_id\tfilm\tstars\twhen"]
    for user in range(60):
        for film in rng.permutation(30)[:15]:
            stars = int(np.clip(80 - 60 * ((user + film) % 2) + rng.normal(0, 6), 1, 100))
            rows.append(f"{user}\tFilm {film}\t{stars}\t2023-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}")
    table, settings = read_table("\n".join(rows).encode(), name="u.tsv"), RatingsSettings.of()
    columns = {"user": "user_id", "item": "film", "rating": "stars", "time": "when"}
    found = finished(finish(SPEC.prepare(table, columns, settings)).learner(settings, CPU, 1))
    metrics = found.evaluate().metrics
    assert metrics["test/rmse"] < 15 < metrics["baseline/rmse"]
    best = found.trained.recommend(rated={"Film 1": 90, "Film 2": np.int64(5)}, k=5)
    assert best["prediction"].iloc[0] > 60
