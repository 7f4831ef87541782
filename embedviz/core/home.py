"""Folder of the store: EMBEDVIZ_HOME."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder of the store: EMBEDVIZ_HOME, or .embedviz in the working folder. Made when missing, for its owner only."""
    folder = Path(os.environ.get("EMBEDVIZ_HOME") or ".embedviz").absolute()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
