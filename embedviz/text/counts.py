"""What a text holds, counted once, small enough for a page to work out any vocabulary and any estimate from it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from embedviz.core.progress import Progress
from embedviz.data.scripts import script_note
from embedviz.text.tokenizers import pieces, tokenizer

SAMPLED_UNITS, SAMPLED_CHARACTERS = 200, 2000  # looked at for the note on scripts
TOP = 1000  # most frequent words kept by name
REPORT_EVERY = 1 << 20  # characters between two events


@dataclass(frozen=True)
class CorpusCounts:
    """Units and words of a text. histogram: (count, how many words are seen so often) pairs, the greatest count first.
    top: the most frequent words with their counts. script_note: empty, or a sentence for the page."""

    n_units: int
    n_tokens: int
    n_types: int
    histogram: list[tuple[int, int]]
    top: list[tuple[str, int]]
    script_note: str = ""

    def kept(self, min_count: int, max_vocabulary: int | None) -> tuple[int, int]:
        """(words in the vocabulary, words of text they cover) for these settings."""
        words = tokens = 0
        for count, how_many in self.histogram:
            if count < min_count:
                break
            taken = how_many if max_vocabulary is None else min(how_many, max_vocabulary - words)
            words, tokens = words + taken, tokens + taken * count
        return words, tokens

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> CorpusCounts:
        pairs = {key: [tuple(pair) for pair in values[key]] for key in ("histogram", "top")}
        return cls(**{**values, **pairs})


def count_corpus(
    texts: Iterable[str], tokenizer_name: str = "words", lowercase: bool = True
) -> Iterator[Progress | CorpusCounts]:
    """Yields progress while it counts, and the CorpusCounts last. step and total_steps are units."""
    counter: Counter[str] = Counter()
    split = tokenizer(tokenizer_name, lowercase)
    total = len(texts) if hasattr(texts, "__len__") else 0
    n_units = n_tokens = since = 0
    sample: list[str] = []
    for text in texts:
        for piece in pieces(text):
            found = split(piece)
            counter.update(found)
            n_tokens += len(found)
            since += len(piece)
            if since >= REPORT_EVERY:
                since = 0
                yield Progress(step=n_units, total_steps=total, message=f"Counted {n_tokens:,} words")
        n_units += 1
        if len(sample) < SAMPLED_UNITS:
            sample.append(text[:SAMPLED_CHARACTERS])
    counts = np.fromiter(counter.values(), np.int64, len(counter))
    values, how_many = np.unique(counts, return_counts=True)
    histogram = [(int(value), int(n)) for value, n in zip(values[::-1], how_many[::-1], strict=True)]
    note = script_note("\n".join(sample)) if tokenizer_name == "words" else ""
    yield CorpusCounts(n_units, n_tokens, len(counter), histogram, counter.most_common(TOP), note)
