"""Runs: what was trained and opened, to open, name, compare, delete and bring back."""

import pandas as pd
import streamlit as st

from components import formatting, session
from components.error_boundary import error_boundary
from components.training_draft import discard_draft
from embedviz.core.errors import EmbedvizError
from embedviz.evaluation.score_table import main_score
from embedviz.figures.loss_figure import loss_figure
from embedviz.store.run import Run
from embedviz.store.store import quota

store, owner = session.store(), session.owner()


def listed(runs: list[Run]) -> pd.DataFrame:
    rows = []
    for run in runs:
        state, (reached, nothing) = run.state, main_score(run)
        rows.append(
            {
                "name": run.name,
                "state": state.state,
                "model": run.model,
                "data": run.spec["data"]["title"],
                "score": reached,
                "knowing nothing": nothing,
                "took": formatting.duration(state.elapsed()),
                "size": formatting.size(run.size()),
                "created": formatting.when(run.created),
            }
        )
    return pd.DataFrame(rows)


def delete(run: Run) -> None:
    try:
        store.delete(run)
        if st.session_state.get("current_run") == run.id:
            session.remember(None)
    except EmbedvizError as error:
        st.session_state["runs-said"] = str(error)


def one(run: Run) -> None:
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


def compare(runs: list[Run]) -> None:
    """The settings that differ, and the curves."""
    table = pd.DataFrame([run.spec["settings"] for run in runs], index=[run.name for run in runs]).T
    different = table[table.astype(str).nunique(axis=1) > 1]
    st.subheader("What differs")
    if different.empty:
        st.text("Their settings are the same.")
    else:
        st.dataframe(different.astype(str))
    for column, run in zip(st.columns(len(runs)), runs, strict=True):
        with column:
            st.text(run.name)
            events = run.events().events
            if any("loss" in event for event in events):
                st.plotly_chart(loss_figure(events), key=f"curve-{run.id}", config={"displayModeBar": False})


def disk() -> None:
    used = store.used()
    st.caption(f"On disk: {formatting.size(used)} of {formatting.size(quota())}.")
    if used > quota():
        st.warning("That is past the quota. The oldest uploads are below; vectors stay when an upload goes.")
        for dataset in store.datasets(owner)[:5]:
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(
                    f"{dataset.title} · {formatting.size(dataset.size)} · {formatting.when(dataset.created)}",
                    width="stretch",
                )
                st.button("Delete the upload", key=f"drop-{dataset.id}", on_click=store.delete_dataset, args=(dataset,))


st.title("Runs")
st.write("Open, name, compare and delete what was trained or opened here.")
if text := st.session_state.pop("runs-said", None):
    st.warning(session.plain(text))
with error_boundary():
    runs = store.runs(owner)
    if not runs:
        st.info("There are no runs yet. Train on a sample to get one.")
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
    else:
        frame = listed(runs)
        chosen = st.dataframe(
            frame,
            hide_index=True,
            on_select="rerun",
            selection_mode="multi-row",
            key=f"runs-{len(runs)}-{runs[0].id}",
        )["selection"]["rows"]
        selected = [runs[i] for i in chosen if i < len(runs)]
        if len(selected) == 1:
            one(selected[0])
        elif len(selected) > 1:
            compare([run for run in selected if run.kind == "training"][:4] or selected[:1])
        else:
            st.caption("Select one run to open, name or delete it; two or more to compare them.")
    for run in store.deleted(owner)[:5]:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(f"Deleted: {run.name}", width="stretch")
            st.button("Bring back", key=f"back-{run.id}", on_click=store.restore, args=(run.id,))
    disk()
