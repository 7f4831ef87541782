"""What groups of points are called: by their most typical labels, or by the words that set their texts apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import count

import numpy as np

from embedviz.projection.short_label import short_label

FIRST = 3  # labels or words make a name
LONG_LABEL, MANY_WORDS = 25, 4  # characters and words, on average, from which labels are texts
READ = 500  # characters of a text that are looked at
WORD = r"(?<![\w'’])\w\w+(?![\w'’])"  # two letters or more; "isn't" and its like are left out, not cut into "isn"
MORE = 10  # of them are tried where two groups would have the same name


def group_names(groups: Sequence[Sequence[str]], others: Sequence[str] = (), taken: Sequence[str] = ()) -> list[str]:
    """A name for each group of labels, its most typical label first: no name twice, and none of those taken. others: the
    labels that are in no group.

    Where labels are texts, longer than 25 characters or of 4 words and more on average, the words that set the group
    apart are its name, otherwise its three most typical labels.
    """
    everything = [label for group in groups for label in group]
    by_words = _are_texts(everything)
    candidates = _telling_words(groups, others) if by_words else [[] for _ in groups]
    names: list[str] = []
    for group, words in zip(groups, candidates, strict=True):
        parts = [short_label(part) for part in words or group[: FIRST + MORE]]
        names.append(next(name for name in _longer_and_longer(parts) if name not in names and name not in taken))
    return names


def _longer_and_longer(parts: Sequence[str]) -> Iterator[str]:
    """The first three, then one more each time, and at last numbered: a name that no other has is among them."""
    for size in range(min(FIRST, len(parts)), len(parts) + 1):
        yield ", ".join(parts[:size])
    for number in count(2):
        yield f"{', '.join(parts[:FIRST])} ({number})"


def _are_texts(labels: Sequence[str]) -> bool:
    characters = np.mean([len(label) for label in labels]) if labels else 0
    return bool(characters > LONG_LABEL or (labels and np.mean([len(label.split()) for label in labels]) >= MANY_WORDS))


def _telling_words(groups: Sequence[Sequence[str]], others: Sequence[str]) -> list[list[str]]:
    """For each group the words that set it apart, the strongest first, by class-wise TF-IDF (Grootendorst 2022, BERTopic,
    equation 2): a word's share of the group's words times log(1 + A / f), A the mean number of words in a group, f how
    often the word occurs in all. English stop words are left out. Empty where a group's texts hold nothing else."""
    from sklearn.feature_extraction.text import CountVectorizer

    texts = [" ".join(label[:READ] for label in group) for group in (*groups, others)]
    vectorizer = CountVectorizer(stop_words="english", token_pattern=WORD)
    analyse = vectorizer.build_analyzer()
    if not any(analyse(text) for text in texts):
        return [[] for _ in groups]
    counts = vectorizer.fit_transform(texts)  # entry [c, v]: how often word v occurs in the texts of group c
    words = vectorizer.get_feature_names_out()
    rarity = np.log1p(counts.sum() / len(texts) / np.asarray(counts.sum(axis=0))[0])
    found = []
    for c in range(len(groups)):
        row = counts[c].toarray()[0]
        strength = row / max(row.sum(), 1) * rarity
        order = np.argsort(-strength, kind="stable")[: FIRST + MORE]
        found.append([str(words[v]) for v in order if row[v]])
    return found
