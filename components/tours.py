"""The guided tours: one click trains on a sample, and a line on each page leads on to the next, ending on the map."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from components import session, starting
from embedviz.models import MODELS

TOUR, TOUR_RUN = "tour", "tour-run"  # in the session: the tour under way, and the run it is on


@dataclass(frozen=True)
class Step:
    """What a page says on the tour, the button that leads on, and where to."""

    text: str
    button: str
    page: str


@dataclass(frozen=True)
class Tour:
    """steps: page -> Step. space and colour: what the map shows at the end; empty takes what it would show anyway."""

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
    colour: str = ""


_END = "End the tour"
TOURS: dict[str, Tour] = {
    "words": Tour(
        title="Words: king, queen and table",
        sentence="Train word vectors on the King James text, watch neighbours form, then walk through them and the map.",
        time="About 10 s of training.",
        sample="kjv",
        model="skipgram",
        probes=("king", "water", "father", "bread"),
        steps={
            "train": Step("The vectors are there. See what lies near king.", "To the neighbours", "neighbours.py"),
            "neighbours": Step("Click a row to walk on. Then look at the whole vocabulary.", "To the map", "map.py"),
            "map": Step("Near on the map is not always near in the space. Click a word to see.", _END, "home.py"),
        },
    ),
    "review": Tour(
        title="A film review, word by word",
        sentence="Ready vectors learn to tell praise from blame; then each word of a review shows which way it pushes.",
        time="About 15 s of training.",
        sample="movie_reviews",
        model="sentiment",
        settings={"preset": "fast"},
        probes=("good", "bad", "funny", "boring"),
        space="word",
        colour="moved",
        steps={
            "train": Step(
                "It tells praise from blame now. Give it a sentence of yours.", "To predictions", "predict.py"
            ),
            "predict": Step("Change a word and ask again. Then see where the words went.", "To the map", "map.py"),
            "map": Step("Coloured by how far training moved each word. Click good, then bad.", _END, "home.py"),
        },
    ),
    "tastes": Tour(
        title="People who like the same things",
        sentence="Ratings become a vector for each person and each thing; people of one taste should end up together.",
        time="About 5 s of training.",
        sample="ratings",
        model="ratings",
        space="user",
        colour="taste",
        steps={
            "train": Step("Everybody has a vector now. Ask what somebody would like.", "To predictions", "predict.py"),
            "predict": Step("Rate a few things as a new person. Then see all the people.", "To the map", "map.py"),
            "map": Step(
                "The colours are the groups this data was made with. The model was never told them.", _END, "home.py"
            ),
        },
    ),
    "birds": Tour(
        title="Birds by the size of their trouble",
        sentence="Learn from 10,000 bird strikes how large the animal was: species of one size end up side by side.",
        time="About 15 s of training.",
        sample="bird_strikes",
        model="categories",
        columns={"target": "Wildlife Size"},
        space="Wildlife Species",
        colour="Wildlife Size",
        steps={
            "train": Step(
                "The score proves nothing here: a species such as “Unknown bird - small” gives its size away. But each "
                "species has a vector now.",
                "To predictions",
                "predict.py",
            ),
            "predict": Step("Change the species and ask again. Then see all of them.", "To the map", "map.py"),
            "map": Step("Coloured by size. Find the Canada goose: what lies beside it?", _END, "home.py"),
        },
    ),
}
TOURS = {name: tour for name, tour in TOURS.items() if tour.model in MODELS}


def start_tour(name: str) -> None:
    """Trains on the tour's sample and leads on from there."""
    tour = TOURS[name]
    run = starting.start_training(
        tour.model, starting.sample_dataset(tour.sample), tour.settings,
        columns=tour.columns, probes=list(tour.probes), name=f"Tour: {tour.title}",
    )  # fmt: skip
    st.session_state[TOUR], st.session_state[TOUR_RUN] = name, run.id
    # by whichever way the map is opened, it shows what the tour speaks of
    if tour.space:
        st.session_state[f"space-{run.id}"] = tour.space
    if tour.colour:
        st.session_state[f"colour-{run.id}-{tour.space}"] = tour.colour


def current_tour() -> Tour | None:
    """The tour that is under way on the open run."""
    name = st.session_state.get(TOUR)
    if name in TOURS and st.session_state.get(TOUR_RUN) == st.session_state.get(session.RUN_KEY):
        return TOURS[name]
    return None


def show_step(page: str) -> None:
    """The line that leads on to the next page; nothing while there is no tour."""
    tour = current_tour()
    if tour is None or page not in tour.steps:
        return
    here = tour.steps[page]
    with st.container(border=True, horizontal=True, vertical_alignment="center"):
        st.markdown(f":material/directions_walk: {here.text}", width="stretch")
        if st.button(here.button, type="primary", key=f"tour-{page}"):
            if here.page == "home.py":
                st.session_state.pop(TOUR)
            st.switch_page(here.page)
