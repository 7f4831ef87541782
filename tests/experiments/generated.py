"""Data sets that are generated: what is true of each follows from how it is made."""

from __future__ import annotations

import numpy as np
import pandas as pd

from embedviz.space import EmbeddingSpace


def ratings_of_rank(
    rank: int,
    seed: int,
    users: int = 150,
    items: int = 80,
    share: float = 0.6,
    strength: float = 1.0,
    noise: float = 0.1,
) -> pd.DataFrame:
    """Return ratings: biases, products of vectors of `rank` dimensions (of variance `strength` squared), and noise."""
    rng = np.random.default_rng(seed)
    U, V = rng.standard_normal((users, rank)), rng.standard_normal((items, rank))
    ratings = (
        strength * (U @ V.T) / np.sqrt(rank)
        + 0.3 * rng.standard_normal((users, 1))
        + 0.3 * rng.standard_normal((1, items))
    )
    ratings += noise * rng.standard_normal((users, items))
    user, item = np.nonzero(rng.random((users, items)) < share)
    return pd.DataFrame(
        {"user": [f"u{u}" for u in user], "item": [f"i{i}" for i in item], "rating": (5 + ratings[user, item]).round(3)}
    )


def ratings_of_noise(seed: int, users: int = 100, items: int = 60) -> pd.DataFrame:
    """Return ratings that depend neither on who rates nor on what is rated."""
    rng = np.random.default_rng(seed)
    user, item = np.nonzero(rng.random((users, items)) < 0.5)
    noise = rng.normal(5, 1, len(user)).round(3)
    return pd.DataFrame({"user": [f"u{u}" for u in user], "item": [f"i{i}" for i in item], "rating": noise})


def ratings_of_biases(seed: int) -> pd.DataFrame:
    """Return ratings that depend on how generous a user is and how good an item, and on no vectors at all."""
    return ratings_of_rank(1, seed, strength=0.0, noise=0.5)


def likes_by_place(seed: int, rows: int = 2500, towns: int = 100, noise: float = 0.1) -> pd.DataFrame:
    """Return rows of a town and two numbers: which side of a line through the origin is liked, its angle being the town's.

    A town has 25 rows or so, which tell little; that an angle is all there is to a town, all rows tell.
    """
    rng = np.random.default_rng(seed)
    angles = rng.uniform(0, 2 * np.pi, towns)
    town = rng.integers(0, towns, rows)
    north, east = rng.standard_normal((2, rows))
    side = np.cos(angles[town]) * north + np.sin(angles[town]) * east + noise * rng.standard_normal(rows)
    numbers = {"north": north.round(3), "east": east.round(3)}
    return pd.DataFrame({"town": [f"t{t}" for t in town], **numbers, "liked": _yes_or_no(side > 0)})


def likes_of_their_own(seed: int, rows: int = 2000, towns: int = 30, goods: int = 8) -> pd.DataFrame:
    """Return rows of a town and a good: each town likes half of the goods, drawn independently, 5% of the rows being wrong.

    What a town likes are 8 bits, of which a vector of one dimension can hold hardly any.
    """
    rng = np.random.default_rng(seed)
    is_liked = rng.random((towns, goods)) < 0.5
    town, good = rng.integers(0, towns, rows), rng.integers(0, goods, rows)
    liked = is_liked[town, good] ^ (rng.random(rows) < 0.05)
    return pd.DataFrame({"town": [f"t{t}" for t in town], "good": [f"g{g}" for g in good], "liked": _yes_or_no(liked)})


def likes_that_add_up(seed: int, rows: int = 1500, values: int = 4, noise: float = 0.5) -> pd.DataFrame:
    """Return rows of two categories of few values, hundreds of rows each, whose effects are added: any network learns all of it."""
    rng = np.random.default_rng(seed)
    effects = rng.standard_normal((2, values))
    town, good = rng.integers(0, values, (2, rows))
    liked = effects[0, town] + effects[1, good] + noise * rng.standard_normal(rows) > 0
    return pd.DataFrame({"town": [f"t{t}" for t in town], "good": [f"g{g}" for g in good], "liked": _yes_or_no(liked)})


def _yes_or_no(values: np.ndarray) -> np.ndarray:
    return np.where(values, "yes", "no")


def texts_of_topics(seed: int, texts: int = 300, words: int = 150, length: int = 3, mixed: float = 0.2) -> pd.DataFrame:
    """Return texts of a topic's words, "a7" or "b7" (`words` of either), each of the other topic with the share `mixed`."""
    rng = np.random.default_rng(seed)
    topic = rng.integers(0, 2, texts)
    of_word = topic[:, None] ^ (rng.random((texts, length)) < mixed)
    number = rng.integers(0, words, (texts, length))
    written = [
        " ".join(f"{'ab'[o]}{n}" for o, n in zip(of_text, numbers, strict=True))
        for of_text, numbers in zip(of_word, number, strict=True)
    ]
    return pd.DataFrame({"text": written, "topic": np.where(topic, "beta", "alpha")})


def vectors_of_topics(seed: int, words: int = 150, dim: int = 16) -> EmbeddingSpace:
    """Return vectors in which the words of a topic are near each other: what few texts cannot teach of the words they lack."""
    rng = np.random.default_rng(seed)
    centers = 0.2 * rng.standard_normal((2, 1, dim))
    return _space(centers + 0.1 * rng.standard_normal((2, words, dim)))


def vectors_of_noise(seed: int, words: int, dim: int = 16) -> EmbeddingSpace:
    """Return vectors as a network that learns from scratch draws its first ones: they know nothing."""
    return _space(0.1 * np.random.default_rng(seed).standard_normal((2, words, dim)))


def _space(vectors: np.ndarray) -> EmbeddingSpace:
    """Return a space of the words of both topics: (2, words, D)."""
    _, words, dim = vectors.shape
    labels = [f"{topic}{number}" for topic in "ab" for number in range(words)]
    return EmbeddingSpace(labels, vectors.reshape(-1, dim).astype(np.float32))
