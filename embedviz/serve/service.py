"""What is served: the spaces of a run or of a file of vectors, and the run's model where it predicts."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from embedviz.core.errors import RunError, SettingsError, UnknownSpaceError
from embedviz.core.plain_json import Record, plain
from embedviz.core.version import VERSION
from embedviz.space import EmbeddingSpace
from embedviz.space.search.quantized_bounds import QuantizedBounds
from embedviz.store.finding import find_run
from embedviz.store.opening import open_space
from embedviz.store.run_folder import RunFolder
from embedviz.training.protocols import Predictor


@dataclass(frozen=True)
class Service:
    """A run or a file of vectors, opened once and never changed.

    Attributes
    ----------
    name : str
        What it is called.
    spaces : mapping
        Name to space; the first answers where a request names none.
    predictor : Predictor or None
        The trained model; None for vectors alone.
    form : object
        The form of the model (`Predictor.form`), which says what it can be asked; None without one.
    about : dict
        Name, model, settings, scores, spaces and versions, as JSON.
    """

    name: str
    spaces: Mapping[str, EmbeddingSpace]
    predictor: Predictor | None = None
    form: Any = None
    about: Record = field(default_factory=Record)

    @property
    def main_space(self) -> str:
        """The name of the space that answers where a request names none; empty where there is no space."""
        return next(iter(self.spaces), "")

    def space(self, name: str | None = None) -> EmbeddingSpace:
        """Return a space, by default the main one. UnknownSpaceError where there is no such space."""
        name = name or self.main_space
        if name not in self.spaces:
            raise UnknownSpaceError(
                f"There is no space {name!r} here. Spaces: {', '.join(self.spaces) or 'none, the model alone is served'}."
            )
        return self.spaces[name]


def open_service(target: str | Path, space: str | None = None) -> Service:
    """Open what is to be served. A model that predicts is loaded now, and spaces are made ready to be searched.

    Parameters
    ----------
    target : str or Path
        A run's folder; a run's id or name in the store; a file of vectors, or anything else that `embedviz.open_space` opens.
    space : str, optional
        Serve this space alone; by default all of a run's, the main one first.

    Raises
    ------
    RunError
        For a run that has neither vectors nor a model yet, and for a name that nothing has.
    EmbedvizError
        For a file that cannot be read as vectors.
    """
    text = str(target)
    path = Path(text).expanduser()
    if "://" in text or (path.exists() and not RunFolder.exists(path)):
        opened = open_space(text, space=space)
        return _service(path.name or text, {opened.name: opened}, {})
    return _of_run(find_run(text), space)


def _of_run(run: RunFolder, space: str | None) -> Service:
    names = run.space_names if space is None else [space]
    spaces = {name: run.spaces[name] for name in names}
    predictor = run.predictor() if run.predicts else None
    if not spaces and predictor is None:
        raise RunError(f"The run {run.name!r} has nothing to serve yet: it is {run.status}.")
    about = {
        "run": run.id,
        "model": run.model,
        "state": run.status,
        "data": run.data.get("title"),
        "columns": run.columns,
        "settings": {} if run.settings is None else run.settings.model_dump(),
        "primary_metric": run.primary_metric if run.metrics else None,
        "metrics": run.metrics,
        "trained_with": run.version,
    }
    return _service(run.name, spaces, about, predictor)


def _service(
    name: str, spaces: Mapping[str, EmbeddingSpace], about: Mapping[str, Any], predictor: Predictor | None = None
) -> Service:
    for space in spaces.values():
        if not len(space):
            raise SettingsError(f"The space {space.name!r} is empty: there is nothing to serve.")
        space.cosine_bounds = QuantizedBounds.build(space.vectors) or space.cosine_bounds
    listed = [
        {
            "name": each,
            "kind": space.kind,
            "labels": len(space),
            "dim": space.dim,
            "columns": list(space.columns.columns),
            "notes": space.notes,
        }
        for each, space in spaces.items()
    ]
    versions = {"embedviz": VERSION, "python": platform.python_version(), "numpy": np.__version__}
    form = None if predictor is None else predictor.form()
    whole = plain({"name": name, **about, "predicts": predictor is not None, "spaces": listed, "versions": versions})
    assert isinstance(whole, dict)
    return Service(name, spaces, predictor, form, whole)
