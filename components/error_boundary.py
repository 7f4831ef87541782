"""Error messages on pages instead of tracebacks."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Generator

import streamlit as st

from components.session import owner, prose
from embedviz.core.errors import EmbedvizError
from embedviz.core.home import store_trouble
from embedviz.core.logs import log_error, visitor_hash

logger = logging.getLogger("embedviz.app")


@contextlib.contextmanager
def error_boundary() -> Generator[None]:
    """Show an error raised inside as a message, and let the rest of the page run.

    The message of an EmbedvizError is shown as it is; a store that is full or cannot be written to has a sentence of its
    own. Any other exception is a bug: it is logged with its traceback under a random id, and the page shows the id.
    Streamlit's own reruns and stops pass through.
    """
    try:
        yield
    except EmbedvizError as error:
        st.error(prose(str(error)), icon=":material/error:")
    except Exception as error:
        if sentence := store_trouble(error):
            logger.warning("%s", sentence)
            st.error(prose(sentence), icon=":material/error:")
            return
        error_id = secrets.token_hex(4)
        log_error(logger, error, error_id, visitor=visitor_hash(owner()))
        _count()
        st.error(
            "Something went wrong. This is a bug in embedviz, not a mistake of yours, and nothing was lost. "
            f"The log has the details under {error_id}; on the server `embedviz doctor --error {error_id}` prints them."
        )


def _count() -> None:
    from embedviz.core.metrics import PAGE_ERRORS

    PAGE_ERRORS.inc()
