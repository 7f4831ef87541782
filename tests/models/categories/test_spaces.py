import numpy as np
import pandas as pd
import pytest

from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.models.categories.spec import SPEC
from tests.models.categories.shop import KIND, PRICE, finish, fit, prepare, shop, survey, untrained

pytestmark = pytest.mark.slow


def test_spaces_are_the_columns_with_what_is_known_of_their_values(run):
    spaces = run.trained.spaces()
    assert list(spaces) == ["material", "city"]
    material = spaces["material"]
    assert set(material.labels) == {"(missing)", "gold", "silver", "tin", "wood"}
    rows = shop().iloc[run.prepared.split.train]
    columns = material.columns.set_index(pd.Index(material.labels))
    gold = rows[rows["material"] == "gold"]
    assert columns.loc["gold", "count"] == len(gold)
    assert columns.loc["gold", "share in dear"] == pytest.approx((gold["kind"] == "dear").mean())
    assert columns.loc["gold", "city"] == gold["city"].mode()[0]


def test_the_pooled_other_is_no_value_and_a_column_of_rare_values_no_space():
    frame = shop().assign(number=[f"n{i}" for i in range(len(shop()))])
    trained = untrained(prepare(frame, {**KIND, "category": ["material", "city", "number"]}, min_count=5)).trained
    assert len(trained.encoder.values["number"]) == 1
    assert list(trained.spaces()) == ["material", "city"]
    material = trained.spaces()["material"]
    weights = trained.weights["inner.embeddings.0"]
    assert np.array_equal(material.vectors, weights[1:])
    assert material.labels == trained.encoder.values["material"].labels[1:]


def test_values_that_tell_the_same_are_neighbours():
    space = fit(shop(600), KIND, epochs=40, min_count=2).trained.spaces()["material"]
    assert space.similarity("gold", "silver") > space.similarity("gold", "tin")
    assert space.similarity("tin", "wood") > space.similarity("silver", "wood")


def test_a_number_target_has_its_mean_beside_each_value():
    frame = shop()
    prepared = prepare(frame, PRICE)
    columns = untrained(prepared).trained.spaces()["material"].columns
    rows = frame.iloc[prepared.split.train]
    place = prepared.encoder.values["material"].labels.index("tin") - 1  # without the pooled other
    assert columns["mean price"][place] == pytest.approx(rows["price"][rows["material"] == "tin"].mean(), rel=1e-5)


def test_a_new_name_stands_between_its_neighbours_in_the_alphabet():
    names = [f"B-737-{i}" for i in range(1, 10)] + [f"DC-{i}" for i in range(20, 40)]
    frame = shop().assign(plane=[names[i % len(names)] for i in range(300)])
    encoder = prepare(frame, KIND).encoder
    [place] = [p for p, number in enumerate(encoder.numbers) if number.column == "plane"]
    rows = pd.DataFrame({"plane": ["B-737-5", "B-737-55", "B-737-6", None]})
    numbers = encoder.encode(encoder.columns_of(rows), len(rows)).numbers[:, place]
    assert numbers[0] < numbers[1] < numbers[2]
    plane = encoder.numbers[place]
    assert numbers[3] == pytest.approx((plane.median - plane.mean) / plane.std)
    assert not [n for n in prepare(frame, KIND, alphabet=False).encoder.numbers if n.column == "plane"]


def test_a_wide_table_with_missing_values_and_many_values_is_learned():
    rng = np.random.default_rng(0)
    n = 1500
    frame = pd.DataFrame({f"n{i}": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)) for i in range(150)})
    for i in range(20):
        frame[f"c{i}"] = [f"k{x}" for x in rng.integers(0, 100, n)]
    frame["c20"] = [f"v{x}" for x in rng.integers(0, 1000, n)]
    frame["flag"] = rng.random(n) < 0.5
    frame["y"] = np.where(frame["flag"] ^ (rng.random(n) < 0.05), "yes", "no")
    run = fit(frame, {"target": "y"}, min_count=2, hidden_dim=8, epochs=8)
    assert run.evaluation.metrics["test/accuracy"] > 0.65
    assert len(run.trained.predict(frame.head(2), explain=True)["reasons"][0]) == 172
    assert len([number for number in run.prepared.encoder.numbers if not number.part]) == 150


def test_a_space_column_is_never_named_like_an_answers():
    frame = shop().rename(columns={"material": "label", "city": "similarity"})
    trained = untrained(prepare(frame, KIND)).trained
    assert "similarity (column)" in trained.spaces()["label"].columns


def test_the_survey_is_of_the_table():
    found = survey(shop(), KIND)
    facts = {"rows": 300, "columns": 4, "values": [5, 4], "numbers": 4, "outputs": 3, "parts": []}
    assert found.facts == facts
    assert found.classes[0][1] >= found.classes[-1][1]
    assert "Values in fewer than 5 rows, pooled into “other”: 1." in found.sentences


@pytest.fixture(scope="module")
def birds():
    return read_table(SAMPLES["bird_strikes"].path)


def test_the_size_of_a_bird_is_given_away_by_its_species(birds):
    found = finish(SPEC.survey(birds, {"target": "Wildlife Size"}, SPEC.Settings.of()))
    [leak] = [warning for warning in found.warnings if "alone" in warning]
    assert "“Wildlife Species” alone predicts “Wildlife Size” correctly in 99.9" in leak


def test_the_phase_of_flight_is_given_away_by_nothing(birds):
    found = finish(SPEC.survey(birds, {"target": "Phase of flight"}, SPEC.Settings.of(min_class_rows=20)))
    assert not [warning for warning in found.warnings if "alone" in warning]


def test_species_of_one_size_end_up_together_when_size_is_predicted(birds):
    size = birds.frame.groupby("Wildlife Species")["Wildlife Size"].agg(lambda cells: cells.mode()[0])
    defaults = {"batch_size": None, "learning_rate": 2e-3}
    run = fit(birds, {"target": "Wildlife Size"}, members=2, hidden_dim=64, epochs=5, **defaults)
    space = run.trained.spaces()["Wildlife Species"]
    known = [label for label in space.labels if label in size.index]
    near = [space.neighbors(label, 5)["label"] for label in known]
    same = np.mean([[size.get(n) == size[label] for n in found] for label, found in zip(known, near, strict=True)])
    chance = np.mean([np.mean([size[n] == size[label] for n in known if n != label]) for label in known])
    assert same > chance + 0.25
