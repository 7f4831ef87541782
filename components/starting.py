"""What starts a run from a page: a training, opened vectors, a sample in one click."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import session
from embedviz.runs.dataset import Dataset
from embedviz.runs.run import Run

PROBES = ["king", "water", "father", "bread"]


def start_training(dataset: Dataset, settings: dict[str, Any], *, probes: list[str], estimate: dict | None = None, **more: Any) -> Run:  # fmt: skip
    """Creates the run, hands it to a worker and makes it the one that is open."""
    run = session.store().create_training(
        "skipgram", dataset, settings, probes=probes, estimate=estimate, owner=session.owner(), **more
    )
    session.supervisor().submit(run)
    session.remember(run)
    return run


def open_vectors(dataset: Dataset) -> Run:
    """Opens a file of vectors as a run; the same sample is opened once and found again."""
    for run in session.store().runs(session.owner()):
        same = run.kind == "vectors" and dataset.sample_name and run.spec["data"].get("sample") == dataset.sample_name
        if same and run.status == "done":
            session.remember(run)
            return run
    run = session.store().create_vectors(dataset, owner=session.owner())
    session.supervisor().submit(run)
    session.remember(run)
    return run


def sample_dataset(name: str) -> Dataset:
    """The sample as data of this visitor's, found again where it was taken before."""
    for dataset in session.store().datasets(session.owner()):
        if dataset.sample_name == name:
            return dataset
    return Dataset.sample(session.store().uploads_folder, name, session.owner())


def start_tour() -> None:
    """Trains on the King James text with the settings as they are, and leads on from there."""
    st.session_state["tour"] = True
    start_training(sample_dataset("kjv"), {}, probes=PROBES, name="King James tour")


def on_tour() -> bool:
    return bool(st.session_state.get("tour"))


def tour_step(text: str, label: str, page: str) -> None:
    """A line that leads on to the next page, while the tour goes on."""
    if not on_tour():
        return
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/directions_walk: {text}", width="stretch")
        if st.button(label, type="primary", key=f"tour-{page}"):
            if page == "home.py":
                st.session_state.pop("tour")
            st.switch_page(page)
