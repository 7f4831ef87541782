"""How large a measured set is beside what could be learned from."""

import pytest

from embedviz.experiments.result import Result
from embedviz.experiments.set_sizes import relative_test_size


def of(**sizes):
    return Result("", {}, "", sizes=sizes)


def test_the_first_set_with_examples_counts_and_the_greatest_of_the_results():
    results = [of(train=80, validation=8, test=20), of(train=80, validation=40)]
    assert relative_test_size(results, "test") == pytest.approx(20 / 80)
    assert relative_test_size(results, "test", "validation") == pytest.approx(40 / 80)
    assert relative_test_size([of()], "test") == relative_test_size([], "test") == 0


def test_training_examples_that_were_left_out_count_as_learned_from():
    assert relative_test_size([of(train=8, unused=72, test=20)], "test") == pytest.approx(20 / 80)
