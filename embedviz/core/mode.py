"""Local or shared mode: EMBEDVIZ_MODE."""

from __future__ import annotations

import os


def is_shared() -> bool:
    """True when EMBEDVIZ_MODE is "shared": an owner a visitor, tight limits. Otherwise one owner has the machine."""
    return os.environ.get("EMBEDVIZ_MODE", "local") == "shared"
