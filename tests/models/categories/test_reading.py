import numpy as np
import pytest

from embedviz.core.errors import ColumnError, DataError
from embedviz.models.categories.notes import prediction_notes
from embedviz.models.categories.reading import read_rows
from tests.models.categories.shop import KIND, PRICE, finish, fit, prepare, settings, shop, survey, table_of


def test_columns_are_taken_for_what_they_hold():
    prepared = prepare(shop(), KIND)
    assert [(f.column, f.kind) for f in prepared.encoder.features] == [
        ("material", "category"), ("weight", "number"), ("city", "category"), ("sold", "date"),
    ]  # fmt: skip


def test_a_named_column_is_taken_as_named():
    prepared = prepare(shop(), {**KIND, "category": "weight", "ignore": ["price", "sold"]}, min_count=1)
    assert [(f.column, f.kind) for f in prepared.encoder.features] == [
        ("material", "category"), ("weight", "category"), ("city", "category"),
    ]  # fmt: skip
    assert str(shop()["weight"].iloc[prepared.split.train[0]]) in prepared.encoder.values["weight"].labels


def test_the_label_role_stands_in_for_the_target():
    assert prepare(shop(), {"label": "kind"}).target.name == "kind"


def test_numbers_of_many_values_are_a_number_and_of_few_are_classes():
    frame = shop().assign(stars=[i % 5 for i in range(300)])
    assert prepare(frame, PRICE).target.kind == "number"
    assert prepare(frame, {"target": "stars"}).target.kind == "classes"
    assert prepare(frame, {"target": "stars", "ignore": "price"}, target_kind="number").target.kind == "number"


def test_rows_without_a_target_are_left_out_and_counted():
    frame = shop()
    frame.loc[:9, ["kind", "price"]] = None
    assert len(prepare(frame, KIND).rows) == 290
    assert "10 rows have no class and are left out." in survey(frame, KIND).sentences
    assert "Rows without a number in “price”, left out: 10." in survey(frame, PRICE).sentences


def test_whole_numbers_of_few_values_are_numbers_and_it_is_reported():
    sentences = survey(shop().assign(doors=[i % 3 for i in range(300)]), KIND).sentences
    assert "Numbers of few distinct whole values; choose codes as category: “doors”." in sentences


def test_an_id_and_free_text_are_left_out_with_a_sentence():
    frame = shop().assign(
        id=[f"x{i}" for i in range(300)], said=[f"a remark that is long number {i}" for i in range(300)]
    )
    sentences = " ".join(survey(frame, KIND).sentences)
    assert "“id” holds nearly a value of its own in each row, as an id and is left out" in sentences
    assert "“said” holds free text and is left out" in sentences


def test_all_numbers_missing_in_a_column_is_reported():
    found = survey(shop().assign(nothing=np.nan), KIND)
    assert "“nothing” is empty in every training row and left out." in found.sentences


ODD_MARKS = ["?", "-", ".", "unknown", "n/a", "12%", "1,234.5", "heavy", "inf"]


@pytest.mark.parametrize("mark", ODD_MARKS)
def test_a_few_odd_cells_leave_a_column_of_numbers_what_it_is(mark):
    frame = shop(600).assign(w=[str(round(i * 0.37, 2)) if i % 30 else mark for i in range(600)])
    prepared = prepare(frame, KIND)
    assert next(f.kind for f in prepared.encoder.features if f.column == "w") == "number"
    sentence = f"Cells of “w” that are not numbers count as missing: 20 (“{mark}”)."
    assert (sentence in survey(frame, KIND).sentences) == (mark not in ("12%", "1,234.5"))
    assert prepared.left_out["unreadable_cells"] == (0 if mark in ("12%", "1,234.5") else 20)


def test_an_infinite_cell_and_one_word_are_reported():
    frame = shop().assign(w=[i * 0.37 if i else np.inf for i in range(300)])
    assert "Cells of “w” that are not numbers count as missing: 1 (“inf”)." in survey(frame, KIND).sentences


def test_numbers_as_people_write_them_are_features_and_targets():
    plain = shop()
    money = plain.assign(price=["$" + f"{price:,.2f}" for price in plain["price"]])
    german = plain.assign(weight=[None if np.isnan(w) else str(w).replace(".", ",") for w in plain["weight"]])
    np.testing.assert_allclose(prepare(money, PRICE).targets, plain["price"])
    one, two = prepare(plain, KIND), prepare(german, KIND)
    assert one.encoder.numbers == two.encoder.numbers
    assert next(f.decimal for f in two.encoder.features if f.column == "weight") == ","
    columns = two.encoder.columns_of(german.assign(weight="1,371"))
    assert prediction_notes(two.encoder, columns, len(german))[1] == ""


def test_a_few_odd_cells_leave_a_target_of_numbers_what_it_is():
    frame = shop().astype({"price": object})
    frame.loc[:4, "price"] = ["?", "ask us", "n/a", "-", "$5"]
    prepared = prepare(frame, PRICE)
    assert (prepared.target.kind, len(prepared.rows), prepared.targets[0]) == ("number", 296, 5)


def test_the_textbooks_category_is_chosen_by_training_rows():
    frame = shop().drop(columns=["weight", "sold"])
    first = prepare(frame, KIND, network="textbook")
    changed = frame.copy()
    rows = first.split.test
    changed.loc[rows, "city"] = [f"city {i % 9}" for i in range(len(rows))]
    assert list(prepare(changed, KIND, network="textbook").encoder.values) == list(first.encoder.values) == ["material"]


HOSTILE = {
    "one class only": (lambda f: f.assign(kind="dear"), KIND, DataError, "one class, 'dear', in every row"),
    "no target at all": (lambda f: f.assign(kind=None), KIND, ColumnError, "'kind' is empty in every row"),
    "every class once": (lambda f: f.assign(kind=[f"k{i}" for i in range(300)]), KIND, DataError, "has 2 rows or more"),
    "equal numbers": (
        lambda f: f.assign(price=3.0), {**PRICE, "number": []}, DataError, "holds one class|the number 3 in every row"
    ),
    "few rows": (lambda f: f.head(8), KIND, DataError, "At least 10 are needed"),
    "target is a feature": (lambda f: f, {**KIND, "category": ["kind"]}, ColumnError, "chosen as target and as category"),
    "twice named": (lambda f: f, {**KIND, "number": "weight", "category": "weight"}, ColumnError, "as category and as num"),
    "nothing left": (lambda f: f[["kind"]], {"target": "kind"}, ColumnError, "No column is left to learn “kind” from"),
    "all ignored": (
        lambda f: f, {"target": "kind", "ignore": ["material", "weight", "city", "sold", "price"]}, ColumnError,
        "No column is left",
    ),
    "only an id": (
        lambda f: f.assign(id=[f"x{i}" for i in range(300)])[["id", "kind"]], {"target": "kind"}, ColumnError,
        "No column is left to learn “kind” from. “id” holds nearly",
    ),
    "no target chosen": (lambda f: f, {}, ColumnError, "No column is chosen as target"),
    "a target that is not there": (lambda f: f, {"target": "x"}, ColumnError, "There is no column 'x'"),
    "an ignored column that is not there": (lambda f: f, {**KIND, "ignore": ["x"]}, ColumnError, "no column 'x' to leave"),
    "text as a number": (lambda f: f, {**KIND, "number": ["city"]}, ColumnError, "no cell in the training rows is a number"),
}  # fmt: skip


def test_many_columns_are_counted_where_none_is_chosen():
    wide = shop().assign(**{f"n{i}": 0 for i in range(30)})
    with pytest.raises(ColumnError, match="n13 and 16 more"):
        prepare(wide, {})


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_learned_from_is_reported_in_a_sentence(name):
    change, columns, error, message = HOSTILE[name]
    with pytest.raises(error, match=message) as caught:
        prepare(change(shop()), columns)
    assert str(caught.value).endswith(".")
    with pytest.raises(error, match=message):
        survey(change(shop()), columns)


def test_equal_numbers_as_a_number_are_reported():
    with pytest.raises(DataError, match="holds the number 3 in every row"):
        prepare(shop().assign(price=3), PRICE, target_kind="number")


def test_a_class_with_one_row_is_left_out():
    frame = shop()
    frame.loc[0, "kind"] = "unique"
    assert finish(read_rows(table_of(frame), KIND, settings())).classes.rare == {"unique": 1}
    assert any("“unique”" in sentence for sentence in survey(frame, KIND).sentences)
    details = fit(frame, KIND).evaluation.protocol.details
    assert (details["rare_classes"], details["rows_of_rare_classes"]) == (1, 1)


def test_the_textbook_network_needs_a_category_and_takes_the_one_that_is_named():
    with pytest.raises(ColumnError, match="textbook network needs a column of categories"):
        prepare(shop()[["weight", "price", "kind"]], {"target": "kind"}, network="textbook")
    assert list(prepare(shop(), {**KIND, "category": "city"}, network="textbook").encoder.values) == ["city"]
    sentences = " ".join(survey(shop(), KIND, network="textbook").sentences)
    assert "The textbook network takes one category, “material”; left out: “city”." in sentences
    run = fit(shop(), KIND, network="textbook", numbers="standardised")
    assert run.evaluation.protocol.details["unused_columns"] == 1
    assert list(run.trained.spaces()) == list(run.prepared.encoder.values)


def test_a_column_that_gives_the_target_away_is_warned_of():
    frame = shop().assign(code=lambda f: "c-" + f["kind"])
    found = survey(frame, KIND)
    assert "“code” alone predicts “kind” correctly in 100% of held-out rows" in found.warnings[0]
    assert fit(frame, KIND).evaluation.protocol.details["leaking_columns"] == "code"
    assert "leaking_columns" not in fit(shop(), KIND).evaluation.protocol.details
    assert not any("alone" in warning for warning in survey(shop(), KIND).warnings)


def test_a_number_that_is_the_target_in_another_unit_is_warned_of():
    frame = shop().assign(cents=lambda f: f["price"] * 100)
    assert "“cents” alone explains 100% of the variance of “price”" in survey(frame, PRICE).warnings[0]
