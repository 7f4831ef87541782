"""Starting a run from a page: a training, opened vectors, a sample in one click."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from components import session
from embedviz.store.run_folder import RunFolder

if TYPE_CHECKING:  # what they bring takes a second to import, and the Home page only starts runs on a click
    import numpy as np

    from embedviz.space import EmbeddingSpace
    from embedviz.store.dataset import Dataset


def start_training(model: str, dataset: Dataset, settings: dict[str, Any], **more: Any) -> RunFolder:
    """Create the run, submit it and open it. more: further arguments of Store.create_training."""
    run = session.store().create_training(model, dataset, settings, owner=session.owner(), **more)
    session.submit_new(run)
    session.remember(run)
    return run


def train_on_choice(run: RunFolder, space: EmbeddingSpace, rows: np.ndarray, keep: bool) -> None:
    """Train the run's model once more, on the data behind these rows of its space (keep) or without it, and go to Train."""
    from embedviz.store.label_filter import LabelFilter, label_filters

    chosen = LabelFilter.of(run, space, rows, keep)
    dataset = session.store().dataset(run.data.get("id", ""))
    start_training(
        run.model,
        dataset,
        run.spec.settings,
        columns=run.columns,
        probes=run.spec.probes,
        name=chosen.title(run.name)[:120],
        filters=[*label_filters(run), chosen],
    )
    st.switch_page("train.py")


def open_vectors(dataset: Dataset, tensor: str = "") -> RunFolder:
    """Open a file of vectors as a run; the same sample is opened once and found again. tensor: which of its matrices."""
    for run in session.store().runs(session.owner()):
        same = run.kind == "vectors" and dataset.sample_name and run.data.get("sample") == dataset.sample_name
        if same and run.status == "done":
            session.remember(run)
            return run
    run = session.store().create_vectors(dataset, owner=session.owner(), tensor=tensor)
    session.submit_new(run)
    session.remember(run)
    return run


def sample_dataset(name: str) -> Dataset:
    """Return the sample as a dataset of this visitor, found again where it was taken before."""
    from embedviz.store.dataset import Dataset

    for dataset in session.store().datasets(session.owner()):
        if dataset.sample_name == name:
            return dataset
    return Dataset.sample(session.store().uploads_folder, name, session.owner())
