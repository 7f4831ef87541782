"""Sites that may show the app in a frame: EMBEDVIZ_FRAME_ANCESTORS."""

from __future__ import annotations

import os
import re

from embedviz.core.errors import SettingsError
from embedviz.core.mode import is_shared

VARIABLE = "EMBEDVIZ_FRAME_ANCESTORS"
NONE, SELF = "'none'", "'self'"
KEYWORDS = {"none": NONE, "self": SELF}  # as a shell leaves them
_SOURCE = re.compile(r"'none'|'self'|\*|https?:|https?://(\*\.)?[A-Za-z0-9.-]+(:(\d+|\*))?")


def frame_ancestors() -> str:
    """Return the sources of the directive frame-ancestors: 'none' on a shared server, 'self' on one's own machine, or as set.

    Raises
    ------
    SettingsError
        When the variable holds anything but such sources, separated by blanks.
    """
    sources = [KEYWORDS.get(source, source) for source in os.environ.get(VARIABLE, "").split()]
    sources = sources or [NONE if is_shared() else SELF]
    wrong = [source for source in sources if not _SOURCE.fullmatch(source)]
    if wrong or (NONE in sources and len(sources) > 1):
        raise SettingsError(
            f"{VARIABLE} lists sites such as https://example.org, separated by blanks, or is 'self' or 'none'; "
            f"got {' '.join(wrong or sources)}."
        )
    return " ".join(sources)


def is_framed_by_others() -> bool:
    """Return True when another site may show the app in a frame, where a browser sends no cookie that is SameSite=Lax."""
    return frame_ancestors() not in (NONE, SELF)
