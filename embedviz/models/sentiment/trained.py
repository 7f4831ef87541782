"""A trained sentiment model: its word vectors, and its predictions with the contribution of each word."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from embedviz.core.archive import Archived
from embedviz.data.classes import display_order
from embedviz.models.sentiment.architecture import COMBINATION, linear_network, text_network
from embedviz.models.sentiment.linear import LinearTerm
from embedviz.models.sentiment.ngrams import Ngrams
from embedviz.models.sentiment.sentence_encoder import open_encoder
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.text_rows import spelling_note, texts_in
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import FIRST, UNKNOWN, SentimentVocabulary, has_vector
from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import pair_closeness
from embedviz.text.treebank import Word, placed_words
from embedviz.training.architecture import Architecture, Network
from embedviz.training.protocols import Reason

if TYPE_CHECKING:
    from embedviz.models.sentiment.network import SentimentNetwork

EXAMPLE_TEXT = "A warm and funny film, though never as clever as it thinks."
EXAMPLE_ROW = 20  # of a word in the lookup table
MAX_UNKNOWN_SHOWN = 5  # unknown words named in a note


@dataclass(frozen=True)
class TextForm:
    """Column and classes of a page's form for predictions (embedviz.training.protocols.Form).

    Attributes
    ----------
    column
        What the column of texts was called in training.
    classes
        (C) the answers.
    """

    column: str
    classes: list[str]

    def example_call(self, spaces: Mapping[str, EmbeddingSpace]) -> str:
        """Return a call that predicts a text."""
        return f"run.predict([{EXAMPLE_TEXT!r}])"


class WordReason(Reason):
    """Contribution of a word to the predicted class, with the characters of the text that it is.

    towards, strength: the class that the word speaks for most, and what it adds to that class, at least 0. is_known: the
    vocabulary has the word.
    """

    start: int
    end: int
    towards: str
    strength: float
    is_known: bool


@dataclass(frozen=True, eq=False)
class TextReading:
    """Texts as the model reads them.

    Attributes
    ----------
    probabilities
        (N, C) float32.
    pooled
        (N, P) float32, what the network's output layer reads; None where the network is not used.
    """

    probabilities: np.ndarray
    pooled: np.ndarray | None


@dataclass(frozen=True, eq=False)
class TrainedSentiment(Archived):
    """A trained sentiment model (embedviz.training.protocols.Predictor).

    Attributes
    ----------
    settings
        By which it was trained.
    column
        Name of the column of texts.
    classes, shares
        (C) classes and (C,) float32 their shares in the training set.
    vocabulary, word_columns
        The V words of the training set and R further ones; (V) columns of the former.
    weights, further, scale
        State dict of the network, and vectors (R, D) float16 of the further words; word vectors in both are `scale` times
        those of the spaces.
    use_network
        Whether the network is used: not before its first epoch, unless there is no linear term.
    linear, ngrams
        The linear term and its features; None without one.
    pretrained
        (V, D) float32 vectors that the words started from, NaN for a word without; None where nothing has been learned
        from them.
    sentence
        The linear term over the vectors of a sentence encoder; None without one.
    """

    settings: SentimentSettings
    column: str
    classes: list[str]
    shares: np.ndarray
    vocabulary: SentimentVocabulary
    word_columns: pd.DataFrame
    weights: dict[str, np.ndarray]
    further: np.ndarray
    scale: float
    use_network: bool
    linear: LinearTerm | None
    ngrams: Ngrams | None
    pretrained: np.ndarray | None
    sentence: LinearTerm | None = None

    def form(self) -> TextForm:
        """Return what a page needs to ask."""
        return TextForm(self.column, self.classes)

    def architecture(self) -> Architecture:
        """Return the layers of this model: of its network, and of the linear terms beside it."""
        parts = sum((self.use_network, self.linear is not None, self.sentence is not None))
        networks: list[Network] = []
        if self.use_network:
            place = min(EXAMPLE_ROW, len(self.vocabulary.labels) - 1)
            title, word = "Network of word vectors" if parts > 1 else "", self.vocabulary.labels[place]
            networks.append(text_network(title, self.settings, self.weights, self.further, word, FIRST + place))
        if self.linear is not None:
            networks.append(linear_network("Linear term", "linear", "n-grams of words and characters", self.linear))
        if self.sentence is not None:
            encoder = f"vector by the sentence encoder {self.settings.sentence_encoder}"
            networks.append(linear_network("Sentence encoder", "sentence", encoder, self.sentence))
        return Architecture(networks, COMBINATION if parts > 1 else "")

    def spaces(self) -> dict[str, EmbeddingSpace]:
        """Return "word", the words after training, and "before", their pretrained vectors, where some had one and learned.

        Columns are `word_columns` and "moved", the cosine distance from the pretrained vector, NaN for a word without.
        """
        labels, columns = self.vocabulary.labels, self.word_columns
        vectors = self.weights["embedding.weight"][FIRST:] / np.float32(self.scale)
        places = np.empty(0, np.int64) if self.pretrained is None else np.flatnonzero(has_vector(self.pretrained))
        if self.pretrained is None or not len(places):
            return {"word": EmbeddingSpace(labels, vectors, columns, "word")}
        columns = columns.assign(moved=1 - pair_closeness(self.pretrained, vectors, "cosine"))
        known = EmbeddingSpace([labels[i] for i in places], self.pretrained[places], columns.take(places), "before")
        return {"word": EmbeddingSpace(labels, vectors, columns, "word"), "before": known}

    @cached_property
    def network(self) -> SentimentNetwork:
        """The network on the CPU."""
        from embedviz.models.sentiment.network import SentimentNetwork

        return SentimentNetwork.of(self.settings, self.weights, self.further, len(self.classes))

    def probabilities(self, texts: Sequence[Sequence[str]], sentences: np.ndarray | None = None) -> np.ndarray:
        """Return the probabilities of the classes, (N, C) float32, for texts as in `read`."""
        return self.read(texts, sentences).probabilities

    def read(self, texts: Sequence[Sequence[str]], sentences: np.ndarray | None = None) -> TextReading:
        """Read texts.

        Parameters
        ----------
        texts
            (N) given as words.
        sentences
            (N, E) their vectors, where there is a sentence encoder.
        """
        logits, pooled = [], None
        if self.use_network:
            coded = CodedTexts.of(self._encode(words) for words in texts)
            pooled = self.network.pooled(coded, np.arange(len(coded)))
            logits.append(self.network.of_pooled(pooled))
        if self.linear is not None and self.ngrams is not None:
            logits.append(self.linear.logits(self.ngrams.features(texts)))
        if self.sentence is not None and sentences is not None:
            logits.append(self.sentence.logits(sentences))
        return TextReading(mean_probabilities(logits), pooled)

    def answers(self, texts: Sequence[Sequence[str]], sentences: np.ndarray | None = None) -> TextReading:
        """Read texts as `predict` does: those of which nothing is known get the class shares as their probabilities."""
        reading = self.read(texts, sentences)
        reading.probabilities[[self._is_unknown(words) for words in texts]] = self.shares
        return reading

    def predict(self, rows: pd.DataFrame | Sequence[Any], explain: bool = False) -> pd.DataFrame:
        """Return a prediction for each text.

        Parameters
        ----------
        rows
            Texts, {column: text} each, or a frame with the column of texts, or with one column alone.
        explain
            Add the column "reasons": for each text its words in their order, a `WordReason` each. start and end are places
            in the text; the contribution is in logits, how much higher the word puts the predicted class above the mean of
            all classes. What a sentence encoder adds is not shared out among words.

        Returns
        -------
        pandas.DataFrame
            prediction, probability, p(CLASS) of each class, note.
        """
        texts, renamed = texts_in(rows, self.column), spelling_note(rows, self.column)
        all_words = [placed_words(text, self.settings.lowercase) for text in texts]
        placed = [words[: self.settings.max_length] for words in all_words]
        words = [[word.text for word in text] for text in placed]
        sentences = open_encoder(self.settings.sentence_encoder).encode(texts) if self.sentence and texts else None
        found = self.answers(words, sentences).probabilities
        best = found.argmax(1)
        frame = pd.DataFrame(
            {
                "prediction": np.array(self.classes, dtype=object)[best],
                "probability": found[np.arange(len(found)), best],
                **{f"p({self.classes[c]})": found[:, c] for c in display_order(self.classes)},
                "note": [
                    " ".join(filter(None, (renamed, self._note(words, len(all_)))))
                    for words, all_ in zip(placed, all_words, strict=True)
                ],
            }
        )
        if explain:
            predicted = zip(texts, placed, best, strict=True)
            frame["reasons"] = [self._reasons(text, words, int(target)) for text, words, target in predicted]
        return frame

    def contributions(self, words: Sequence[str]) -> np.ndarray:
        """Return what each word adds to the logit of each class above the mean of all classes: (C, L) float64."""
        parts = []
        if self.use_network:
            parts.append(self.network.contributions(self._encode(words)))
        if self.linear is not None and self.ngrams is not None:
            margins = self.linear.weights - self.linear.weights.mean(1, keepdims=True)  # (F, C)
            parts.append(np.stack([self.ngrams.contributions(words, margin) for margin in margins.T]))
        return np.sum(parts, axis=0) / (len(parts) + (self.sentence is not None))

    def _encode(self, words: Sequence[str]) -> np.ndarray:
        """A text without any word is one unknown word."""
        return self.vocabulary.encode(words) if words else np.array([UNKNOWN], np.int32)

    def _is_unknown(self, words: Sequence[str]) -> bool:
        """Return True when no word and no n-gram of a text is known, nor a sentence encoder reads it."""
        if self.sentence is not None and words:
            return False
        if any(word in self.vocabulary for word in words):
            return False
        return self.ngrams is None or self.ngrams.features([words]).nnz == 0

    def _reasons(self, text: str, words: list[Word], target: int) -> list[WordReason]:
        if not words:
            return []
        contributions = self.contributions([word.text for word in words])
        return [
            WordReason(
                feature=text[word.start : word.end],
                contribution=float(of_classes[target]),
                start=word.start,
                end=word.end,
                towards=self.classes[int(of_classes.argmax())],
                strength=float(of_classes.max()),
                is_known=word.text in self.vocabulary,
            )
            for word, of_classes in zip(words, contributions.T, strict=True)
        ]

    def _note(self, words: list[Word], length: int) -> str:
        """Return the note on a prediction; empty where there is nothing to say."""
        if not words:
            return "This text is empty, so the probabilities are the class shares of the training set."
        notes = []
        unknown = list(dict.fromkeys(word.text for word in words if word.text not in self.vocabulary))
        if len(unknown) == len({word.text for word in words}):
            nothing = self._is_unknown(unknown)
            shares = ", so the probabilities are the class shares of the training set" if nothing else ""
            notes.append(f"None of its words is in the vocabulary{shares}.")
        elif unknown:
            n_more = len(unknown) - MAX_UNKNOWN_SHOWN
            more = f" and {n_more} more" if n_more > 0 else ""
            notes.append(f"Unknown words: {', '.join(unknown[:MAX_UNKNOWN_SHOWN])}{more}.")
        if length > len(words):
            notes.append(f"Only the first {len(words):,} of its {length:,} words were read.")
        return " ".join(notes)


def mean_probabilities(logits: list[np.ndarray]) -> np.ndarray:
    """Return the softmax of the mean of several logits: (N, C) each -> (N, C) float32.

    The mean of logits is the geometric mean of the probabilities; their sum would be overconfident, because all have been
    trained on the same texts.
    """
    mean = sum(logits[1:], start=logits[0]) / len(logits)
    exponents = np.exp(mean - mean.max(1, keepdims=True))
    return (exponents / exponents.sum(1, keepdims=True)).astype(np.float32)
