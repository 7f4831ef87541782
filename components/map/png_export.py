"""The size of a PNG of the map, chosen in the panel, and the button that saves one: the browser draws it."""

from __future__ import annotations

import streamlit as st

from embedviz.map_view.exchange import DEFAULT_PNG, PngExport

SIZE_KEY = "map-png-size"  # in the session's state: one size for all maps
SERIAL_KEY = "map-png-serial"
SIZES: dict[str, PngExport] = {
    "1×": {**DEFAULT_PNG, "scale": 1},
    "2×": DEFAULT_PNG,
    "4×": {**DEFAULT_PNG, "scale": 4},
    "1,920 px wide": {**DEFAULT_PNG, "width": 1920},
    "3,840 px wide": {**DEFAULT_PNG, "width": 3840},
}
DEFAULT_SIZE = "2×"


def png_export() -> PngExport:
    """Return the chosen size, with the number of pictures that were asked for."""
    size = SIZES.get(st.session_state.get(SIZE_KEY, DEFAULT_SIZE), DEFAULT_PNG)
    return {**size, "serial": st.session_state.get(SERIAL_KEY, 0)}


def draw_png_export() -> None:
    """Draw the choice of size and the button that saves what is in sight, with its legend, as a PNG."""
    st.selectbox(
        "Size of the PNG",
        list(SIZES),
        index=list(SIZES).index(DEFAULT_SIZE),
        key=SIZE_KEY,
        persist_state="session",
        help="Times the size on the screen, or pixels across with the legend. The button on the map saves at this size "
        "too. A picture has 64 megapixels at most.",
    )
    st.button("PNG", on_click=_save)


def _save() -> None:
    st.session_state[SERIAL_KEY] = st.session_state.get(SERIAL_KEY, 0) + 1
