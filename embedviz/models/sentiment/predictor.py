"""A trained sentiment model that answers: probabilities of the classes, and which words pushed which way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import torch

from embedviz.core.errors import SettingsError
from embedviz.models.sentiment.asked_texts import asked_texts
from embedviz.models.sentiment.linear import LinearTerm
from embedviz.models.sentiment.networks import SentimentNetwork, network_of
from embedviz.models.sentiment.ngrams import Ngrams
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.task import logits_of, probabilities
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import SentimentVocabulary
from embedviz.models.sentiment.words import Word, placed_words

NETWORK = "network."
SHOWN = 5  # unknown words named in a note


@dataclass(frozen=True)
class SentimentPredictor:
    """network or linear may be None, not both. column: what the texts' column was called; shares (C,) float32 of the
    classes among the training texts."""

    settings: SentimentSettings
    column: str
    classes: list[str]
    shares: np.ndarray
    vocabulary: SentimentVocabulary
    network: SentimentNetwork | None
    ngrams: Ngrams
    linear: LinearTerm | None

    @classmethod
    def of(cls, settings: SentimentSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        """From what Sentiment.weights and Sentiment.knowledge gave. SettingsError when they are not a sentiment model's."""
        try:
            arrays = {
                name.removeprefix(NETWORK): torch.from_numpy(np.array(array))
                for name, array in weights.items()
                if name.startswith(NETWORK)
            }
            rest = torch.from_numpy(np.array(weights["rest"]))
            network = network_of(settings, arrays["embedding.weight"].clone(), rest, len(knowledge["classes"]))
            network.load_state_dict(arrays)
            vocabulary = SentimentVocabulary(
                list(knowledge["labels"]), np.zeros(len(knowledge["labels"]), np.int64), list(knowledge["rest"])
            )
            linear = None
            if "linear.weights" in weights:
                linear = LinearTerm(np.array(weights["linear.weights"]), np.array(weights["linear.bias"]))
            return cls(
                settings,
                knowledge["column"],
                list(knowledge["classes"]),
                np.array(knowledge["shares"], np.float32),
                vocabulary,
                network.train(False) if knowledge["use_network"] else None,
                Ngrams(list(knowledge["ngrams"])),
                linear,
            )
        except (KeyError, RuntimeError) as error:
            raise SettingsError(f"These are not the weights of this sentiment model ({error}).") from error

    def probabilities(self, words: Sequence[Sequence[str]]) -> np.ndarray:
        """Texts as words -> (N, C) float32."""
        if not len(words):
            return np.empty((0, len(self.classes)), np.float32)
        logits = linear = None
        if self.network is not None:
            texts = CodedTexts.of([self.vocabulary.encode(text) for text in words])
            logits = logits_of(self.network, texts, np.arange(len(texts)))
        if self.linear is not None:
            linear = self.linear.logits(self.ngrams.features(words))
        return probabilities(logits, linear)

    def unread(self, words: Sequence[Sequence[str]]) -> np.ndarray:
        """Texts as words -> (N,) bool: those in which no word is known, nor a piece of one."""
        unread = np.array([not any(word in self.vocabulary for word in text) for text in words], bool)
        if self.linear is not None and unread.any():  # few are, and to find their n-grams takes the longest
            unknown = np.flatnonzero(unread)
            features = self.ngrams.features([words[i] for i in unknown])
            unread[unknown] = np.diff(features.indptr) == 0
        return unread

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool) -> pd.DataFrame:
        """See Sentiment.predict."""
        texts = asked_texts(rows, self.column)
        placed = [placed_words(text, self.settings.lowercase) for text in texts]
        kept = [words[: self.settings.max_length] for words in placed]
        words = [[word.text for word in text] for text in kept]
        found = self.probabilities(words)
        found[self.unread(words)] = self.shares  # where nothing is known, that is all there is to go by
        best = found.argmax(1)
        frame = pd.DataFrame(
            {
                "prediction": np.array(self.classes, dtype=object)[best],
                "probability": found[np.arange(len(found)), best],
                **{f"p({name})": found[:, c] for c, name in enumerate(self.classes)},
                "note": [self._note(words, len(all_)) for words, all_ in zip(kept, placed, strict=True)],
            }
        )
        if reasons:
            frame["reasons"] = [
                self._reasons(text, words, int(target)) for text, words, target in zip(texts, kept, best, strict=True)
            ]
        return frame

    def contributions(self, words: Sequence[str], target: int) -> np.ndarray:
        """What each word adds to the target's logit above the mean of all classes', (T,) float64."""
        from embedviz.models.sentiment.reasons import above_mean, network_contributions

        parts = []
        if self.network is not None:
            parts.append(network_contributions(self.network, self.vocabulary.encode(words), target))
        if self.linear is not None:
            parts.append(self.ngrams.by_word(words, above_mean(self.linear.weights, target)))
        return sum(parts) / len(parts)

    def _reasons(self, text: str, words: list[Word], target: int) -> list[dict[str, Any]]:
        if not words:
            return []
        added = self.contributions([word.text for word in words], target)
        return [
            {"feature": text[word.start : word.end], "contribution": float(x), "start": word.start, "end": word.end}
            for word, x in zip(words, added, strict=True)
        ]

    def _note(self, words: list[Word], length: int) -> str:
        """What a person should know about the answer; empty where there is nothing."""
        if not words:
            return "This text is empty, so the answer is how the classes are shared among the training texts."
        said = []
        unknown = list(dict.fromkeys(word.text for word in words if word.text not in self.vocabulary))
        if len(unknown) == len({word.text for word in words}):
            said.append("None of its words is known, so this is little more than how the classes are shared.")
        elif unknown:
            more = f" and {len(unknown) - SHOWN} more" if len(unknown) > SHOWN else ""
            said.append(f"Not known: {', '.join(unknown[:SHOWN])}{more}.")
        if length > len(words):
            said.append(f"Of its {length:,} words the first {len(words):,} are read.")
        return " ".join(said)
