"""A training that is under way or has ended: how far it is, what it cost, how well it went, and where to go from it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import formatting, live, session, training_setup
from components.error_boundary import error_boundary
from embedviz.core.cost import Cost
from embedviz.evaluation.scores import SCORES
from embedviz.figures.loss_figure import loss_figure
from embedviz.models import model_class
from embedviz.store.run import Run
from embedviz.store.status import Status


def show(run: Run) -> None:
    """The run, drawn anew while it goes on."""
    st.subheader(session.plain(run.name))
    live.follow(run, lambda state: _progress(run, state, live.events(run)), key="progress")


def _progress(run: Run, state: Status, events: list[dict[str, Any]]) -> None:
    last = events[-1] if events else {}
    if state.state == "queued":
        place = session.supervisor().place(run)
        st.info(f"Waiting. Place {place} in the queue." if place else "Waiting for a worker.")
    elif state.state == "running":
        live.bar(last, last.get("message", "Starting"))
    elif state.state in ("failed", "interrupted", "stopped"):
        {"failed": st.error, "interrupted": st.warning, "stopped": st.info}[state.state](
            session.plain(state.reason or "Stopped. The best so far was kept.")
        )
    _numbers(run, state, events)
    _results(run, state, events)
    _buttons(run, state)
    left, right = st.columns([3, 2])
    with left:
        if any("loss" in event for event in events):
            st.plotly_chart(loss_figure(events), key="loss", config={"displayModeBar": False})
    with right:
        probes = next((event["probes"] for event in reversed(events) if event.get("probes")), {})
        if probes:
            st.markdown("**Neighbours at the end**" if state.is_final else "**Neighbours as they are now**")
            for word, near in probes.items():
                st.text(f"{word}: {', '.join(label for label, _ in near)}")


def _numbers(run: Run, state: Status, events: list[dict[str, Any]]) -> None:
    model = model_class(run.model)
    running = next((event for event in reversed(events) if "examples_per_second" in event), {})
    cells = [("Time", formatting.duration(state.elapsed()))]
    if running:
        cells.append((f"{model.unit.capitalize()} a second", formatting.count(running["examples_per_second"])))
        cells.append(("Epoch", f"{running.get('epoch', 0):.1f}"))
    if state.state == "running" and "seconds_left" in running:
        cells.append(("Time left", formatting.duration(running["seconds_left"])))
    best = next((event.get("metrics", {}) for event in reversed(events) if event.get("best")), {})
    for name, score in SCORES.items():
        if f"validation/{name}" in best:
            cells.append((f"Best held-out {score.title}", f"{best[f'validation/{name}']:.3f}"))
            break
    with st.container(horizontal=True, gap="medium"):
        for label, value in cells:
            st.metric(label, value, width="content")


def _results(run: Run, state: Status, events: list[dict[str, Any]]) -> None:
    estimate = next((event["estimate"] for event in reversed(events) if "estimate" in event), None)
    if estimate and not state.is_final:
        st.caption(training_setup.cost_text(Cost(**estimate)))
    metrics, record = run.metrics, run.record
    if not metrics:
        return
    st.text(test_sentence(metrics, record))
    st.caption(
        f"Estimated {formatting.duration(record['estimate']['seconds'])} and {formatting.size(record['estimate']['memory_bytes'])}; "
        f"took {formatting.duration(record['seconds'])} and {formatting.size(record['memory_bytes'])}, on "
        f"{session.plain(record['device'])}."
    )


def test_sentence(metrics: dict[str, float], record: dict[str, Any]) -> str:
    """The score on the test part beside what knowing nothing reaches; empty where no part was kept for it."""
    said = []
    for name in dict.fromkeys([record.get("score", "loss"), *SCORES]):
        if f"test/{name}" in metrics and f"baseline/{name}" in metrics:
            value, nothing = metrics[f"test/{name}"], metrics[f"baseline/{name}"]
            said.append(f"{SCORES[name].title} {value:.3f} (knowing nothing: {nothing:.3f})")
    return f"On data it never saw: {', '.join(said[:2])}." if said else "No part was kept apart to test on."


def _buttons(run: Run, state: Status) -> None:
    mine = session.is_mine(run)
    with st.container(horizontal=True):
        if not state.is_final and mine:
            stop = session.supervisor().stop
            st.button(
                "Stop and keep the best", icon=":material/stop:", key=f"stop-{run.id}", on_click=stop, args=(run,)
            )
        if state.is_final and state.state != "done" and mine:
            st.button(
                "Resume",
                type="primary",
                icon=":material/play_arrow:",
                key=f"resume-{run.id}",
                on_click=_resume,
                args=(run,),
            )
        if run.space_names:
            if st.button("Neighbours", icon=":material/hub:", type="primary" if state.state == "done" else "secondary"):
                st.switch_page("neighbours.py")
            if st.button("Map", icon=":material/scatter_plot:"):
                st.switch_page("map.py")
        if run.predicts and st.button("Predict", icon=":material/online_prediction:"):
            st.switch_page("predict.py")
        if run.metrics and st.button("Evaluate", icon=":material/grading:"):
            st.switch_page("evaluate.py")
        if state.is_final and mine and run.spec["data"].get("id") and st.button("Train again with other settings"):
            training_setup.prefill_from(run)
            st.rerun(scope="app")
    if run.record:
        with st.expander("How was this made?"):
            st.json({"settings": run.spec["settings"], **run.record}, expanded=True)


def _resume(run: Run) -> None:
    with error_boundary():
        session.supervisor().submit(run)
