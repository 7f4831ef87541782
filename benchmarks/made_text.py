"""Text of any length for benchmarks: sentences drawn from a model of word pairs that is fitted on the King James text.

Each sentence starts as one of the text does; each next word is one that follows the last word somewhere in the text, as often as
there. So words are as frequent as in the text, and so are pairs of neighbours; a share of the words is made rarer forms, with a
number behind them, so that the vocabulary grows as that of a real text.
"""

from __future__ import annotations

import numpy as np

from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.text.tokenizers import words

LENGTH = 25  # words of a sentence
RARE_SHARE = 0.05  # of the words that get a number
BLOCK = 20_000  # sentences made at a time


def king_james() -> list[list[str]]:
    """The words of each verse."""
    return [words(text.lower()) for text in read_table(SAMPLES["kjv"].path).frame["text"]]


def made_sentences(n_words: int, seed: int = 0):
    """Yield blocks of sentences: (S, LENGTH) arrays of ids, and the list of the words."""
    verses = king_james()
    labels = sorted({word for verse in verses for word in verse})
    index = {word: i for i, word in enumerate(labels)}
    text = np.array([index[word] for verse in verses for word in verse])
    order = np.argsort(text[:-1], kind="stable")  # places of each word
    starts = np.searchsorted(text[:-1][order], np.arange(len(labels) + 1))
    first = np.array([index[verse[0]] for verse in verses])
    rng = np.random.default_rng(seed)
    left = -(-n_words // LENGTH)
    while left:
        size = min(BLOCK, left)
        left -= size
        block = np.empty((size, LENGTH), np.int64)
        block[:, 0] = first[rng.integers(len(first), size=size)]
        for place in range(1, LENGTH):
            last = block[:, place - 1]
            begin, end = starts[last], starts[last + 1]
            drawn = begin + (rng.random(size) * np.maximum(end - begin, 1)).astype(np.int64)
            block[:, place] = np.where(end > begin, text[order[drawn.clip(max=len(order) - 1)] + 1], block[:, 0])
        yield block, labels, rng


def write_text(path: str, n_words: int, seed: int = 0) -> None:
    """Write n words, a sentence a line, with rarer forms among them."""
    with open(path, "w", encoding="ascii") as file:
        for block, labels, rng in made_sentences(n_words, seed):
            texts = np.array(labels, object)[block]
            is_rare = rng.random(block.shape) < RARE_SHARE
            numbers = (rng.pareto(0.7, int(is_rare.sum())) * 3).astype(np.int64) % 1000
            texts[is_rare] = [f"{word}{number}" for word, number in zip(texts[is_rare], numbers, strict=True)]
            file.writelines(" ".join(row) + "\n" for row in texts)
