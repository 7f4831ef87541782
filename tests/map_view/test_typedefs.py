from typing import TypedDict

import pytest

from embedviz.map_view import typedefs
from embedviz.map_view.exchange import CONSTANTS, MapMessage
from embedviz.map_view.map_data import MapData, message_of


class Strange(TypedDict):
    raw: bytes


def test_a_message_has_exactly_the_declared_fields():
    assert set(message_of(MapData("p", 3), 300)) == set(MapMessage.__annotations__)


def test_every_field_and_constant_is_in_the_generated_file():
    text = typedefs.generate()
    for name in MapMessage.__annotations__:
        assert f"}} {name}\n" in text
    for name, (value, _) in CONSTANTS.items():
        assert f"export const {name} = {value!r};".replace("'", '"') in text


def test_a_type_that_javascript_does_not_have_is_refused(monkeypatch):
    monkeypatch.setattr(typedefs, "EXCHANGED", (Strange,))
    with pytest.raises(TypeError, match="bytes"):
        typedefs.generate()
