"""Folder of the store: EMBEDVIZ_HOME."""

from __future__ import annotations

import os
import re
import secrets
from pathlib import Path

from embedviz.core.errors import RunError

LOCAL_OWNER = "local"
_ID = re.compile(r"[0-9a-f]{32}")


def home_path() -> Path:
    """The folder of the store, whether or not it is there: EMBEDVIZ_HOME, or .embedviz in the working folder."""
    return Path(os.environ.get("EMBEDVIZ_HOME") or ".embedviz").absolute()


def home() -> Path:
    """The folder of the store, made when missing, for its owner only."""
    folder = home_path()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def new_id() -> str:
    """128 random bits in hexadecimal: an address that cannot be guessed."""
    return secrets.token_hex(16)


def checked_id(text: str) -> str:
    """The id itself when it has an id's form, so that no address ever becomes another path; RunError otherwise."""
    if not _ID.fullmatch(text):
        raise RunError(
            "This address does not name a run. A run's address ends in ?run= and 32 characters, 0-9 and a-f."
        )
    return text
