"""Checks that every model passes: ours, and anybody else's who writes one.

>>> from embedviz.models import model_spec
>>> from embedviz.testing import checks
>>> [check.__name__ for check in checks][:2]
['check_learns', 'check_learns_in_a_fold']
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from embedviz.core.cost import Machine
from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.core.settings import TrainingSettings
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.folds import Fold
from embedviz.data.reading import Table, read_table
from embedviz.data.roles import roles_of
from embedviz.data.splits import SplitMethod
from embedviz.evaluation.scores import SCORES
from embedviz.space.kinds import EXAMPLE_KINDS
from embedviz.training.architecture import Architecture
from embedviz.training.devices import Device
from embedviz.training.examples import PART, PARTS, PREDICTION, ROW
from embedviz.training.protocols import AnyModelSpec, ExampleSpec, Layered, Learner, Predictor, State, Trained
from embedviz.training.report import Evaluation
from embedviz.training.survey import Survey

CPU = Device("cpu", "cpu", "CPU")
# Small values for settings that many models have, so that a check takes seconds.
SMALL: dict[str, Any] = {"dim": 12, "hidden_dim": 16, "min_count": 1, "subsample": 0, "vectors": "none", "members": 2}
SPLIT_COLUMN = "given part"  # that a check adds to the data of a model with the role split
MIN_FOLLOWED = 0.9  # of the rows that are marked for testing: the others may be incomplete, or say what another says
LONG = {"epochs": 60, "rounds": 200}  # long enough to be stopped on the way


@dataclass(frozen=True)
class Case:
    """A model with tiny data that it can learn.

    Attributes
    ----------
    spec
        The model.
    table, columns
        The data, and role -> column.
    settings
        Beside those that every check sets.
    """

    spec: AnyModelSpec
    table: Table
    columns: Mapping[str, Any]
    settings: Mapping[str, Any]

    def make_settings(self, **more: Any) -> TrainingSettings:
        """Return settings of this case, on one thread."""
        fields = self.spec.Settings.model_fields
        small = {name: value for name, value in SMALL.items() if name in fields}
        values: dict[str, Any] = {**small, "deterministic": True, **self.settings, **more}
        return self.spec.Settings.of(**values)

    def long(self) -> dict[str, Any]:
        """Return settings by which a training takes more than a moment."""
        return {name: value for name, value in LONG.items() if name in self.spec.Settings.model_fields}

    def prepare(self, fold: Fold | None = None, **more: Any) -> tuple[Any, TrainingSettings]:
        """Return the prepared data and the settings that it was prepared with."""
        settings = self.make_settings(**more)
        return result_of(self.spec.prepare(self.table, self.columns, settings, fold=fold)), settings

    def train(self, fold: Fold | None = None, **more: Any) -> tuple[Any, Any]:
        """Train to the end; what was trained, and the data."""
        prepared, settings = self.prepare(fold, **more)
        return _finished(prepared.learner(settings, CPU, 1)).best(), prepared


def check_model(
    spec: AnyModelSpec,
    table: pd.DataFrame | None = None,
    columns: Mapping[str, Any] | None = None,
    **settings: Any,
) -> None:
    """Hold a model to `embedviz.training.protocols`.

    It learns, repeats itself with the same seed, can be stopped at any event and goes on from a checkpoint to the same
    numbers, is saved and loaded, refuses wrong settings and predicts.

    Parameters
    ----------
    spec
        The model.
    table, columns
        Tiny data that it can learn, and role -> column; made up by its roles when left out.
    **settings
        Settings that make it quick.

    Raises
    ------
    AssertionError
        When a promise is broken.

    Examples
    --------
    >>> from embedviz.models import model_spec
    >>> check_model(model_spec("ratings"), epochs=3)
    """
    case = make_case(spec, table, columns, **settings)
    for check in checks:
        check(case)


def make_case(
    spec: AnyModelSpec,
    table: pd.DataFrame | None = None,
    columns: Mapping[str, Any] | None = None,
    **settings: Any,
) -> Case:
    """Return a model with data to check it on; see `check_model`."""
    frame = example_table(spec) if table is None else table
    if list(frame.columns) == ["text"]:
        read = read_table("\n".join(frame["text"]).encode(), name="tiny.txt", unit="line")
    else:
        read = read_table(frame.to_csv(index=False).encode(), name="tiny.csv")
    chosen = {role: role for role in spec.roles if role in frame} | {r: r for r in ("rating",) if r in frame}
    return Case(spec, read, roles_of(read, chosen if columns is None else columns), settings)


def example_table(spec: AnyModelSpec) -> pd.DataFrame:
    """Return 600 rows that a model with these roles can learn from; columns are called as their roles.

    Texts speak of one of two topics and their label is the topic; users of two tastes rate items of two kinds; a category
    and a number tell the target.
    """
    rng = random.Random(0)
    topics = (["cat", "dog", "horse", "cow", "sheep", "goat"], ["saw", "hammer", "nail", "drill", "screw", "plane"])
    rows: list[dict[str, Any]] = []
    for i in range(600):
        topic = i % 2
        row: dict[str, Any] = {}
        if "text" in spec.roles:
            row["text"] = " ".join(rng.choice(topics[topic]) for _ in range(8))
        if "label" in spec.roles:
            row["label"] = ("animals", "tools")[topic]
        if "user" in spec.roles:
            user, item = rng.randrange(40), rng.randrange(30)
            liked = user % 2 == item % 2
            row |= {
                "user": f"u{user}",
                "item": f"i{item}",
                "rating": min(5, max(1, round(rng.gauss(4.5 if liked else 2, 0.5)))),
            }
        if "target" in spec.roles:
            make = rng.choice(["Ferro", "Vulpa", "Bovis", "Camelo"])
            sports = make in ("Ferro", "Vulpa")
            power = round(rng.gauss(300 if sports else 120, 40), 1)
            row |= {"make": make, "colour": rng.choice(["red", "blue", None]), "power": power}
            row["target"] = "sports" if sports == (rng.random() < 0.95) else "van"
        rows.append(row)
    frame = pd.DataFrame(rows)
    return frame.drop_duplicates(["user", "item"]) if "user" in frame else frame


def check_learns(case: Case) -> None:
    """It is better than the trivial baseline on data that it never saw."""
    trained, prepared = case.train()
    _check_better_than_trivial(case.spec.evaluate(trained, prepared))


def check_learns_in_a_fold(case: Case) -> None:
    """A fold can be its test set."""
    trained, prepared = case.train(Fold(1, 4))
    evaluation = case.spec.evaluate(trained, prepared)
    _check_better_than_trivial(evaluation)
    assert evaluation.protocol.fold == (1, 4)


def check_follows_split(case: Case) -> None:
    """A model with the role "split" takes its parts from the column, whatever the shares and the seed, and has no folds."""
    if "split" not in case.spec.optional_roles:
        return
    places = np.arange(len(case.table.frame))
    marked = np.select([places % 5 == 1, places % 7 == 2], ["test", "dev"], "train")
    for names in (marked, np.where(marked == "dev", "train", marked)):
        table = replace(case.table, frame=case.table.frame.assign(**{SPLIT_COLUMN: pd.array(names, dtype="str")}))
        columns = {**case.columns, "split": SPLIT_COLUMN}
        settings = case.make_settings(seed=5, test_share=0.4)
        prepared = result_of(case.spec.prepare(table, columns, settings))
        protocol = case.spec.evaluate(_finished(prepared.learner(settings, CPU, 1)).best(), prepared).protocol
        n_test, has_validation = int((names == "test").sum()), "dev" in names
        assert MIN_FOLLOWED * n_test <= protocol.sizes["test"] <= n_test, protocol.sizes
        assert protocol.sizes["validation"] > 0
        assert protocol.column == SPLIT_COLUMN
        assert protocol.method == (SplitMethod.GIVEN if has_validation else SplitMethod.GIVEN_TEST)
        survey = result_of(case.spec.survey(table, columns, settings))
        assert any(SPLIT_COLUMN in sentence for sentence in survey.sentences)
        try:
            result_of(case.spec.prepare(table, columns, settings, fold=Fold(0, 3)))
        except SettingsError:
            continue
        raise AssertionError("A fold replaces the split that a column gives.")


def check_spares_the_test_set(case: Case) -> None:
    """With measure_test off nothing is measured on the test set, and what selects the best weights stays the same."""
    evaluations = [case.spec.evaluate(*case.train(measure_test=measured)) for measured in (True, False)]
    whole, spared = evaluations
    assert whole.protocol.sizes["test"] > 0 == spared.protocol.sizes["test"], spared.protocol.sizes
    assert not [name for name in spared.metrics if name.startswith("test/")], spared.metrics
    for part in ("train", "validation"):
        assert whole.protocol.sizes[part] == spared.protocol.sizes[part]
    name = f"validation/{whole.primary_metric}"
    assert whole.metrics[name] == spared.metrics[name], name


def check_survey(case: Case) -> None:
    """The survey says what is there, survives JSON, and the estimate follows from it."""
    settings = case.make_settings()
    survey = result_of(case.spec.survey(case.table, case.columns, settings))
    with tempfile.TemporaryDirectory() as folder:
        written, again = Path(folder) / "survey.json", Path(folder) / "again.json"
        write_typed(written, survey)
        read = read_typed(written, Survey)
        assert read is not None
        write_typed(again, read)
        assert again.read_bytes() == written.read_bytes()
    assert survey.sentences
    cost = case.spec.estimate(settings, survey, Machine(threads=1))
    assert 0 < cost.seconds < 3600
    assert cost.memory_bytes > 1e6
    prepared, _ = case.prepare()
    assert 0 < prepared.cost(settings, Machine(threads=1)).seconds < 3600
    assert set(case.spec.survey_settings) <= set(case.spec.Settings.model_fields)


def check_repeats(case: Case) -> None:
    """The same seed gives the same vectors and scores, another seed others."""
    one, two, other = (case.train(seed=seed) for seed in (3, 3, 4))
    assert _vectors_equal(one[0], two[0])
    assert case.spec.evaluate(*one).metrics == case.spec.evaluate(*two).metrics
    assert not _vectors_equal(one[0], other[0])


def check_stops(case: Case) -> None:
    """Stopped at its first event it has finite vectors and scores."""
    prepared, settings = case.prepare(**case.long())
    learner = prepared.learner(settings, CPU, 1)
    next(iter(learner.run()))
    trained = learner.best()
    spaces = trained.spaces()
    assert spaces
    assert all(np.isfinite(space.vectors).all() for space in spaces.values())
    assert list(spaces)[: len(case.spec.spaces)] == list(case.spec.spaces)[: len(spaces)]
    assert all(space.kind == case.spec.spaces.get(name, "value") for name, space in spaces.items())
    assert learner.current().spaces().keys() == spaces.keys()
    assert all(np.isfinite(value) for value in case.spec.evaluate(trained, prepared).metrics.values())


def check_resumes(case: Case) -> None:
    """It goes on from a checkpoint to the numbers of a training that never stopped."""
    import json

    prepared, settings = case.prepare(**case.long())
    stopped = prepared.learner(settings, CPU, 1)
    events = iter(stopped.run())
    next(events)
    next(events, None)
    state = stopped.state()
    arrays = {name: array.copy() for name, array in state.arrays.items()}
    resumed = prepared.learner(settings, CPU, 1)
    resumed.restore(State(arrays, json.loads(json.dumps(state.values))))
    whole = _finished(prepared.learner(settings, CPU, 1))
    assert _vectors_equal(_finished(resumed).best(), whole.best())
    assert case.spec.evaluate(resumed.best(), prepared).metrics == case.spec.evaluate(whole.best(), prepared).metrics


def check_saves(case: Case) -> None:
    """Check that a model saved and loaded has the same vectors and gives the same predictions."""
    trained, _ = case.train()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.safetensors"
        trained.save(path)
        loaded = case.spec.Trained.load(path)
    assert _vectors_equal(trained, loaded)
    if isinstance(trained, Predictor):
        rows = case.table.frame.head(7)
        assert isinstance(loaded, Predictor)
        pd.testing.assert_frame_equal(loaded.predict(rows), trained.predict(rows), atol=1e-5)


def check_architecture(case: Case) -> None:
    """A model that describes its layers names arrays that its file holds, by their shapes, and each once."""
    from safetensors import safe_open

    prepared, settings = case.prepare(**case.long())
    learner = prepared.learner(settings, CPU, 1)
    next(iter(learner.run()))
    trained = learner.best()
    if not isinstance(trained, Layered):
        return
    architecture = trained.architecture()
    described = [item for network in architecture.networks for layer in network for item in layer.arrays]
    with tempfile.TemporaryDirectory() as folder:
        path, written = Path(folder) / "model.safetensors", Path(folder) / "architecture.json"
        trained.save(path)
        with safe_open(path, framework="numpy") as file:
            shapes = {name: tuple(file.get_slice(name).get_shape()) for name in file.keys()}  # noqa: SIM118 - not a dict
        write_typed(written, architecture)
        assert read_typed(written, Architecture) == architecture
    assert described
    assert len({name for name, _ in described}) == len(described)
    assert all(shapes.get(name) == shape for name, shape in described), described
    assert architecture.parameters > 0


def check_predicts(case: Case) -> None:
    """A predictor explains its predictions, and its baselines are measured on the same part, the trivial one first."""
    trained, prepared = case.train()
    if not isinstance(trained, Predictor):
        return
    explained = trained.predict(case.table.frame.head(7), explain=True)["reasons"]
    assert all({"feature", "contribution"} <= set(reason) for reasons in explained for reason in reasons)
    assert any(len(reasons) for reasons in explained)
    assert trained.form() is not None
    evaluation = case.spec.evaluate(trained, prepared)
    assert evaluation.frames
    score = f"test/{evaluation.primary_metric}"
    rows = [result_of(baseline.measure()) for baseline in case.spec.baselines(prepared)]
    assert len(rows) >= 2
    reached = [row[score] for row in rows if score in row]
    assert all(np.isfinite(value) for value in reached)
    assert np.isclose(reached[0], evaluation.metrics[f"baseline/{evaluation.primary_metric}"], rtol=1e-6)


def check_examples(case: Case) -> None:
    """The spaces of its examples hold every part, repeat themselves, and say what the model predicts."""
    if not isinstance(case.spec, ExampleSpec):
        return
    trained, prepared = case.train()
    spaces = result_of(case.spec.examples(trained, prepared, case.table))
    assert spaces
    assert not spaces.keys() & trained.spaces().keys()
    again = result_of(case.spec.examples(trained, prepared, case.table))
    for name, space in spaces.items():
        assert space.name == name
        assert space.kind in EXAMPLE_KINDS
        assert np.array_equal(space.vectors, again[name].vectors)
        assert space.labels == again[name].labels
        assert set(space.columns[PART]) == set(PARTS.values())
        assert case.spec.filters_by(name)
        rows = space.columns[ROW].to_numpy()
        settings = case.make_settings()
        chosen = [str(row) for row in np.unique(rows)[:3]]
        left = case.spec.filter_rows(case.table.frame, case.columns, settings, name, chosen, True)
        assert len(left) == len(chosen)
        if isinstance(trained, Predictor):
            found = trained.predict(case.table.frame.iloc[rows - 1])["prediction"]
            shown = space.columns[PREDICTION]
            is_number = pd.api.types.is_numeric_dtype(shown)
            assert np.allclose(found, shown, rtol=1e-4) if is_number else found.tolist() == shown.tolist()


def check_settings(case: Case) -> None:
    """Its presets are settings, the first of them the defaults; wrong settings are refused by their name."""
    Settings = case.spec.Settings
    first, *_ = Settings.presets
    assert Settings.of(preset=first) == Settings.of()
    for preset in Settings.presets:
        Settings.of(preset=preset)
    mistakes: list[tuple[dict[str, Any], str]] = [
        ({"seed": -1}, "seed"),
        ({"nonsense": 1}, "nonsense"),
        ({"preset": "nonsense"}, "nonsense"),
    ]
    for wrong, name in mistakes:
        try:
            Settings.of(**wrong)
        except SettingsError as error:
            assert name in str(error)
        else:
            raise AssertionError(f"{Settings.__name__} takes {wrong}.")


checks: tuple[Callable[[Case], None], ...] = (
    check_learns,
    check_learns_in_a_fold,
    check_follows_split,
    check_spares_the_test_set,
    check_survey,
    check_repeats,
    check_stops,
    check_resumes,
    check_saves,
    check_architecture,
    check_predicts,
    check_examples,
    check_settings,
)


def _check_better_than_trivial(evaluation: Evaluation) -> None:
    metric = evaluation.primary_metric
    reached, trivial = evaluation.metrics[f"test/{metric}"], evaluation.metrics[f"baseline/{metric}"]
    assert SCORES[metric].better(reached, trivial), f"{metric} {reached} is not better than {trivial}"


def _finished(learner: Learner[Any]) -> Learner[Any]:
    for _ in learner.run():
        pass
    return learner


def _vectors_equal(one: Trained, other: Trained) -> bool:
    a, b = one.spaces(), other.spaces()
    return a.keys() == b.keys() and all(np.array_equal(a[name].vectors, b[name].vectors) for name in a)
