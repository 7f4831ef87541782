"""The filters in the panel: a range with a histogram for numbers, a list for categories, a box for texts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from components import session
from components.map.filters import Categories, Contains, Filter, Range, filter_columns, filter_kind, filter_values
from components.map.histogram import edges_of, finite_numbers, histogram_html, nearest_edge
from components.map.session import MapSession
from components.nouns import noun_of
from embedviz.projection.map_folder import Map


def draw_filters(displayed: Map, state: MapSession, passing: np.ndarray | None) -> None:
    """Draw the filters of the displayed map. passing: which of its points pass them; None where no filter applies."""
    n, noun = len(displayed.points), noun_of(state.space)
    key = f"filter-columns-{state.loads}-{state.run.id}-{state.space.name}"
    columns = st.multiselect(
        "Filter by",
        filter_columns(state.space),
        default=list(state.filters),
        key=key,
        placeholder="Choose columns",
        help=f"Only {noun.many} that pass all filters are shown on the map, found, selected and listed in the table.",
        on_change=lambda: state.keep_filters(st.session_state[key]),
        persist_state="session",
    )
    for column in columns:
        _draw_filter(displayed, state, column)
    shown = n if passing is None else int(passing.sum())
    st.caption(f"{shown:,} of {noun.counted(n)} shown.")
    if state.filters:
        st.button("Clear all filters", icon=":material/filter_alt_off:", on_click=state.clear_filters)


def _draw_filter(displayed: Map, state: MapSession, column: str) -> None:
    values = filter_values(displayed, state.space, column)
    if values is None:
        st.caption(f"{session.plain(column)} appears when the map is ready.")
        return
    key = f"filter-{state.loads}-{state.run.id}-{state.space.name}-{column}"
    kind, current = filter_kind(values), state.filters.get(column)
    if kind is Range:
        _draw_range(values, state, column, key, current)
    elif kind is Categories:
        _draw_categories(values, state, column, key, current)
    else:
        text = current.text if isinstance(current, Contains) else ""
        st.text_input(
            f"{session.plain(column)} contains",
            text,
            key=key,
            on_change=lambda: state.filter(
                column, Contains(typed) if (typed := st.session_state[key].strip()) else None
            ),
            persist_state="session",
        )


def _draw_range(values: pd.Series, state: MapSession, column: str, key: str, current: Filter | None) -> None:
    numbers = finite_numbers(values)
    edges = edges_of(numbers) if len(numbers) else []
    if len(edges) < 2:
        st.caption(f"{session.plain(column)} is the same for all.")
        return

    def changed() -> None:
        low, high = st.session_state[key]
        state.filter(column, None if (low, high) == (edges[0], edges[-1]) else Range(low, high))

    wanted = current if isinstance(current, Range) else Range(edges[0], edges[-1])
    missing = len(values) - len(numbers)
    title = session.plain(column)
    with st.container(gap=None):
        st.caption(title)
        st.html(histogram_html(numbers, edges, wanted.low, wanted.high))
        st.select_slider(
            title,
            edges,
            value=(nearest_edge(edges, wanted.low), nearest_edge(edges, wanted.high)),
            format_func=lambda number: f"{number:,.4g}" if number % 1 else f"{number:,.0f}",
            key=key,
            label_visibility="collapsed",
            on_change=changed,
            persist_state="session",
        )
        if missing:
            st.caption(f"{missing:,} without a value, which a narrower range leaves out.")


def _draw_categories(values: pd.Series, state: MapSession, column: str, key: str, current: Filter | None) -> None:
    counts = values.dropna().astype(str).value_counts()
    chosen = [name for name in current.values if name in counts] if isinstance(current, Categories) else []
    st.multiselect(
        session.plain(column),
        list(counts.index),
        default=chosen,
        format_func=lambda name: f"{name} ({counts.get(name, 0):,})",
        key=key,
        placeholder="All values",
        on_change=lambda: state.filter(column, Categories(tuple(names)) if (names := st.session_state[key]) else None),
        persist_state="session",
    )
