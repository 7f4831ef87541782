"""The form that sets up a training: model, preset, settings, estimated cost, and the button that starts it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components import formatting, live, remedies, session, starting
from components.error_boundary import error_boundary
from components.findings import show_findings
from components.model_settings import model_settings
from components.training_draft import TrainingDraft, discard_draft, open_draft
from components.vector_menu import size_of
from embedviz.core.cost import Cost, Machine
from embedviz.core.jobs.status import Status
from embedviz.core.mode import is_shared
from embedviz.core.settings import TrainingSettings
from embedviz.data.classes import display_order
from embedviz.data.findings import Finding
from embedviz.jobs.pretrained import NONE, to_download
from embedviz.jobs.reading import Reading, reading_of
from embedviz.jobs.tracking import checked_targets
from embedviz.models import model_spec
from embedviz.models.algorithm_titles import algorithm_title
from embedviz.models.compatibility import compatible_models, used_roles, word_models
from embedviz.models.sentiment.sentence_encoder import to_download as encoder_to_download
from embedviz.store.dataset import Dataset
from embedviz.training.protocols import AnyModelSpec
from embedviz.training.threads import threads_for

DRAWN_SPLIT = ("test_share", "split")  # settings that a given split takes the place of
MAX_CLASSES_SHOWN = 12
MAX_PROBES = 6
MAX_NAME_LENGTH = 120
SAME_AS_THE_RUN = "same as the run"  # the preset of a repeated training


def show_setup(draft: TrainingDraft) -> None:
    """Show the form for the draft."""
    form, buttons = st.container(), st.container(horizontal=True)
    with form, error_boundary():
        _form(draft, draft.dataset(), buttons)
    if buttons.button("Choose other data"):
        discard_draft()
        st.switch_page("data.py")


def _form(draft: TrainingDraft, dataset: Dataset, buttons: DeltaGenerator) -> None:
    """Show the form, and the button that starts the training among the others."""
    draft = remedies.take_asked(draft, dataset)
    model = _chosen_model(draft)
    st.header(model.title)
    st.write(model.summary)
    st.text(f"Data: {dataset.title}")
    preset = _chosen_preset(model, draft)
    key = f"{model.name}-{draft.run_id}-{preset}"
    values = _values(model, draft, preset, key)
    settings = model.Settings.of(**values)
    columns = used_roles(model, draft.roles)
    reading = reading_of(dataset, model.name, columns, settings)
    _read_once(reading, settings)
    name = st.text_input(
        "Name of the run", f"{dataset.title}, {model.name}"[:MAX_NAME_LENGTH], key=f"name-{model.name}-{dataset.id}"
    )
    probes = _probes(reading, settings)
    track = _tracking()
    remedies.show_taken(dataset)
    _cost(reading, model, settings, dataset, key)
    if buttons.button("Train", type="primary", icon=":material/play_arrow:", key="train"):
        survey = reading.survey
        estimate = model.estimate(settings, survey, _machine(model, settings)) if survey else None
        discard_draft()  # before the run starts: a second click must not start a second one
        try:
            starting.start_training(
                model.name, dataset, values, columns=columns, probes=probes, estimate=estimate, name=name, track=track
            )
        except Exception:
            open_draft(draft)
            raise
        st.rerun()


def _chosen_model(draft: TrainingDraft) -> AnyModelSpec:
    fitting = [fit.model for fit in compatible_models(draft.roles) if not fit.reason] or [model_spec("skipgram")]
    names = [model.name for model in fitting]
    # the title of a model of words names its algorithm in brackets, which suffices where there is no other model
    are_words = set(names) <= set(word_models())
    titles = {model.name: algorithm_title(model.name) if are_words else model.title for model in fitting}
    if len(names) == 1:
        return fitting[0]
    repeated = draft.run()
    default = repeated.model if repeated and repeated.model in names else names[0]
    chosen = st.segmented_control(
        "Algorithm" if are_words else "Model",
        names,
        default=default,
        format_func=lambda name: titles[name],
        required=True,
        key=f"model-{draft.dataset_id}-{draft.run_id}",
        persist_state="session",
    )
    return model_spec(chosen or default)


def _chosen_preset(model: AnyModelSpec, draft: TrainingDraft) -> str:
    """Return the chosen preset; SAME_AS_THE_RUN takes the repeated run's settings."""
    names = [*([SAME_AS_THE_RUN] if _run_settings(model, draft) else []), *model.Settings.presets]
    if len(names) == 1:
        return names[0]
    key = f"preset-{model.name}-{draft.run_id}"
    return (
        st.segmented_control("Preset", names, default=names[0], required=True, key=key, persist_state="session")
        or names[0]
    )


def _run_settings(model: AnyModelSpec, draft: TrainingDraft) -> dict[str, Any] | None:
    """Return the repeated run's settings; None where no run of this model is repeated."""
    repeated = draft.run()
    return dict(repeated.spec.settings) if repeated and repeated.model == model.name else None


def _values(model: AnyModelSpec, draft: TrainingDraft, preset: str, key: str) -> dict[str, Any]:
    """Return the values of the form, which starts from the chosen preset or from the repeated run's settings."""
    defaults = _run_settings(model, draft) if preset == SAME_AS_THE_RUN else model.Settings.presets.get(preset, {})
    hidden = DRAWN_SPLIT if "split" in used_roles(model, draft.roles) else ()
    return model_settings(model, key, hidden=hidden, defaults=defaults)


def _read_once(reading: Reading, settings: TrainingSettings) -> None:
    """Have the data read. A reading that was interrupted after that, by a lack of memory for one, is not tried again."""
    submitted = f"submitted-{reading.id}"
    if reading.status == "interrupted" and submitted not in st.session_state and _may_read(settings):
        with error_boundary():  # a full queue delays the estimate, not the form
            session.submit(reading)
            st.session_state[submitted] = True


def _may_read(settings: TrainingSettings) -> bool:
    """Return True unless vectors or an encoder have to be downloaded first, which the visitor is asked about."""
    wanted, encoder = to_download(getattr(settings, "vectors", NONE)), getattr(settings, "sentence_encoder", "")
    asks_hub = not is_shared() and encoder_to_download(encoder)  # a shared server refuses it in a sentence
    if wanted is None and not asks_hub:
        return True
    if wanted is not None:
        host = urlsplit(wanted.url).hostname
        st.info(
            f"{wanted.name} has to be downloaded once from {host}{size_of(wanted)}. embedviz keeps it for next time."
        )
    if asks_hub:
        st.info(f"The sentence encoder {encoder} has to be downloaded once from the Hugging Face hub.")
    return st.button("Download and read the data", icon=":material/download:")


def _probes(reading: Reading, settings: TrainingSettings) -> list[str]:
    survey = reading.survey if reading.status == "done" else None
    examples = survey.examples if survey else []
    chosen = st.multiselect(
        "Watch the neighbours of",
        examples,
        examples[:4],
        accept_new_options=True,
        max_selections=MAX_PROBES,
        key=f"probes-{reading.id}-{bool(survey)}",
        placeholder="Type a label",
        help="The page shows their nearest neighbours while the model trains.",
    )
    return [probe.lower() if getattr(settings, "lowercase", False) else probe for probe in chosen]


def _tracking() -> list[str]:
    """Return where else the training is logged. A shared server writes to no place that a visitor names."""
    if is_shared():
        return []
    with st.expander("Log to TensorBoard or MLflow too", icon=":material/monitoring:"):
        target = st.text_input(
            "Where",
            placeholder="tensorboard:FOLDER, mlflow:FOLDER or mlflow:http://HOST",
            help="Losses, scores and settings go there while the model trains; TensorBoard's projector gets the vectors at the "
            "end.",
            key="track",
            persist_state="session",
        )
    return checked_targets([target.strip()]) if target.strip() else []


def _machine(model: AnyModelSpec, settings: TrainingSettings) -> Machine:
    return replace(session.executor().machine, threads=threads_for(model, settings))


def _cost(
    reading: Reading, model: AnyModelSpec, settings: TrainingSettings, dataset: Dataset, settings_key: str
) -> None:
    """Show what the data holds and what the training will take, as soon as the data has been read."""

    def draw(state: Status) -> None:
        if state.state == "interrupted" and not state.queued:
            return  # the visitor has not agreed to the download yet
        if not state.is_final:
            last = reading.last_event()
            live.bar(last, f"Reading the data to estimate the cost. {last.get('message', 'Waiting for a worker')}")
            return
        survey, findings = reading.survey, reading.findings

        def take(finding: Finding) -> None:
            remedies.ask(finding, dataset, settings_key)

        if state.state != "done" or survey is None:
            st.error(session.prose(state.reason or "The data could not be read to the end."))
            if st.button("Read again", icon=":material/refresh:", key=f"read-{reading.id}"):
                session.submit(reading)
                st.rerun(scope="app")
            show_findings(findings, take, key=reading.id)
            return
        for sentence in survey.sentences:
            st.text(sentence)
        show_findings(findings, take, key=reading.id)
        found = {finding.sentence for finding in findings}
        for warning in survey.warnings:
            if warning not in found:
                st.warning(session.plain(warning))
        if survey.classes:
            _classes(survey.classes)
        estimate = model.estimate(settings, survey, _machine(model, settings))
        st.caption(
            " ".join([*([f"{session.plain(estimate.detail)}."] if estimate.detail else []), cost_text(estimate)])
        )

    live.follow(reading, draw, key="cost")


def _classes(classes: list[tuple[str, int]]) -> None:
    """Show the class sizes, which accuracy has to be read against."""
    shown = classes[:MAX_CLASSES_SHOWN]
    shown = [shown[place] for place in display_order([name for name, _ in shown])]
    frame = pd.DataFrame(shown, columns=["class", "rows"])
    frame["share"] = frame["rows"] / sum(rows for _, rows in classes)
    config = {
        "class": st.column_config.TextColumn("class"),
        "share": st.column_config.ProgressColumn("share", format="percent", min_value=0.0, max_value=1.0),
    }
    st.dataframe(frame, hide_index=True, column_config=config, width=460)
    if len(classes) > MAX_CLASSES_SHOWN:
        st.caption(f"{len(classes) - MAX_CLASSES_SHOWN:,} smaller classes are not shown.")


def cost_text(cost: Cost) -> str:
    """Return the estimated time and memory as a sentence."""
    return (
        f"Training takes about {formatting.duration(cost.seconds)} and {formatting.size(cost.memory_bytes)} of memory."
    )
