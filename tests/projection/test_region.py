import numpy as np
import pytest

from embedviz.projection.region import points_inside

SQUARE = np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


def test_a_square_holds_its_middle_and_nothing_beside():
    points = np.array([[0.5, 0.5], [1.5, 0.5], [-0.5, 0.5], [0.5, 1.5], [0.5, -0.5]])
    assert points_inside(points, SQUARE).tolist() == [True, False, False, False, False]
    assert points_inside(points, SQUARE[::-1]).tolist() == [True, False, False, False, False]


def test_the_notch_of_a_hollow_shape_is_outside():
    arrow = np.array([[0, 0], [4, 0], [4, 4], [2, 1], [0, 4]])
    assert points_inside(np.array([[2, 3], [0.5, 2], [3.5, 2], [2, 0.5]]), arrow).tolist() == [False, True, True, True]


def test_where_a_loop_crosses_itself_twice_is_outside():
    star = np.array([[np.sin(a), np.cos(a)] for a in np.arange(5) * 4 * np.pi / 5])
    assert points_inside(np.array([[0, 0], [0, 0.8]]), star).tolist() == [False, True]


def test_a_point_on_an_edge_of_two_neighbours_belongs_to_one():
    points = np.array([[1.0, y] for y in np.linspace(0.1, 0.9, 9)])
    both = points_inside(points, SQUARE).astype(int) + points_inside(points, np.add(SQUARE, [1, 0]))
    assert both.tolist() == [1] * 9


@pytest.mark.parametrize("corners", [0, 1, 2])
def test_fewer_than_three_corners_enclose_nothing(corners):
    assert not points_inside(np.array([[0.5, 0.0], [0, 0]]), SQUARE[:corners].reshape(-1, 2)).any()


def test_no_points_are_no_points():
    assert points_inside(np.zeros((0, 2)), SQUARE).shape == (0,)
