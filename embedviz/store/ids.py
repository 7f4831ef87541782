"""Ids of what the store keeps."""

from __future__ import annotations

import re
import secrets

from embedviz.core.errors import RunError

LOCAL_OWNER = "local"
_ID = re.compile(r"[0-9a-f]{32}")


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
