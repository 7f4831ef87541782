"""Training the sentiment network: what embedviz.training.descent asks of it."""

from __future__ import annotations

import math

import numpy as np
import torch

from embedviz.evaluation.classification import class_scores
from embedviz.models.sentiment.networks import SentimentNetwork
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.training.lazy_adam import LazyAdam

READ_AT_ONCE = 16_384  # words of a batch that is only read
WARM_UP = 0.03  # of the way: Adam's first steps, before it knows how large gradients are, are small


def schedule(share: float) -> float:
    """The factor of the learning rates: a short rise, then half a cosine down to nothing (Loshchilov and Hutter 2017,
    "SGDR", ICLR, equation 5, without restarts)."""
    return min(1.0, (share + 1e-3) / WARM_UP) * 0.5 * (1 + math.cos(math.pi * share))


class SentimentTask:
    """The texts of the training part, and scores on the validation part."""

    def __init__(
        self,
        network: SentimentNetwork,
        texts: CodedTexts,
        codes: np.ndarray,
        training: np.ndarray,
        validation: np.ndarray,
        settings: SentimentSettings,
    ):
        self.network, self.texts, self.codes = network, texts, codes
        self.training, self.validation = training, validation
        self.settings = settings
        self.n_examples = len(training)
        self.linear_logits: np.ndarray | None = None  # (validation, C) of the linear term, where there is one

    def optimizer(self) -> torch.optim.Optimizer:
        words = self.network.embedding.weight
        layers = [p for name, p in self.network.named_parameters() if name != "embedding.weight"]
        groups = [{"params": layers, "lr": self.settings.learning_rate}]
        if words.requires_grad:
            groups.append({"params": [words], "lr": self.settings.embedding_rate})
        return LazyAdam(groups)

    def batches(self, epoch: int) -> list[np.ndarray]:
        rng = np.random.default_rng([self.settings.seed, epoch])
        return self.texts.shuffled_batches(self.training, self.settings.batch_size, rng)

    def loss(self, batch: np.ndarray, generator: torch.Generator) -> torch.Tensor:
        device = self.network.fc.weight.device
        words, lengths = (torch.from_numpy(x).to(device) for x in self.texts.padded(batch))
        target = torch.from_numpy(self.codes[batch]).to(device)
        return torch.nn.functional.cross_entropy(self.network(words, lengths, generator), target)

    def measure(self) -> dict[str, float]:
        logits = logits_of(self.network, self.texts, self.validation)
        scores = class_scores(probabilities(logits, self.linear_logits), self.codes[self.validation])
        return {f"validation/{name}": value for name, value in scores.items()}


@torch.no_grad()
def logits_of(network: SentimentNetwork, texts: CodedTexts, rows: np.ndarray) -> np.ndarray:
    """The network's logits for the rows, (N, C) float32."""
    found = np.empty((len(rows), network.fc.out_features), np.float32)
    device = network.fc.weight.device
    if len(rows):
        size = max(1, READ_AT_ONCE // int(texts.lengths[rows].max()))
        for places in texts.batches_by_length(rows, size):
            words, lengths = (torch.from_numpy(x).to(device) for x in texts.padded(rows[places]))
            found[places] = network(words, lengths).cpu().numpy()
    return found


def probabilities(logits: np.ndarray | None, linear: np.ndarray | None) -> np.ndarray:
    """Softmax of the mean of both logits, or of the one there is: (N, C) float32. The mean of logits is the geometric
    mean of both answers; their sum would be too sure, for both have seen the same texts."""
    found = [each for each in (logits, linear) if each is not None]
    mean = sum(found) / len(found)
    exponents = np.exp(mean - mean.max(1, keepdims=True))
    return (exponents / exponents.sum(1, keepdims=True)).astype(np.float32)
