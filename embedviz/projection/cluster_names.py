"""Names for clusters of points: their leading labels, or the words that set their texts apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

PARTS = 3  # labels or words that make a name
MIN_TEXT_CHARACTERS, MIN_TEXT_WORDS = 25, 4  # on average, from which labels are texts
MAX_TEXT_LENGTH = 500  # characters of a text that are read
WORD = r"(?<![\w'’])\w\w+(?![\w'’])"  # two letters or more; "isn't" and its like are left out, not cut into "isn"
MORE_PARTS = 10  # tried where two clusters would have the same name
MAX_LABEL_LENGTH = 40  # characters, in a sentence or a legend


def cluster_names(
    clusters: Sequence[Sequence[str]], others: Sequence[str] = (), taken: Sequence[str] = ()
) -> list[str]:
    """Name clusters of labels.

    Where labels are texts, longer than 25 characters or of 4 words and more on average, the words that set the cluster
    apart are its name, otherwise its three leading labels.

    Parameters
    ----------
    clusters : sequence of sequences of str
        The labels of each cluster, the most important and typical first.
    others : sequence of str
        The labels that are in no cluster.
    taken : sequence of str
        Names that no cluster may have.

    Returns
    -------
    list of str
        A name for each cluster, none twice.
    """
    everything = [label for cluster in clusters for label in cluster]
    by_words = _are_texts(everything)
    words_of = _distinctive_words(clusters, others) if by_words else [[] for _ in clusters]
    names: list[str] = []
    for cluster, words in zip(clusters, words_of, strict=True):
        parts = [short_label(part) for part in words or cluster[: PARTS + MORE_PARTS]]
        names.append(next(name for name in _candidates(parts) if name not in names and name not in taken))
    return names


def short_label(label: str) -> str:
    """Return the label on one line, cut after 40 characters."""
    plain = " ".join(label.split())
    return plain if len(plain) <= MAX_LABEL_LENGTH else plain[: MAX_LABEL_LENGTH - 1].rstrip() + "…"


def _candidates(parts: Sequence[str]) -> Iterator[str]:
    """Yield the first three, then one more each time, and at last numbered ones: some name is still free."""
    for size in range(min(PARTS, len(parts)), len(parts) + 1):
        yield ", ".join(parts[:size])
    for number in count(2):
        yield f"{', '.join(parts[:PARTS])} ({number})"


def _are_texts(labels: Sequence[str]) -> bool:
    characters = np.mean([len(label) for label in labels]) if labels else 0
    return bool(
        characters > MIN_TEXT_CHARACTERS
        or (labels and np.mean([len(label.split()) for label in labels]) >= MIN_TEXT_WORDS)
    )


def _distinctive_words(clusters: Sequence[Sequence[str]], others: Sequence[str]) -> list[list[str]]:
    """Return for each cluster the words that set it apart, the strongest first.

    By class-wise TF-IDF (Grootendorst 2022, BERTopic, equation 2): a word's share of the cluster's words times
    log(1 + A / f), A the mean number of words in a cluster, f how often the word occurs in all. English stop words are left
    out. Empty where a cluster's texts hold nothing else.
    """
    from scipy.sparse import csr_matrix
    from sklearn.feature_extraction.text import CountVectorizer

    texts = [" ".join(label[:MAX_TEXT_LENGTH] for label in cluster) for cluster in (*clusters, others)]
    vectorizer = CountVectorizer(stop_words="english", token_pattern=WORD)
    analyse = vectorizer.build_analyzer()
    if not any(analyse(text) for text in texts):
        return [[] for _ in clusters]
    counts = csr_matrix(
        vectorizer.fit_transform(texts)
    )  # entry [c, v]: how often word v occurs in the texts of cluster c
    words = vectorizer.get_feature_names_out()
    rarity = np.log1p(counts.sum() / len(texts) / np.asarray(counts.sum(axis=0))[0])
    found = []
    for c in range(len(clusters)):
        row = counts[c].toarray()[0]
        strength = row / max(row.sum(), 1) * rarity
        order = np.argsort(-strength, kind="stable")[: PARTS + MORE_PARTS]
        found.append([str(words[v]) for v in order if row[v]])
    return found
