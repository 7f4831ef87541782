"""Sentiment: word vectors under a classifier of texts, from the textbook's LSTM to one with a linear term beside it.

The recommended network reads fine-tuned vectors with an LSTM in both directions and takes the mean and the maximum of its
states; beside it stands a linear term over n-grams (Wang and Manning 2012), and the prediction is the mean of both's
logits.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.data.filtering import filter_numbers, filter_texts
from embedviz.data.folds import Fold
from embedviz.data.part_names import PartName
from embedviz.data.reading import Table
from embedviz.data.splits import training_size
from embedviz.evaluation.classification import evaluate_classes, ordered_detail
from embedviz.models.sentiment.baselines import baselines_of
from embedviz.models.sentiment.examples import ENCODER_SPACE, text_spaces
from embedviz.models.sentiment.prepared import PreparedSentiment, prepare_texts
from embedviz.models.sentiment.reading import OPTIONAL_ROLES, ROLES, LabelledTexts, read_labelled
from embedviz.models.sentiment.sentence_encoder import check_encoder
from embedviz.models.sentiment.settings import NO_VECTORS, SentimentSettings
from embedviz.models.sentiment.survey import TextFacts, estimated_cost, survey_texts
from embedviz.models.sentiment.trained import TrainedSentiment
from embedviz.models.sentiment.vocabulary import coverage, has_vector
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.text.treebank import words_of
from embedviz.training.examples import TEXT_SPACE
from embedviz.training.onnx_graph import OnnxExport
from embedviz.training.protocols import Columns, ModelSpec
from embedviz.training.pytorch_page import PyTorchPage
from embedviz.training.report import Baseline, Detail, Evaluation, Protocol
from embedviz.training.survey import Survey


class SentimentSpec:
    """The sentiment model (embedviz.training.protocols.ModelSpec)."""

    name: str = "sentiment"
    title: str = "Sentiment of texts"
    summary: str = "Learns to classify texts, such as good and bad reviews, from the vectors of their words."
    unit: str = "texts"
    roles: Mapping[str, str] = ROLES
    optional_roles: Mapping[str, str] = OPTIONAL_ROLES
    spaces: Mapping[str, SpaceKind] = {"word": "word", "before": "word"}
    identity: str = ""
    max_threads: int | None = 1  # its batches are small: threads would wait for each other longer than they work
    Settings: type[SentimentSettings] = SentimentSettings
    Trained: type[TrainedSentiment] = TrainedSentiment
    survey_settings: tuple[str, ...] = ("vectors", "lowercase", "max_length", "sentence_encoder")

    def survey(
        self, table: Table, columns: Columns, settings: SentimentSettings, pretrained: EmbeddingSpace | None = None
    ) -> Generator[Progress, None, Survey]:
        """Return classes and their balance, lengths, and how much of the texts the vectors cover."""
        data = yield from _read(table, columns, settings, pretrained)
        return survey_texts(data, pretrained, settings)

    def estimate(self, settings: SentimentSettings, survey: Survey, machine: Machine) -> Cost:
        """Return what a training on surveyed texts will take."""
        facts = survey.facts_as(TextFacts)
        n_training = training_size(facts.texts, settings.validation_share, settings.test_share, facts.parts)
        return estimated_cost(settings, facts.texts, n_training, facts.tokens, facts.types, facts.dim, machine)

    def prepare(
        self,
        table: Table,
        columns: Columns,
        settings: SentimentSettings,
        pretrained: EmbeddingSpace | None = None,
        fold: Fold | None = None,
    ) -> Generator[Progress, None, PreparedSentiment]:
        """Tokenise and split the texts, then learn vocabulary and n-grams from the training set."""
        data = yield from _read(table, columns, settings, pretrained)
        return (yield from prepare_texts(data, settings, pretrained, fold))

    def evaluate(self, trained: TrainedSentiment, prepared: PreparedSentiment) -> Evaluation:
        """Measure accuracy, macro F1 and log loss on the validation and the test set."""
        data, split, settings = prepared.data, prepared.split, trained.settings
        parts: tuple[PartName, ...] = ("validation", "test")
        probabilities: dict[PartName, np.ndarray] = {}
        for part in parts:
            rows = split.part(part)
            sentences = None if prepared.sentences is None else prepared.sentences[rows]
            probabilities[part] = trained.probabilities(data.words(rows), sentences)
        metrics, frames = evaluate_classes(probabilities, data.codes, split, data.classes.names)
        counts = data.counts(split.train)
        details: dict[str, Detail] = {
            "training_words": int(counts.sum()),
            "vocabulary_size": len(prepared.words),
            "vectors": settings.vectors,
            "epochs": settings.epochs_for(len(split.train)),
            "selection_metric": "validation/log_loss",
            "ordered_classes": ordered_detail(data.classes.names),
            "rows_without_class": data.classes.missing,
            "rare_classes": len(data.classes.rare),
            "rows_of_rare_classes": sum(data.classes.rare.values()),
            "empty_texts": data.n_empty,
            "cut_texts": data.n_cut,
        }
        if prepared.pretrained is not None:
            tokens, types = coverage(counts, prepared.pretrained)
            details |= {
                "pretrained_words": int(has_vector(prepared.pretrained[prepared.words]).sum()),
                "further_words": len(prepared.vocabulary.further),
                "token_coverage": round(tokens, 4),
                "type_coverage": round(types, 4),
            }
        if settings.sentence_encoder:
            details["sentence_encoder"] = settings.sentence_encoder
        if prepared.ngrams is not None:
            details["ngrams"] = len(prepared.ngrams.labels)
        return Evaluation("accuracy", metrics, Protocol.of(split, self.unit, **details), frames)

    def examples(
        self, trained: TrainedSentiment, prepared: PreparedSentiment, table: Table
    ) -> Generator[Progress, None, Mapping[str, EmbeddingSpace]]:
        """Return the texts by the vectors that the output layer reads, and by those of the sentence encoder."""
        return (yield from text_spaces(trained, prepared))

    def baselines(self, prepared: PreparedSentiment) -> list[Baseline]:
        """Return the majority class, TF-IDF, and the mean of the pretrained vectors where there are some."""
        return baselines_of(prepared)

    def pytorch_page(self, trained: TrainedSentiment, settings: SentimentSettings) -> PyTorchPage:
        """Return the network and the linear terms in plain PyTorch (embedviz.training.protocols.PyTorchSpec)."""
        from embedviz.models.sentiment.pytorch_page import sentiment_page

        return sentiment_page(trained)

    def onnx_export(self, trained: TrainedSentiment) -> OnnxExport:
        """Return the predictor as an ONNX graph (embedviz.training.protocols.OnnxSpec)."""
        from embedviz.models.sentiment.onnx_model import sentiment_onnx

        return sentiment_onnx(trained)

    def filters_by(self, space: str) -> bool:
        """Return True: words can be left out of the texts, and texts of the table."""
        return True

    def filter_rows(
        self,
        frame: pd.DataFrame,
        columns: Columns,
        settings: SentimentSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        """Return the texts with some words alone (`keep`), or without them; or some of the texts, or all others."""
        if space in (TEXT_SPACE, ENCODER_SPACE):
            return filter_numbers(frame, labels, keep)
        return filter_texts(frame, str(columns["text"]), lambda text: words_of(text, settings.lowercase), labels, keep)


def _read(
    table: Table, columns: Columns, settings: SentimentSettings, pretrained: EmbeddingSpace | None
) -> Generator[Progress, None, LabelledTexts]:
    if settings.vectors != NO_VECTORS and pretrained is None:
        raise SettingsError(
            f"The vectors {settings.vectors!r} were not opened. Pass them as `pretrained`, or set vectors to none."
        )
    check_encoder(settings.sentence_encoder)
    return (yield from read_labelled(table, columns, settings.max_length, settings.lowercase))


SPEC: ModelSpec[PreparedSentiment, TrainedSentiment, SentimentSettings] = SentimentSpec()
