"""The form of an experiment: a question, the data, the model, a budget, and the question's settings."""

from __future__ import annotations

from typing import Any

import streamlit as st

from components import session
from components.model_settings import model_settings
from components.settings_form import settings_form
from embedviz.experiments import QUESTIONS, find_question
from embedviz.experiments.experiment import Experiment, create_experiment
from embedviz.experiments.question import Question
from embedviz.models import MODELS, model_spec
from embedviz.models.algorithm_titles import algorithm_title
from embedviz.models.compatibility import word_models
from embedviz.store.dataset import Dataset

EXPERIMENT = "experiment"  # in the address: ?experiment=
PREFILLED = "ask-prefilled"  # in the session: settings of a question that another page chose
BUDGET_MINUTES = 5


def draw_setup() -> None:
    """Draw the form; the button creates the experiment, submits it and opens it."""
    datasets = {dataset.id: dataset for dataset in reversed(session.store().datasets(session.owner()))}
    datasets = {name: dataset for name, dataset in datasets.items() if dataset.content != "vectors"}
    if not datasets:
        st.info("There is no data yet to experiment on. Bring some, or take a sample.")
        if st.button("Bring data", type="primary"):
            st.switch_page("data.py")
        return
    questions = {name: find_question(name) for name in QUESTIONS}
    asked = questions[
        st.selectbox("Question", list(questions), format_func=lambda name: questions[name].title, key="ask-question")
    ]
    st.caption(asked.summary)
    run = session.current_run()
    ids = list(datasets)
    current = run.data.get("id") if run else None
    left, middle, right = st.columns([3, 3, 2])
    with left:
        chosen = st.selectbox(
            "Data",
            ids,
            index=ids.index(current) if current in datasets else 0,
            format_func=lambda data_id: datasets[data_id].title,
            key="ask-data",
        )
    with middle:
        model = _choose_model(asked, run.model if run and run.model in MODELS else None)
    with right:
        minutes = st.number_input(
            "Budget, minutes",
            min_value=0.5,
            max_value=600.0,
            value=float(BUDGET_MINUTES),
            step=1.0,
            help="When it is over, no run is begun, and those under way are left out.",
            key="ask-budget",
        )
    algorithms = {name: algorithm_title(name) for name in word_models()} if asked.name == "algorithms" else {}
    prefilled = {
        name: value
        for name, value in st.session_state.get(PREFILLED, {}).items()
        if name in asked.Settings.model_fields
    }
    options = settings_form(
        asked.Settings, key=f"ask-{asked.name}", defaults=prefilled, several={"algorithms": algorithms}
    )
    settings = _common_settings(model) if model else {}
    if model and st.button("Start the experiment", type="primary", icon=":material/science:"):
        _start(asked, datasets[chosen], model, 60 * minutes, options, settings)


def _choose_model(asked: Question, current: str | None) -> str | None:
    """Draw the menu of the models that the question can be asked of."""
    fitting = [name for name in MODELS if not asked.reason_against(model_spec(name))]
    if not fitting:
        st.warning("No model fits this question.")
        return None
    return st.selectbox(
        "Model",
        fitting,
        index=fitting.index(current) if current in fitting else 0,
        format_func=lambda name: model_spec(name).title,
        key=f"ask-model-{asked.name}",
    )


def _common_settings(name: str) -> dict[str, Any]:
    """Return the settings that all runs have in common, where they are not the model's defaults."""
    if not st.toggle(
        "Change settings of the model", help="For all runs; what the question varies, it sets itself.", key="ask-common"
    ):
        return {}
    model = model_spec(name)
    defaults = model.Settings.of().model_dump()
    values = model_settings(model, f"ask-{name}", hidden=("threads",))
    return {setting: value for setting, value in values.items() if value != defaults[setting]}


def _start(
    asked: Question,
    dataset: Dataset,
    model: str,
    budget: float,
    options: dict[str, object],
    settings: dict[str, Any],
) -> None:
    run = session.current_run()
    is_of_run = run is not None and run.model == model and run.data.get("id") == dataset.id
    experiment = create_experiment(
        asked.name,
        dataset,
        model,
        budget=budget,
        settings=settings,
        options=options,
        columns=run.columns if run is not None and is_of_run else None,
        owner=session.owner(),
    )
    session.submit_new(experiment)
    open_address(experiment)
    st.rerun()


def open_address(experiment: Experiment | None) -> None:
    """Put the experiment into the address, or take the one that is there away."""
    if experiment is None:
        st.query_params.pop(EXPERIMENT, None)
    else:
        st.query_params[EXPERIMENT] = experiment.id


def prefill(question: str, options: dict[str, object]) -> None:
    """Choose a question and some of its settings, which the form shows when it is drawn next; data and model are the open run's."""
    st.session_state["ask-question"] = question
    st.session_state[PREFILLED] = options
