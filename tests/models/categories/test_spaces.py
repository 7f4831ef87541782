import numpy as np
import pandas as pd
import pytest

from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.models.categories.model import Categories
from embedviz.models.categories.survey import survey_of
from tests.models.categories.shop import CPU, KIND, PRICE, drain, fitted, made, shop


def test_spaces_are_the_columns_with_what_is_known_of_their_values(model):
    spaces = model.spaces()
    assert list(spaces) == ["material", "city"]
    material = spaces["material"]
    assert set(material.labels) == {"(other)", "(missing)", "gold", "silver", "tin", "wood"}
    rows = shop().iloc[model.rows["train"]]
    columns = material.columns.set_index(pd.Index(material.labels))
    gold = rows[rows["material"] == "gold"]
    assert columns.loc["gold", "count"] == len(gold)
    assert columns.loc["gold", "share in dear"] == pytest.approx((gold["kind"] == "dear").mean())
    assert columns.loc["gold", "city"] == gold["city"].mode()[0]
    assert columns.loc["(other)", "count"] == 0


def test_values_that_tell_the_same_are_neighbours():
    space = fitted(shop(600), KIND, epochs=40, min_count=2).spaces()["material"]
    assert space.similarity("gold", "silver") > space.similarity("gold", "tin")
    assert space.similarity("tin", "wood") > space.similarity("silver", "wood")


def test_a_number_target_has_its_mean_beside_each_value():
    frame = shop()
    model = made(frame, PRICE)
    columns = model.spaces()["material"].columns
    rows = frame.iloc[model.rows["train"]]
    place = model.encoder.values["material"].labels.index("tin")
    assert columns["mean price"][place] == pytest.approx(rows["price"][rows["material"] == "tin"].mean(), rel=1e-5)


def test_a_new_name_stands_between_its_neighbours_in_the_alphabet():
    names = [f"B-737-{i}" for i in range(1, 10)] + [f"DC-{i}" for i in range(20, 40)]
    frame = shop().assign(plane=[names[i % len(names)] for i in range(300)])
    model = made(frame, KIND)
    [place] = [p for p, part in enumerate(model.encoder.parts) if part.column == "plane"]
    rows = pd.DataFrame({"plane": ["B-737-5", "B-737-55", "B-737-6", None]})
    numbers = model.encoder.encode(rows).numbers[:, place]
    assert numbers[0] < numbers[1] < numbers[2]
    assert numbers[3] == pytest.approx(
        (model.encoder.parts[place].median - model.encoder.parts[place].mean) / model.encoder.parts[place].deviation
    )
    assert not [part for part in made(frame, KIND, alphabet=False).encoder.parts if part.column == "plane"]


def test_a_wide_table_with_missing_values_and_many_values_is_learned():
    rng = np.random.default_rng(0)
    n = 1500
    frame = pd.DataFrame({f"n{i}": np.where(rng.random(n) < 0.2, np.nan, rng.normal(size=n)) for i in range(150)})
    for i in range(20):
        frame[f"c{i}"] = [f"k{x}" for x in rng.integers(0, 100, n)]
    frame["c20"] = [f"v{x}" for x in rng.integers(0, 1000, n)]
    frame["flag"] = rng.random(n) < 0.5
    frame["y"] = np.where(frame["flag"] ^ (rng.random(n) < 0.05), "yes", "no")
    model = fitted(frame, {"target": "y"}, min_count=2, hidden_dim=8, epochs=8)
    assert model.evaluate()["test/accuracy"] > 0.65
    assert len(model.predict(frame.head(2), reasons=True)["reasons"][0]) == 172
    assert len([part for part in model.encoder.parts if not part.part]) == 150


def test_a_space_column_is_never_named_like_an_answers():
    frame = shop().rename(columns={"material": "label", "city": "similarity"})
    model = made(frame, KIND)
    assert "similarity (column)" in model.spaces()["label"].columns


def test_the_survey_is_of_the_table():
    model = made(shop(), KIND)
    survey = survey_of(model.read, [], model.settings)
    assert survey.facts == {"rows": 300, "columns": 4, "values": [5, 4], "numbers": 4, "outputs": 3}
    assert survey.classes[0][1] >= survey.classes[-1][1]
    assert any("1 value stands in fewer than 5 rows" in said for said in survey.sentences)


@pytest.fixture(scope="module")
def birds():
    return read_table(SAMPLES["bird_strikes"].path)


def test_the_size_of_a_bird_is_given_away_by_its_species(birds):
    columns = {"target": "Wildlife Size"}
    *_, survey = Categories(Categories.Settings.of()).survey(birds, columns)
    [leak] = [said for said in survey.warnings if "alone" in said]
    assert "“Wildlife Species” alone predicts “Wildlife Size” right in 99.9" in leak


def test_the_phase_of_flight_is_given_away_by_nothing(birds):
    *_, survey = Categories(Categories.Settings.of(min_class_rows=20)).survey(birds, {"target": "Phase of flight"})
    assert not [said for said in survey.warnings if "alone" in said]


def test_neighbours_of_a_canada_goose_share_its_size(birds):
    size = birds.frame.groupby("Wildlife Species")["Wildlife Size"].agg(lambda cells: cells.mode()[0])
    model = Categories(Categories.Settings.of(members=4, hidden_dim=64, deterministic=True))
    drain(model.prepare(birds, {"target": "Effect Amount of damage"}))
    drain(model.fit(CPU, 1))
    space = model.spaces()["Wildlife Species"]
    others = [label for label in space.labels if label in size.index and label != "Canada goose"]
    chance = np.mean([size[label] == size["Canada goose"] for label in others])
    near = [label for label in space.neighbors("Canada goose", len(others))["label"] if label in size.index]
    assert np.mean([size[label] == size["Canada goose"] for label in near[:3]]) > chance


def test_species_of_one_size_end_up_together_when_size_is_told(birds):
    size = birds.frame.groupby("Wildlife Species")["Wildlife Size"].agg(lambda cells: cells.mode()[0])
    model = Categories(Categories.Settings.of(members=2, hidden_dim=64, epochs=5, deterministic=True))
    drain(model.prepare(birds, {"target": "Wildlife Size"}))
    drain(model.fit(CPU, 1))
    space = model.spaces()["Wildlife Species"]
    known = [label for label in space.labels if label in size.index]
    near = [space.neighbors(label, 5)["label"] for label in known]
    same = np.mean([[size.get(n) == size[label] for n in found] for label, found in zip(known, near, strict=True)])
    chance = np.mean([np.mean([size[n] == size[label] for n in known if n != label]) for label in known])
    assert same > chance + 0.25
