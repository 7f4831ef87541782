"""A text whose words are shaded by their contribution to a prediction. The browser gets text, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from streamlit.components.v2 import component

_CSS = """
.embedviz-words { font-size: 1.15rem; line-height: 2.1; overflow-wrap: anywhere; white-space: pre-wrap; }
.embedviz-words span { border-radius: .3em; padding: .15em .1em; }
"""
# Blue for the prediction, orange against it (Okabe and Ito); the larger the contribution, the more opaque.
_SCRIPT = """
export default function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".embedviz-words");
  const largest = Math.max(1e-9, ...data.parts.map(([, value]) => Math.abs(value ?? 0)));
  root.replaceChildren(...data.parts.map(([word, value]) => {
    if (value === null) return document.createTextNode(word);
    const span = document.createElement("span");
    const share = Math.round(70 * Math.abs(value) / largest);
    const color = value >= 0 ? "#0072B2" : "#D55E00";
    span.textContent = word;
    span.style.backgroundColor = `color-mix(in srgb, ${color} ${share}%, transparent)`;
    span.title = (value >= 0 ? "+" : "\\u2212") + Math.abs(value).toFixed(2);
    return span;
  }));
}
"""
_component = component(
    "embedviz_words", html='<div class="embedviz-words"></div>', css=_CSS, js=_SCRIPT
)


def colored_words(text: str, reasons: Sequence[Mapping[str, Any]], *, key: str) -> None:
    """Show the text with its words shaded.

    Parameters
    ----------
    text
        The text as it was typed.
    reasons
        `start`, `end` (character offsets) and `contribution` of each word, in the order of the text.
    key
        Streamlit key of the component.
    """
    _component(key=key, data={"parts": split_text(text, reasons)})


def split_text(text: str, reasons: Sequence[Mapping[str, Any]]) -> list[tuple[str, float | None]]:
    """Split the text into (word, contribution) and (text between words, None); joined, the parts give the text again."""
    parts: list[tuple[str, float | None]] = []
    at = 0
    for reason in reasons:
        start, end = int(reason["start"]), int(reason["end"])
        if start > at:
            parts.append((text[at:start], None))
        parts.append((text[start:end], float(reason["contribution"])))
        at = end
    return [*parts, (text[at:], None)] if at < len(text) else parts
