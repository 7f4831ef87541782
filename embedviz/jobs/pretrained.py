"""Pretrained vectors for a model, by its setting `vectors`: a sample's, a run's, a file's, or known ones by name."""

from __future__ import annotations

from pathlib import Path

from embedviz.core.errors import SettingsError
from embedviz.core.jobs.reporter import Reporter
from embedviz.data.samples import SAMPLES
from embedviz.formats import load_vectors
from embedviz.formats.pretrained import Pretrained, find_pretrained, open_pretrained
from embedviz.models.contract import Model
from embedviz.space import EmbeddingSpace
from embedviz.space.storage import space_names
from embedviz.store.home import home, is_shared
from embedviz.store.store import Store

NONE = "none"
RUN = "run:"


def run_vectors(run_id: str, space: str) -> str:
    """Return the value of the setting for a space of a run."""
    return f"{RUN}{run_id}:{space}"


def attach_pretrained(model: Model, reporter: Reporter) -> None:
    """Open what settings.vectors names and hand it to model.take_vectors; nothing for a model without the setting.

    Parameters
    ----------
    model : Model
        Neither surveyed nor prepared yet.
    reporter : Reporter
        Takes the progress.

    Raises
    ------
    RunError, SettingsError
        When there is no such run, space or name.
    """
    name = getattr(model.settings, "vectors", NONE)
    if name == NONE:
        return
    reporter.report("Opening the vectors to begin with")
    model.take_vectors(_opened(name, reporter))


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


def _cache() -> Path:
    return home() / "vectors"


def _opened(name: str, reporter: Reporter) -> EmbeddingSpace:
    if name.startswith(RUN):
        run_id, _, space = name.removeprefix(RUN).partition(":")
        run = Store().run(run_id)
        return run.spaces[space] if space else run.space
    if name in SAMPLES and SAMPLES[name].kind == "vectors":
        return load_vectors(SAMPLES[name].path, on_progress=reporter)
    if is_shared():
        if to_download(name):
            raise SettingsError(f"The vectors {name!r} are not on this server. Take a sample's, a run's, or none.")
    elif Path(name).is_file():
        return load_vectors(name, on_progress=reporter)
    return open_pretrained(name, _cache(), reporter)
