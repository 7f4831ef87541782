"""Baselines and repeats on the Evaluate page: the jobs that put a score into perspective."""

from __future__ import annotations

from typing import get_args

import streamlit as st

from components import formatting, live, session, tables
from components.error_boundary import error_boundary
from embedviz.evaluation.repeats import Over
from embedviz.evaluation.score_table import measured_part
from embedviz.evaluation.scores import gloss, readable
from embedviz.jobs.baselines import Baselines, baselines_of, has_baselines
from embedviz.jobs.repeats import Repeats, given_split_column, kept_repeats, left_to_train, repeats_of
from embedviz.store.run_folder import RunFolder

REPEAT_COUNTS = (3, 5, 10)
REPEAT_KINDS: tuple[Over, ...] = get_args(Over)


def show_baselines(run: RunFolder, verdict: str) -> None:
    """Show the button that trains the baselines, their progress, and the comparison with the strongest."""
    st.header(
        "Baselines",
        help="Simpler models, trained and tested on the same rows. A model is worth what it gains over them.",
    )
    if verdict:
        st.text(verdict)
    if not has_baselines(run):
        st.text("This model has only the trivial baseline, which is in the table.")
        return
    asked = Baselines.at(run)
    if asked:
        live.follow_progress(
            asked,
            key=f"baselines-{run.id}",
            mark=lambda: len(asked.rows),
            is_mine=session.is_mine(run),
            resume_label="Train the baselines again",
        )
    elif session.is_mine(run):
        duration = formatting.duration(run.record.get("seconds", 0.0))
        st.caption(f"The baselines seldom take longer than the run itself, which took {duration}.")
        if st.button("Train the baselines", type="primary", icon=":material/play_arrow:", key="train-baselines"):
            session.submit(baselines_of(run))
            st.rerun()


def show_repeat_form(run: RunFolder) -> None:
    """Show the choice of seeds or folds, their number, and the time they will take."""
    st.header(
        "Repeats",
        help="A single score depends on the random seed. Seeds: split the data and train again with other seeds. Folds: "
        "cross-validation, which tests on every row once. Differences below the standard deviation may be chance.",
    )
    if column := given_split_column(run):
        st.caption(
            f"Train again with other seeds to see how much the scores vary. They keep the split of the column "
            f"“{session.plain(column)}”."
        )
    else:
        st.caption("Train again with other seeds or folds to see how much the scores vary.")
    if session.is_mine(run):
        _repeat_form(run)


def show_repeats(run: RunFolder) -> None:
    """Show a table for each set of repeats, two side by side."""
    asked = kept_repeats(run)
    for start in range(0, len(asked), 2):
        columns = st.columns(min(2, len(asked)), gap="large")
        for column, repeats in zip(columns, asked[start : start + 2], strict=False):
            with column, error_boundary():
                _repeats_table(run, repeats)


def _repeat_form(run: RunFolder) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds = REPEAT_KINDS[:1] if given_split_column(run) else REPEAT_KINDS  # a given split has no folds
        over: Over = st.segmented_control(
            "Over", kinds, default="seeds", required=True, key=f"over-{run.id}", width="content"
        )
        n = st.segmented_control(
            "How many", REPEAT_COUNTS, default=5, required=True, key=f"many-{run.id}", width="content"
        )
    if f"{n} {over}" in {asked.title for asked in kept_repeats(run)}:
        st.caption(f"The results of {n} {over} are below.")
        return
    left = left_to_train(run, over, n)
    took, estimated = run.record.get("seconds", 0.0), run.estimate.seconds
    # a stopped run took less than its repeats will, which are trained to the end
    seconds = took if run.status == "done" else max(took, estimated)
    st.caption(
        f"{left} {'training' if left == 1 else 'trainings'} of about {formatting.duration(seconds)}: "
        f"{formatting.duration(left * seconds)} in total."
        + (" The run itself counts as one." if over == "seeds" and left < n else "")
    )
    if st.button(f"Repeat over {n} {over}", icon=":material/repeat:", key="repeat"):
        session.submit(repeats_of(run, over, n))
        st.rerun()


def _repeats_table(run: RunFolder, repeats: Repeats) -> None:
    st.markdown(f"**{repeats.title}**")
    live.follow_progress(
        repeats, key=f"repeats-{repeats.id}", mark=lambda: len(repeats.rows), is_mine=session.is_mine(run)
    )
    frame = repeats.scores.frame()
    if frame.empty:
        return
    part = measured_part(run.metrics)
    names = {column: column.removeprefix(f"{part}/") for column in frame if column.startswith(f"{part}/")}
    shown = frame[["repeat", *names, "seconds"]]
    config = {
        column: st.column_config.NumberColumn(readable(name), format="%.3f", help=gloss(name))
        for column, name in names.items()
    }
    config["seconds"] = st.column_config.NumberColumn("seconds", format="%.1f")
    st.dataframe(shown, hide_index=True, column_config=config)
    tables.csv_button(frame, f"{repeats.title.replace(' ', '-')}.csv", f"download-{repeats.id}")
