"""Cost estimate of word vectors."""

from __future__ import annotations

from embedviz.core.cost import Cost, Machine
from embedviz.models.words.settings import EpochSettings, WordSettings
from embedviz.training.examples import MAX_EXAMPLES, VECTOR_BYTES

UNMEASURED_SPEED = 1_500_000.0  # words a second of an average machine, before this one was measured
SPEED_SHARE = 0.55  # of the measured speed: events, measuring, and real text take the rest
TOKENISING_SPEED = 1.5e6  # words a second
PLACING_SPEED = 2.5e6  # words a second whose vectors are averaged to those of texts
WORDS_A_TEXT = 25  # of a verse or a line: how many texts there are is not counted
STARTUP_SECONDS = 0.5
LIBRARY_BYTES = 510e6  # of a worker that has read nothing, and of SciPy at its end


def training_cost(
    settings: WordSettings, n_words: int, n_training: int, n_tokens: int, work: float, machine: Machine
) -> Cost:
    """Estimate a training.

    Parameters
    ----------
    n_words, n_training, n_tokens
        Size of the vocabulary; words of the training set that are in it; words of the whole text.
    work
        Work for a word at 100 dimensions, 1 for skip-gram with a window of 5 and 5 negative samples.
    machine
        Its speed is that of skip-gram at 100 dimensions.

    Notes
    -----
    Memory is six arrays of the vocabulary's size, four bytes for a word of text three times over, the vectors of texts, and the
    libraries.
    """
    work *= 0.15 + 0.85 * settings.dim / 100
    threads = 1 if settings.deterministic else max(1, settings.threads or machine.threads)
    epochs = settings.epochs_for(n_training) if isinstance(settings, EpochSettings) else 1
    speed = SPEED_SHARE * (machine.words_per_second or UNMEASURED_SPEED) * threads**0.7
    seconds = epochs * n_training * work / speed + n_tokens / TOKENISING_SPEED + STARTUP_SECONDS
    n_texts = texts_shown(n_tokens)
    memory = 6 * n_words * settings.dim * 4 + 14 * n_tokens + VECTOR_BYTES * n_texts * settings.dim + LIBRARY_BYTES
    seconds += n_texts * WORDS_A_TEXT / PLACING_SPEED
    return Cost(seconds, memory, f"{n_words:,} words are frequent enough for a vector")


def texts_shown(n_tokens: int) -> float:
    """Return about how many texts of a corpus with this number of words become points."""
    return min(n_tokens / WORDS_A_TEXT, MAX_EXAMPLES)
