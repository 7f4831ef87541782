"""Runs: what was trained and opened, to open, name, compare, delete and restore."""

import pandas as pd
import streamlit as st

from components import formatting, session
from components.error_boundary import error_boundary
from components.training_draft import discard_draft
from embedviz.core.errors import EmbedvizError
from embedviz.evaluation.learning_curves import CurveChart, learning_curves
from embedviz.evaluation.score_sentences import figure, primary_label
from embedviz.evaluation.score_table import primary_values
from embedviz.figures.curve_figure import MAX_COMPARED_RUNS, compared_curves_figure
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import quota

store, owner = session.store(), session.owner()


def runs_table(runs: list[RunFolder]) -> pd.DataFrame:
    """Return a row for each run: state, model, data, score beside the trivial baseline, time and size."""
    rows = []
    for run in runs:
        state, (reached, trivial) = run.state, primary_values(run.metrics, run.primary_metric)
        rows.append(
            {
                "name": run.name,
                "state": state.state,
                "model": run.model,
                "data": run.data["title"],
                "score": primary_label(reached, run.primary_metric),
                "trivial baseline": "" if trivial is None else figure(trivial),
                "time": formatting.duration(state.elapsed()),
                "size": formatting.size(run.size()),
                "created": formatting.when(run.created),
            }
        )
    return pd.DataFrame(rows)


def delete(run: RunFolder) -> None:
    """Delete a run; the reason why it cannot be deleted is shown when the page is drawn again."""
    try:
        store.delete(run)
        if st.session_state.get("current_run") == run.id:
            session.remember(None)
    except EmbedvizError as error:
        st.session_state["runs-message"] = str(error)


def restore(run_id: str) -> None:
    """Bring a deleted run back."""
    store.restore(run_id)


def draw_one(run: RunFolder) -> None:
    """Draw the selected run's name, to be changed, and the buttons that open and delete it."""
    name = st.text_input("Name", run.name, max_chars=120, key=f"name-{run.id}")
    if name.strip() and name != run.name:
        run.rename(name)
        st.rerun()
    with st.container(horizontal=True):
        if st.button("Open", type="primary"):
            session.remember(run)
            discard_draft()
            st.switch_page("train.py" if run.kind == "training" else "neighbours.py")
        st.button("Delete", icon=":material/delete:", on_click=delete, args=(run,))
    if run.state.reason:
        st.text(run.state.reason)


def draw_comparison(runs: list[RunFolder]) -> None:
    """Draw the settings that differ, and the loss curves."""
    table = pd.DataFrame([run.spec.settings for run in runs], index=[run.name for run in runs]).T
    different = table[table.astype(str).nunique(axis=1) > 1]
    st.subheader("Different settings")
    if different.empty:
        st.text("The settings are the same.")
    else:
        st.dataframe(different.astype(str))
    charts: dict[tuple[str, str], list[tuple[str, CurveChart]]] = {}
    for run in runs:
        for chart in learning_curves(run.events().events):
            charts.setdefault((chart.stage, chart.score), []).append((run.name, chart))
    for (stage, score), compared in charts.items():
        figure = compared_curves_figure(compared)
        st.plotly_chart(figure, key=f"compared-{stage}-{score}", config={"displayModeBar": False})


def draw_disk_usage() -> None:
    """Draw the bytes on disk and, above the quota, the oldest uploads with a button that deletes each."""
    used = store.used()
    st.caption(f"On disk: {formatting.size(used)} of {formatting.size(quota())}.")
    if used > quota():
        st.warning(
            "This is more than the quota. The oldest uploads are listed below; deleting one keeps the runs trained on it."
        )
        for dataset in store.datasets(owner)[:5]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(
                    f"{dataset.title} · {formatting.size(dataset.size)} · {formatting.when(dataset.created)}",
                    width="stretch",
                )
                st.button("Delete the upload", key=f"drop-{dataset.id}", on_click=store.purge_dataset, args=(dataset,))


st.title("Runs")
st.write("Open, name, compare and delete what was trained or opened here.")
if text := st.session_state.pop("runs-message", None):
    st.warning(session.plain(text))
with error_boundary():
    runs = store.runs(owner)
    if not runs:
        st.info("There are no runs yet. Train on a sample to get one.")
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
    else:
        frame = runs_table(runs)
        chosen = st.dataframe(
            frame,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=f"runs-{len(runs)}-{runs[0].id}",
        )["selection"]["rows"]
        selected = [runs[i] for i in chosen if i < len(runs)]
        if len(selected) == 1:
            draw_one(selected[0])
        elif len(selected) > 1:
            draw_comparison([run for run in selected if run.kind == "training"][:MAX_COMPARED_RUNS] or selected[:1])
        else:
            st.caption("Select one run to open, name or delete it; two or more to compare them.")
    for run in store.deleted(owner)[:5]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Deleted: {run.name}", width="stretch")
            st.button("Restore", key=f"back-{run.id}", on_click=restore, args=(run.id,))
    draw_disk_usage()
