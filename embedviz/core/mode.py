"""Local or shared mode, EMBEDVIZ_MODE, and the priority of workers, EMBEDVIZ_WORKER_PRIORITY."""

from __future__ import annotations

import os

PRIORITIES = ("idle", "low")


def is_shared() -> bool:
    """True when EMBEDVIZ_MODE is "shared": an owner a visitor, tight limits. Otherwise one owner has the machine."""
    return os.environ.get("EMBEDVIZ_MODE", "local") == "shared"


def worker_priority() -> str:
    """Return "idle" or "low": by default idle on a shared server. What else the variable says counts as low."""
    return os.environ.get("EMBEDVIZ_WORKER_PRIORITY", "idle" if is_shared() else "low")
