"""Setting a training up: which model, with which settings, at what cost."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st

from components import formatting, live, session, starting
from components.error_boundary import error_boundary
from components.settings_form import settings_form
from components.vector_menu import size_of, vector_menu
from embedviz.core.cost import Cost
from embedviz.core.settings import TrainingSettings
from embedviz.jobs.pretrained import NONE, to_download
from embedviz.jobs.reading import Reading, reading_of
from embedviz.jobs.supervisor import threads_for
from embedviz.models import model_class
from embedviz.models.compatibility import compatible_models, used_roles
from embedviz.models.contract import Model
from embedviz.store.home import is_shared
from embedviz.store.run import Run
from embedviz.store.status import Status

CLASSES_SHOWN = 12
MOST_PROBES = 6


def again(run: Run) -> None:
    """Sets the same up once more, with the settings that it had."""
    st.session_state["setup"] = {
        "dataset": run.spec["data"]["id"],
        "roles": {role: column for role, column in run.spec["columns"].items() if column},
        "model": run.model,
        "settings": run.spec["settings"],
    }


def show(setup: dict[str, Any]) -> None:
    """The form for what was chosen on the data page, its cost, and the button that starts it."""
    dataset = session.store().dataset(setup["dataset"])
    model = _chosen_model(setup)
    st.subheader(model.title)
    st.write(model.summary)
    st.text(f"Data: {dataset.title}")
    values = _values(model, setup)
    with error_boundary():
        settings = model.Settings.of(**values)
        columns = used_roles(model, setup["roles"])
        reading = reading_of(dataset, model.name, columns, settings)
        if reading.status == "interrupted" and _may_read(settings):
            session.supervisor().submit(reading)
            st.rerun()
        name = st.text_input("Name of the run", f"{dataset.title}, {model.name}"[:120], key=f"name-{model.name}")
        probes = _probes(reading, settings)
        _cost(reading, model, settings)
        if st.button("Train", type="primary", icon=":material/play_arrow:"):
            survey = reading.survey
            estimate = vars(model.estimate(settings, survey, _machine(model, settings))) if survey else None
            starting.start_training(
                model.name, dataset, values, columns=columns, probes=probes, estimate=estimate, name=name
            )
            st.session_state.pop("setup")
            st.rerun()
    if st.button("Choose other data"):
        st.session_state.pop("setup")
        st.switch_page("data.py")


def _chosen_model(setup: dict[str, Any]) -> type[Model]:
    fitting = [fit.model for fit in compatible_models(setup["roles"]) if not fit.reason] or [model_class("skipgram")]
    names = [model.name for model in fitting]
    wanted = setup.get("model")
    titles = {model.name: model.title for model in fitting}
    default = wanted if wanted in names else names[0]
    if len(names) == 1:
        return fitting[0]
    chosen = st.segmented_control(
        "Model", names, default=default, format_func=titles.get, required=True, key=f"model-{setup['dataset']}"
    )
    return model_class(chosen or default)


def _values(model: type[Model], setup: dict[str, Any]) -> dict[str, Any]:
    """What the form holds: the chosen preset's values to begin with, or those of the run it repeats."""
    presets = model.Settings.presets
    kept = setup.get("settings") if setup.get("model") == model.name else None
    names = [*(["as before"] if kept else []), *presets]
    preset = names[0]
    if len(names) > 1:
        preset = st.segmented_control("Preset", names, default=names[0], required=True, key=f"preset-{model.name}")
    defaults = kept if preset == "as before" else presets.get(preset, {})
    fields = model.Settings.model_fields
    menus = {"vectors": vector_menu()} if "vectors" in fields else {}
    hidden = ("device", "threads") if is_shared() else ()
    return settings_form(model.Settings, key=f"{model.name}-{preset}", hidden=hidden, defaults=defaults, menus=menus)


def _may_read(settings: TrainingSettings) -> bool:
    """True at once, but nothing large is downloaded before it was asked for."""
    wanted = to_download(getattr(settings, "vectors", NONE))
    if wanted is None:
        return True
    host = urlsplit(wanted.url).hostname
    st.info(f"{wanted.name} has to be downloaded once from {host}{size_of(wanted)}. It is kept for the next time.")
    return st.button("Download and read the data", icon=":material/download:")


def _probes(reading: Reading, settings: TrainingSettings) -> list[str]:
    survey = reading.survey if reading.status == "done" else None
    examples = survey.examples if survey else []
    chosen = st.multiselect(
        "Watch the neighbours of", examples, examples[:4], accept_new_options=True, max_selections=MOST_PROBES,
        key=f"probes-{reading.id}-{bool(survey)}", placeholder="Type any that you want to follow",
    )  # fmt: skip
    return [probe.lower() if getattr(settings, "lowercase", False) else probe for probe in chosen]


def _machine(model: type[Model], settings: TrainingSettings) -> dict[str, Any]:
    return {"threads": threads_for(model, settings), **session.supervisor().machine}


def _cost(reading: Reading, model: type[Model], settings: TrainingSettings) -> None:
    """What is in the data and what the run will take, as soon as it has been read."""

    def draw(state: Status) -> None:
        if state.state == "interrupted" and not state.started:
            return  # nobody has asked for it yet
        if not state.is_final:
            last = reading.last_event()
            live.bar(last, f"Reading the data to estimate the cost. {last.get('message', 'Waiting for a worker')}")
            return
        if state.state != "done":
            st.error(session.plain(state.reason or "The data was not read to its end."))
            return
        survey = reading.survey
        for sentence in survey.sentences:
            st.text(sentence)
        for warning in survey.warnings:
            st.warning(session.plain(warning))
        if survey.classes:
            _classes(survey.classes)
        estimate = model.estimate(settings, survey, _machine(model, settings))
        st.caption(" ".join([*([f"{session.plain(estimate.detail)}."] if estimate.detail else []), about(estimate)]))

    live.follow(reading, draw, key="cost")


def _classes(classes: list[tuple[str, int]]) -> None:
    """The classes with their rows: how even they are is what accuracy has to be read against."""
    frame = pd.DataFrame(classes[:CLASSES_SHOWN], columns=["class", "rows"])
    frame["share"] = frame["rows"] / sum(rows for _, rows in classes)
    config = {
        "class": st.column_config.TextColumn("class"),
        "share": st.column_config.ProgressColumn("share", format="percent", min_value=0.0, max_value=1.0),
    }
    st.dataframe(frame, hide_index=True, column_config=config, width=460)
    if len(classes) > CLASSES_SHOWN:
        st.caption(f"And {len(classes) - CLASSES_SHOWN:,} smaller classes.")


def about(estimate: Cost) -> str:
    """The cost in words."""
    return f"About {formatting.duration(estimate.seconds)} and {formatting.size(estimate.memory_bytes)} of memory."
