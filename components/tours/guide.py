"""The tour under way: its start, the step on the page, and the ways on and out."""

from __future__ import annotations

import streamlit as st

from components import session, starting
from components.error_boundary import error_boundary
from components.tours.content import TOURS, Step, Tour
from embedviz.store.run_folder import RunFolder

TOUR = "tour"  # in the address, and in the session beside the run that the tour is on
TOUR_RUN = "tour-run"
# What a step points at gets a ring, which takes no room.
_RING = "outline: 2px dashed light-dark(#0a5c8f, #7cc0ea); outline-offset: 6px; border-radius: 4px;"
_PAGE_TITLES = {
    "train": "training",
    "neighbours": "neighbours",
    "predict": "predictions",
    "map": "map",
}


def start_tour(name: str) -> None:
    """Start the training on the tour's sample, and with it the tour."""
    tour = TOURS[name]
    run = starting.start_training(
        tour.model, starting.sample_dataset(tour.sample), tour.settings,
        columns=tour.columns, probes=list(tour.probes), name=tour.run_name,
    )  # fmt: skip
    _remember(name, run)


def current_tour() -> Tour | None:
    """Return the tour on the open run, if there is one."""
    name = _current_name()
    return None if name is None else TOURS[name]


def show_step(page: str, is_ready: bool = True) -> None:
    """Show the step of a page; nothing without a tour.

    Parameters
    ----------
    page : str
        Without ".py".
    is_ready : bool
        Whether the run has been trained: before that nothing is claimed, and there is no way on.
    """
    name, run = _current_name(), session.current_run()
    if name is None or run is None:
        return
    tour = TOURS[name]
    place = next((i for i, step in enumerate(tour.steps) if step.page == page), None)
    if place is None:
        return
    st.query_params[TOUR] = name
    with st.container(border=True, key="tour-step", gap="small"):
        _draw(tour, place, run if is_ready else None)


def _draw(tour: Tour, place: int, run: RunFolder | None) -> None:
    step = tour.steps[place]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/directions_walk: **{step.idea}**", width="stretch")
        st.caption(f"Step {place + 1} of {len(tour.steps)}", width="content")
        _draw_ways(tour, place, is_ready=run is not None)
    st.write(step.text)
    if run is not None:
        with error_boundary():
            _draw_claim(step, run)
    if step.target:
        st.html(f"<style>.st-key-{step.target} {{ {_RING} }}</style>")


def _draw_ways(tour: Tour, place: int, is_ready: bool) -> None:
    """Draw the buttons that lead on, back and out."""
    if place and st.button("Back", key="tour-back", type="tertiary"):
        st.switch_page(f"{tour.steps[place - 1].page}.py")
    if st.button("Leave the tour", key="tour-leave", type="tertiary"):
        _leave()
        st.rerun()
    if place + 1 < len(tour.steps):
        on = tour.steps[place + 1].page
        if st.button(f"Next: {_PAGE_TITLES[on]}", type="primary", key="tour-next", disabled=not is_ready):
            st.switch_page(f"{on}.py")
    elif st.button("Finish the tour", type="primary", key="tour-next"):
        _leave()
        st.switch_page("home.py")


def _draw_claim(step: Step, run: RunFolder) -> None:
    if not step.claim:
        return
    from components.tours.claims import CLAIMS

    sentence, figure = CLAIMS[step.claim](run)
    st.text(sentence)
    if figure is not None:
        st.plotly_chart(figure, key="tour-figure", config={"displayModeBar": False})


def _current_name() -> str | None:
    """Return the name of the tour on the open run: the session's, or the address's when the page was loaded again."""
    if TOUR not in st.session_state and st.query_params.get(TOUR) in TOURS:
        run = session.current_run()
        if run is not None and run.name == TOURS[st.query_params[TOUR]].run_name:
            _remember(st.query_params[TOUR], run)
    name = st.session_state.get(TOUR)
    if name in TOURS and st.session_state.get(TOUR_RUN) == st.session_state.get(session.RUN_KEY):
        return str(name)
    return None


def _remember(name: str, run: RunFolder) -> None:
    """Make this the tour under way, and let the map show what it speaks of, however it is opened."""
    tour = TOURS[name]
    st.session_state[TOUR], st.session_state[TOUR_RUN] = name, run.id
    if tour.space:
        st.session_state[f"space-{run.id}"] = tour.space
    if tour.color:
        st.session_state[f"colour-{run.id}-{tour.space}"] = tour.color
    if tour.find:
        st.session_state[f"find-{run.id}-{tour.space}"] = tour.find


def _leave() -> None:
    st.session_state[TOUR] = ""
    st.query_params.pop(TOUR, None)
