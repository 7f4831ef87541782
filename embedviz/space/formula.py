"""A small language for directions and queries: she - he, (good, great, fine) - (bad, awful), king*, bank without river.

    formula  = term, { ("+" | "-" | "without"), term }       from left to right
    term     = label | "label in quotation marks" | pattern* | (formula, formula, …)

A label stands for its vector at length 1; an unknown word for one composed from its character n-grams, where the space has
any. A word with a * stands for the mean of all labels that match it, a list in
brackets for the mean of what is in it. `a without b` is a less its part along b. Operators stand apart, between spaces,
for labels may hold a hyphen. Nothing is ever evaluated as code.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from embedviz.core.errors import SettingsError
from embedviz.space.searchable_space import SearchableSpace

MAX_CHARACTERS = 500
MAX_DEPTH = 20  # brackets within brackets
MAX_PATTERNS = 10  # words with a *, each of which is compared with all labels
MAX_STARS = 5  # in one of them
_TOKENS = re.compile(r'\s*(?:"(?P<quoted>[^"]*)"|(?P<mark>[(),])|(?P<word>[^\s(),"]+))')
_OPERATORS = {"+": "+", "-": "-", "−": "-", "–": "-", "without": "without"}
_Kind = Literal["label", "word", "mark", "end"]


@dataclass(frozen=True)
class Matched:
    """A term as it was written, how many labels it stands for, and whether it is a word with a composed vector."""

    term: str
    labels: int
    is_composed: bool = False


@dataclass(frozen=True)
class Formula:
    """The vector that a formula stands for.

    Attributes
    ----------
    vector : np.ndarray
        (D,) float32.
    matched : tuple of Matched
        What each term matched, in the order they were written.
    composed : str
        The sentences that mark unknown words whose vectors were composed from character n-grams; empty for none.
    """

    vector: np.ndarray
    matched: tuple[Matched, ...]
    composed: str = ""


@dataclass(frozen=True)
class _Token:
    """A piece of the text: a label in quotation marks, a word, or a bracket or comma ("mark")."""

    kind: _Kind
    text: str


_END = _Token("end", "its end")


def formula(space: SearchableSpace, text: str) -> Formula:
    """Compute the vector that a formula stands for.

    Parameters
    ----------
    space : SearchableSpace
        Where its labels are.
    text : str
        Such as "she - he"; the module describes the language.

    Returns
    -------
    Formula
        The vector, and what each term matched.

    Raises
    ------
    SettingsError
        Where the text is no formula, a pattern matches nothing, or the result is zero.
    UnknownLabelError
        For a label that is not there.
    """
    parser = _Parser(space, _tokens(text), text)
    vector = parser.sequence(0)
    if parser.at < len(parser.tokens):
        raise parser.error(f"did not expect {parser.tokens[parser.at].text!r} there")
    if not np.linalg.norm(vector) > 1e-6:
        raise SettingsError(f"{text.strip()!r} comes to nothing: its parts cancel each other out.")
    composed = space.compositions(match.term for match in parser.matched if match.is_composed)
    return Formula(vector.astype(np.float32), tuple(parser.matched), composed)


def _tokens(text: str) -> list[_Token]:
    if len(text) > MAX_CHARACTERS:
        raise SettingsError(f"A formula has at most {MAX_CHARACTERS} characters, this one {len(text):,}.")
    tokens: list[_Token] = []
    at, text = 0, text.rstrip()
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            raise SettingsError(f"{text!r}: a quotation mark is never closed.")
        if (quoted := found["quoted"]) is not None:
            tokens.append(_Token("label", quoted))
        elif (mark := found["mark"]) is not None:
            tokens.append(_Token("mark", mark))
        else:
            tokens.append(_Token("word", found["word"]))
        at = found.end()
    return tokens


class _Parser:
    """Reads the tokens from left to right, and computes the vector on the way."""

    def __init__(self, space: SearchableSpace, tokens: list[_Token], text: str):
        self.space, self.tokens, self.text = space, tokens, text.strip()
        self.at, self.n_patterns = 0, 0
        self.matched: list[Matched] = []

    def error(self, what: str) -> SettingsError:
        return SettingsError(f"{self.text!r} is not a formula: {what}. Write, for instance, she - he.")

    def peek(self) -> _Token:
        return self.tokens[self.at] if self.at < len(self.tokens) else _END

    def sequence(self, depth: int) -> np.ndarray:
        value = self.term(depth)
        while self.peek().kind == "word" and self.peek().text in _OPERATORS:
            operator = _OPERATORS[self.peek().text]
            self.at += 1
            other = self.term(depth)
            if operator == "without":
                value = value - (value @ other) / max(float(other @ other), 1e-12) * other
            else:
                value = value + other if operator == "+" else value - other
        return value

    def term(self, depth: int) -> np.ndarray:
        token = self.peek()
        self.at += 1
        if token == _Token("mark", "("):
            return self.mean(depth + 1)
        if token.kind not in ("word", "label") or (token.kind == "word" and token.text in _OPERATORS):
            raise self.error(f"expected a label, found {token.text if token.kind == 'end' else repr(token.text)}")
        if token.kind == "word" and "*" in token.text:
            return self.pattern(token.text)
        is_composed = self.space.is_composed(token.text)
        self.matched.append(Matched(token.text, 0 if is_composed else 1, is_composed))
        return _mean_unit(self.space.vector(token.text)[None])

    def mean(self, depth: int) -> np.ndarray:
        if depth > MAX_DEPTH:
            raise self.error("its brackets are too deep")
        parts = [self.sequence(depth)]
        while self.peek() == _Token("mark", ","):
            self.at += 1
            parts.append(self.sequence(depth))
        if self.peek() != _Token("mark", ")"):
            found = self.peek()
            raise self.error("a bracket is never closed" if found is _END else f"did not expect {found.text!r} there")
        self.at += 1
        return np.mean(parts, axis=0)

    def pattern(self, text: str) -> np.ndarray:
        self.n_patterns += 1
        if self.n_patterns > MAX_PATTERNS:
            raise self.error(f"it has more than {MAX_PATTERNS} words with a *")
        if text.count("*") > MAX_STARS:
            raise self.error(f"{text!r} has more than {MAX_STARS} *")
        rows = _matching(self.space.labels, text)
        if not len(rows):
            raise SettingsError(f"Nothing matches {text!r}: no label of the {len(self.space):,} does.")
        self.matched.append(Matched(text, len(rows)))
        return _mean_unit(self.space.vectors[rows])


def _matching(labels: Sequence[str], pattern: str) -> np.ndarray:
    """Return the rows of the labels that match a pattern in which * stands for any characters, ignoring case.

    RE2 takes time linear in the length of the labels, whatever the pattern.
    """
    expression = ".*".join(re.escape(part) for part in pattern.split("*"))
    options = pc.MatchSubstringOptions(rf"(?s)\A{expression}\z", ignore_case=True)
    return np.flatnonzero(pc.call_function("match_substring_regex", [pa.array(labels, pa.string())], options))


def _mean_unit(vectors: np.ndarray) -> np.ndarray:
    """Return the mean of vectors at length 1, a zero vector left zero: (n, D) -> (D,) float64."""
    vectors = np.asarray(vectors, np.float64)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).mean(axis=0)
