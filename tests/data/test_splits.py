import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.data.folds import Fold
from embedviz.data.splits import TEST, TRAIN, VALIDATION, Split, SplitMethod, draw_split, split_rows


def test_the_parts_have_their_shares():
    part = split_rows(1000, 0.1, 0.2, 0)
    assert (part == TEST).sum() == 200
    assert (part == VALIDATION).sum() == 100
    assert (part == TRAIN).sum() == 700


def test_the_seed_decides():
    assert np.array_equal(split_rows(100, 0.1, 0.1, 3), split_rows(100, 0.1, 0.1, 3))
    assert not np.array_equal(split_rows(100, 0.1, 0.1, 3), split_rows(100, 0.1, 0.1, 4))


def test_every_row_tests_in_exactly_one_fold():
    tested = sum((split_rows(103, 0.1, 0.1, 0, fold=Fold(i, 5)) == TEST).astype(int) for i in range(5))
    assert (tested == 1).all()


def test_every_class_is_in_every_part_in_proportion():
    classes = np.repeat([0, 1, 2], [700, 250, 50])
    part = split_rows(1000, 0.1, 0.2, 0, classes=classes)
    assert abs(np.bincount(classes[part == TEST]) - [140, 50, 10]).max() <= 1
    folds = split_rows(1000, 0.1, 0.2, 0, classes=classes, fold=Fold(0, 5))
    assert abs(np.bincount(classes[folds == TEST]) - [140, 50, 10]).max() <= 1


def test_by_time_the_last_are_tested_and_those_before_validate():
    times = np.random.default_rng(0).permutation(100)
    part = split_rows(100, 0.1, 0.2, 0, times=times)
    assert times[part == TRAIN].max() < times[part == VALIDATION].min()
    assert times[part == VALIDATION].max() < times[part == TEST].min()
    with pytest.raises(SettingsError, match="later rows than it is tested on"):
        split_rows(100, 0.1, 0.2, 0, times=times, fold=Fold(0, 5))


def test_a_part_that_has_a_share_is_never_empty():
    part = split_rows(10, 0.01, 0.01, 0)
    assert (part == TEST).sum() == 1
    assert (part == VALIDATION).sum() == 1
    assert (split_rows(10, 0.1, 0.0, 0) == TEST).sum() == 0


def test_a_fold_that_is_not_there_is_refused():
    with pytest.raises(SettingsError, match="Fold 5 of 5"):
        Fold(5, 5)


def test_a_split_holds_every_row_once_and_gives_its_codes_back():
    parts = split_rows(103, 0.1, 0.2, 0)
    split = Split.of(parts, method=SplitMethod.RANDOM, seed=0)
    assert sorted([*split.train, *split.validation, *split.test]) == list(range(103))
    assert np.array_equal(split.parts, parts)
    assert split.sizes == {"train": 72, "validation": 10, "test": 21}
    assert np.array_equal(split.part("validation"), np.flatnonzero(parts == VALIDATION))


def test_validation_is_measured_where_no_rows_test():
    assert draw_split(100, 0.1, 0.1, 0).measured == "test"
    assert draw_split(100, 0.1, 0.0, 0).measured == "validation"


def test_a_drawn_split_names_its_method():
    classes = np.arange(100) % 2
    assert draw_split(100, 0.1, 0.1, 0).method == "random"
    assert draw_split(100, 0.1, 0.1, 0, classes=classes).method == "stratified"
    assert draw_split(100, 0.1, 0.1, 0, times=np.arange(100)).method == "by_time"
    folded = draw_split(100, 0.1, 0.1, 0, fold=Fold(1, 4), classes=classes)
    assert (folded.method, folded.fold) == ("fold", Fold(1, 4))
    assert draw_split(100, 0.1, 0.1, 0, method=SplitMethod.BY_UNIT).method == "by_unit"


def test_a_thinned_split_learns_from_fewer_rows_and_measures_as_many():
    classes = np.repeat([0, 1, 2], [600, 300, 3])
    split = draw_split(len(classes), 0.1, 0.1, seed=3, classes=classes)
    thin = split.thinned(0.1, classes=classes)
    assert (thin.validation == split.validation).all()
    assert (thin.test == split.test).all()
    assert set(thin.train) < set(split.train)
    assert set(thin.train) | set(thin.unused) == set(split.train)
    shares = np.bincount(classes[thin.train]) / np.bincount(classes[split.train])
    assert shares[:2] == pytest.approx([0.1, 0.1], abs=0.01)
    assert (classes[thin.train] == 2).sum() == 1  # a row of each class stays
    assert set(split.thinned(0.05, classes=classes).train) <= set(thin.train)
    assert split.thinned(1.0) is split
    assert len(thin) == len(split)
    again = Split.of(thin.parts, method=thin.method, seed=thin.seed)
    assert (again.train == thin.train).all()
    assert (again.unused == thin.unused).all()


def test_an_untested_split_measures_nothing_on_its_test_rows_and_learns_the_same():
    split = draw_split(100, 0.1, 0.2, seed=0)
    spared = split.thinned(0.5).untested()
    assert len(spared.test) == 0
    assert spared.measured == "validation"
    assert len(spared.unused) == len(split.test) + len(split.train) - len(spared.train)
    assert set(split.test) < set(spared.unused)
    np.testing.assert_array_equal(spared.validation, split.validation)
    assert spared.details == {"unused_training_rows": 35, "untested_rows": 20}
    np.testing.assert_array_equal(split.untested().thinned(0.5).parts, spared.parts)
