"""What is said of texts before they are learned from, and what that will cost."""

from __future__ import annotations

from typing import Any

from embedviz.core.cost import Cost
from embedviz.models.sentiment.reading import LabelledTexts, telling_words
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.vocabulary import Coverage, ReadyVectors
from embedviz.training.survey import Survey

WORD_SECONDS = 8e-9  # a word and unit of the network, forwards and back, on one thread
STEP_SECONDS = 1.5e-3
LINEAR_SECONDS = 1.2e-5  # a word: its n-grams are found and weighed
START_SECONDS = 2.5  # reading, splitting, measuring
LIBRARIES = 600e6  # bytes that a worker holds before it has read anything
UNEVEN = 10  # times that the largest class is the smallest, from which a word on scores is due


def survey_of(read: LabelledTexts, ready: ReadyVectors | None, settings: SentimentSettings) -> Survey:
    """Classes and their balance, lengths, and how much of the corpus the vectors cover."""
    coverage = Coverage.of(read.words, ready)
    sentences = [
        f"{len(read.texts):,} texts in {len(read.classes.names):,} classes, {read.n_tokens:,} words in all, "
        f"{coverage.types:,} of them different.",
        *([coverage.sentence(settings.vectors)] if ready else []),
        *read.left_out_sentences(),
    ]
    facts = {
        "texts": len(read.texts),
        "tokens": read.n_tokens,
        "types": coverage.types,
        "dim": ready.dim if ready else settings.dim,
        "classes": len(read.classes.names),
        "known_tokens": coverage.known_tokens,
        "known_types": coverage.known_types,
    }
    warnings = _warnings(read, coverage, settings.vectors if ready else "")
    return Survey(facts, sentences, warnings, read.classes.sizes(), telling_words(read))


def _warnings(read: LabelledTexts, coverage: Coverage, vectors: str) -> list[str]:
    said = [note] if (note := read.script_note()) else []
    if vectors and not coverage.known_tokens:
        said.append(
            f"The vectors {vectors!r} know none of these words. Take others, or none to begin with random ones."
        )
    largest, smallest = read.classes.counts.max(), read.classes.counts.min()
    if largest > UNEVEN * smallest:
        said.append(
            f"The classes are uneven: “{read.classes.names[-1]}” has {smallest:,} texts, “{read.classes.names[0]}” "
            f"{largest:,}. Look at F1 beside accuracy."
        )
    return said


def estimated_cost(
    s: SentimentSettings, texts: int, tokens: int, types: int, dim: int, machine: dict[str, Any]
) -> Cost:
    """Words read over the machine's speed, and steps, which cost something each; memory for vectors, their moments and
    best copy, the n-grams of each text, and the library."""
    training = texts * (1 - s.validation_share - s.test_share)
    epochs = s.epochs_for(round(training))
    units = dim
    if s.encoder == "lstm":
        units += 4 * s.hidden_dim * (dim + s.hidden_dim) / 100 * (2 if s.bidirectional else 1)
    work = tokens * (1 - s.test_share) * units * WORD_SECONDS
    if machine.get("device", "cpu") != "cpu":
        work /= 5
    steps = training / s.batch_size * STEP_SECONDS
    seconds = epochs * (work + steps) + tokens * (LINEAR_SECONDS if s.linear_term else 0.0) + START_SECONDS
    ngrams = 200 * tokens if s.linear_term else 20 * tokens
    return Cost(seconds, 6 * types * dim * 4 + ngrams + LIBRARIES)
