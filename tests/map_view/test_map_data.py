import base64

import numpy as np
import pytest

from embedviz.map_view.map_data import MapData, message_of


def test_a_selection_travels_as_bits():
    chosen = np.array([True, False, False, False, False, False, False, False, False, True])
    assert base64.b64decode(message_of(MapData("p", 10, selected=chosen), height=300)["selected"]) == bytes([1, 2])
    assert message_of(MapData("p", 10), height=300)["selected"] is None


def test_numpy_numbers_become_plain_ones():
    values = message_of(MapData("p", 5, highlight=np.array([1, 2]), focus=np.int64(3), links=np.array([4])), height=300)
    assert values["highlight"] == [1, 2]
    assert type(values["focus"]) is int
    assert values["links"] == [4]
    assert values["height"] == 300


def test_more_than_2000_highlighted_points_are_refused():
    with pytest.raises(ValueError, match="At most 2000 points can be highlighted, not 2001"):
        message_of(MapData("p", 5000, highlight=range(2001)), height=300)
