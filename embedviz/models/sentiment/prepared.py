"""Labelled texts made ready to be learned from."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from embedviz.core.cost import Cost, Machine
from embedviz.core.progress import Progress
from embedviz.data.folds import Fold
from embedviz.data.splits import draw_split
from embedviz.models.sentiment.encoded_corpus import EncodedCorpus
from embedviz.models.sentiment.ngrams import Ngrams
from embedviz.models.sentiment.reading import LabelledTexts
from embedviz.models.sentiment.sentence_encoder import encode_in_blocks
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.survey import coverage_sentence, estimated_cost
from embedviz.models.sentiment.vocabulary import (
    SentimentVocabulary,
    choose_words,
    further_vectors,
    pretrained_vectors,
)
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    from embedviz.models.sentiment.learner import SentimentLearner
    from embedviz.training.devices import Device


@dataclass(frozen=True, eq=False)
class PreparedSentiment(EncodedCorpus):
    """Labelled texts ready to be learned from (embedviz.training.protocols.Prepared)."""

    def cost(self, settings: SentimentSettings, machine: Machine) -> Cost:
        """Return what the training ahead will take."""
        n_words = len(self.vocabulary.labels) + len(self.vocabulary.further)
        dim = settings.dim if self.pretrained is None else self.pretrained.shape[1]
        n_training = len(self.split.train)
        return estimated_cost(settings, len(self.data), n_training, len(self.data.texts.words), n_words, dim, machine)

    def learner(self, settings: SentimentSettings, device: Device, threads: int) -> SentimentLearner:
        """Return a learner at its beginning. torch computes on the threads of the process, whatever `threads` says."""
        from embedviz.models.sentiment.learner import SentimentLearner

        return SentimentLearner(self, settings, device)


def prepare_texts(
    data: LabelledTexts, settings: SentimentSettings, space: EmbeddingSpace | None, fold: Fold | None
) -> Generator[Progress, None, PreparedSentiment]:
    """Split texts, as a column says or every class in proportion; then learn vocabulary and n-grams from the training set."""
    validation_share, seed, classes = settings.validation_share, settings.seed, data.codes
    if data.given is not None:
        split = data.given.split(validation_share, seed, fold=fold, classes=classes)
    else:
        split = draw_split(len(data), validation_share, settings.test_share, seed, fold=fold, classes=classes)
    split = split.thinned(settings.train_share, classes=classes)
    split = split if settings.measure_test else split.untested()
    pretrained = None
    if space is not None:
        pretrained = pretrained_vectors(space, data.labels, settings.lowercase)
        yield Progress(message=coverage_sentence(settings.vectors, data, pretrained))
    yield Progress(message="Building the vocabulary")
    words = choose_words(
        data.labels, data.counts(split.train), pretrained, settings.min_count if settings.fine_tune else None
    )
    labels = [data.labels[i] for i in words]
    further, vectors = [], np.empty((0, 0), np.float16)
    if space is not None:
        further, vectors = further_vectors(space, labels, settings.lowercase, settings.known_words)
    ngrams = (yield from Ngrams.learn(data.words(split.train))) if settings.linear_term else None
    encoder, sentences = settings.sentence_encoder, None
    if encoder:
        sentences = yield from encode_in_blocks(encoder, data.raw)
    vocabulary = SentimentVocabulary(labels, further)
    return PreparedSentiment(data, split, pretrained, words, vocabulary, vectors, ngrams, sentences)
