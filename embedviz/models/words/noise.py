"""Noise words drawn in proportion to their probability, by one random number each.

Walker 1977, "An efficient method for generating discrete random variables with general distributions" (ACM TOMS 3, p. 253), built as
in Vose 1991 (IEEE TSE 17, p. 972): V equal cells, each shared by at most two words. The table of a vocabulary of 5,000 words stays in
the fastest cache, where a list of words that repeats each by its probability takes megabytes: skip-gram is 1.2 times as fast.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.compiled import compiled

CELL_BITS = 32  # of a cell: the lower half is the second word, the upper half how much of it belongs to the first
WHOLE = 2.0**CELL_BITS


def noise_table(probabilities: np.ndarray) -> np.ndarray:
    """Return the cells of words with these probabilities (V,): (V,) uint64.

    Cell i belongs to word i up to its upper 32 bits over 2**32, from there on to the word in its lower 32 bits. See `draw` in
    `embedviz.models.words.sampling_kernel.train_span`.
    """
    share = np.ascontiguousarray(probabilities, np.float64)
    cells = np.empty(len(share), np.uint64)
    fill_cells(share / share.sum() * len(share), cells)
    return cells


@compiled
def fill_cells(heights: np.ndarray, cells: np.ndarray) -> None:
    """Share V cells of height 1 among words (V,) of these heights, which add up to V and are used up.

    A word that is lower than its cell leaves the rest of it to one that is higher than its own.
    """
    V = len(heights)
    low, high = np.empty(V, np.int64), np.empty(V, np.int64)
    n_low = n_high = 0
    for i in range(V):
        cells[i] = (np.uint64(WHOLE - 1) << np.uint64(CELL_BITS)) | np.uint64(i)
        if heights[i] < 1:
            low[n_low] = i
            n_low += 1
        else:
            high[n_high] = i
            n_high += 1
    while n_low and n_high:
        n_low -= 1
        i, giver = low[n_low], high[n_high - 1]
        cells[i] = (np.uint64(heights[i] * (WHOLE - 1)) << np.uint64(CELL_BITS)) | np.uint64(giver)
        heights[giver] -= 1 - heights[i]
        if heights[giver] < 1:
            n_high -= 1
            low[n_low] = giver
            n_low += 1
