"""What starts a run from a page: a training, opened vectors, a sample in one click."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from components import session
from embedviz.space import EmbeddingSpace
from embedviz.store.dataset import Dataset
from embedviz.store.label_filter import Only, choices_of
from embedviz.store.run import Run


def start_training(model: str, dataset: Dataset, settings: dict[str, Any], **more: Any) -> Run:
    """Creates the run, hands it to a worker and makes it the one that is open. more: as Store.create_training takes it."""
    run = session.store().create_training(model, dataset, settings, owner=session.owner(), **more)
    session.supervisor().submit(run)
    session.remember(run)
    return run


def train_on_choice(run: Run, space: EmbeddingSpace, rows: np.ndarray, keep: bool) -> None:
    """Trains the run's model once more, on what stands behind these rows of its space (keep) or without it, and goes to
    the page where one sees how far it is."""
    only = Only.of(run, space, rows, keep)
    dataset = session.store().dataset(run.spec["data"]["id"])
    start_training(
        run.model,
        dataset,
        run.spec["settings"],
        columns=run.spec["columns"],
        probes=run.spec["probes"],
        name=only.title(run.name)[:120],
        only=[*choices_of(run), only],
    )
    st.switch_page("train.py")


def open_vectors(dataset: Dataset) -> Run:
    """Opens a file of vectors as a run; the same sample is opened once and found again."""
    for run in session.store().runs(session.owner()):
        same = run.kind == "vectors" and dataset.sample_name and run.spec["data"].get("sample") == dataset.sample_name
        if same and run.status == "done":
            session.remember(run)
            return run
    run = session.store().create_vectors(dataset, owner=session.owner())
    session.supervisor().submit(run)
    session.remember(run)
    return run


def sample_dataset(name: str) -> Dataset:
    """The sample as data of this visitor's, found again where it was taken before."""
    for dataset in session.store().datasets(session.owner()):
        if dataset.sample_name == name:
            return dataset
    return Dataset.sample(session.store().uploads_folder, name, session.owner())
