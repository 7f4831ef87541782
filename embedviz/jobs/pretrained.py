"""Pretrained vectors for a model, by its setting `vectors`: a sample's, a run's, a file's, or known ones by name."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import numpy as np

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.home import home
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.mode import is_shared
from embedviz.core.settings import TrainingSettings
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.formats.pretrained import Pretrained, find_pretrained, open_pretrained
from embedviz.models import model_spec
from embedviz.models.words.trained import WordVectors
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import space_files, space_names
from embedviz.store.files_in_place import located
from embedviz.store.run_folder import SPACES, WEIGHTS, RunFolder
from embedviz.store.store import Store

NONE = "none"
RUN = "run:"


def run_vectors(run_id: str, space: str) -> str:
    """Return the value of the setting for a space of a run."""
    return f"{RUN}{run_id}:{space}"


def open_pretrained_space(settings: TrainingSettings, reporter: Reporter) -> EmbeddingSpace | None:
    """Open the vectors that the setting `vectors` names; None for "none", and for a model without the setting.

    Those of a run of the same word algorithm have their context vectors beside them, so that a training can go on from both.

    Parameters
    ----------
    settings : TrainingSettings
        Of a training.
    reporter : Reporter
        Takes the progress.

    Raises
    ------
    RunError, SettingsError
        When there is no such run, space or name.
    """
    name = getattr(settings, "vectors", NONE)
    if name == NONE:
        return None
    reporter.report("Opening the pretrained vectors")
    space = _opened(name, reporter)
    if name.startswith(RUN):
        space.contexts = _contexts(Store().run(_address(name)[0]), settings)
    return space


def to_download(name: str) -> Pretrained | None:
    """Return what would have to be downloaded for these vectors; None for what is here.

    Raises
    ------
    SettingsError
        For vectors that nobody knows.
    """
    if name == NONE or name in SAMPLES or name.startswith(RUN) or Path(name).is_file():
        return None
    wanted = find_pretrained(name)
    return None if wanted.key in space_names(_cache()) else wanted


def pretrained_files(settings: TrainingSettings) -> list[Path]:
    """Return the files that `open_pretrained_space` reads; none where it would download them.

    Raises
    ------
    RunError, SettingsError
        When there is no such run or name.
    """
    name = getattr(settings, "vectors", NONE)
    if name == NONE:
        return []
    if name.startswith(RUN):
        folder = Store().run(_address(name)[0]).folder
        return [*folder.glob("*.json"), folder / WEIGHTS, *(folder / SPACES).glob("*")]
    if name in SAMPLES and SAMPLES[name].kind == "vectors":
        return [SAMPLES[name].path]
    if not is_shared() and Path(name).is_file():
        return [Path(name)]
    return space_files(_cache(), find_pretrained(name).key)


def _cache() -> Path:
    return home() / "vectors"


def _opened(name: str, reporter: Reporter) -> EmbeddingSpace:
    if name.startswith(RUN):
        run_id, space = _address(name)
        run = Store().run(run_id)
        return run.spaces[space] if space else run.space
    if name in SAMPLES and SAMPLES[name].kind == "vectors":
        return load_vectors(SAMPLES[name].path, on_progress=reporter)
    if is_shared():
        if to_download(name):
            raise SettingsError(f"The vectors {name!r} are not on this server. Take a sample's, a run's, or none.")
    elif located(name).is_file():
        return load_vectors(located(name), on_progress=reporter)
    return open_pretrained(name, _cache(), reporter)


def _address(name: str) -> tuple[str, str]:
    """Return the run's id and the name of its space, which may be empty."""
    run_id, _, space = name.removeprefix(RUN).partition(":")
    return run_id, space


def _contexts(run: RunFolder, settings: TrainingSettings) -> np.ndarray | None:
    """Return the context vectors that the run learned beside its vectors, (N, D) float32.

    None for another algorithm, with which they have another meaning; for hierarchical softmax, whose contexts are the nodes
    of a tree; and where no model, or one of an earlier version, was kept.
    """
    if run.kind != "training" or not issubclass(model_spec(run.model).Trained, WordVectors):
        return None
    if type(run.training_settings()) is not type(settings) or not (run.folder / WEIGHTS).exists():
        return None
    with suppress(DataError):
        trained = WordVectors.load(run.folder / WEIGHTS)
        return None if trained.has_tree else trained.context
    return None
