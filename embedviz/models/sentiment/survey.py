"""Survey of texts before training, and the cost estimate."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace

import numpy as np

from embedviz.core.cost import Cost, Machine
from embedviz.evaluation.classification import imbalance_warning
from embedviz.models.sentiment.reading import LabelledTexts, distinctive_words
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.vocabulary import coverage, pretrained_vectors
from embedviz.space import EmbeddingSpace
from embedviz.training.examples import FORWARD_SHARE, MAX_EXAMPLES, VECTOR_BYTES, example_share
from embedviz.training.survey import Survey

UNIT_SECONDS = 8e-9  # a word and unit of the network, forward and backward, on one thread
STEP_SECONDS = 1.5e-3
LINEAR_SECONDS = 3e-5  # a word: its n-grams are found and fitted
NGRAM_SECONDS = 1.5e-5  # a word of a text that is placed: its n-grams are found again
ENCODER_SECONDS = 0.01  # a text: a static encoder takes a hundredth of it, a large transformer five times as much
START_SECONDS = 2.5  # reading, splitting, measuring
ACCELERATION = 5  # of a GPU
LIBRARY_BYTES = 600e6  # of a worker that has read nothing yet


@dataclass(frozen=True)
class TextFacts:
    """Facts about texts that the cost estimate reads.

    Attributes
    ----------
    texts, tokens, types : int
        Texts with a label, their words, and the distinct ones.
    dim : int
        Dimensions of the vectors that are taken.
    token_coverage, type_coverage : float, optional
        Share of words and of distinct words that pretrained vectors have.
    parts : list of int
        Training, validation and test texts where a column gives the split; empty where it is drawn.
    """

    texts: int
    tokens: int
    types: int
    dim: int
    token_coverage: float | None = None
    type_coverage: float | None = None
    parts: list[int] = field(default_factory=list[int])


def survey_texts(data: LabelledTexts, space: EmbeddingSpace | None, settings: SentimentSettings) -> Survey:
    """Return classes and their balance, lengths, and how much of the texts the vectors cover."""
    parts = list(data.given.sizes.values()) if data.given is not None else []
    facts = TextFacts(len(data), len(data.texts.words), len(data.labels), settings.dim, parts=parts)
    sentences = [
        f"{len(data):,} texts in {len(data.classes.names):,} classes, {facts.tokens:,} words in all, {facts.types:,} distinct."
    ]
    warnings = [data.script_note] if data.script_note else []
    if data.given is not None:
        sentences += data.given.sentences("texts")
        warnings += data.given.warnings("texts")
    if space is not None:
        pretrained = pretrained_vectors(space, data.labels, settings.lowercase)
        token_coverage, type_coverage = coverage(data.counts(), pretrained)
        facts = replace(facts, dim=space.dim, token_coverage=token_coverage, type_coverage=type_coverage)
        sentences.append(coverage_sentence(settings.vectors, data, pretrained))
        if not token_coverage:
            warnings.append(
                f"The vectors {settings.vectors!r} contain none of these words. Choose others, or none to start from "
                f"random ones."
            )
    sentences += data.classes.left_out_sentences()
    if data.n_empty:
        sentences.append(f"{data.n_empty:,} {'text is' if data.n_empty == 1 else 'texts are'} empty and left out.")
    if data.n_cut:
        sentences.append(
            f"{data.n_cut:,} {'text is' if data.n_cut == 1 else 'texts are'} longer than {settings.max_length:,} words and "
            f"cut to that length."
        )
    if warning := imbalance_warning(data.classes.sizes(), "texts"):
        warnings.append(warning)
    return Survey(asdict(facts), sentences, warnings, data.classes.sizes(), distinctive_words(data))


def coverage_sentence(name: str, data: LabelledTexts, pretrained: np.ndarray) -> str:
    """Return how much of the texts the vectors of that name (U, D) cover, in words."""
    tokens, types = coverage(data.counts(), pretrained)
    return f"The vectors {name!r} cover {tokens:.1%} of all words and {types:.1%} of the {len(pretrained):,} distinct ones."


def estimated_cost(
    settings: SentimentSettings, n_texts: int, n_training: int, n_tokens: int, n_words: int, dim: int, machine: Machine
) -> Cost:
    """Estimate a training: words over the machine's speed, and optimiser steps, each of which costs something; the texts read
    once more for their space; memory for vectors with their moments and best copy, n-grams, and libraries.

    Parameters
    ----------
    n_texts, n_training, n_tokens, n_words
        Texts, those of the training set, words in all, and words that have a vector.
    dim
        Of the vectors.
    """
    units = dim
    if settings.encoder == "lstm":
        n_lstms = 2 if settings.bidirectional else 1
        units += 4 * settings.hidden_dim * (dim + settings.hidden_dim) / 100 * n_lstms
    work_a_word = units * UNIT_SECONDS
    work = n_tokens * n_training / max(1, n_texts) * work_a_word
    if machine.device != "cpu":
        work /= ACCELERATION
    n_shown = n_tokens * example_share(n_texts)
    placing = n_shown * work_a_word * FORWARD_SHARE
    steps = n_training / settings.batch_size * STEP_SECONDS
    seconds = settings.epochs_for(n_training) * (work + steps) + placing + START_SECONDS
    if settings.linear_term:
        seconds += n_tokens * LINEAR_SECONDS + n_shown * NGRAM_SECONDS
    if settings.sentence_encoder:
        seconds += n_texts * ENCODER_SECONDS
    text_bytes = (200 if settings.linear_term else 20) * n_tokens
    shown_bytes = VECTOR_BYTES * min(n_texts, MAX_EXAMPLES) * settings.pooled_dim(dim)
    return Cost(seconds, 6 * n_words * dim * 4 + text_bytes + shown_bytes + LIBRARY_BYTES)
