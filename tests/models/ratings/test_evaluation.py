import numpy as np
import pandas as pd
import pytest
from safetensors.numpy import load_file

from embedviz.data.folds import Fold
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import SplitMethod
from embedviz.evaluation.knn_purity import purity_by_column
from embedviz.models.ratings.settings import RatingsSettings
from embedviz.models.ratings.spec import SPEC
from tests.models.conftest import finish
from tests.models.ratings.tastes import COLUMNS, CPU, METHODS, WITHOUT_RATINGS, finished, learner_of, train

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("method", METHODS)
def test_every_method_learns_what_the_groups_like(trainings, method):
    found = trainings[method].evaluate()
    metrics = found.metrics
    assert metrics["test/ndcg@10"] > 1.3 * metrics["baseline/ndcg@10"]
    assert metrics["user/knn_purity@10/group"] > (0.9 if method != "als" else 0.6)  # who rates what says nothing there
    assert metrics["user/knn_purity@10/group/chance"] < 0.6
    if method == "als":
        estimates = purity_by_column({"user": trainings[method].trained.spaces()["user (estimates)"]}, 10)
        assert estimates["share"][0] > 0.9
    assert found.primary_metric == ("ndcg@10" if method in WITHOUT_RATINGS else "rmse")
    if method not in WITHOUT_RATINGS:
        assert metrics["test/rmse"] < 0.7 * metrics["baseline/rmse"]


def test_users_of_the_sample_who_are_alike_end_up_together():
    table, settings = read_table(SAMPLES["ratings"].path), RatingsSettings.of(dim=32)
    prepared = finish(SPEC.prepare(table, table.roles, settings))
    metrics = finished(prepared.learner(settings, CPU, 1)).evaluate().metrics
    assert metrics["user/knn_purity@10/taste"] > 0.75
    assert metrics["user/knn_purity@10/taste/chance"] == pytest.approx(1 / 8, abs=0.01)
    assert metrics["item/knn_purity@10/genre"] > 0.4
    assert metrics["test/rmse"] < 0.76 < metrics["baseline/rmse"]
    assert metrics["test/ndcg@10"] > 2 * metrics["baseline/ndcg@10"]


@pytest.mark.parametrize("method", METHODS)
def test_ratings_of_the_test_part_influence_nothing(tastes, method, tmp_path):
    """The test set's ratings are reversed and moved beyond the scale; all that is learned and kept stays the same."""
    few = {"method": method, "rounds": 10, "epochs": 12}
    one = train(tastes, **few)
    reversed_stars = tastes["stars"].copy()
    reversed_stars.iloc[one.prepared.split.test] = 9 - reversed_stars.iloc[one.prepared.split.test]
    assert (reversed_stars != tastes["stars"]).any()
    two = train(tastes.assign(stars=reversed_stars), **few)
    for found, name in ((one, "one"), (two, "two")):
        found.trained.save(tmp_path / name)
    kept, other = load_file(tmp_path / "one"), load_file(tmp_path / "two")
    assert kept.keys() == other.keys()
    for name, array in kept.items():  # what JSON holds is one of the arrays
        if name != "rated.rating":  # those of other parts are kept, at a weight of 0
            assert np.array_equal(array, other[name]), name
    trained = one.trained.weights > 0
    assert np.array_equal(one.trained.rated.rating[trained], two.trained.rated.rating[trained])
    for name, space in one.trained.spaces().items():
        pd.testing.assert_frame_equal(space.columns, two.trained.spaces()[name].columns)
    if method not in WITHOUT_RATINGS:
        assert one.evaluate().metrics["test/rmse"] != two.evaluate().metrics["test/rmse"]


def test_users_and_items_that_only_the_test_part_has_get_no_vector(tastes):
    late = tastes.assign(day=range(len(tastes)))
    found = train(late, {**COLUMNS, "time": "day"}, split="time")
    assert len(found.trained.spaces()["user"]) < 80
    evaluation = found.evaluate()
    assert np.isfinite(evaluation.metrics["test/rmse"])
    assert evaluation.protocol.details["unknown_pairs"] > 100


def test_without_ratings_items_are_ranked(tastes):
    liked = tastes[tastes["stars"] >= 4][["user", "film"]]
    found = train(liked, {"user": "user", "item": "film"})
    evaluation = found.evaluate()
    metrics = evaluation.metrics
    assert evaluation.primary_metric == "ndcg@10"
    assert metrics["test/ndcg@10"] > 1.3 * metrics["baseline/ndcg@10"]
    assert "not a rating" in found.trained.recommend(user="u1")["note"][0]
    assert "test/rmse" not in metrics


@pytest.mark.parametrize("method", METHODS)
def test_a_user_and_an_item_with_one_rating_harm_nothing(tastes, method):
    single = pd.DataFrame({"user": ["once", "u1"], "film": [3, 999], "stars": [5.0, 5.0]})
    for seed in range(3):
        found = train(pd.concat([tastes, single]), method=method, seed=seed, rounds=30, epochs=3)
        assert all(np.isfinite(value) for value in found.evaluate().metrics.values())
        predicted = found.trained.predict([("once", "999"), ("u1", "999"), ("once", "3")])["prediction"]
        assert np.isfinite(predicted).all()
        if method == "als":
            assert predicted[0] < 5


def test_random_ratings_are_estimated_no_better_than_by_their_mean(tastes):
    rng = np.random.default_rng(0)
    noise = tastes.assign(stars=rng.permutation(tastes["stars"].to_numpy()))
    metrics = train(noise).evaluate().metrics
    assert metrics["test/rmse"] == pytest.approx(metrics["baseline/rmse"], rel=0.06)


def test_baselines_are_measured_on_the_same_test_part(trainings):
    found = {baseline.name: finish(baseline.measure()) for baseline in SPEC.baselines(trainings["als"].prepared)}
    metrics = trainings["als"].evaluate().metrics
    assert next(iter(found)) == "Mean"
    assert found["Mean"]["test/rmse"] == pytest.approx(metrics["baseline/rmse"])
    assert found["Most popular"]["test/ndcg@10"] == pytest.approx(metrics["baseline/ndcg@10"])
    assert found["Random"]["test/rmse"] > found["Mean"]["test/rmse"] > metrics["test/rmse"]
    assert found["Biases alone"]["test/rmse"] > metrics["test/rmse"]


def test_without_a_test_part_all_is_measured_on_the_validation_part(tastes):
    found = train(tastes, test_share=0.0, rounds=10)
    metrics = found.evaluate().metrics
    assert not any(name.startswith("test/") for name in metrics)
    assert metrics["validation/rmse"] < 0.8 * metrics["baseline/rmse"]
    mean = next(iter(SPEC.baselines(found.prepared)))
    assert finish(mean.measure())["validation/rmse"] == pytest.approx(metrics["baseline/rmse"])


def test_frames_hold_every_rating_of_the_test_part(trainings):
    evaluation = trainings["als"].evaluate()
    tested = evaluation.protocol.sizes["test"]
    for name in ("popularity", "errors"):
        frame = evaluation.frames[name]
        assert frame["rows"].sum() == tested
        whole = np.sqrt((frame["rmse"] ** 2 * frame["rows"]).sum() / tested)
        assert whole == pytest.approx(evaluation.metrics["test/rmse"], rel=1e-5)
    assert set(evaluation.frames["groups"]["column"]) == {"group", "kind"}


def test_folds_are_random_even_where_there_are_times(tastes):
    dated = tastes.assign(day=range(len(tastes)))
    protocol = train(dated, {**COLUMNS, "time": "day"}, fold=Fold(2, 5), rounds=2).evaluate().protocol
    assert (protocol.method, protocol.fold, protocol.seed) == (SplitMethod.FOLD, (2, 5), 0)
    assert protocol.sizes["test"] == 400


def test_the_protocol_tells_the_method_the_sizes_and_what_was_left_out(tastes):
    holes = tastes.assign(stars=tastes["stars"].where(tastes.index != 7, 1e300))
    twice = pd.concat([holes, holes.tail(2), pd.DataFrame({"user": ["u1"], "film": [None], "stars": [3.0]})])
    found = train(twice, penalty=3.0, rounds=2, ranking_penalty=0.02, estimate_weight=0.2)
    protocol = found.evaluate().protocol
    assert protocol.unit == "ratings"
    assert sum(protocol.sizes.values()) == 1999
    expected = {
        "method": "als", "users": 80, "items": 50, "unknown_pairs": 0, "penalty": 3.0,
        "excluded_missing": 1, "excluded_infinite": 1, "excluded_duplicates": 2,
        "min_rating": 1, "max_rating": 5, "relevant_from": 4, "ranking_penalty": 0.02, "estimate_weight": 0.2,
        "estimate_weight_tuned": False, "refitted": True,
    }  # fmt: skip
    assert protocol.details == expected


@pytest.mark.parametrize("method", ["als", "gradient"])
def test_a_mean_far_from_0_changes_no_estimate(tastes, method, saved):
    few = {"method": method, "rounds": 20, "epochs": 20}
    near, far = (train(tastes.assign(stars=tastes["stars"] + add), **few) for add in (0, 1e9))
    one, other = near.evaluate().metrics, far.evaluate().metrics
    for name in ("test/rmse", "test/mae", "test/ndcg@10"):
        assert other[name] == pytest.approx(one[name], abs=0.02)
    loaded, asked = saved(far.trained), [("u3", "4"), ("u4", "4")]
    expected = near.trained.predict(asked)["prediction"].to_numpy()
    assert loaded.predict(asked)["prediction"].to_numpy() - 1e9 == pytest.approx(expected, abs=0.05)
    best = near.trained.recommend("u3")["prediction"][0]
    assert loaded.recommend("u3")["prediction"][0] - 1e9 == pytest.approx(best, abs=0.05)


@pytest.fixture(scope="module")
def popular_films():
    """200 users rate 15 of 300 films; some films are taken far more often than others, which nobody's rating shows."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(5, 305)
    rows = []
    for user in range(200):
        for film in rng.choice(300, 15, replace=False, p=share / share.sum()):
            likes = 1 if user % 2 == film % 2 else -1
            rows.append((user, int(film), int(np.clip(round(3 + 1.5 * likes + rng.normal(0, 0.5)), 1, 5))))
    return pd.DataFrame(rows, columns=["user", "film", "stars"])


def test_the_ranking_finds_more_than_the_estimates_and_the_best_sellers(popular_films, saved):
    found = train(popular_films, rounds=20)
    metrics = found.evaluate().metrics
    by_estimates = train(popular_films, method="gradient", epochs=10).evaluate().metrics
    assert metrics["test/ndcg@10"] > 1.1 * max(metrics["baseline/ndcg@10"], by_estimates["test/ndcg@10"])
    loaded = saved(found.trained)
    pd.testing.assert_frame_equal(loaded.recommend("7"), found.trained.recommend("7"))


def test_the_weight_of_the_estimate_is_chosen_on_the_validation_part_and_changes_no_estimate(popular_films):
    weights = {
        weight: train(popular_films, rounds=10, estimate_weight=weight, refit=False) for weight in (None, 0.0, 9.0)
    }
    reached = {weight: found.evaluate().metrics for weight, found in weights.items()}
    best = reached[None]["validation/ndcg@10"]
    assert best >= 0.98 * max(reached[0.0]["validation/ndcg@10"], reached[9.0]["validation/ndcg@10"])
    assert len({metrics["test/rmse"] for metrics in reached.values()}) == 1
    by_ranking, by_estimate = (weights[weight].trained.recommend("7")["label"].tolist() for weight in (0.0, 9.0))
    assert by_ranking != by_estimate
    details = weights[None].evaluate().protocol.details
    assert details["estimate_weight_tuned"] is True
    assert details["estimate_weight"] == pytest.approx(
        weights[None].trained.estimate_weight * weights[None].prepared.std, abs=1e-3
    )


def test_refitting_learns_from_the_validation_part_and_leaves_its_scores_as_they_were(popular_films):
    one, other = (train(popular_films, rounds=10, refit=refit) for refit in (False, True))
    alone, refitted = one.evaluate(), other.evaluate()
    for name in ("validation/rmse", "validation/ndcg@10", "train/rmse"):
        assert refitted.metrics[name] == pytest.approx(alone.metrics[name], rel=0.02), name
    assert refitted.metrics["test/ndcg@10"] != alone.metrics["test/ndcg@10"]
    sizes = refitted.protocol.sizes
    assert (other.trained.weights > 0).sum() == sizes["train"] + sizes["validation"]
    assert (one.trained.weights > 0).sum() == sizes["train"]
    assert not any(name.startswith(("test/", "baseline/")) for name in other.trained.validation)  # evaluated above
    assert alone.protocol.details["refitted"] is False
    assert other.trained.estimate_weight == pytest.approx(one.trained.estimate_weight)


def test_stopped_while_refitting_the_chosen_weights_count(popular_films):
    learner = learner_of(popular_films, rounds=4, ranking_rounds=3)
    for event in learner.run():
        if "validation set" in event.message:
            break
    trained = learner.best()
    assert trained.validation == {}
    assert (trained.weights > 0).sum() == len(learner.prepared.train)
    assert np.isfinite(SPEC.evaluate(trained, learner.prepared).metrics["test/rmse"])


def test_a_table_counts_who_was_ranked_and_what_was_left_out(tastes):
    """Worked out by hand from the rows of the test set."""
    late = tastes.assign(day=range(len(tastes)))
    found = train(late, {**COLUMNS, "time": "day"}, split="time", rounds=2, ranking_rounds=2)
    prepared, frame = found.prepared, found.evaluate().frames["ranking"]
    counts = dict(zip(frame["what"].str.split(":").str[0].str.split(",").str[0], frame["number"], strict=True))
    rows = late.iloc[prepared.split.test]
    known = rows[rows["user"].isin(prepared.users.ids)]
    high = known[known["stars"] >= 4]
    assert len(known) < len(rows)  # some users come late
    assert counts["Users ranked"] == high["user"].nunique()
    assert counts["Users left out"] == known["user"].nunique() - high["user"].nunique()
    assert counts["Items rated high"] == len(high)
    assert counts["Ratings of users who were not trained on"] == len(rows) - len(known)
    assert counts["Of these not trained on"] == (~high["film"].astype(str).isin(prepared.items.ids)).sum()
    assert counts["Items ranked for each user"] == len(prepared.items)
