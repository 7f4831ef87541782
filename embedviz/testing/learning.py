"""Checks of a training: it learns, follows the split, repeats itself, stops, and goes on from a checkpoint."""

from __future__ import annotations

import json
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from embedviz.core.cost import Machine
from embedviz.core.errors import SettingsError
from embedviz.core.generators import result_of
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data.folds import Fold
from embedviz.data.splits import SplitMethod
from embedviz.evaluation.scores import SCORES
from embedviz.testing.case import CPU, Case, finished, vectors_equal
from embedviz.training.protocols import State
from embedviz.training.report import Evaluation
from embedviz.training.survey import Survey

SPLIT_COLUMN = "given part"  # that a check adds to the data of a model with the role split
MIN_FOLLOWED = 0.9  # of the rows that are marked for testing: the others may be incomplete, or say what another says


def check_learns(case: Case) -> None:
    """Check that it is better than the trivial baseline on data that it never saw."""
    trained, prepared = case.train()
    _check_better_than_trivial(case.spec.evaluate(trained, prepared))


def check_learns_in_a_fold(case: Case) -> None:
    """Check that a fold can be its test set."""
    trained, prepared = case.train(Fold(1, 4))
    evaluation = case.spec.evaluate(trained, prepared)
    _check_better_than_trivial(evaluation)
    assert evaluation.protocol.fold == (1, 4)


def check_follows_split(case: Case) -> None:
    """Check that a model with the role "split" takes its parts from the column, whatever the shares and the seed, and has no folds."""
    if "split" not in case.spec.optional_roles:
        return
    places = np.arange(len(case.table.frame))
    marked = np.select([places % 5 == 1, places % 7 == 2], ["test", "dev"], "train")
    for names in (marked, np.where(marked == "dev", "train", marked)):
        table = replace(case.table, frame=case.table.frame.assign(**{SPLIT_COLUMN: pd.array(names, dtype="str")}))
        columns = {**case.columns, "split": SPLIT_COLUMN}
        settings = case.make_settings(seed=5, test_share=0.4)
        prepared = result_of(case.spec.prepare(table, columns, settings))
        protocol = case.spec.evaluate(finished(prepared.learner(settings, CPU, 1)).best(), prepared).protocol
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
    """Check that without measure_test nothing is measured on the test set, and the same selects the best weights."""
    evaluations = [case.spec.evaluate(*case.train(measure_test=measured)) for measured in (True, False)]
    whole, spared = evaluations
    assert whole.protocol.sizes["test"] > 0 == spared.protocol.sizes["test"], spared.protocol.sizes
    assert not [name for name in spared.metrics if name.startswith("test/")], spared.metrics
    for part in ("train", "validation"):
        assert whole.protocol.sizes[part] == spared.protocol.sizes[part]
    name = f"validation/{whole.primary_metric}"
    assert whole.metrics[name] == spared.metrics[name], name


def check_survey(case: Case) -> None:
    """Check that the survey has sentences, survives JSON, and makes an estimate."""
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
    """Check that the same seed gives the same vectors and scores, and another seed others."""
    one, two, other = (case.train(seed=seed) for seed in (3, 3, 4))
    assert vectors_equal(one[0], two[0])
    assert case.spec.evaluate(*one).metrics == case.spec.evaluate(*two).metrics
    assert not vectors_equal(one[0], other[0])


def check_stops(case: Case) -> None:
    """Check that it has finite vectors and scores when it is stopped at its first event."""
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
    """Check that it goes on from a checkpoint to the numbers of a training that never stopped."""
    prepared, settings = case.prepare(**case.long())
    stopped = prepared.learner(settings, CPU, 1)
    events = iter(stopped.run())
    next(events)
    next(events, None)
    state = stopped.state()
    arrays = {name: array.copy() for name, array in state.arrays.items()}
    resumed = prepared.learner(settings, CPU, 1)
    resumed.restore(State(arrays, json.loads(json.dumps(state.values))))
    whole = finished(prepared.learner(settings, CPU, 1))
    assert vectors_equal(finished(resumed).best(), whole.best())
    assert case.spec.evaluate(resumed.best(), prepared).metrics == case.spec.evaluate(whole.best(), prepared).metrics


def _check_better_than_trivial(evaluation: Evaluation) -> None:
    metric = evaluation.primary_metric
    reached, trivial = evaluation.metrics[f"test/{metric}"], evaluation.metrics[f"baseline/{metric}"]
    assert SCORES[metric].better(reached, trivial), f"{metric} {reached} is not better than {trivial}"
