"""Folder of the store: EMBEDVIZ_HOME, a folder .embedviz here, or the person's folder of data."""

from __future__ import annotations

import os
from pathlib import Path

from embedviz.core.errors import EmbedvizError

PROJECT_STORE = ".embedviz"  # a folder of this name here keeps the runs of a project together


def home_path() -> Path:
    """Return the folder of the store, whether or not it is there.

    EMBEDVIZ_HOME names it; else it is .embedviz in the working folder if that is there, else embedviz in the person's folder
    of data (~/.local/share on Linux), so that the app finds its runs wherever it is started.
    """
    return Path(os.environ.get("EMBEDVIZ_HOME") or _default()).absolute()


def home() -> Path:
    """Return the folder of the store, made when missing, for its owner only. EmbedvizError where it cannot be made."""
    folder = home_path()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EmbedvizError(
            f"The folder of the store, {folder}, cannot be made: {error.strerror or error}. Name another in EMBEDVIZ_HOME."
        ) from error
    return folder


def _default() -> Path:
    beside = Path(PROJECT_STORE)
    if beside.is_dir():
        return beside
    import platformdirs

    return platformdirs.user_data_path("embedviz", appauthor=False)
