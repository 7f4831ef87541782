"""A training on the Train page: progress, speed, loss curve, probe words, scores, and the ways on."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from components import formatting, live, session, training_setup
from components.error_boundary import error_boundary
from components.network_diagram import network_diagram
from components.tours import guide
from components.training_draft import TrainingDraft, open_draft
from embedviz.core.cost import Cost
from embedviz.core.jobs.events import Event
from embedviz.core.jobs.status import Status
from embedviz.core.mode import is_shared
from embedviz.evaluation.learning_curves import learning_curves
from embedviz.evaluation.score_sentences import result_sentence
from embedviz.evaluation.scores import SCORES
from embedviz.figures.curve_figure import curve_figure
from embedviz.figures.quality_figure import quality_figure
from embedviz.models import model_spec
from embedviz.store.python_lines import python_lines
from embedviz.store.run_folder import RunFolder

QUALITY_CAPTION = (
    "Scores on a small set of English word pairs and analogies: Spearman's rank correlation with people's judgements, and the "
    "mean reciprocal rank (MRR) of the expected word. Higher is better."
)


def show_run(run: RunFolder) -> Status:
    """Show the run, refreshed while it goes on, and return the state it was drawn with."""
    st.header(session.plain(run.name))
    return live.follow(run, lambda state: _draw(run, state, live.events(run)), key="progress")


def _draw(run: RunFolder, state: Status, events: list[Event]) -> None:
    _metrics(run, state, events)
    with st.container(key="run-state"):  # what a training that ends replaces, in one place: nothing below it jumps
        _state(run, state, events)
        _results(run, state, events)
    with st.container(horizontal=True):
        _buttons(run, state)
    left, right = st.columns([3, 2])
    with left:
        for chart in learning_curves(events):
            key = f"curve-{chart.stage}-{chart.score}"
            st.plotly_chart(curve_figure(chart), key=key, config={"displayModeBar": False})
        if quality := quality_figure(events):
            st.plotly_chart(quality, key="quality", config={"displayModeBar": False})
            st.caption(QUALITY_CAPTION)
    with right:
        probes = next((found for event in reversed(events) if (found := event.get("probes"))), {})
        if probes:
            with st.container(key="probes"):
                st.markdown("**Nearest neighbours**" if state.is_final else "**Nearest neighbours so far**")
                for word, near in probes.items():
                    st.text(f"{word}: {', '.join(label for label, _ in near)}")
        _show_network(run, state)
    _details(run, state)


def _state(run: RunFolder, state: Status, events: Sequence[Event]) -> None:
    last: Event = events[-1] if events else {}
    if state.state == "queued":
        st.info(f"{live.waiting_text(run) or 'Waiting for a worker'}.")
    elif state.state == "running":
        live.bar(last, last.get("message", "Starting"))
    elif state.state != "done":
        message = {"failed": st.error, "interrupted": st.warning, "stopped": st.info}[state.state]
        message(session.prose(state.reason or "Stopped. The best model so far was kept."))


def _metrics(run: RunFolder, state: Status, events: Sequence[Event]) -> None:
    model = model_spec(run.model)
    running = next((event for event in reversed(events) if "examples_per_second" in event), {})
    if state.state == "queued" or not state.elapsed():  # it has not begun
        return
    cells: list[tuple[str, str, str | None]] = [("Time", formatting.duration(state.elapsed()), None)]
    if running:
        cells.append((f"{model.unit.capitalize()} per second", formatting.count(running["examples_per_second"]), None))
        cells.append((running.get("pass_name", "epoch").capitalize(), f"{running.get('epoch', 0):.1f}", None))
    if state.state == "running" and "seconds_left" in running:
        cells.append(("Time left", formatting.duration(running["seconds_left"]), None))
    best = next((event.get("metrics", {}) for event in reversed(events) if event.get("best")), {})
    for name, score in SCORES.items():
        if f"validation/{name}" in best:
            cells.append((f"Best validation {score.title}", f"{best[f'validation/{name}']:.3f}", score.gloss))
            break
    with st.container(horizontal=True, gap="medium"):
        for label, value, gloss in cells:
            st.metric(label, value, width="content", help=gloss)


def _results(run: RunFolder, state: Status, events: Sequence[Event]) -> None:
    estimate = next((event["estimate"] for event in reversed(events) if "estimate" in event), None)
    if estimate and not state.is_final:
        st.caption(training_setup.cost_text(Cost.from_fields(estimate)))
    metrics, record = run.metrics, run.record
    if not metrics:
        return
    st.text(result_sentence(metrics, run.primary_metric))
    took = f"{formatting.duration(record.get('seconds', 0.0))} and {formatting.size(record.get('memory_bytes', 0.0))} of memory"
    estimated = f"{formatting.duration(run.estimate.seconds)} and {formatting.size(run.estimate.memory_bytes)}"
    st.caption(f"Training took {took} on {session.plain(record.get('device', ''))} (estimate: {estimated}).")


def _buttons(run: RunFolder, state: Status) -> None:
    mine, executor = session.is_mine(run), session.executor()
    if not state.is_final and mine:
        st.button(
            "Leave the queue" if state.state == "queued" else "Stop and keep the best",
            icon=":material/stop:",
            key=f"stop-{run.id}",
            on_click=executor.stop,
            args=(run,),
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
    is_next = state.state == "done" and guide.current_tour() is None  # the tour has a button of its own
    if run.space_names:
        if st.button("Neighbours", icon=":material/hub:", type="primary" if is_next else "secondary"):
            st.switch_page("neighbours.py")
        if st.button("Map", icon=":material/scatter_plot:"):
            st.switch_page("map.py")
    if run.predicts and st.button("Predict", icon=":material/online_prediction:"):
        st.switch_page("predict.py")
    if run.metrics and st.button("Evaluate", icon=":material/grading:"):
        st.switch_page("evaluate.py")
    if state.is_final and mine and run.data.get("id") and st.button("Train again with other settings"):
        open_draft(TrainingDraft.from_run(run))
        st.rerun(scope="app")


def _details(run: RunFolder, state: Status) -> None:
    if state.is_final and run.space_names and not is_shared():  # visitors of a shared server have no folder to open
        with st.expander("Use in Python", icon=":material/code:"):
            st.code(python_lines(run), language="python")
    if run.record:
        with st.expander("Settings and run details"):
            st.json({"settings": run.spec.settings, **run.record}, expanded=True)


def _show_network(run: RunFolder, state: Status) -> None:
    architecture = run.architecture if state.is_final else None
    if architecture is not None:
        with st.container(key="network"):
            st.markdown("**Network**", help="The layers of this model, from the index of an input to its answer.")
            network_diagram(architecture, key=f"network-{run.id}")


def _resume(run: RunFolder) -> None:
    with error_boundary():
        session.submit(run)
