"""A small language for directions and queries: she - he, (good, great, fine) - (bad, awful), king*, bank without river.

    formula  = term, { ("+" | "-" | "without"), term }       from left to right
    term     = label | "label in quotation marks" | pattern* | (formula, formula, …)

A label stands for its vector at length 1. A word with a * stands for the mean of all labels that match it, a list in
brackets for the mean of what is in it. `a without b` is a less its part along b. Operators stand apart, between spaces,
for labels may hold a hyphen. Nothing is ever evaluated as code.
"""

from __future__ import annotations

import fnmatch
import re
from dataclasses import dataclass

import numpy as np

from embedviz.core.errors import SettingsError
from embedviz.space.embedding_space import EmbeddingSpace

LONGEST = 500  # characters
DEEPEST = 20  # brackets within brackets
_TOKENS = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<mark>[(),])|(?P<word>[^\s(),"]+))')
_OPERATORS = {"+": "+", "-": "-", "−": "-", "–": "-", "without": "without"}


@dataclass(frozen=True)
class Matched:
    """A term as it was written, and how many labels it stands for."""

    term: str
    labels: int


@dataclass(frozen=True)
class Formula:
    """vector (D,) float32, and what each term matched, in the order they were written."""

    vector: np.ndarray
    matched: tuple[Matched, ...]


def formula(space: EmbeddingSpace, text: str) -> Formula:
    """The vector that the text stands for. SettingsError where it is not a formula, UnknownLabelError for a label that is
    not there, and SettingsError for a pattern that matches nothing or a formula that comes to nothing."""
    reading = _Reading(space, _tokens(text), text)
    vector = reading.sequence(0)
    if reading.at < len(reading.tokens):
        raise reading.error(f"did not expect {reading.tokens[reading.at][1]!r} there")
    if not np.linalg.norm(vector) > 1e-6:
        raise SettingsError(f"{text.strip()!r} comes to nothing: its parts take each other away.")
    return Formula(vector.astype(np.float32), tuple(reading.matched))


def _tokens(text: str) -> list[tuple[str, str]]:
    """(kind, text) pairs: "label", "word", or "mark" for brackets and commas."""
    if len(text) > LONGEST:
        raise SettingsError(f"A formula has at most {LONGEST} characters, this one {len(text):,}.")
    tokens, at = [], 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise SettingsError(f"{text!r}: a quotation mark is never closed.")
        kind = found.lastgroup
        tokens.append(("label" if kind == "quoted" else kind, found.group(kind)))
        at = found.end()
    return tokens


class _Reading:
    """Reads the tokens from left to right, and works the vector out on the way."""

    def __init__(self, space: EmbeddingSpace, tokens: list[tuple[str, str]], text: str):
        self.space, self.tokens, self.text = space, tokens, text.strip()
        self.at = 0
        self.matched: list[Matched] = []

    def error(self, what: str) -> SettingsError:
        return SettingsError(f"{self.text!r} is not a formula: {what}. Write, for instance, she - he.")

    def peek(self) -> tuple[str, str]:
        return self.tokens[self.at] if self.at < len(self.tokens) else ("end", "its end")

    def sequence(self, depth: int) -> np.ndarray:
        value = self.term(depth)
        while self.peek()[0] == "word" and self.peek()[1] in _OPERATORS:
            operator = _OPERATORS[self.peek()[1]]
            self.at += 1
            other = self.term(depth)
            if operator == "without":
                value = value - (value @ other) / max(float(other @ other), 1e-12) * other
            else:
                value = value + other if operator == "+" else value - other
        return value

    def term(self, depth: int) -> np.ndarray:
        kind, text = self.peek()
        self.at += 1
        if (kind, text) == ("mark", "("):
            return self.mean(depth + 1)
        if kind not in ("word", "label") or (kind == "word" and text in _OPERATORS):
            raise self.error(f"expected a label, found {text if kind == 'end' else repr(text)}")
        if kind == "word" and "*" in text:
            return self.pattern(text)
        self.matched.append(Matched(text, 1))
        return self.mean_of([self.space.index(text)])

    def mean(self, depth: int) -> np.ndarray:
        if depth > DEEPEST:
            raise self.error("its brackets are too deep")
        parts = [self.sequence(depth)]
        while self.peek() == ("mark", ","):
            self.at += 1
            parts.append(self.sequence(depth))
        if self.peek() != ("mark", ")"):
            raise self.error("a bracket is never closed" if self.peek()[0] == "end" else f"did not expect {self.peek()[1]!r} there")  # fmt: skip
        self.at += 1
        return np.mean(parts, axis=0)

    def pattern(self, text: str) -> np.ndarray:
        # fnmatch gives ? and [ a meaning, too; here only * has one
        matches = re.compile(fnmatch.translate(re.sub(r"([?\[])", r"[\1]", text.casefold()))).match
        rows = [row for row, label in enumerate(self.space.labels) if matches(label.casefold())]
        if not rows:
            raise SettingsError(f"Nothing matches {text!r}: no label of the {len(self.space):,} does.")
        self.matched.append(Matched(text, len(rows)))
        return self.mean_of(rows)

    def mean_of(self, rows: list[int]) -> np.ndarray:
        vectors = np.asarray(self.space.vectors[rows], np.float64)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(lengths > 0, lengths, 1)).mean(axis=0)
