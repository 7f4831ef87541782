"""The chance level of a comparison: the overlap of two runs that differ only in the random seed."""

from __future__ import annotations

import streamlit as st

from components import formatting, live, session, starting
from embedviz.jobs.repeats import SEEDS
from embedviz.space import EmbeddingSpace
from embedviz.store.comparisons import comparison_of, twins_of
from embedviz.store.label_filter import label_filters
from embedviz.store.run_folder import RunFolder

MAX_NAME_LENGTH = 120


def draw_seed_baseline(run: RunFolder, space: EmbeddingSpace, k: int) -> None:
    """Draw the overlap of this run and one with another seed; where there is none yet, a button that trains it."""
    if run.kind != "training" or not session.is_mine(run):
        return
    twins = [twin for twin in twins_of(run, session.store().runs(session.owner())) if space.name in twin.space_names]
    if twins:
        comparison = comparison_of(run, space.name, twins[0], space.name, k)
        if live.awaited(comparison, key="noise") and (found := comparison.found):
            seed = twins[0].spec.settings["seed"]
            st.text(
                f"Trained with another seed ({seed}) and otherwise unchanged, this model has an "
                f"overlap of {found.overlap:.0%} with itself. An overlap this high can be explained by the random seed "
                "alone."
            )
        return
    if run.status != "done" or not run.data.get("id"):
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        duration = formatting.duration(run.record.get("seconds", 0.0))
        st.caption(
            f"How much of this is due to chance? Training with another seed takes about {duration}.", width="content"
        )
        if st.button("Train with another seed", key="train-twin"):
            _train_twin(run)


def _train_twin(run: RunFolder) -> None:
    seed = (run.training_settings().seed + 1) % SEEDS
    dataset = session.store().dataset(run.data["id"])
    name = f"{run.name}, seed {seed}"[:MAX_NAME_LENGTH]
    starting.start_training(
        run.model,
        dataset,
        {**run.spec.settings, "seed": seed},
        columns=run.columns,
        probes=run.spec.probes,
        name=name,
        filters=label_filters(run),
    )
    st.switch_page("train.py")
