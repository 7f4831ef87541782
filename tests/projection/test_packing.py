import numpy as np
import pytest

from embedviz.projection.packing import Extent, extent_of, pack_points


def unpacked(coords: np.ndarray) -> np.ndarray:
    return np.frombuffer(pack_points(coords), "<u2").reshape(-1, 2)


def test_points_come_back_within_a_step():
    coords = np.random.default_rng(0).normal(size=(50, 2)).astype(np.float32)
    extent = extent_of(coords)
    assert extent.to_data(unpacked(coords) / 65535) == pytest.approx(coords, abs=extent.side / 65535)


def test_both_axes_have_one_scale():
    wide = unpacked(np.array([[0, 0], [100, 0], [0, 25]], np.float32)).astype(int)
    assert (wide[1, 0] - wide[0, 0]) == pytest.approx(4 * (wide[2, 1] - wide[0, 1]), abs=4)


def test_a_point_takes_four_bytes_low_byte_first():
    data = pack_points(np.array([[0, 0], [1, 1]], np.float32))
    assert len(data) == 8
    assert data[0] + 256 * data[1] == round(65535 * 0.02 / 1.04)


def test_one_place_is_the_middle_and_no_points_are_no_bytes():
    assert unpacked(np.full((3, 2), 7, np.float32)).tolist() == [[32768, 32768]] * 3
    assert pack_points(np.zeros((0, 2), np.float32)) == b""
    assert extent_of(np.zeros((0, 2))) == Extent(0.0, 0.0, 1.0)
