"""The texts of a corpus as points: means of the vectors of their words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.data.column import cells_of
from embedviz.data.reading import Table
from embedviz.models.words.text_vectors import sif_vectors
from embedviz.models.words.trained import WordVectors
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import TEXT
from embedviz.text.corpus import Corpus
from embedviz.text.sampled_texts import SampledTexts
from embedviz.text.token_units import unit_lengths
from embedviz.training.examples import (
    PART,
    ROW,
    TEXT_SPACE,
    drawn_notes,
    part_names,
    short_texts,
    text_labels,
)

MIN_WHOLE_SHARE = 0.5  # of texts that are rows and not parts of one, from which rows can be chosen by them
WORDS = "words"  # the column with the number of a text's words that have a vector


def text_space(trained: WordVectors, corpus: Corpus, texts: SampledTexts, table: Table, column: str) -> EmbeddingSpace:
    """Return the texts that were drawn, but for those without a known word.

    Parameters
    ----------
    trained, corpus, texts
        The vectors, and what they were trained on.
    table, column
        The data, and the column of its texts. Where it is read from disk, a text is its words as they were tokenised.
    """
    lengths = unit_lengths(texts.tokens)
    known = np.flatnonzero(lengths)
    vectors = sif_vectors(texts.tokens, trained.vectors, trained.counts)[known]
    units = texts.units[known]
    columns: dict[str, object] = {}
    wording = [texts.wording[i] for i in known]
    if table.source is None:
        cells = cells_of(table.frame, column)
        filled = np.flatnonzero(cells.notna().to_numpy(bool))[texts.texts[known]]
        wording = [
            str(cell) if is_whole else words
            for cell, words, is_whole in zip(cells.iloc[filled], wording, texts.is_whole[known], strict=True)
        ]
        if texts.is_whole.mean() >= MIN_WHOLE_SHARE:
            columns[ROW] = filled + 1
    columns = {TEXT: short_texts(wording), WORDS: lengths[known], PART: part_names(corpus.split, units), **columns}
    notes = drawn_notes(len(texts), texts.n_units, "texts", corpus.split.seed)
    if n_unknown := len(texts) - len(known):
        notes.append(f"Texts without a word of the vocabulary, left out: {n_unknown:,}.")
    labels = text_labels(wording, (units + 1).tolist(), TEXT)
    return EmbeddingSpace(labels, vectors, pd.DataFrame(columns), TEXT_SPACE, notes=notes, kind="text")
