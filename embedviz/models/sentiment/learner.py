"""Training: the linear terms first, which take seconds, then the network by gradient descent."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import Any

import numpy as np
import torch

from embedviz.core.progress import Progress
from embedviz.evaluation.classification import class_scores
from embedviz.models.sentiment.encoded_corpus import EncodedCorpus
from embedviz.models.sentiment.linear import Examples, LinearTerm, fit_ngrams, fit_vectors
from embedviz.models.sentiment.network import SentimentNetwork, initial_vectors
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.trained import TrainedSentiment, mean_probabilities
from embedviz.models.sentiment.vocabulary import has_vector
from embedviz.training.descent import GradientDescent, Plan
from embedviz.training.devices import Device
from embedviz.training.lazy_adam import LazyAdam
from embedviz.training.learner import Criterion, IterativeLearner
from embedviz.training.protocols import State, Weights
from embedviz.training.schedules import warmup_cosine

WARM_UP = 0.03  # share of the training in which the learning rate rises
TARGET_RMS = 0.5  # of the entries of pretrained vectors, to which others are scaled: GloVe's have 0.4 to 0.55


class SentimentTask:
    """The texts of the training set and scores on the validation set (embedviz.training.descent.Task)."""

    def __init__(self, network: SentimentNetwork, prepared: EncodedCorpus, settings: SentimentSettings):
        self.network, self.settings = network, settings
        self.texts, self.codes, self.split = prepared.texts, prepared.data.codes, prepared.split
        self.n_examples = len(self.split.train)
        self.linear_logits: list[np.ndarray] = []  # (validation, C) of each linear term, once they are fitted

    def optimizer(self) -> torch.optim.Optimizer:
        """Return Adam with a learning rate for the word vectors, where they learn, and one for everything else."""
        words = self.network.embedding.weight
        layers = [p for name, p in self.network.named_parameters() if name != "embedding.weight"]
        groups: list[dict[str, Any]] = [{"params": layers, "lr": self.settings.learning_rate}]
        if words.requires_grad:
            groups.append({"params": [words], "lr": self.settings.embedding_rate})
        return LazyAdam(groups)

    def batches(self, epoch: int) -> list[np.ndarray]:
        """Return the rows of each batch."""
        rng = np.random.default_rng([self.settings.seed, epoch])
        return self.texts.shuffled_batches(self.split.train, self.settings.batch_size, rng)

    def loss(self, batch: np.ndarray, generator: torch.Generator) -> torch.Tensor:
        """Return the cross-entropy of the network alone."""
        words, lengths = self.network.batch(self.texts, batch)
        target = torch.from_numpy(self.codes[batch]).to(words.device)
        return torch.nn.functional.cross_entropy(self.network(words, lengths, generator), target)

    def measure(self) -> dict[str, float]:
        """Return scores of network and linear terms together."""
        rows = self.split.validation
        logits = self.network.logits(self.texts, rows)
        scores = class_scores(mean_probabilities([logits, *self.linear_logits]), self.codes[rows])
        return {f"validation/{name}": value for name, value in scores.items()}


class SentimentLearner(IterativeLearner[TrainedSentiment]):
    """Fits the linear terms, then trains the network and keeps the epoch with the lowest log loss of both together."""

    def __init__(self, prepared: EncodedCorpus, settings: SentimentSettings, device: Device):
        self._prepared, self._settings = prepared, settings
        self._linear: LinearTerm | None = None
        self._sentence: LinearTerm | None = None
        vectors = np.full((len(prepared.words), settings.dim), np.nan, np.float32)
        if prepared.pretrained is not None:
            vectors = prepared.pretrained[prepared.words]
        self._pretrained = vectors if prepared.pretrained is not None and settings.fine_tune else None
        self._scale = _scale(vectors[has_vector(vectors)]) if settings.fine_tune else 1.0
        self._further = (prepared.further * np.float32(self._scale)).astype(np.float16)
        generator = torch.Generator().manual_seed(settings.seed)
        initial = initial_vectors(vectors * np.float32(self._scale), generator, mean_for_unknown=not settings.fine_tune)
        n_classes = len(prepared.data.classes.names)
        network = SentimentNetwork(settings, initial, torch.from_numpy(self._further), n_classes)
        network.initialise(generator)
        network.to(device.name)
        network.embedding.sparse = settings.fine_tune and device.kind != "mps"  # MPS has no sparse gradients
        self._task = SentimentTask(network, prepared, settings)
        plan = Plan(settings.epochs_for(len(prepared.split.train)), settings.seed, warmup_cosine(WARM_UP))
        super().__init__(GradientDescent(self._task, plan), self._build, Criterion("validation/log_loss"))

    def run(self) -> Iterator[Progress]:
        """Fit the linear terms, unless that is done, then train the network."""
        self._task.linear_logits = yield from self._fit_linear()
        yield Progress(message="Starting the network")  # stopped here, the linear terms are kept
        yield from super().run()

    def _fit_linear(self) -> Generator[Progress, None, list[np.ndarray]]:
        """Fit the linear terms, unless that is done; return the logits of each on the validation set.

        Their features, which take more memory than the network, are gone with that.
        """
        data, split, ngrams = self._prepared.data, self._prepared.split, self._prepared.ngrams
        codes, n_classes = data.codes, len(data.classes.names)
        logits: list[np.ndarray] = []
        if (sentences := self._prepared.sentences) is not None:
            validation = Examples(sentences[split.validation], codes[split.validation])
            if self._sentence is None:
                training = Examples(sentences[split.train], codes[split.train])
                self._sentence = yield from fit_vectors(training, validation, n_classes)
            logits.append(self._sentence.logits(validation.features))
        if ngrams is not None:
            features = yield from ngrams.features_in_blocks(data.words(split.validation))
            validation = Examples(features, codes[split.validation])
            if self._linear is None:
                features = yield from ngrams.features_in_blocks(data.words(split.train))
                self._linear = yield from fit_ngrams(Examples(features, codes[split.train]), validation, n_classes)
            logits.append(self._linear.logits(validation.features))
        return logits

    def state(self) -> State:
        """Return the state of the descent, and each linear term once it is fitted; before that it starts again."""
        terms = {"linear": self._linear, "sentence": self._sentence}
        parts = {name: State({} if term is None else dict(vars(term))) for name, term in terms.items()}
        return State.join(descent=super().state(), **parts)

    def restore(self, state: State) -> None:
        """Take a state back."""
        super().restore(state.part("descent"))
        if linear := state.part("linear").arrays:
            self._linear = LinearTerm(**linear)
        if sentence := state.part("sentence").arrays:
            self._sentence = LinearTerm(**sentence)

    def _build(self, weights: Weights) -> TrainedSentiment:
        """Return what was trained. A network that has not been measured yet has no say beside linear terms."""
        prepared = self._prepared
        return TrainedSentiment(
            settings=self._settings,
            column=prepared.data.column,
            classes=prepared.data.classes.names,
            shares=prepared.class_shares.astype(np.float32),
            vocabulary=prepared.vocabulary,
            word_columns=prepared.word_columns,
            weights=dict(weights),
            further=self._further,
            scale=self._scale,
            use_network=(self._linear is None and self._sentence is None) or self.has_measured,
            linear=self._linear,
            ngrams=prepared.ngrams if self._linear is not None else None,
            pretrained=self._pretrained,
            sentence=self._sentence,
        )


def _scale(vectors: np.ndarray) -> float:
    """Return the factor that gives pretrained vectors (K, D) the usual size; 1 where there are none."""
    rms = float(np.sqrt(np.mean(np.mean(vectors**2, axis=1)))) if len(vectors) else 0.0
    return TARGET_RMS / rms if rms else 1.0
