"""No page ever shows a traceback: a person's mistake is its sentence, a bug of ours an apology with an id."""

from __future__ import annotations

import contextlib
import logging
import secrets
from collections.abc import Iterator

import streamlit as st

from components.session import plain
from embedviz.core.errors import EmbedvizError

logger = logging.getLogger("embedviz.app")


@contextlib.contextmanager
def error_boundary() -> Iterator[None]:
    """Shows what goes wrong inside as a sentence and lets the page go on. Streamlit's own reruns and stops pass."""
    try:
        yield
    except EmbedvizError as error:
        st.error(plain(str(error)), icon=":material/error:")
    except Exception:
        error_id = secrets.token_hex(4)
        logger.exception("error %s", error_id)
        st.error(
            f"Something went wrong that is our fault, not yours. Nothing was lost. It is in the log as {error_id}."
        )
