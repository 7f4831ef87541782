"""Train: set a training up, watch it, stop it, and go on from it."""

import streamlit as st

from components import guard, live, session, starting, words
from components.settings_form import settings_form
from embedviz.figures.loss_figure import loss_figure
from embedviz.models import MODELS, model_class
from embedviz.runs.home import is_shared
from embedviz.runs.reading_job import Reading, reading_of
from embedviz.runs.run import Run
from embedviz.runs.status import Status
from embedviz.runs.supervisor import threads_per_training

MODEL = next(iter(MODELS))


def set_up(dataset_id: str, columns: dict[str, str]) -> None:
    dataset = session.store().dataset(dataset_id)
    model = model_class(MODEL)
    st.subheader(model.title)
    st.write(model.summary)
    st.text(f"Data: {dataset.title}")
    hidden = ("device", "threads") if is_shared() else ()
    values = settings_form(model.Settings, key="skipgram", hidden=hidden)
    with guard.said():
        settings = model.Settings.of(**values)
        name = st.text_input("Name of the run", f"{dataset.title}, dim {settings.dim}"[:120])
        probes = st.multiselect(
            "Words whose neighbours you want to watch", starting.PROBES, starting.PROBES, accept_new_options=True, max_selections=6
        )  # fmt: skip
        reading = reading_of(dataset, columns["text"], settings.tokenizer, settings.lowercase)
        if reading.status == "interrupted":
            session.supervisor().submit(reading)
        cost(reading, settings)
        if st.button("Train", type="primary", icon=":material/play_arrow:"):
            counts = reading.counts
            estimate = vars(model.estimate(settings, counts, machine())) if counts else None
            starting.start_training(
                dataset, values, probes=[p.lower() if settings.lowercase else p for p in probes],
                estimate=estimate, columns=columns, name=name,
            )  # fmt: skip
            st.session_state.pop("setup")
            st.rerun()
    if st.button("Choose other data"):
        st.session_state.pop("setup")
        st.switch_page("data.py")


def machine() -> dict:
    return {"threads": threads_per_training(), **session.supervisor().machine}


def cost(reading: Reading, settings) -> None:
    """What the run will take, as soon as the text has been counted."""

    def draw(state: Status) -> None:
        if not state.is_final:
            st.caption(f"Counting the words to estimate the cost: {reading.last_event().get('message', 'waiting')}")
            return
        if state.state != "done":
            st.error(session.plain(state.reason))
            return
        counts = reading.counts
        vocabulary, _tokens = counts.kept(settings.min_count, settings.max_vocabulary)
        if counts.script_note:
            st.info(counts.script_note)
        estimate = model_class(MODEL).estimate(settings, counts, machine())
        st.caption(
            f"{words.count(counts.n_tokens)} words of text, {words.count(vocabulary)} of them different and frequent "
            f"enough. About {estimated(vars(estimate))}."
        )

    live.follow(reading, draw, key="cost")


def watch(run: Run) -> None:
    st.subheader(session.plain(run.name))
    live.follow(run, lambda state: progress(run, state, live.events(run)), key="progress")


def progress(run: Run, state, events: list[dict]) -> None:
    last = events[-1] if events else {}
    if state.state == "queued":
        place = session.supervisor().place(run)
        st.info(f"Waiting. Place {place} in the queue." if place else "Waiting for a worker.")
    elif state.state == "running":
        total, step = last.get("total_steps", 0), last.get("step", 0)
        st.progress(min(1.0, step / total) if total else 0.0, text=session.plain(last.get("message", "Starting")))
    elif state.state in ("failed", "interrupted", "stopped"):
        {"failed": st.error, "interrupted": st.warning, "stopped": st.info}[state.state](
            session.plain(state.reason or "Stopped. The best so far was kept.")
        )
    numbers(run, state, events)
    buttons(run, state)
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


def numbers(run: Run, state, events: list[dict]) -> None:
    measured = [
        event["metrics"]["validation/loss"] for event in events if "validation/loss" in event.get("metrics", {})
    ]
    running = next((event for event in reversed(events) if "examples_per_second" in event), {})
    cells = [("Time", words.duration(state.elapsed()))]
    if running:
        cells.append(("Words a second", words.count(running["examples_per_second"])))
        cells.append(("Epoch", f"{running.get('epoch', 0):.1f}"))
    if state.state == "running" and "seconds_left" in running:
        cells.append(("Time left", words.duration(running["seconds_left"])))
    if measured:
        cells.append(("Best held-out loss", f"{min(measured):.3f}"))
    with st.container(horizontal=True, gap="medium"):
        for label, value in cells:
            st.metric(label, value, width="content")
    estimate = next((event["estimate"] for event in reversed(events) if "estimate" in event), None)
    if estimate and not state.is_final:
        st.caption(f"Estimated: {estimated(estimate)}.")
    if run.metrics:
        m, record = run.metrics, run.record
        if "test/loss" in m:
            st.text(
                f"On text it never saw: loss {m['test/loss']:.3f} (knowing nothing: {m['baseline/loss']:.3f}), "
                f"AUC {m['test/auc']:.3f} (chance: 0.5)."
            )
        st.caption(
            f"Estimated {estimated(record['estimate'])}; took {words.duration(record['seconds'])} and "
            f"{words.size(record['memory_bytes'])}, on {session.plain(record['device'])}."
        )


def estimated(estimate: dict) -> str:
    return f"{words.duration(estimate['seconds'])} and {words.size(estimate['memory_bytes'])} of memory"


def buttons(run: Run, state) -> None:
    mine = session.is_mine(run)
    with st.container(horizontal=True):
        if not state.is_final and mine:
            st.button(
                "Stop and keep the best",
                icon=":material/stop:",
                key=f"stop-{run.id}",
                on_click=session.supervisor().stop,
                args=(run,),
            )
        if state.is_final and state.state != "done" and mine:
            st.button(
                "Resume",
                type="primary",
                icon=":material/play_arrow:",
                key=f"resume-{run.id}",
                on_click=resume,
                args=(run,),
            )
        if run.space_names:
            if st.button("Neighbours", icon=":material/hub:", type="primary" if state.state == "done" else "secondary"):
                st.switch_page("neighbours.py")
            if st.button("Map", icon=":material/scatter_plot:"):
                st.switch_page("map.py")
        if state.is_final and mine and run.spec["data"].get("id") and st.button("Train again with other settings"):
            st.session_state["setup"] = {
                "dataset": run.spec["data"]["id"],
                "columns": run.spec["columns"] or {"text": "text"},
            }
            st.rerun(scope="app")
    if run.record:
        with st.expander("How was this made?"):
            st.json({"settings": run.spec["settings"], **run.record}, expanded=True)


def resume(run: Run) -> None:
    with guard.said():
        session.supervisor().submit(run)


st.title("Train")
st.write("Choose the settings, see what it will cost, and watch the vectors form.")
setup, current = st.session_state.get("setup"), session.current_run()
if setup:
    set_up(setup["dataset"], setup["columns"])
elif current and current.kind == "training":
    if current.status == "done":
        starting.tour_step("The vectors are there. See what lies near king.", "To the neighbours", "neighbours.py")
    watch(current)
else:
    st.info("There is no training open. Bring data first, or take the tour on the King James text.")
    with st.container(horizontal=True):
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        if st.button("Start the tour"):
            starting.start_tour()
            st.rerun()
