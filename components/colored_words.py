"""A text whose words are shaded by how far each moved a prediction. The browser is given text, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

_CSS = """
.embedviz-words { font-size: 1.15rem; line-height: 2.1; overflow-wrap: anywhere; white-space: pre-wrap; }
.embedviz-words span { border-radius: .3em; padding: .15em .1em; }
"""
# Towards the answer blue, away from it orange (Okabe and Ito), the stronger the fuller.
_SCRIPT = """
export default function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".embedviz-words");
  const most = Math.max(1e-9, ...data.parts.map(([, value]) => Math.abs(value ?? 0)));
  root.replaceChildren(...data.parts.map(([word, value]) => {
    if (value === null) return document.createTextNode(word);
    const span = document.createElement("span");
    const share = Math.round(70 * Math.abs(value) / most);
    const colour = value >= 0 ? "#0072B2" : "#D55E00";
    span.textContent = word;
    span.style.backgroundColor = `color-mix(in srgb, ${colour} ${share}%, transparent)`;
    span.title = (value >= 0 ? "+" : "\\u2212") + Math.abs(value).toFixed(2);
    return span;
  }));
}
"""
_component = st.components.v2.component(
    "embedviz_words", html='<div class="embedviz-words"></div>', css=_CSS, js=_SCRIPT
)


def colored_words(text: str, reasons: Sequence[dict[str, Any]], *, key: str) -> None:
    """The text as it was written. reasons: {"start": int, "end": int, "contribution": float} in its order."""
    _component(key=key, data={"parts": parts_of(text, reasons)})


def parts_of(text: str, reasons: Sequence[dict[str, Any]]) -> list[tuple[str, float | None]]:
    """The text cut up: (word, contribution), and (what stands between words, None)."""
    parts, at = [], 0
    for reason in reasons:
        start, end = int(reason["start"]), int(reason["end"])
        if start > at:
            parts.append((text[at:start], None))
        parts.append((text[start:end], float(reason["contribution"])))
        at = end
    return [*parts, (text[at:], None)] if at < len(text) else parts
