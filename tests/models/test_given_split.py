"""A column that says train, validation or test is followed by every model that takes one; on rows of the samples."""

import numpy as np
import pandas as pd
import pytest

from embedviz.core.cost import Machine
from embedviz.core.errors import DataError, SettingsError
from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.roles import roles_of
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import SplitMethod
from embedviz.evaluation.score_sentences import protocol_sentences
from embedviz.models import MODELS, model_spec
from embedviz.models.compatibility import used_roles
from embedviz.training.devices import choose

N = 800
SMALL = {
    "sentiment": {"vectors": "none", "dim": 6, "encoder": "mean", "epochs": 1, "linear_term": False},
    "ratings": {"rounds": 3, "dim": 4},
    "categories": {"epochs": 1, "hidden_dim": 16, "members": 2},
}
COLUMNS = {
    "sentiment": {"text": "text", "label": "label"},
    "ratings": {"user": "user", "item": "item", "rating": "rating"},
    "categories": {"target": "Phase of flight"},
}
SOURCES = {"sentiment": "movie_reviews", "ratings": "ratings", "categories": "bird_strikes"}


@pytest.fixture(scope="module")
def frames():
    """The first rows of each model's sample; of the films every thirteenth, as they are sorted by their label."""
    read = {model: read_table(SAMPLES[name].path).frame for model, name in SOURCES.items()}
    return {
        model: frame.iloc[:: 13 if model == "sentiment" else 1].head(N).reset_index(drop=True)
        for model, frame in read.items()
    }


@pytest.fixture(params=list(SMALL))
def model(request):
    return request.param


def marked(frame, every_test=4, every_dev=5, name="part"):
    rows = np.arange(len(frame))
    parts = np.select([rows % every_test == 1, rows % every_dev == 2], ["test", "dev"], "train")
    return frame.assign(**{name: parts})


def prepare(model, frame, roles=None, **settings):
    spec = model_spec(model)
    chosen = spec.Settings.of(deterministic=True, **{**SMALL[model], **settings})
    table = read_table(frame.to_csv(index=False).encode(), name="t.csv")
    columns = roles_of(table, {**COLUMNS[model], **(roles or {})})
    return spec, chosen, table, columns


def prepared(model, frame, roles=None, **settings):
    spec, chosen, table, columns = prepare(model, frame, roles, **settings)
    return result_of(spec.prepare(table, columns, chosen))


def survey(model, frame, roles=None, **settings):
    spec, chosen, table, columns = prepare(model, frame, roles, **settings)
    return result_of(spec.survey(table, columns, chosen))


def evaluated(model, frame, **settings):
    spec, chosen, table, columns = prepare(model, frame, **settings)
    ready = result_of(spec.prepare(table, columns, chosen))
    learner = ready.learner(chosen, choose("cpu"), 1)
    for _ in learner.run():
        pass
    return spec.evaluate(learner.best(), ready)


def counts(frame):
    """Rows of each part that a model can use; every pair of the ratings occurs once."""
    complete = frame.dropna(subset=[c for c in ("text", "label", "rating", "Phase of flight") if c in frame])
    return complete["part"].value_counts().to_dict()


def test_the_parts_are_those_of_the_column_and_the_protocol_says_so(frames, model):
    frame = marked(frames[model])
    expected = counts(frame)
    evaluation = evaluated(model, frame, seed=3)
    protocol = evaluation.protocol
    assert protocol.sizes == {"train": expected["train"], "validation": expected["dev"], "test": expected["test"]}
    assert (protocol.method, protocol.column) == (SplitMethod.GIVEN, "part")
    assert f"test/{evaluation.primary_metric}" in evaluation.metrics
    first, second, *_ = protocol_sentences(protocol)
    assert first.startswith(f"Published split (column “part”): {expected['train']:,} training {protocol.unit}, ")
    assert second == "Repeats over seeds keep it."


def test_the_survey_says_the_split_and_what_belongs_to_no_part(frames, model):
    frame = marked(frames[model])
    frame.loc[[0, 3], "part"] = "unsup"
    sentences = " ".join(survey(model, frame).sentences)
    assert "The split of column “part”: " in sentences
    assert "2 rows belong to no part and are left out (“unsup”)." in sentences
    ready = prepared(model, frame)
    examples = {"sentiment": "data", "ratings": "ratings", "categories": "rows"}[model]
    assert len(getattr(ready, examples)) == sum(ready.split.sizes.values()) == sum(counts(frame).values()) - 2


def test_seeds_change_at_most_a_validation_part_that_is_drawn(frames, model):
    frame = marked(frames[model], every_dev=10**6)
    frame["part"] = frame["part"].replace("dev", "train")
    one, two = (prepared(model, frame, seed=seed, test_share=0.5).split for seed in (0, 1))
    assert one.method is SplitMethod.GIVEN_TEST
    assert one.test.tolist() == two.test.tolist()
    assert one.validation.tolist() != two.validation.tolist()
    assert len(one.validation) == round(0.1 * (len(one) - len(one.test)))
    assert "some are drawn for validation" in " ".join(survey(model, frame).sentences)


def test_a_split_without_test_rows_is_scored_on_its_validation_rows(frames, model):
    frame = marked(frames[model])
    frame["part"] = frame["part"].replace("test", "train")
    evaluation = evaluated(model, frame)
    assert not any(name.startswith("test/") for name in evaluation.metrics)
    assert evaluation.protocol.sizes["test"] == 0
    assert any("No row of “part” says test" in warning for warning in survey(model, frame).warnings)
    assert any("There are no test rows" in sentence for sentence in protocol_sentences(evaluation.protocol))


def test_the_column_of_the_split_teaches_nothing(frames, model):
    spec, chosen, table, columns = prepare(model, marked(frames[model]))
    ready = result_of(spec.prepare(table, columns, chosen))
    learner = ready.learner(chosen, choose("cpu"), 1)
    next(iter(learner.run()))
    for space in learner.best().spaces().values():
        assert "part" not in space.columns
        assert "test" not in space.labels or model == "sentiment"
    assert not any("“part” is the same" in sentence for sentence in survey(model, marked(frames[model])).sentences)


def test_users_that_are_of_one_part_each_do_not_have_it_as_metadata(frames):
    frame = frames["ratings"]
    users = frame["user"].astype("category").cat.codes
    frame = frame.assign(part=np.where(users % 3 == 1, "test", "train"), hand=np.where(users % 2 == 1, "left", "right"))
    ready = prepared("ratings", frame)
    assert "hand" in ready.users.columns
    assert "part" not in ready.users.columns


def test_a_split_that_is_taken_away_is_drawn(frames, model):
    split = prepared(model, marked(frames[model]), {"split": None}).split
    assert (split.column, split.method in (SplitMethod.GIVEN, SplitMethod.GIVEN_TEST)) == ("", False)


def test_test_rows_without_what_is_learned_are_refused(frames, model):
    frame = marked(frames[model])
    column = {"sentiment": "label", "ratings": "rating", "categories": "Phase of flight"}[model]
    frame[column] = frame[column].mask(frame["part"] == "test")
    n = int((frame["part"] == "test").sum())
    with pytest.raises(DataError, match=f"None of the {n} test rows of “part” has "):
        survey(model, frame)
    with pytest.raises(DataError, match=f"None of the {n} test rows of “part” has "):
        prepared(model, frame)


@pytest.mark.parametrize("model", ["sentiment", "categories"])
def test_placeholders_for_test_labels_are_refused_and_a_strange_class_is_named(frames, model):
    column = {"sentiment": "label", "categories": "Phase of flight"}[model]
    frame = marked(frames[model])
    frame[column] = frame[column].mask(frame["part"] == "test", "hidden")
    with pytest.raises(
        DataError, match="No test row of “part” has a class that a training row has; theirs are “hidden”"
    ):
        prepared(model, frame)
    frame = marked(frames[model])
    frame.loc[frame.index[frame["part"] == "test"][:10], column] = "hidden"
    [warning] = [
        warning for warning in survey(model, frame).warnings if "hidden" in warning and "training row" in warning
    ]
    assert warning.startswith("10 test rows are of classes that no training row has")


def test_rows_in_both_parts_are_counted(frames, model):
    frame = marked(frames[model])
    again = frame[frame["part"] == "train"].head(7).assign(part="test")
    frame = pd.concat([frame, again], ignore_index=True)
    warnings = [warning for warning in survey(model, frame).warnings if "training" in warning and "too" in warning]
    assert len(warnings) == 1
    shared = prepared(model, frame).split.details["test_rows_in_training"]
    assert shared >= 7
    assert f"{shared} of the " in warnings[0]
    before = prepared(model, marked(frames[model])).split.details["test_rows_in_training"]
    assert shared == before + 7


def test_ratings_refuse_the_column_beside_their_own_setting(frames):
    frame = marked(frames["ratings"])
    for split in ("random", "time", "latest"):
        with pytest.raises(SettingsError, match=f"gives the split, and so does the setting split={split}"):
            prepared("ratings", frame, split=split)
        with pytest.raises(SettingsError, match="Choose no column as split"):
            survey("ratings", frame, split=split)
    assert prepared("ratings", frame, {"split": None}, split="random").split.method is SplitMethod.RANDOM


def test_a_pair_in_two_parts_is_rated_in_both_and_ranked_where_it_is_tested(frames):
    frame = marked(frames["ratings"])
    again = frame[frame["part"] == "train"].head(20).assign(part="test", rating=5.0)
    ready = prepared("ratings", pd.concat([frame, again], ignore_index=True))
    assert len(ready.parts["test"]) == (frame["part"] == "test").sum() + 20
    assert len(ready.train) == (frame["part"] == "train").sum()
    seen = set(zip(ready.seen("test").user, ready.seen("test").item, strict=True))
    tested = set(zip(ready.parts["test"].user, ready.parts["test"].item, strict=True))
    assert not seen & tested
    in_training = set(zip(ready.train.user, ready.train.item, strict=True))
    assert len(in_training & tested) == 20
    assert len(seen) == len(ready.train) + ready.parts["validation"].is_known.sum() - 20


def test_users_and_items_that_only_test_are_unknown_pairs(frames):
    frame = marked(frames["ratings"])
    strangers = pd.DataFrame(
        {"user": ["new"] * 3, "item": frame["item"][:3], "rating": [1.0, 2.0, 3.0], "part": "test"}
    )
    known, more = (evaluated("ratings", each) for each in (frame, pd.concat([frame, strangers], ignore_index=True)))
    assert more.protocol.details["unknown_pairs"] == known.protocol.details["unknown_pairs"] + 3
    assert more.protocol.sizes["test"] == known.protocol.sizes["test"] + 3


def test_models_of_words_are_not_offered_the_role():
    words = [
        model_spec(name)
        for name in MODELS
        if "label" not in model_spec(name).roles and "text" in model_spec(name).roles
    ]
    assert len(words) >= 2
    for spec in words:
        assert "split" not in used_roles(spec, {"text": "text", "split": "part"})


def test_rows_of_a_pair_are_merged_within_their_part(frames):
    frame = marked(frames["ratings"])
    pair = frame[frame["part"] == "train"].iloc[[0]]
    again = pd.concat(
        [pair.assign(part="test", rating=1.0), pair.assign(rating=5.0), pair.assign(part="test", rating=2.0)]
    )
    ready = prepared("ratings", pd.concat([frame, again], ignore_index=True))
    user, item = ready.users.ids.index(pair["user"].iloc[0]), ready.items.ids.index(pair["item"].iloc[0])
    found = {}
    for name in ("train", "test"):
        part = ready.parts[name]
        is_pair = (part.user == user) & (part.item == item)
        found[name] = part.rating[is_pair].tolist()
    assert found == {"train": [(pair["rating"].iloc[0] + 5) / 2], "test": [1.5]}
    assert ready.excluded["duplicates"] == 2


def test_the_estimate_counts_the_training_rows_of_the_column(frames, model):
    frame = marked(frames[model], every_test=4, every_dev=10**6)  # no validation rows: some training rows are drawn
    spec, settings, table, columns = prepare(model, frame, validation_share=0.2)
    surveyed = result_of(spec.survey(table, columns, settings))
    ready = result_of(spec.prepare(table, columns, settings))
    machine = Machine(threads=1)
    expected = ready.cost(settings, machine).seconds
    assert spec.estimate(settings, surveyed, machine).seconds == pytest.approx(expected, rel=0.02)
    assert spec.estimate(settings.model_copy(update={"test_share": 0.5}), surveyed, machine).seconds == pytest.approx(
        expected, rel=0.02
    )
