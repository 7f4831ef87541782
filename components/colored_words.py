"""A text whose words have the colours of the classes that they speak for. The browser gets text, never markup."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from streamlit.components.v2 import component

from embedviz.data.classes import display_order
from embedviz.figures.colors import DISTINCT_COLORS, OTHERS_COLOR

FULL_STRENGTH = 1.0  # logits, from which a word has its full colour, in every text
MAX_OPACITY = 0.55  # of a word's colour, so that text on it keeps its contrast in both themes
UNKNOWN_OPACITY = 0.35

_HTML = """<div class="embedviz-words">
<div class="legend" aria-hidden="true"></div><div class="text"></div><p class="description"></p>
</div>"""
_CSS = """
.embedviz-words { font-size: 1.15rem; line-height: 2.1; overflow-wrap: anywhere; }
.text { white-space: pre-wrap; }
.text span { border-radius: .3em; padding: .15em .1em; }
.legend { display: flex; flex-wrap: wrap; gap: 0 1.1rem; font-size: .9rem; }
.legend span::before { content: ""; display: inline-block; width: .9em; height: .9em; margin-right: .4em;
  border-radius: .2em; background: var(--color); vertical-align: -.1em; }
.description { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
"""
_SCRIPT = """
export default function (component) {
  const { parentElement, data } = component;
  parentElement.querySelector(".text").replaceChildren(...data.parts.map(({ text, color, opacity, title }) => {
    if (!color) return document.createTextNode(text);
    const span = document.createElement("span");
    span.textContent = text;
    span.style.backgroundColor = `color-mix(in srgb, ${color} ${Math.round(100 * opacity)}%, transparent)`;
    span.title = title;
    return span;
  }));
  parentElement.querySelector(".legend").replaceChildren(...data.legend.map(([name, color]) => {
    const entry = document.createElement("span");
    entry.textContent = name;
    entry.style.setProperty("--color", color);
    return entry;
  }));
  parentElement.querySelector(".description").textContent = data.description;
}
"""
_component = component("embedviz_words", html=_HTML, css=_CSS, js=_SCRIPT)


class Part(NamedTuple):
    """A piece of a text: a word with its colour, opacity (0 to 1) and tooltip, or what stands between words, without a colour."""

    text: str
    color: str = ""
    opacity: float = 0.0
    title: str = ""


def colored_words(text: str, reasons: Sequence[Mapping[str, Any]], classes: Sequence[str], *, key: str) -> None:
    """Show the text in colours, their legend, and for screen readers what each word speaks for.

    Parameters
    ----------
    text
        The text as it was typed.
    reasons
        An `embedviz.models.sentiment.trained.WordReason` for each word, in the order of the text.
    classes
        Of the model.
    key
        Streamlit key of the component.
    """
    colors = class_colors(reasons, classes)
    legend = list(colors.items())
    if any(not reason["is_known"] for reason in reasons):
        legend.append(("unknown word", OTHERS_COLOR))
    parts = [part._asdict() for part in split_text(text, reasons, colors)]
    _component(key=key, data={"parts": parts, "legend": legend, "description": describe(reasons, list(colors))})


def class_colors(reasons: Sequence[Mapping[str, Any]], classes: Sequence[str]) -> dict[str, str]:
    """Return the colour of each class, in the order of the legend.

    A class keeps its colour from text to text. Where there are more classes than colours, those that the words of this text
    speak for most have one.
    """
    ordered = [classes[place] for place in display_order(classes)]
    if len(ordered) > len(DISTINCT_COLORS):
        strengths = dict.fromkeys(ordered, 0.0)
        for reason in reasons:
            strengths[reason["towards"]] += reason["strength"]
        strongest = sorted(ordered, key=lambda name: -strengths[name])[: len(DISTINCT_COLORS)]
        ordered = [name for name in ordered if name in strongest]
    return dict(zip(ordered, DISTINCT_COLORS, strict=False))


def split_text(text: str, reasons: Sequence[Mapping[str, Any]], colors: Mapping[str, str]) -> list[Part]:
    """Split the text into words and what stands between them; joined, the parts give the text again."""
    parts: list[Part] = []
    at = 0
    for reason in reasons:
        start, end = int(reason["start"]), int(reason["end"])
        if start > at:
            parts.append(Part(text[at:start]))
        parts.append(_word(text[start:end], reason, colors))
        at = end
    return [*parts, Part(text[at:])] if at < len(text) else parts


def _word(word: str, reason: Mapping[str, Any], colors: Mapping[str, str]) -> Part:
    title = f"{reason['towards']} +{reason['strength']:.2f}"
    if not reason["is_known"]:
        return Part(word, OTHERS_COLOR, UNKNOWN_OPACITY, f"unknown word, {title}")
    if reason["towards"] not in colors:
        return Part(word, OTHERS_COLOR, 0.0, title)
    return Part(word, colors[reason["towards"]], MAX_OPACITY * min(1.0, reason["strength"] / FULL_STRENGTH), title)


def describe(reasons: Sequence[Mapping[str, Any]], classes: Sequence[str]) -> str:
    """Return the colours in words, the strongest word of a class first."""
    sentences = []
    for name in classes:
        words = sorted((r for r in reasons if r["is_known"] and r["towards"] == name), key=lambda r: -r["strength"])
        if words:
            listed = ", ".join(f"{reason['feature']} +{reason['strength']:.2f}" for reason in words)
            sentences.append(f"Words for {name}: {listed}.")
    if unknown := [reason["feature"] for reason in reasons if not reason["is_known"]]:
        sentences.append(f"Unknown words: {', '.join(unknown)}.")
    return " ".join(sentences)
