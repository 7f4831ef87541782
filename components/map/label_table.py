"""A table of labels that leads to their points on the map."""

from __future__ import annotations

import pandas as pd

from components import tables
from components.map.session import MapSession

MAX_HEIGHT_PX = 460
ROW_PX, HEADER_PX, MIN_ROWS = 35, 38, 3


def label_table(frame: pd.DataFrame, key: str, state: MapSession, description: str) -> None:
    """Draw a table in which a click on a row, or a cell chosen by keys, flies to its label on the map.

    Parameters
    ----------
    frame : DataFrame
        With a column `label`.
    key : str
        Widget key; it has to change with the table's rows.
    state : MapSession
    description : str
        What a screen reader says.
    """
    height = min(MAX_HEIGHT_PX, HEADER_PX + ROW_PX * max(MIN_ROWS, len(frame)))
    row_of = state.space.index
    tables.clickable_table(frame, key, lambda label: state.fly_to(row_of(label)), height=height, alt=description)
