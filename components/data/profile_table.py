"""The table of columns on the Data page: kind, distribution, missing cells, distinct values and examples."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from embedviz.data.profile import MAX_DETAILED, ColumnProfile, profile_frame
from embedviz.data.report import ReadReport

MAX_HEIGHT_PX = 390
ROW_HEIGHT_PX = 35


def show_profile(profile: Sequence[ColumnProfile], report: ReadReport, *, key: str) -> None:
    """Show a row for each column of the data.

    Parameters
    ----------
    key
        Names what was profiled.
    """
    shown = profile[:MAX_DETAILED]
    st.markdown(
        "**Columns**",
        help="The bars count rows: of numbers and dates from the least to the greatest, of texts by their number of "
        "words, of categories the most frequent values first.",
    )
    frame = profile_frame(shown, report.rows)
    frame["missing"] *= 100
    config = {
        "column": st.column_config.TextColumn("column", pinned=True, width=115),
        "kind": st.column_config.TextColumn("kind", width=80),
        "missing": st.column_config.NumberColumn("missing", format="%.1f %%", width=75),
        "distinct": st.column_config.NumberColumn("distinct", format="localized", width=75),
        "distribution": st.column_config.BarChartColumn("distribution", width=95, y_min=0),
        "shows": st.column_config.TextColumn("bars show", width=170),
        "examples": st.column_config.TextColumn("examples", width="large"),
    }
    order = ["column", "kind", "distribution", "missing", "distinct", "shows", "examples"]
    st.dataframe(
        frame,
        hide_index=True,
        column_config=config,
        column_order=order,
        height=min(MAX_HEIGHT_PX, ROW_HEIGHT_PX * (len(frame) + 1) + 3),
        key=f"profile-{key}",
    )
    notes = [f"The first {len(shown):,} of {len(profile):,} columns are listed."] if len(shown) < len(profile) else []
    if report.truncated:
        notes.append(f"Counted over the {report.rows:,} rows of this preview.")
    if notes:
        st.caption(" ".join(notes))
