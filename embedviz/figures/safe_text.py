"""Text from people's data, made harmless for Plotly, which reads HTML-like marks and %{…} in it."""

from __future__ import annotations

import html

LONGEST = 80


def safe(text: object) -> str:
    """The text, cut to 80 characters, shown as it is."""
    text = str(text)
    text = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    return html.escape(text).replace("%{", "%&#123;")
