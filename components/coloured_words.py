"""A text whose words are shaded by how far each moved a prediction. The browser is given text, never markup."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

_CSS = """
.embedviz-words { font-size: 1.15rem; line-height: 2.1; overflow-wrap: anywhere; }
.embedviz-words span { border-radius: .3em; padding: .15em .25em; margin-right: .1em; }
"""
# Towards the answer blue, away from it orange (Okabe and Ito), the stronger the fuller.
_SCRIPT = """
export default function (component) {
  const { parentElement, data } = component;
  const root = parentElement.querySelector(".embedviz-words");
  const most = Math.max(1e-9, ...data.words.map(([, value]) => Math.abs(value)));
  root.replaceChildren(...data.words.flatMap(([word, value]) => {
    const span = document.createElement("span");
    const share = Math.round(70 * Math.abs(value) / most);
    const colour = value >= 0 ? "#0072B2" : "#D55E00";
    span.textContent = word;
    span.style.backgroundColor = `color-mix(in srgb, ${colour} ${share}%, transparent)`;
    span.title = (value >= 0 ? "+" : "\\u2212") + Math.abs(value).toFixed(2);
    return [span, " "];
  }));
}
"""
_component = st.components.v2.component(
    "embedviz_words", html='<div class="embedviz-words"></div>', css=_CSS, js=_SCRIPT
)


def coloured_words(reasons: Sequence[dict[str, Any]], *, key: str) -> None:
    """reasons: {"feature": word, "contribution": float} in the text's order."""
    _component(key=key, data={"words": [[str(r["feature"]), float(r["contribution"])] for r in reasons]})
