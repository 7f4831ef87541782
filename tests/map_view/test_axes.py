from types import SimpleNamespace

import numpy as np

from embedviz.map_view.axes import named_axes
from embedviz.projection.packing import MAX_VALUE, pack_points
from embedviz.projection.settings import ProjectionSettings

COORDS = np.array([[-0.2, 0.1], [0.6, 0.3], [0.0, 0.0]], np.float32)


def test_the_axes_give_each_packed_point_its_value():
    settings = ProjectionSettings(method="axes", x_axis="she - he ", y_axis="good - bad")
    axes = named_axes(SimpleNamespace(settings=settings, coords=COORDS))
    assert [axis["title"] for axis in axes] == ["she - he", "good - bad"]
    units = np.frombuffer(pack_points(COORDS), "<u2").reshape(-1, 2) / MAX_VALUE
    values = [axis["low"] + units[:, i] * (axis["high"] - axis["low"]) for i, axis in enumerate(axes)]
    assert np.allclose(np.stack(values, axis=1), COORDS, atol=1e-4)


def test_other_maps_have_no_axes():
    assert named_axes(SimpleNamespace(settings=ProjectionSettings(), coords=COORDS)) == []
