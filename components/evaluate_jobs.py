"""What makes scores trustworthy and takes a while: the baselines, and the training over several seeds or folds."""

from __future__ import annotations

from collections.abc import Callable, Hashable

import pandas as pd
import streamlit as st

from components import formatting, live, session, tables
from components.error_boundary import error_boundary
from embedviz.evaluation.score_table import measured_part
from embedviz.evaluation.scores import readable
from embedviz.jobs.baselines import Baselines, baselines_of, has_baselines
from embedviz.jobs.repeats import Repeats, kept_repeats, left_to_train, repeats_of
from embedviz.store.job import Job
from embedviz.store.run import Run
from embedviz.store.status import RESUMABLE, Status

HOW_MANY = (3, 5, 10)


def show_baselines(run: Run, verdict: str) -> None:
    """The button that trains them, how far they are, Stop, and the verdict when they are there."""
    asked = Baselines.at(run)
    st.subheader("Baselines")
    st.caption(
        "Simpler ways of predicting, trained on the same rows and measured on the same. What a model gains over them is "
        "what it is worth."
    )
    if verdict:
        st.text(verdict)
    if not has_baselines(run):
        st.text("This model has no baselines yet but knowing nothing, which is in the table.")
        return
    if asked:
        _follow(run, asked, mark=lambda: len(asked.rows))
    if (asked is None or asked.status in RESUMABLE) and session.is_mine(run):
        label = "Train the baselines" if asked is None else "Train the baselines again"
        st.caption(
            f"They seldom take longer than the run itself, which took {formatting.duration(run.record['seconds'])}."
        )
        if st.button(label, type="primary", icon=":material/play_arrow:", key="train-baselines"):
            session.supervisor().submit(baselines_of(run))
            st.rerun()


def show_repeat_form(run: Run) -> None:
    """Seeds or folds and how many, and what it will take."""
    st.subheader("Repeats")
    st.caption(
        "One figure is one throw of the dice. Other seeds split and begin anew; folds let every row be tested once. The "
        "standard deviation says which differences mean anything."
    )
    if session.is_mine(run):
        _ask(run)


def show_repeats(run: Run) -> None:
    """A table for each that was asked for, two beside each other where there is room."""
    asked = kept_repeats(run)
    for start in range(0, len(asked), 2):
        columns = st.columns(min(2, len(asked)), gap="large")
        for column, one in zip(columns, asked[start : start + 2], strict=False):
            with column, error_boundary():
                _one(run, one)


def _ask(run: Run) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        over = st.segmented_control(
            "Over", ("seeds", "folds"), default="seeds", required=True, key=f"over-{run.id}", width="content"
        )
        n = st.segmented_control("How many", HOW_MANY, default=5, required=True, key=f"many-{run.id}", width="content")
    left = left_to_train(run, over, n)
    known = {asked.title for asked in kept_repeats(run)}
    if f"{n} {over}" in known:
        st.caption(f"These {n} {over} are below.")
        return
    took, estimated = run.record["seconds"], run.record["estimate"]["seconds"]
    seconds = (
        took if run.status == "done" else max(took, estimated)
    )  # repeats run their course, also where this did not
    st.caption(
        f"{left} {'training' if left == 1 else 'trainings'} of about {formatting.duration(seconds)}: "
        f"{formatting.duration(left * seconds)} in all."
        + (" The run itself is one of them." if over == "seeds" and left < n else "")
    )
    if st.button(f"Repeat over {n} {over}", icon=":material/repeat:", key="repeat"):
        session.supervisor().submit(repeats_of(run, over, n))
        st.rerun()


def _one(run: Run, asked: Repeats) -> None:
    st.markdown(f"**{asked.title}**")
    _follow(run, asked, mark=lambda: len(asked.rows))
    may_go_on = asked.status in RESUMABLE and session.is_mine(run)
    if may_go_on and st.button("Go on", icon=":material/play_arrow:", key=f"go-on-{asked.id}"):
        session.supervisor().submit(asked)
        st.rerun()
    frame = asked.frame()
    if frame.empty:
        return
    shown = _shown(frame, measured_part(run.metrics))
    config = {name: st.column_config.NumberColumn(name, format="%.3f") for name in shown.columns[1:]}
    config["seconds"] = st.column_config.NumberColumn("seconds", format="%.1f")
    st.dataframe(shown, hide_index=True, column_config=config)
    tables.csv_button(frame, f"{asked.title.replace(' ', '-')}.csv", f"download-{asked.id}")


def _shown(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """The scores of the part that counts, by their titles."""
    shown = pd.DataFrame({"repeat": frame["repeat"]})
    for name in frame:
        if name.startswith(f"{part}/"):
            shown[readable(name.removeprefix(f"{part}/"))] = frame[name]
    return shown.assign(seconds=frame["seconds"])


def _follow(run: Run, job: Job, mark: Callable[[], Hashable]) -> None:
    def draw(state: Status) -> None:
        if state.state == "done":
            return
        if state.is_final:
            say = st.info if state.state == "stopped" else st.warning
            say(session.plain(state.reason or "Stopped. What was done is kept."))
            return
        last = job.last_event()
        place = session.supervisor().place(job)
        text = f"Waiting. Place {place} in the queue." if place else last.get("message", "Waiting for a worker")
        if not place and "seconds_left" in last:
            text += f", about {formatting.duration(last['seconds_left'])} left"
        with st.container(horizontal=True, vertical_alignment="center"):
            live.bar(last, text)
            if session.is_mine(run):
                stop = session.supervisor().stop
                st.button("Stop", icon=":material/stop:", on_click=stop, args=(job,), key=f"stop-{job.id}")

    live.follow(job, draw, key=f"follow-{job.id}", mark=mark)
