"""Guided tours: one click trains on a sample, then a line on each page leads to the next, ending on the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import session, starting
from embedviz.models import MODELS

TOUR, TOUR_RUN = "tour", "tour-run"  # in the session: the tour under way, and the run it is on


@dataclass(frozen=True)
class Step:
    """The text on a page of the tour, the button that leads on, and the page it leads to."""

    text: str
    button: str
    page: str


@dataclass(frozen=True)
class Tour:
    """A guided tour.

    Attributes
    ----------
    time
        The expected training time as text.
    steps
        Page -> Step.
    space, color
        The space and the colour column of the map at the end; empty for the map's defaults.
    """

    title: str
    sentence: str
    time: str
    sample: str
    model: str
    steps: dict[str, Step]
    settings: dict[str, Any] = field(default_factory=dict)
    columns: dict[str, Any] = field(default_factory=dict)
    probes: tuple[str, ...] = ()
    space: str = ""
    color: str = ""


_END = "End the tour"
_ALL_TOURS: dict[str, Tour] = {
    "words": Tour(
        title="Words: king, queen and table",
        sentence="Train word vectors on the King James Bible, watch neighbours form, then explore neighbours and map.",
        time="Trains in about 10 s.",
        sample="kjv",
        model="skipgram",
        probes=("king", "water", "father", "bread"),
        steps={
            "train": Step(
                "The vectors are trained. Look at the neighbours of king.", "Open neighbours", "neighbours.py"
            ),
            "neighbours": Step(
                "Click a row to go to that word. Then look at the whole vocabulary.", "Open the map", "map.py"
            ),
            "map": Step(
                "Points near each other on the map are not always near in the space. Click a word to see its neighbours.",
                _END,
                "home.py",
            ),
        },
    ),
    "review": Tour(
        title="A film review, word by word",
        sentence="Fine-tune pretrained vectors to tell praise from criticism, then see how each word of a review contributes.",
        time="Trains in about 15 s.",
        sample="movie_reviews",
        model="sentiment",
        settings={"preset": "fast"},
        probes=("good", "bad", "funny", "boring"),
        space="word",
        color="moved",
        steps={
            "train": Step(
                "The model tells praise from criticism. Try it on a sentence of yours.",
                "Open predictions",
                "predict.py",
            ),
            "predict": Step(
                "Change a word and predict again. Then see how training moved the words.", "Open the map", "map.py"
            ),
            "map": Step(
                "The colour is the distance by which training moved each word. Click good, then bad.", _END, "home.py"
            ),
        },
    ),
    "tastes": Tour(
        title="People who like the same things",
        sentence="Learn a vector for each user and each item from ratings; users with the same taste should end up together.",
        time="Trains in about 5 s.",
        sample="ratings",
        model="ratings",
        settings={"use_columns": False},
        space="user",
        color="taste",
        steps={
            "train": Step(
                "Every user has a vector. See what the model recommends to one of them, and why.",
                "Open predictions",
                "predict.py",
            ),
            "predict": Step("Rate a few items as a new user. Then look at all users.", "Open the map", "map.py"),
            "map": Step(
                "The colours are the groups this data was generated with. These vectors were learned from the ratings alone.",
                _END,
                "home.py",
            ),
        },
    ),
    "birds": Tour(
        title="Bird strikes: species by size",
        sentence="Predict from 10,000 bird strikes how large the animal was; species of similar size end up close together.",
        time="Trains in about 15 s.",
        sample="bird_strikes",
        model="categories",
        columns={"target": "Wildlife Size"},
        space="Wildlife Species",
        color="Wildlife Size",
        steps={
            "train": Step(
                "The score means little here: a species such as “Unknown bird - small” gives its size away. But each "
                "species has a vector now.",
                "Open predictions",
                "predict.py",
            ),
            "predict": Step(
                "Change the species and predict again. Then look at all species.", "Open the map", "map.py"
            ),
            "map": Step(
                "The colour is the size. Find the Canada goose: which species are next to it?", _END, "home.py"
            ),
        },
    ),
}
TOURS = {name: tour for name, tour in _ALL_TOURS.items() if tour.model in MODELS}


def start_tour(name: str) -> None:
    """Start the training on the tour's sample, and with it the tour."""
    tour = TOURS[name]
    run = starting.start_training(
        tour.model, starting.sample_dataset(tour.sample), tour.settings,
        columns=tour.columns, probes=list(tour.probes), name=f"Tour: {tour.title}",
    )  # fmt: skip
    st.session_state[TOUR], st.session_state[TOUR_RUN] = name, run.id
    # the map shows what the tour speaks of, however it is opened
    if tour.space:
        st.session_state[f"space-{run.id}"] = tour.space
    if tour.color:
        st.session_state[f"colour-{run.id}-{tour.space}"] = tour.color


def current_tour() -> Tour | None:
    """Return the tour on the open run, if there is one."""
    name = st.session_state.get(TOUR)
    if name in TOURS and st.session_state.get(TOUR_RUN) == st.session_state.get(session.RUN_KEY):
        return TOURS[name]
    return None


def show_step(page: str) -> None:
    """Show the line that leads to the next page; nothing without a tour."""
    tour = current_tour()
    if tour is None or page not in tour.steps:
        return
    current = tour.steps[page]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/directions_walk: {current.text}", width="stretch")
        if st.button(current.button, type="primary", key=f"tour-{page}"):
            if current.page == "home.py":
                st.session_state.pop(TOUR)
            st.switch_page(current.page)
