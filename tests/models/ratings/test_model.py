import json

import numpy as np
import pandas as pd
import pytest
import torch

from embedviz.core.errors import ColumnError, DataError, EmbedvizError, SettingsError, UnknownLabelError
from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import TEST, Fold
from embedviz.models.ratings import model as module
from embedviz.models.ratings.model import Ratings, RatingsSettings
from embedviz.training.devices import choose
from embedviz.training.survey import Survey

CPU = choose("cpu")
METHODS = ("als", "gradient", "dot", "bpr")


def fitted(model):
    for _ in model.fit(CPU, 1):
        pass
    return model


@pytest.fixture(scope="module")
def trained(prepared, tastes):
    """method -> the model, trained on the two tastes; bpr, which reads no ratings, on what they like."""
    liked = tastes[tastes["stars"] >= 4]
    return {m: fitted(prepared(method=m, frame=liked if m == "bpr" else tastes)) for m in METHODS}


def kept(model):
    weights = {name: np.ascontiguousarray(array) for name, array in model.weights().items()}
    return Ratings.recall(model.settings, weights, json.loads(json.dumps(model.knowledge())))


def the_survey(frame, columns, **settings):
    model = Ratings(RatingsSettings.of(**settings))
    table = read_table(frame.to_csv(index=False).encode(), name="x.csv")
    [found] = [step for step in model.survey(table, columns) if isinstance(step, Survey)]
    return found


@pytest.mark.parametrize("method", METHODS)
def test_every_method_learns_what_the_groups_like(trained, method):
    metrics = trained[method].evaluate()
    assert metrics["test/ndcg@10"] > 1.3 * metrics["baseline/ndcg@10"]
    assert metrics["user/same group@10"] > 0.9 > metrics["user/same group@10, by chance"]
    if method != "bpr":
        assert metrics["test/rmse"] < 0.7 * metrics["baseline/rmse"]


def test_users_of_the_sample_who_are_alike_end_up_together():
    model = Ratings(RatingsSettings.of(dim=32))
    table = read_table(SAMPLES["ratings"].path)
    for _ in model.prepare(table, table.roles):
        pass
    metrics = fitted(model).evaluate()
    assert metrics["user/same taste@10"] > 0.75
    assert metrics["user/same taste@10, by chance"] == pytest.approx(1 / 8, abs=0.01)
    assert metrics["item/same genre@10"] > 0.4
    assert metrics["test/rmse"] < 0.76 < metrics["baseline/rmse"]
    assert metrics["test/ndcg@10"] > 1.5 * metrics["baseline/ndcg@10"]  # by its estimates alone it is below it


@pytest.mark.parametrize("method", METHODS)
def test_what_is_kept_recommends_as_what_was_trained(trained, method):
    before = trained[method].recommend(user="u3", k=7)
    pd.testing.assert_frame_equal(kept(trained[method]).recommend(user="u3", k=7), before, atol=1e-5)


@pytest.mark.parametrize("method", METHODS)
def test_recommendations_are_of_the_users_kind_and_not_yet_rated(trained, tastes, method):
    found = trained[method].recommend(user="u3", k=8)
    assert (found["kind"] == "y").mean() > 0.8
    known = tastes[(tastes["user"] == "u3") & ((tastes["stars"] >= 4) | (method != "bpr"))]
    assert not set(found["label"]) & set(known["film"].astype(str))
    assert found["prediction"].is_monotonic_decreasing or method != "bpr"  # popularity has a say in the others
    for reasons in found["reasons"]:
        assert all(reason["contribution"] > 0 for reason in reasons)


@pytest.mark.parametrize("method", METHODS)
def test_somebody_new_gets_recommendations_from_a_few_ratings(trained, method):
    rated = {"1": 5, "3": 5, "0": 1, "2": 1} if method != "bpr" else {"1": 1, "3": 1, "5": 1}
    found = kept(trained[method]).recommend(rated=rated, k=8)
    assert (found["kind"] == "y").mean() > 0.8
    assert not set(found["label"]) & set(rated)
    assert all(found["reasons"].map(len))
    liked = {item for item, rating in rated.items() if rating > 1 or method == "bpr"}
    assert {reason["feature"] for reasons in found["reasons"] for reason in reasons} <= liked


def test_the_reasons_and_the_rest_add_up_to_the_estimate(trained):
    model = trained["als"]._recommender()
    folded, items, _ = model._folded(5)
    assert folded.shares.sum(0) + folded.rest == pytest.approx(folded.vector)
    assert len(items) == len(folded.shares)
    assert folded.vector == pytest.approx(model.factors.P[5], abs=0.03)  # conjugate gradients end near the closed form
    assert folded.bias == pytest.approx(model.factors.user_bias[5], abs=0.03)


def test_what_was_not_in_training_gets_a_labelled_estimate(trained, tastes):
    asked = [("u3", "Unheard of"), ("stranger", "4"), ("stranger", "Unheard of"), ("u3", "4")]
    found = trained["als"].predict(asked)
    assert "never rated in the training" in found["note"][0]
    assert "rated nothing in the training" in found["note"][1]
    assert "mean of all ratings" in found["note"][2]
    assert found["note"][3] == ""
    assert found["prediction"][2] == pytest.approx(tastes["stars"].mean(), abs=0.1)
    assert found["prediction"][1] == pytest.approx(tastes[tastes["film"] == 4]["stars"].mean(), abs=0.4)


def test_predictions_stay_on_the_scale(trained):
    rows = [(f"u{u}", str(film)) for u in range(80) for film in range(50)]
    for method in ("als", "gradient", "dot"):
        predicted = trained[method].predict(rows)["prediction"]
        assert predicted.min() >= 1
        assert predicted.max() <= 5


def test_predicting_takes_the_columns_of_the_training_and_says_which_lacks(trained):
    rows = pd.DataFrame({"user": ["u1"], "film": [4.0], "stars": [9]})
    assert trained["als"].predict(rows)["note"].tolist() == [""]
    with pytest.raises(ColumnError, match="a column 'film' is needed as the item"):
        trained["als"].predict(pd.DataFrame({"user": ["u1"]}))


def test_questions_that_cannot_be_answered_are_said(trained):
    model = trained["als"]
    with pytest.raises(UnknownLabelError, match="'u999' is not among the 80 users"):
        model.recommend(user="u999")
    with pytest.raises(UnknownLabelError, match="not among the 50 items"):
        model.recommend(rated={"film": 5})
    with pytest.raises(DataError, match="from 1 to 5 here; '4' got 9"):
        model.recommend(rated={"4": 9})
    with pytest.raises(DataError, match="at least one"):
        model.recommend(rated={})
    with pytest.raises(SettingsError, match="somebody new"):
        model.recommend()


@pytest.mark.parametrize("method", METHODS)
def test_ratings_of_the_test_part_influence_nothing(prepared, tastes, monkeypatch, method):
    """The test part's ratings are turned round and past the scale; everything that is learned and kept stays the same."""
    parts = {}
    drawn = module.split_ratings
    monkeypatch.setattr(module, "split_ratings", lambda *args: parts.setdefault("part", drawn(*args)))
    few = {"method": method, "rounds": 10, "epochs": 12}
    one = fitted(prepared(**few))
    turned = tastes.assign(stars=tastes["stars"].where(parts["part"] != TEST, 9 - tastes["stars"]))
    assert (turned["stars"] != tastes["stars"]).any()
    two = fitted(prepared(**few, frame=turned))
    for name, array in one.weights().items():
        if name != "rated.rating":
            assert np.array_equal(array, two.weights()[name]), name
    assert one.knowledge() == two.knowledge()
    spaces = one.spaces(), two.spaces()
    for name in spaces[0]:
        pd.testing.assert_frame_equal(spaces[0][name].columns, spaces[1][name].columns)
    if method != "bpr":
        assert one.evaluate()["test/rmse"] != two.evaluate()["test/rmse"]


def test_users_and_items_that_only_the_test_part_has_get_no_vector(prepared, tastes):
    late = tastes.assign(day=range(len(tastes)))
    model = prepared(
        frame=late, columns={"user": "user", "item": "film", "rating": "stars", "time": "day"}, split="time"
    )
    fitted(model)
    assert len(model.spaces()["user"]) < 80
    assert np.isfinite(model.evaluate()["test/rmse"])
    assert model.protocol()["test ratings of a user or an item that the training part has not"] > 100


def test_without_ratings_items_are_ranked(prepared, tastes):
    liked = tastes[tastes["stars"] >= 4][["user", "film"]]
    model = fitted(prepared(frame=liked, columns={"user": "user", "item": "film"}))
    assert model.score == "ndcg@10"
    metrics = model.evaluate()
    assert metrics["test/ndcg@10"] > 1.3 * metrics["baseline/ndcg@10"]
    assert "no rating" in model.recommend(user="u1")["note"][0]
    assert "test/rmse" not in metrics


def test_ratings_that_are_all_alike_are_taken_for_likes_and_said(tastes):
    alike = tastes.assign(stars=1)
    columns = {"user": "user", "item": "film", "rating": "stars"}
    found = the_survey(alike, columns)
    assert any("Every rating is 1" in warning for warning in found.warnings)
    assert not found.facts["explicit"]
    with pytest.raises(SettingsError, match="every rating is 1, so there is nothing to tell apart"):
        the_survey(alike, columns, method="dot")


def test_the_survey_counts(tastes):
    extra = pd.DataFrame({"user": ["new", "u0"], "film": [777, int(tastes["film"][0])], "stars": [3.0, 1.0]})
    found = the_survey(pd.concat([tastes, extra]), {"user": "user", "item": "film", "rating": "stars"})
    facts = found.facts
    assert (facts["ratings"], facts["users"], facts["items"]) == (2001, 81, 51)
    assert (facts["users seen once"], facts["items seen once"], facts["duplicates"]) == (1, 1, 1)
    assert (facts["low"], facts["high"]) == (1, 5)
    assert facts["density"] == pytest.approx(2001 / 81 / 51)
    dated = tastes.assign(day=pd.date_range("2020-01-01", periods=len(tastes)))
    said = the_survey(dated, {"user": "user", "item": "film", "rating": "stars", "time": "day"}).sentences
    assert any("from 2020-01-01 to 2025-06-22" in sentence for sentence in said)
    assert any("each user's latest ratings test" in sentence for sentence in said)


def test_a_file_with_tabs_other_names_and_a_scale_to_a_hundred():
    rng = np.random.default_rng(0)
    rows = ["user_id\tfilm\tstars\twhen"]
    for user in range(60):
        for film in rng.permutation(30)[:15]:
            stars = int(np.clip(80 - 60 * ((user + film) % 2) + rng.normal(0, 6), 1, 100))
            rows.append(f"{user}\tFilm {film}\t{stars}\t2023-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}")
    table = read_table("\n".join(rows).encode(), name="u.tsv")
    model = Ratings(RatingsSettings.of())
    for _ in model.prepare(table, {"user": "user_id", "item": "film", "rating": "stars", "time": "when"}):
        pass
    metrics = fitted(model).evaluate()
    assert metrics["test/rmse"] < 15 < metrics["baseline/rmse"]
    assert model.recommend(rated={"Film 1": 90, "Film 2": np.int64(5)}, k=5)["prediction"].iloc[0] > 60


@pytest.mark.parametrize("method", METHODS)
def test_a_user_and_an_item_seen_once_harm_nothing(prepared, tastes, method):
    lonely = pd.DataFrame({"user": ["once", "u1"], "film": [3, 999], "stars": [5.0, 5.0]})
    for seed in range(3):
        model = fitted(prepared(frame=pd.concat([tastes, lonely]), method=method, seed=seed, rounds=30, epochs=3))
        assert all(np.isfinite(value) for value in model.evaluate().values())
        found = model.predict([("once", "999"), ("u1", "999"), ("once", "3")])["prediction"]
        assert np.isfinite(found).all()
        if method == "als":
            assert found[0] < 5


def test_what_comes_of_random_ratings_is_no_better_than_their_mean(prepared, tastes):
    rng = np.random.default_rng(0)
    noise = tastes.assign(stars=rng.permutation(tastes["stars"].to_numpy()))
    metrics = fitted(prepared(frame=noise)).evaluate()
    assert metrics["test/rmse"] == pytest.approx(metrics["baseline/rmse"], rel=0.06)


@pytest.mark.parametrize("method", METHODS)
def test_going_on_from_any_state_ends_where_never_stopping_does(prepared, method):
    settings = {"method": method, "rounds": 6, "epochs": 4}
    whole = fitted(prepared(**settings)).weights()
    for stop in (1, 3):
        first = prepared(**settings)
        for _, _ in zip(range(stop), first.fit(CPU, 1), strict=False):
            pass
        arrays, values = first.state()
        second = prepared(**settings)
        second.restore({name: array.copy() for name, array in arrays.items()}, json.loads(json.dumps(values)))
        ended = fitted(second).weights()
        assert all(np.array_equal(ended[name], whole[name]) for name in whole)


def test_baselines_are_measured_on_the_same_test_part(trained):
    model = trained["als"]
    found = {
        step.name: step.metrics for step in model.baselines() if hasattr(step, "metrics") and hasattr(step, "name")
    }
    metrics = model.evaluate()
    assert found["Mean"]["test/rmse"] == pytest.approx(metrics["baseline/rmse"])
    assert found["Most popular"]["test/ndcg@10"] == pytest.approx(metrics["baseline/ndcg@10"])
    assert found["Random"]["test/rmse"] > found["Mean"]["test/rmse"] > metrics["test/rmse"]
    assert found["Biases alone"]["test/rmse"] > metrics["test/rmse"]


def test_pictures_hold_every_rating_of_the_test_part(trained):
    pictures = trained["als"].pictures()
    tested = trained["als"].protocol()["test ratings"]
    for name in ("popularity", "errors"):
        frame = pictures[name]
        assert frame["rows"].sum() == tested
        whole = np.sqrt((frame["rmse"] ** 2 * frame["rows"]).sum() / tested)
        assert whole == pytest.approx(trained["als"].evaluate()["test/rmse"], rel=1e-5)
    assert set(pictures["groups"]["column"]) == {"group", "kind"}


def test_folds_are_random_even_where_there_are_times_and_say_so(prepared, tastes):
    dated = tastes.assign(day=range(len(tastes)))
    model = prepared(
        frame=dated, columns={"user": "user", "item": "film", "rating": "stars", "time": "day"}, fold=Fold(2, 5)
    )
    protocol = model.protocol()
    assert protocol["split"] == "fold 3 of 5, drawn at random, seed 0"
    assert protocol["test ratings"] == 400


@pytest.mark.parametrize("method", ["als", "gradient"])
def test_a_mean_far_from_nothing_changes_no_estimate(prepared, tastes, method):
    few = {"method": method, "rounds": 20, "epochs": 20}
    near, far = (fitted(prepared(frame=tastes.assign(stars=tastes["stars"] + add), **few)) for add in (0, 1e9))
    one, other = near.evaluate(), far.evaluate()
    for name in ("test/rmse", "test/mae", "test/ndcg@10"):
        assert other[name] == pytest.approx(one[name], abs=0.02)
    asked = [("u3", "4"), ("u4", "4")]
    expected = near.predict(asked)["prediction"].to_numpy()
    assert kept(far).predict(asked)["prediction"].to_numpy() - 1e9 == pytest.approx(expected, abs=0.05)
    best = near.recommend("u3")["prediction"][0]
    assert kept(far).recommend("u3")["prediction"][0] - 1e9 == pytest.approx(best, abs=0.05)


def test_somebody_who_likes_nothing_is_told_of_no_liking(trained):
    found = trained["als"].recommend(rated={"1": 1})
    assert [list(reasons) for reasons in found["reasons"]] == [[]] * 10
    found = trained["als"].recommend(rated={"1": 1, "2": 2})
    assert not any(found["reasons"].map(len))


def test_columns_named_like_those_of_an_answer_do_not_hinder_it(prepared, tastes, tmp_path):
    named = tastes.rename(columns={"kind": "note"}).assign(
        prediction=tastes["kind"], reasons=tastes["film"] // 7, **{"because you liked": tastes["film"] // 5}
    )
    found = fitted(prepared(frame=named, rounds=3)).recommend("u1")
    assert found.columns.is_unique
    found.to_parquet(tmp_path / "answer.parquet")
    assert {"note (given)", "prediction (given)", "reasons (given)"} < set(found.columns)


def test_pairs_are_taken_in_many_forms(trained):
    model = trained["als"]
    expected = model.predict([("u1", "2")])
    for rows in (
        {"user": "u1", "item": 2}, {"user": "u1", "film": "2"}, [{"user": "u1", "item": 2.0}], [["u1", 2]], [np.array(["u1", "2"])],
        pd.DataFrame({"user": ["u1"], "film": [2]}, index=[7]),
    ):  # fmt: skip
        pd.testing.assert_frame_equal(model.predict(rows), expected)


@pytest.mark.parametrize("nothing", [[], (), pd.DataFrame({"user": [], "item": []}), iter([])])
def test_no_rows_give_an_empty_answer(trained, nothing):
    found = trained["als"].predict(nothing, reasons=True)
    assert list(found.columns) == ["user", "item", "prediction", "note", "reasons"]
    assert len(found) == 0


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("1", "To predict, expected pairs"),
        (None, "got None"),
        (5, "got 5"),
        (["1", "2"], "Row 1 to predict is '1', but a pair"),
        (["u1"], "Row 1 to predict is 'u1', but a pair"),
        ([("1",)], "Row 1 to predict is .*, but a pair"),
        ([("1", "2"), ("1", "2", "3")], "Row 2 to predict is .*, but a pair"),
        ([{"user": 1, "item": 2}, ("1", "2")], "Row 2 to predict is .*, but a dict"),
        ([("1", "2"), {"user": 1, "item": 2}], "Row 2 to predict is .*, but a pair"),
        ([("1", "2"), None], "Row 2 to predict is None"),
        ([{"user": [1, 2], "item": 3}], "Row 1 holds .* as the user"),
        (pd.DataFrame({"user": ["a", "b"], "item": ["c", ["d"]]}), "Row 2 holds .* as the item"),
        (pd.DataFrame([["a", "b", "c"]], columns=["user", "user", "item"]), "2 columns are called 'user'"),
        (pd.DataFrame({"user": ["a"]}), "a column 'film' is needed as the item"),
    ],
)
def test_rows_that_are_no_pairs_are_said(trained, rows, said):
    with pytest.raises(EmbedvizError, match=said):
        trained["als"].predict(rows)


@pytest.mark.parametrize("k", [0, 2.5, "3", None])
def test_so_many_recommendations_have_to_be_a_number(trained, k):
    with pytest.raises(SettingsError, match="whole number"):
        trained["als"].recommend("u1", k=k)


@pytest.mark.parametrize("rated", [["1"], "1", 3])
def test_ratings_of_somebody_new_have_to_be_a_dict(trained, rated):
    with pytest.raises(DataError, match="a dict from item to rating"):
        trained["als"].recommend(rated=rated)


def test_the_reasons_of_an_estimate_say_which_items_were_liked(trained, tastes):
    [reasons] = trained["als"].predict([("u3", "4")], reasons=True)["reasons"]
    assert [reason["feature"] for reason in reasons[:3]] == ["all ratings", "user u3", "item 4"]
    stars = tastes[tastes["user"] == "u3"].set_index("film")["stars"]
    for reason in reasons[3:]:
        word, film = reason["feature"].split()
        assert word == ("liked" if stars[int(film)] >= max(stars.mean(), tastes["stars"].mean()) else "disliked")


@pytest.fixture(scope="module")
def taken_and_liked():
    """200 users rate 15 of 300 films; some films are taken far more often than others, which nobody's rating shows."""
    rng = np.random.default_rng(0)
    share = 1 / np.arange(5, 305)
    rows = []
    for user in range(200):
        for film in rng.choice(300, 15, replace=False, p=share / share.sum()):
            likes = 1 if user % 2 == film % 2 else -1
            rows.append((user, int(film), int(np.clip(round(3 + 1.5 * likes + rng.normal(0, 0.5)), 1, 5))))
    return pd.DataFrame(rows, columns=["user", "film", "stars"])


@pytest.mark.parametrize("method", ["als", "dot"])
def test_what_many_have_ranks_higher_and_no_estimate_changes(prepared, taken_and_liked, method):
    few = {"method": method, "rounds": 20, "epochs": 10}
    model, plain = (fitted(prepared(frame=taken_and_liked, **few, popularity=p)) for p in (None, 0))
    one, other = model.evaluate(), plain.evaluate()
    assert one["test/ndcg@10"] > 1.1 * other["test/ndcg@10"]
    assert one["test/rmse"] == other["test/rmse"]
    assert "best on the validation part" in model.protocol()["order of a ranking"]
    assert plain.protocol()["order of a ranking"] == "the estimate alone, as was set"
    assert plain.recommend("7")["prediction"].is_monotonic_decreasing
    assert kept(model).recommend("7")["count"].mean() > plain.recommend("7")["count"].mean()
    pairs = [("7", str(film)) for film in range(300)]
    pd.testing.assert_frame_equal(kept(model).predict(pairs), kept(plain).predict(pairs))


def test_the_order_is_sought_anew_as_the_training_goes_on(prepared):
    model = prepared(rounds=3)
    sought = []
    for _ in model.fit(CPU, 1):
        assert model._strength is None
        model.protocol()
        sought.append(model._strength)
    assert None not in sought


def test_where_everybody_has_everything_there_is_nothing_to_rank():
    every = pd.DataFrame([(u, i, (u + i) % 3) for u in range(8) for i in range(6)], columns=["user", "film", "stars"])
    columns = {"user": "user", "item": "film"}
    with pytest.raises(DataError, match="nothing to rank"):
        the_survey(every, columns)
    with pytest.raises(DataError, match="nothing to rank"):
        the_survey(every, {**columns, "rating": "stars"}, method="bpr")
    assert the_survey(every, {**columns, "rating": "stars"}).facts["explicit"]


def test_the_protocol_says_the_method_in_words(trained):
    assert trained["als"].protocol()["method"] == "mean, biases and vectors by alternating least squares"
    assert set(module.METHODS) == set(METHODS)


def test_a_growing_penalty_is_said_beside_the_loss(prepared):
    growing, given = (next(iter(prepared(rounds=2, penalty=p).fit(CPU, 1))).message for p in (None, 3.0))
    assert "it grows, and the training loss with it" in growing
    assert given == "Training, penalty 3"


def test_the_textbook_preset_trains_the_textbook_network(prepared):
    model = fitted(prepared(preset="textbook", epochs=2, dim=6))
    network = model._learner.network
    shapes = {name: tuple(parameter.shape) for name, parameter in network.named_parameters()}
    users, items = len(model.parts.users), len(model.parts.items)
    assert shapes == {"user_embedding.weight": (users, 6), "item_embedding.weight": (items, 6)}
    u, i = torch.tensor([0, 3, 9]), torch.tensor([5, 0, 7])
    state = network.state_dict()
    expected = torch.sum(state["user_embedding.weight"][u] * state["item_embedding.weight"][i], dim=1)
    assert torch.allclose(network(u, i), expected)
    factors = model._learner.factors(best=False)
    low, high = model.parts.scale
    assert factors.predict(u.numpy(), i.numpy()) == pytest.approx(expected.clamp(low, high).numpy(), abs=1e-5)
