"""The Predict page of a ratings model, by AppTest."""

import pytest
from streamlit.testing.v1 import AppTest

import embedviz as ev

pytestmark = pytest.mark.slow


@pytest.fixture
def run(tmp_path):
    rows = [f"u{u},film {i},{1 + (u * i + i) % 5}" for u in range(12) for i in range(12) if (u + i) % 3]
    (tmp_path / "stars.csv").write_text("\n".join(["who,what,stars", *rows]))
    columns = {"user": "who", "item": "what", "rating": "stars"}
    return ev.train("ratings", tmp_path / "stars.csv", columns=columns, dim=4, rounds=4)


def new_user(run_id):
    from components import predict_ratings
    from embedviz.store.open_spaces import open_space
    from embedviz.store.store import Store

    run = Store().run(run_id)
    predict_ratings._new_user(run, open_space(run, "item"))


def one_rating(run_id):
    from components import predict_ratings
    from embedviz.store.store import Store

    predict_ratings._show_rating(Store().run(run_id).predictor().predict([("u1", "film 4")], explain=True))


def test_a_new_user_is_asked_to_rate_an_item(run):
    app = AppTest.from_function(new_user, kwargs={"run_id": run.id}, default_timeout=30).run()
    assert not app.exception
    assert "Rate a few items" in app.markdown[0].value
    app.button[0].click().run()
    assert "Rate at least one item first" in app.info[0].value


def test_one_rating_has_two_decimals_and_its_contributions(run):
    app = AppTest.from_function(one_rating, kwargs={"run_id": run.id}, default_timeout=30).run()
    assert not app.exception
    assert len(app.metric[0].value.split(".")[1]) == 2
    terms = app.dataframe[0].value["term"]
    assert terms.str.match("(dis)?liked film").any()
    assert {"mean of all ratings", "user u1", "item film 4"} <= set(terms)
