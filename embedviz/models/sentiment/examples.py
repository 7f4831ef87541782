"""The texts as points: what the output layer reads of each, and what is predicted of it."""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
import pandas as pd

from embedviz.core.progress import Progress
from embedviz.models.sentiment.encoded_corpus import EncodedCorpus
from embedviz.models.sentiment.trained import TrainedSentiment
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import TEXT
from embedviz.training.examples import (
    PART,
    ROW,
    TEXT_SPACE,
    class_outcomes,
    draw_examples,
    drawn_notes,
    part_names,
    short_texts,
    text_labels,
)

ENCODER_SPACE = "encoder"  # the same texts by the sentence encoder
BLOCK = 2048  # texts between two progress events


def text_spaces(
    trained: TrainedSentiment, prepared: EncodedCorpus
) -> Generator[Progress, None, Mapping[str, EmbeddingSpace]]:
    """Return "text", the vectors that the network's output layer reads, where the network is used, and "encoder", those of
    the sentence encoder, where there is one."""
    data, seed = prepared.data, trained.settings.seed
    width = trained.network.fc.in_features if trained.use_network else 0
    encoded = prepared.sentences
    if not width and encoded is None:
        return {}
    chosen = draw_examples(len(data), width if encoded is None else max(width, encoded.shape[1]), seed)
    probabilities = np.empty((len(chosen), len(trained.classes)), np.float32)
    pooled = np.empty((len(chosen), width), np.float32)
    for start in range(0, len(chosen), BLOCK):
        block = slice(start, start + BLOCK)
        sentences = None if encoded is None else encoded[chosen[block]]
        reading = trained.answers(data.words(chosen[block]), sentences)
        probabilities[block] = reading.probabilities
        if reading.pooled is not None:
            pooled[block] = reading.pooled
        yield Progress(step=min(start + BLOCK, len(chosen)), total_steps=len(chosen), message="Placing the texts")
    rows = (data.rows[chosen] + 1).tolist()
    texts = [data.raw[i] for i in chosen]
    columns = pd.DataFrame(
        {
            TEXT: short_texts(texts),
            **class_outcomes(probabilities, data.codes[chosen], trained.classes),
            PART: part_names(prepared.split, chosen),
            ROW: rows,
        }
    )
    labels, notes = text_labels(texts, rows, ROW), drawn_notes(len(chosen), len(data), "texts", seed)
    vectors = {TEXT_SPACE: pooled} if width else {}
    if encoded is not None:
        vectors[ENCODER_SPACE] = encoded[chosen]
    return {
        name: EmbeddingSpace(labels, found, columns, name, notes=notes, kind="text") for name, found in vectors.items()
    }
