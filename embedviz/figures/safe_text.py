"""Text from people's data, made harmless for Plotly, which reads HTML-like marks and %{…} in it."""

from __future__ import annotations

import html

MAX_LENGTH = 80  # characters


def safe(text: object) -> str:
    """Return the text so that Plotly shows it as it is, cut to 80 characters."""
    plain = str(text)
    plain = plain if len(plain) <= MAX_LENGTH else plain[: MAX_LENGTH - 1] + "…"
    return html.escape(plain).replace("%{", "%&#123;")
