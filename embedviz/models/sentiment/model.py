"""Sentiment: word vectors under a classifier of texts, from the textbook's LSTM to one that adds what n-grams say.

The recommended network reads fine-tuned vectors with an LSTM in both directions and takes the mean and the greatest of
its states; beside it stands a linear term over n-grams (Wang and Manning 2012), and the answer is the mean of both's
logits. What each part is: networks and linear.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost
from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.data.filtering import texts_with
from embedviz.data.splits import TEST, TRAIN, VALIDATION, Fold, split_rows
from embedviz.evaluation.classification import calibration, class_scores, confusion, majority_accuracy
from embedviz.models.sentiment.ngrams import Ngrams
from embedviz.models.sentiment.reading import ROLES, LabelledTexts, read_labelled
from embedviz.models.sentiment.settings import NO_VECTORS, SentimentSettings
from embedviz.models.sentiment.spaces import word_spaces
from embedviz.models.sentiment.survey import estimated_cost, survey_of
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import FIRST, Coverage, ReadyVectors, learn_vocabulary
from embedviz.models.sentiment.words import words_of
from embedviz.training.survey import Survey

if TYPE_CHECKING:
    from embedviz.data.reading import Table
    from embedviz.evaluation.scores import BaselineScore
    from embedviz.models.contract import Columns
    from embedviz.models.sentiment.linear import LinearTerm
    from embedviz.models.sentiment.predictor import SentimentPredictor
    from embedviz.space import EmbeddingSpace
    from embedviz.training.descent import Descent
    from embedviz.training.devices import Device

USUAL = 0.5  # of the numbers in a ready vector, to which others are scaled: GloVe's have 0.4 to 0.55
PARTS = {"train": TRAIN, "validation": VALIDATION, "test": TEST}


class Sentiment:
    """The model of the registry (embedviz.models.contract)."""

    name: ClassVar[str] = "sentiment"
    title: ClassVar[str] = "Sentiment of texts"
    summary: ClassVar[str] = "Learns to tell classes of texts, such as good and bad reviews, from their words' vectors."
    roles: ClassVar[dict[str, str]] = ROLES
    optional_roles: ClassVar[dict[str, str]] = {}
    survey_settings: ClassVar[tuple[str, ...]] = ("vectors", "lowercase", "max_length")
    score: ClassVar[str] = "accuracy"
    unit: ClassVar[str] = "texts"
    max_threads: ClassVar[int | None] = (
        1  # its batches are small: threads would wait for each other longer than they work
    )
    main_space: ClassVar[str] = "word"
    identity: ClassVar[str] = ""
    Settings: ClassVar[type[SentimentSettings]] = SentimentSettings

    def __init__(self, settings: SentimentSettings):
        self.settings = settings
        self.ready: ReadyVectors | None = None
        self.read: LabelledTexts | None = None
        self.linear: LinearTerm | None = None
        self._descent: Descent | None = None
        self._to_restore: tuple[dict[str, np.ndarray], dict[str, Any]] | None = None
        self._answered: dict[str, tuple[Any, Any, np.ndarray]] = {}
        self._measured = False  # the network has learned for an epoch at least
        self._recalled: SentimentPredictor | None = None
        self.class_columns: pd.DataFrame | None = None  # of the words, worked out once

    def take_vectors(self, space: EmbeddingSpace) -> None:
        """The space that settings.vectors names, before survey and prepare."""
        self.ready = ReadyVectors(space, self.settings.lowercase)

    def survey(self, table: Table, columns: Columns) -> Iterator[Progress | Survey]:
        """Classes and their balance, lengths, and how much of the corpus the vectors cover."""
        self._check_vectors()
        for step in read_labelled(table, columns, self.settings.max_length, self.settings.lowercase):
            if isinstance(step, Progress):
                yield step
                continue
            yield survey_of(step, self.ready, self.settings)

    def _check_vectors(self) -> None:
        name = self.settings.vectors
        if name != NO_VECTORS and self.ready is None:
            raise SettingsError(
                f"The vectors {name!r} were not opened. Call take_vectors first, or set vectors to none."
            )

    def prepare(self, table: Table, columns: Columns, fold: Fold | None = None) -> Iterator[Progress]:
        """Splits by row, every class in proportion; words and n-grams are those of the training part."""
        self._check_vectors()
        s = self.settings
        for step in read_labelled(table, columns, s.max_length, s.lowercase):
            if isinstance(step, LabelledTexts):
                self.read = step
            else:
                yield step
        read = self.read
        part = split_rows(len(read.codes), s.validation_share, s.test_share, s.seed, fold=fold, classes=read.codes)
        self.rows = {name: np.flatnonzero(part == number) for name, number in PARTS.items()}
        if self.ready:
            yield Progress(message=Coverage.of(read.words, self.ready).sentence(s.vectors))
        yield Progress(message="Learning which words there are")
        training = [read.words[i] for i in self.rows["train"]]
        self.vocabulary, known, self.rest = learn_vocabulary(
            training, self.ready, s.min_count if s.fine_tune else None, s.known_words
        )
        self.texts = CodedTexts.of([self.vocabulary.encode(words) for words in read.words])
        self.features = None
        if s.linear_term:
            yield from self._find_ngrams(training)
        self._build(known)

    def _find_ngrams(self, training: list[list[str]]) -> Iterator[Progress]:
        """Those of the training part, and where they stand in all texts."""
        for step in Ngrams.learn(training):
            if isinstance(step, Progress):
                yield step
            else:
                self.ngrams = step
        for step in self.ngrams.features_in_blocks(self.read.words):
            if isinstance(step, Progress):
                yield step
            else:
                self.features = step

    def _build(self, known: dict[int, np.ndarray]) -> None:
        """The network as it begins. Ready vectors of another size are scaled to the usual one where they learn on; the
        spaces are scaled back."""
        import torch

        from embedviz.models.sentiment.networks import first_vectors, network_of

        s = self.settings
        spread = float(np.sqrt(np.mean([np.mean(v**2) for v in known.values()]))) if known else 0.0
        self.scale = USUAL / spread if s.fine_tune and spread else 1.0
        generator = torch.Generator().manual_seed(s.seed)
        vectors = first_vectors(
            len(self.vocabulary.labels),
            self.ready.dim if self.ready else s.dim,
            {place: vector * np.float32(self.scale) for place, vector in known.items()},
            generator,
            mean_for_unknown=not s.fine_tune,
        )
        self.known = np.array(sorted(known), np.int64)
        self.before = vectors.numpy()[FIRST:].copy()
        self.rest = (self.rest * np.float32(self.scale)).astype(np.float16)
        self.network = network_of(s, vectors, torch.from_numpy(self.rest), len(self.read.classes.names))
        self.network.initialise(generator)
        self.linear, self._descent, self._to_restore, self._measured = None, None, None, False
        self._answered = {}

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """The linear term first, which takes seconds, then the network by its schedule; the epoch with the lowest log
        loss on the validation part is kept."""
        from embedviz.models.sentiment.task import SentimentTask, schedule
        from embedviz.training.descent import Descent, Plan

        s = self.settings
        self.network.to(device.name)
        self.network.embedding.sparse = s.fine_tune and device.kind != "mps"  # MPS has no sparse gradients
        task = SentimentTask(self.network, self.texts, self.read.codes, self.rows["train"], self.rows["validation"], s)
        self.epochs = s.epochs_for(len(self.rows["train"]))
        self._descent = Descent(
            task, Plan(self.epochs, "validation/log_loss", greater_is_better=False, schedule=schedule, seed=s.seed)
        )
        if self._to_restore:
            self._descent.restore(*self._to_restore)
            self._to_restore = None
        if s.linear_term and self.linear is None:
            yield from self._fit_linear()
        if self.linear is not None:
            task.linear_logits = self.linear.logits(self.features[self.rows["validation"]])
        for event in self._descent.run():
            self._measured |= bool(event.metrics)
            yield event

    def _fit_linear(self) -> Iterator[Progress]:
        from embedviz.models.sentiment.linear import fit_linear

        rows = self.rows["train"]
        for step in fit_linear(self.features[rows], self.read.codes[rows], len(self.read.classes.names)):
            if isinstance(step, Progress):
                yield step
            else:
                self.linear = step

    def _predictor(self) -> SentimentPredictor:
        """The best weights, ready to answer. A network that has not seen all texts once says nothing beside a linear
        term that has."""
        from embedviz.models.sentiment.predictor import SentimentPredictor

        if self._recalled is not None:
            return self._recalled
        return SentimentPredictor.of(self.settings, self.weights(), self.knowledge())

    def evaluate(self) -> dict[str, float]:
        """accuracy, macro_f1 and log_loss of the best weights on the validation and the test part, and what always
        saying the largest class reaches."""
        metrics: dict[str, float] = {}
        codes = self.read.codes
        for part in ("validation", "test"):
            if len(self.rows[part]):
                scores = class_scores(self._probabilities(part), codes[self.rows[part]])
                metrics |= {f"{part}/{name}": value for name, value in scores.items()}
        part = "test" if len(self.rows["test"]) else "validation"
        metrics["baseline/accuracy"] = majority_accuracy(codes[self.rows["train"]], codes[self.rows[part]])
        return metrics

    def _probabilities(self, part: str) -> np.ndarray:
        """Worked out once for each best moment: scores and pictures are of the same answers."""
        best = self._descent.best if self._descent else None
        kept = self._answered.get(part)
        if kept is None or kept[0] is not best or kept[1] is not self.linear:
            found = self._predictor().probabilities([self.read.words[i] for i in self.rows[part]])
            kept = self._answered[part] = best, self.linear, found
        return kept[2]

    def pictures(self) -> dict[str, pd.DataFrame]:
        """confusion and calibration of the test part; of the validation part where there is none."""
        part = "test" if len(self.rows["test"]) else "validation"
        probabilities, codes = self._probabilities(part), self.read.codes[self.rows[part]]
        return {
            "confusion": confusion(probabilities, codes, self.read.classes.names),
            "calibration": calibration(probabilities, codes),
        }

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """ "word": the training part's words after learning. "before": those of them that had a vector, as it was."""
        return word_spaces(self, self._network_arrays(best)["embedding.weight"][FIRST:] / np.float32(self.scale))

    def _network_arrays(self, best: bool = True) -> dict[str, np.ndarray]:
        values = self._descent.best if best and self._descent else self.network.state_dict()
        return {name: value.detach().cpu().numpy() for name, value in values.items()}

    def weights(self) -> dict[str, np.ndarray]:
        """network.…, of the best epoch; rest: vectors of words known by them alone; linear.…, where there is one."""
        if self._recalled is not None:
            raise SettingsError("A recalled model keeps its weights in its run's folder.")
        arrays = {f"network.{name}": array for name, array in self._network_arrays().items()} | {"rest": self.rest}
        return arrays | self._linear_arrays()

    def _linear_arrays(self) -> dict[str, np.ndarray]:
        if self.linear is None:
            return {}
        return {"linear.weights": self.linear.weights, "linear.bias": self.linear.bias}

    def knowledge(self) -> dict[str, Any]:
        return {
            "column": self.read.column,
            "classes": self.read.classes.names,
            "shares": self._class_shares(),
            "labels": self.vocabulary.labels,
            "rest": self.vocabulary.rest,
            "ngrams": self.ngrams.labels if self.linear is not None else [],
            "use_network": self._measured or self.linear is None,
        }

    def _class_shares(self) -> list[float]:
        """Of the training part, by class."""
        counts = np.bincount(self.read.codes[self.rows["train"]], minlength=len(self.read.classes.names))
        return (counts / counts.sum()).tolist()

    @classmethod
    def recall(cls, settings: SentimentSettings, weights: Mapping[str, np.ndarray], knowledge: dict[str, Any]) -> Self:
        from embedviz.models.sentiment.predictor import SentimentPredictor

        model = cls(settings)
        model._recalled = SentimentPredictor.of(settings, weights, knowledge)
        return model

    def predict(self, rows: pd.DataFrame | Sequence[Any], reasons: bool = False) -> pd.DataFrame:
        """A row for each text: prediction, probability, p(CLASS)…, note. reasons: a list a text of its words in their
        order, {"feature", "contribution", "start", "end"}; start and end are places in the text, the contribution is in
        logits: how much higher it puts the predicted class above the mean of all."""
        return self._predictor().predict(rows, reasons)

    @classmethod
    def narrows_by(cls, space: str) -> bool:
        return space in ("word", "before")

    @classmethod
    def narrow(
        cls,
        frame: pd.DataFrame,
        columns: Columns,
        settings: SentimentSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        return texts_with(frame, columns["text"], lambda text: words_of(text, settings.lowercase), labels, keep)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """The descent's, and the linear term once it is fitted: before that it begins anew."""
        if self._descent is None:
            return self._to_restore or ({}, {})
        arrays, values = self._descent.state()
        return arrays | self._linear_arrays(), values | {"measured": self._measured}

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        from embedviz.models.sentiment.linear import LinearTerm

        if not values:
            return
        if "linear.weights" in arrays:
            self.linear = LinearTerm(arrays["linear.weights"], arrays["linear.bias"])
        self._measured = values["measured"]
        self._to_restore = (arrays, values)

    def baselines(self) -> Iterator[Progress | BaselineScore]:
        from embedviz.models.sentiment.baselines import baselines

        yield from baselines(self)

    def protocol(self) -> dict[str, Any]:
        """How the scores were made."""
        s, read = self.settings, self.read
        tokens = sum(len(read.words[i]) for i in self.rows["train"])
        coverage = Coverage.of((read.words[i] for i in self.rows["train"]), self.ready)
        record = {
            "split": f"by row, every class in proportion, seed {s.seed}",
            "training texts": len(self.rows["train"]),
            "validation texts": len(self.rows["validation"]),
            "test texts": len(self.rows["test"]),
            "training words": tokens,
            "vocabulary": len(self.vocabulary.labels),
            "words that began with a vector": len(self.known),
            "further words known by their vectors": len(self.vocabulary.rest),
            "vectors": s.vectors,
        }
        if self.ready:
            record["share of training words covered"] = round(coverage.known_tokens / max(1, coverage.tokens), 4)
            record["share of different words covered"] = round(coverage.known_types / max(1, coverage.types), 4)
        if s.linear_term:
            record["n-grams of the linear term"] = len(self.ngrams.labels)
        record["epochs"] = s.epochs_for(len(self.rows["train"]))
        record["best moment"] = "the epoch with the lowest log loss on the validation texts"
        if left_out := read.left_out_sentences():
            record["left out"] = " ".join(left_out)
        return record

    @classmethod
    def estimate(cls, settings: SentimentSettings, survey: Survey, machine: dict[str, Any]) -> Cost:
        """From the survey's counts; machine: "threads" where they are known."""
        facts = survey.facts
        return estimated_cost(settings, facts["texts"], facts["tokens"], facts["types"], facts["dim"], machine)

    def cost(self, device: Device, threads: int) -> Cost:
        read, dim = self.read, self.ready.dim if self.ready else self.settings.dim
        machine = {"threads": threads, "device": device.kind}
        types = len(self.vocabulary.labels) + len(self.vocabulary.rest)
        return estimated_cost(self.settings, len(read.texts), read.n_tokens, types, dim, machine)
