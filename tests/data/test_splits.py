import numpy as np
import pytest

from embedviz.core.errors import SettingsError
from embedviz.data.splits import TEST, TRAIN, VALIDATION, Fold, split_rows


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
    with pytest.raises(SettingsError, match="future"):
        split_rows(100, 0.1, 0.2, 0, times=times, fold=Fold(0, 5))


def test_a_part_that_has_a_share_is_never_empty():
    part = split_rows(10, 0.01, 0.01, 0)
    assert (part == TEST).sum() == 1
    assert (part == VALIDATION).sum() == 1
    assert (split_rows(10, 0.1, 0.0, 0) == TEST).sum() == 0


def test_a_fold_that_is_not_there_is_refused():
    with pytest.raises(SettingsError, match="Fold 5 of 5"):
        Fold(5, 5)
