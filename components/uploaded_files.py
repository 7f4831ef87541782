"""Uploaded files that the server need not hold any longer."""

from __future__ import annotations

import math
from collections.abc import Sequence

from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.gate.uploads import MB
from embedviz.core.limits import HostLimits


def max_upload_mb(max_bytes: float = math.inf) -> int | None:
    """Return the size from which the browser refuses a file in a sentence; None where only Streamlit's own limit holds.

    Parameters
    ----------
    max_bytes : float, optional
        What is read of such a file at most.
    """
    limit = HostLimits.of_environment().upload_mb
    smallest = min(math.inf if limit is None else limit, max_bytes / MB)
    return None if math.isinf(smallest) else max(1, math.ceil(smallest))  # Streamlit takes whole ones


def release(files: Sequence[UploadedFile]) -> None:
    """Let the server forget files that are kept elsewhere; Streamlit holds them in memory until the page is closed."""
    context = get_script_run_ctx(suppress_warning=True)
    if context is not None and isinstance(context.uploaded_file_mgr, MemoryUploadedFileManager):
        for file in files:
            context.uploaded_file_mgr.remove_file(context.session_id, file.file_id)
