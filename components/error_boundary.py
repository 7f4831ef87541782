"""Error messages on pages instead of tracebacks."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Generator

import streamlit as st

from components.session import plain
from embedviz.core.disk import disk_problem
from embedviz.core.errors import EmbedvizError

logger = logging.getLogger("embedviz.app")


@contextlib.contextmanager
def error_boundary() -> Generator[None]:
    """Show an error raised inside as a message, and let the rest of the page run.

    The message of an EmbedvizError is shown as it is. Any other exception is a bug: it is logged with its traceback under
    a random id, and the page shows the id. Streamlit's own reruns and stops pass through.
    """
    try:
        yield
    except EmbedvizError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except OSError as error:
        if problem := disk_problem(error):
            st.error(plain(problem), icon=":material/error:")
        else:
            _show_bug()
    except Exception:
        _show_bug()


def _show_bug() -> None:
    """Log the exception being handled under a random id, and show the id."""
    error_id = secrets.token_hex(4)
    logger.exception("error %s", error_id)
    st.error(
        "Something went wrong. This is a bug in embedviz, not a mistake of yours, and nothing was lost. "
        f"The log has the details under {error_id}."
    )
