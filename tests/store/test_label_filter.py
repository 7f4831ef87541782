"""Training again on what was chosen of a space, for every model."""

import numpy as np
import pytest

import embedviz as ev
from embedviz.core.errors import SettingsError
from embedviz.core.jobs.reporter import Reporter
from embedviz.jobs.perform import perform
from embedviz.jobs.prepared import read
from embedviz.models import MODELS, model_spec
from embedviz.space import EmbeddingSpace
from embedviz.store.comparisons import twins_of
from embedviz.store.dataset import Dataset
from embedviz.store.label_filter import LabelFilter, can_filter, label_filters, read_data
from embedviz.store.store import Store

pytestmark = pytest.mark.slow

DATA = {
    "skipgram": ("two_topics", {"dim": 8, "epochs": 2, "min_count": 1, "subsample": 0}, {}),
    "sentiment": (
        "tweets",
        {"vectors": "none", "dim": 8, "hidden_dim": 4, "epochs": 2},
        {"text": "tweet", "label": "mood"},
    ),
    "ratings": ("film_ratings", {"dim": 4, "epochs": 2}, {"user": "user_id", "item": "film", "rating": "stars"}),
    "categories": ("cars", {"hidden_dim": 8, "members": 1, "epochs": 2}, {"target": "body"}),
}


@pytest.fixture(params=list(MODELS))
def run(request, tmp_path):
    # a model of the registry without data of its own is one of word vectors
    name, settings, columns = DATA.get(request.param, DATA["skipgram"])
    fields = model_spec(request.param).Settings.model_fields
    settings = {name: value for name, value in settings.items() if name in fields}
    data = request.getfixturevalue(name)
    path = tmp_path / ("t.txt" if isinstance(data, str) else "t.csv")
    path.write_text(data) if isinstance(data, str) else data.to_csv(path, index=False)
    read = {"unit": "line"} if isinstance(data, str) else {}
    return ev.train(request.param, path, columns=columns, read=read, **settings)


def again(run, *only):
    store = Store()
    dataset = Dataset.open(store.uploads_folder / run.data["id"])
    new = store.create_training(
        run.model, dataset, run.spec.settings, columns=run.spec.columns, filters=[*label_filters(run), *only]
    )
    assert perform(new) == "done", new.state.reason
    return new


def test_without_some_labels_they_are_gone_and_the_rest_is_there(run):
    space = run.space
    rows = np.array([row for row in range(len(space)) if not space.labels[row].startswith("(")][:2])
    gone = {space.labels[row] for row in rows}
    new = again(run, LabelFilter.of(run, space, rows, keep=False))
    left = set(new.spaces[space.name].labels)
    assert not gone & left
    assert len(left & set(space.labels)) >= len(space) - 4
    assert len(read(new, Reporter()).frame) <= len(read_data(run).frame)
    assert twins_of(run, [new]) == []  # other data, so no twin


def test_filtered_data_is_kept_with_its_tokens(run):
    new = again(run, LabelFilter.of(run, run.space, np.array([2]), keep=False))
    whole, kept = read_data(run).cache, read_data(new).cache
    assert kept is not None
    assert kept != whole
    assert (kept / "tokens").exists() == (whole / "tokens").exists()


def test_on_some_labels_alone_there_is_nothing_else_and_a_choice_of_a_choice_is_both(run):
    space = run.space
    usual = [row for row in range(len(space)) if not space.labels[row].startswith("(")]
    kept = np.array(usual[: max(3, len(usual) // 2)])
    new = again(run, LabelFilter.of(run, space, kept, keep=True))
    chosen = {space.labels[row] for row in kept}
    narrowed = new.spaces[space.name]
    found = {label for label in narrowed.labels if not label.startswith("(")}
    assert found <= chosen
    label = sorted(found)[0]
    third = again(new, LabelFilter.of(new, narrowed, np.array([narrowed.index(label)]), keep=False))
    assert {name for name in third.spaces[space.name].labels if not name.startswith("(")} <= chosen - {label}
    assert [only.keep for only in label_filters(third)] == [True, False]


def test_what_cannot_be_chosen_is_reported(run):
    with pytest.raises(SettingsError, match="Nothing is selected"):
        LabelFilter.of(run, run.space, np.array([], int), keep=True)
    vectors = Store().create_vectors(Dataset.upload(Store().uploads_folder, "v.txt", [b"king 1 0\n"]))
    assert not can_filter(vectors, "word")


def test_without_some_examples_they_are_gone_and_a_choice_of_a_choice_is_both(run):
    names = [name for name, kind in run.space_kinds.items() if kind in ("text", "row")]
    if not names:
        assert run.model == "ratings"
        return
    space = run.spaces[names[0]]
    assert can_filter(run, space.name)
    whole = read_data(run).frame
    gone = space.columns["row"].to_numpy()[[1, 5]]
    new = again(run, LabelFilter.of(run, space, np.array([1, 5]), keep=False))
    left = whole.drop(index=np.unique(gone) - 1).reset_index(drop=True)
    assert read_data(new).frame.equals(left)
    narrowed = new.spaces[space.name]
    rows = np.arange(len(narrowed) // 2)
    third = again(new, LabelFilter.of(new, narrowed, rows, keep=True))
    kept = np.unique(narrowed.columns["row"].to_numpy()[rows]) - 1
    assert read_data(third).frame.equals(left.iloc[kept].reset_index(drop=True))


def test_texts_that_came_without_their_rows_are_not_chosen_by(run):
    space = EmbeddingSpace(["a", "b"], np.eye(2, dtype=np.float32), None, "text", kind="text")
    if can_filter(run, "text"):
        with pytest.raises(SettingsError, match="are no rows of its data"):
            LabelFilter.of(run, space, np.array([0]), keep=True)
