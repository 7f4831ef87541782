"""Scores, their comparison with baselines and the protocol, in words: what the page and the command line show."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd

from embedviz.data.splits import SplitMethod
from embedviz.evaluation.score_rows import figure
from embedviz.evaluation.score_table import BaselineComparison, Significance
from embedviz.evaluation.scores import SCORES, readable
from embedviz.training.report import Detail, Protocol

METHODS = {
    SplitMethod.RANDOM: "Split by row at random",
    SplitMethod.STRATIFIED: "Split by row, every class in proportion",
    SplitMethod.BY_TIME: "Split by time, the latest for testing",
    SplitMethod.LATEST_PER_USER: "Split by user, the latest of each user for testing",
    SplitMethod.BY_UNIT: "Split by unit of text",
    SplitMethod.FOLD: "Split into folds",
    SplitMethod.GIVEN: "Published split (column “{}”)",
    SplitMethod.GIVEN_TEST: "Published split (column “{}”), the validation set drawn from its training {}",
}

# Details of a protocol by name; a detail that is not listed is shown under its name. {} is the value.
DETAILS = {
    "words_in_the_text": "Words in the text: {}",
    "phrases": "Phrases joined: {}",
    "training_words": "Words in the training texts: {}",
    "vocabulary": "Words in the vocabulary: {}",
    "vocabulary_size": "Words in the vocabulary: {}",
    "epochs": "Epochs: {}",
    "window": "Window, in words: {}",
    "negative_samples": "Random words that each pair is compared with: {}",
    "selection_metric": "Score that selected the best epoch: {}",
    "vectors": "Pretrained vectors: {}",
    "pretrained_words": "Words of the vocabulary with a pretrained vector: {}",
    "further_words": "Further pretrained vectors, kept for words of new texts: {}",
    "token_coverage": "Share of the words of text that have a pretrained vector: {}",
    "type_coverage": "Share of the distinct words that have a pretrained vector: {}",
    "sentence_encoder": "Sentence encoder: {}",
    "ngrams": "N-grams of the linear term: {}",
    "unused_training_rows": "Training rows left out, so as to learn from fewer: {}",
    "untested_rows": "Rows of the test set that were left out, to be measured later: {}",
    "rows_without_part": "Rows that belong to no part of the split, left out: {}",
    "test_rows_in_training": "Rows of the test set that the training set has too: {}",
    "validation_rows_in_training": "Rows of the validation set that the training set has too: {}",
    "rows_without_class": "Rows without a class, left out: {}",
    "rows_without_number": "Rows without a number to predict, left out: {}",
    "rare_classes": "Classes with too few rows, left out: {}",
    "rows_of_rare_classes": "Rows of these classes: {}",
    "empty_texts": "Empty texts, left out: {}",
    "cut_texts": "Texts cut to the maximum length: {}",
    "method": "Method: {}",
    "users": "Users in training: {}",
    "items": "Items in training: {}",
    "unknown_pairs": "Test ratings of users or items that the training set does not have: {}",
    "pairs_by_columns": "Of these, estimated by the columns that describe the user or the item: {}",
    "excluded_missing": "Rows with missing cells, left out: {}",
    "excluded_infinite": "Infinite ratings, left out: {}",
    "excluded_duplicates": "Repeated pairs of user and item, left out: {}",
    "min_rating": "Lowest rating: {}",
    "max_rating": "Highest rating: {}",
    "relevant_from": "Lowest rating of a relevant item: {}",
    "estimate_weight": "Weight of the estimate in the ranking: {}",
    "estimate_weight_tuned": "The weight was tuned on the validation set: {}",
    "penalty": "Penalty of the best round: {}",
    "ranking_penalty": "Penalty of the ranking's best round: {}",
    "refitted": "Trained on with the validation set before the test set was measured: {}",
    "target": "Target: {}",
    "classes": "Classes: {}",
    "ordered_classes": "The classes are ordered numbers ({}), so the MAE says how far the most probable class is from the "
    "true one on average; the median of the predicted probabilities would make it smallest",
    "columns": "Feature columns: {}",
    "categories": "Category columns: {}",
    "values": "Values with a vector of their own: {}",
    "pooled_values": "Rare values pooled as “other”: {}",
    "min_count": "Training rows below which a value is rare: {}",
    "leaking_columns": "Columns that may leak the target: {}",
    "unused_columns": "Columns left out: {}",
    "unreadable_cells": "Cells that could not be read: {}",
}


def comparison_sentence(comparison: BaselineComparison | None) -> str:
    """Return the verdict: is the run better than its strongest baseline, and by more than chance? Empty without baselines."""
    if comparison is None:
        return ""
    c, title = comparison, comparison.score.title
    way = f"{figure(abs(c.advantage))} {'better' if c.advantage > 0 else 'worse'}" if c.is_visible else "no better"
    sentences = [
        f"The strongest baseline, {c.baseline}, reaches {title} {figure(c.baseline_value)}; this run is {way}."
    ]
    if c.deviation is None:
        sentences.append("Repeat the training to see whether that is more than chance.")
    elif not c.is_visible:
        sentences.append(f"The run varies by ± {figure(c.deviation)} from seed to seed.")
    else:
        more = "more than chance" if c.significance is Significance.SIGNIFICANT else "no more than chance"
        sentences.append(f"The run varies by ± {figure(c.deviation)} from seed to seed, so this is {more}.")
    if c.behind:
        ahead = [
            f"{score.title} ({name}, {figure(value)} against {figure(own)})" for score, name, value, own in c.behind
        ]
        sentences.append(f"A baseline is ahead by other scores: {', '.join(ahead)}.")
    return " ".join(sentences)


def protocol_sentences(protocol: Protocol | None, device: str = "") -> list[str]:
    """Return how the scores were measured, in sentences."""
    sentences = []
    if protocol is not None:
        names = {"train": "training", "validation": "validation", "test": "test"}
        sizes = [f"{n:,} {names[part]} {protocol.unit}" for part, n in protocol.sizes.items() if n]
        if protocol.column:
            sentences += _given_split_sentences(protocol, sizes)
        else:
            fold = f", fold {protocol.fold[0] + 1} of {protocol.fold[1]}" if protocol.fold else ""
            sentences.append(f"{METHODS[protocol.method]}{fold}, seed {protocol.seed}, before anything was learned.")
            sentences.append(f"{', '.join(sizes)}.")
        sentences += [_detail_sentence(name, value) for name, value in protocol.details.items() if value not in (0, "")]
    if device:
        sentences.append(f"Trained on {device}.")
    return sentences


def protocol_table(protocol: Protocol, device: str = "") -> pd.DataFrame:
    """Return how the scores were measured as rows of "what" and "value". What takes a sentence is called a note."""
    first = protocol_sentences(replace(protocol, details={}))
    rows = [("split", first[0].removesuffix("."))]
    if protocol.column:
        rows += [("note", sentence) for sentence in first[1:]]
    else:
        names = {"train": "training", "validation": "validation", "test": "test"}
        rows += [(f"{names[part]} set, {protocol.unit}", f"{n:,}") for part, n in protocol.sizes.items() if n]
    for name, value in protocol.details.items():
        if value not in (0, ""):
            sentence = _detail_sentence(name, value)
            what, colon, shown = sentence.removesuffix(".").partition(": ")
            rows.append((f"{what[:1].lower()}{what[1:]}", shown) if colon else ("note", sentence))
    if device:
        rows.append(("trained on", device))
    return pd.DataFrame(rows, columns=["what", "value"])


def result_sentence(metrics: dict[str, float], primary_metric: str) -> str:
    """Return the scores on the test set beside the trivial baseline's, in a sentence."""
    parts = []
    for name in dict.fromkeys([primary_metric, *SCORES]):
        if f"test/{name}" in metrics and f"baseline/{name}" in metrics:
            value, trivial = metrics[f"test/{name}"], metrics[f"baseline/{name}"]
            parts.append(f"{SCORES[name].title} {value:.3f} (trivial baseline: {trivial:.3f})")
    return f"On the test set: {', '.join(parts[:2])}." if parts else "No test set was held out."


def _given_split_sentences(protocol: Protocol, sizes: list[str]) -> list[str]:
    """Return the split of a column. A seed draws at most its validation set."""
    split = METHODS[protocol.method].format(protocol.column, protocol.unit)
    seed = f" by seed {protocol.seed}" if protocol.method is SplitMethod.GIVEN_TEST else ""
    found = [f"{split}{seed}: {', '.join(sizes)}."]
    if not protocol.sizes.get("test") and "untested_rows" not in protocol.details:
        found.append(
            "There are no test rows: the scores are those of the validation set, which also selected the best epoch."
        )
    kept = "it" if protocol.method is SplitMethod.GIVEN else "its test set"
    return [*found, f"Repeats over seeds keep {kept}."]


def _detail_sentence(name: str, value: Detail) -> str:
    if isinstance(value, bool):
        text = "yes" if value else "no"
    elif isinstance(value, int):
        text = f"{value:,}"
    else:
        text = f"{value:g}" if isinstance(value, float) else value.rstrip(".")
    if name == "selection_metric":
        part, _, score = text.partition("/")
        text = f"the {part} {readable(score)}"
    words = name.replace("_", " ")
    return DETAILS.get(name, f"{words[:1].upper()}{words[1:]}: {{}}").format(text) + "."
