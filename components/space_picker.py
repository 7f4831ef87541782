"""The choice of a space of the open run, or the next step when there is none."""

from __future__ import annotations

import streamlit as st

from components import live, session, starting
from components.navigation import is_history_step
from components.tensor_menu import choose_tensor
from embedviz.core.jobs.status import Status
from embedviz.space import EmbeddingSpace
from embedviz.store.open_spaces import open_space
from embedviz.store.run_folder import RunFolder

SPACE = "space"  # the address's ?space=
HISTORY_OF = "history-run"  # the session's key of the run and the space that the labels looked at are of
MAX_SEGMENTS = 5  # more spaces become a menu


def current_space(purpose: str) -> tuple[RunFolder, EmbeddingSpace] | None:
    """Return the open run and the chosen space; without one, show why and the next step.

    Parameters
    ----------
    purpose
        What the space is for, after "to": "draw a map".
    """
    run = session.current_run()
    if run is None:
        show_no_run(purpose)
        return None
    names = run.space_names
    if not names or is_being_opened(run):
        show_waiting(run)
        return None
    name = names[0]
    if len(names) > 1:
        key = _key(run)
        in_address = st.query_params.get(SPACE)
        if in_address in names and (key not in st.session_state or is_history_step()):
            st.session_state[key] = in_address
        if st.session_state.get(key) not in names:
            st.session_state[key] = names[0]
        if len(names) <= MAX_SEGMENTS:
            chosen = st.segmented_control(
                "Space", names, format_func=session.plain, key=key, required=True, persist_state="session"
            )
        else:
            chosen = st.selectbox("Space", names, key=key, persist_state="session")
        name = chosen or name
        if in_address != name:
            st.query_params[SPACE] = name
    return run, open_space(run, name)


def show_no_run(purpose: str) -> None:
    """Show what to do where no run is open. purpose: as for `current_space`."""
    st.info(f"No run is open. Open the GloVe sample to {purpose}, or train on your own data.")
    with st.container(horizontal=True):
        if st.button("Open the GloVe sample", type="primary"):
            starting.open_vectors(starting.sample_dataset("glove"))
            st.rerun()
        if st.button("Bring data"):
            st.switch_page("data.py")


def is_being_opened(run: RunFolder) -> bool:
    """Return True for vectors of a file that are not read yet."""
    return run.kind == "vectors" and not (run.space_names and run.state.is_final)


def open_in_neighbours(run: RunFolder, space: EmbeddingSpace, label: str) -> None:
    """Go to the Neighbours page of a label."""
    st.session_state[_key(run)] = space.name
    st.session_state.update(history_of_label(run, space, label))
    st.switch_page("neighbours.py")


def history_of_label(run: RunFolder, space: EmbeddingSpace, label: str) -> dict[str, object]:
    """Return the session's state in which the Neighbours page begins with a label of a space."""
    return {HISTORY_OF: f"{run.id} {space.name}", "history": [label], "history-at": 0}


def _key(run: RunFolder) -> str:
    return f"space-{run.id}"


def show_waiting(run: RunFolder) -> None:
    """Show how far a run without vectors is; the page is rerun once it has some."""

    def draw(state: Status) -> None:
        if state.is_final and run.matrices.shapes:
            choose_tensor(run)
            return
        if state.is_final:
            st.error(session.prose(state.reason or f"This run is {state.state} and has no vectors."))
            return
        last = run.last_event()
        live.bar(last, f"{run.name} has no vectors yet. {last.get('message', 'Waiting for a worker')}.")

    live.follow(run, draw, key="waiting", mark=lambda: run.kind == "training" and bool(run.space_names))
    if run.kind == "training" and st.button("See the training"):
        st.switch_page("train.py")
