"""The network that reads the word vectors of a text.

Letters: B texts, L words of the longest, D dimensions, H units, P dimensions of a text, C classes, V words that learn, R further
words.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from embedviz.core.errors import DataError
from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.texts import CodedTexts
from embedviz.models.sentiment.vocabulary import FIRST, PADDING, UNKNOWN, has_vector

INIT_STD = 0.1  # of the entries of a vector that is drawn
INFERENCE_WORDS = 16_384  # of a batch when nothing is trained
ATTRIBUTION_STEPS = 32  # of the integral; its error is about a hundredth of the logit
ATTRIBUTION_BATCH = 256  # steps that are computed at once


class SentimentNetwork(nn.Module):
    """Word vectors -> an LSTM, where there is one -> one vector a text -> a layer to the classes.

    The textbook's network is frozen vectors, `lstm` in one direction, the state at the last real word, `fc`. Both
    directions of ours are plain LSTMs over padded texts, the second over each text reversed: torch's packed sequences miss
    the fast kernel on CPUs (pytorch#149194).

    Parameters
    ----------
    settings
        The architecture.
    vectors
        (FIRST + V, D) initial word vectors, padding and the unknown word included.
    further
        (R, D) vectors of words that never learn; they are no part of the state dict, which checkpoints hold twice.
    n_classes
        C.
    """

    further: torch.Tensor

    def __init__(self, settings: SentimentSettings, vectors: torch.Tensor, further: torch.Tensor, n_classes: int):
        super().__init__()
        self.settings = settings
        self.embedding = nn.Embedding.from_pretrained(
            vectors, freeze=not settings.fine_tune, padding_idx=PADDING, sparse=settings.fine_tune
        )
        self.register_buffer("further", further, persistent=False)
        dim = vectors.shape[1]
        if settings.encoder == "lstm":
            self.lstm = nn.LSTM(dim, settings.hidden_dim)
            if settings.bidirectional:
                self.lstm_back = nn.LSTM(dim, settings.hidden_dim)
        self.fc = nn.Linear(settings.pooled_dim(dim), n_classes)

    @classmethod
    def of(
        cls, settings: SentimentSettings, weights: Mapping[str, np.ndarray], further: np.ndarray, n_classes: int
    ) -> SentimentNetwork:
        """Return a network for inference, made of a copy of the arrays of a state dict.

        Raises
        ------
        DataError
            When they are not those of such a network.
        """
        try:
            tensors = {name: torch.from_numpy(np.array(array)) for name, array in weights.items()}
            network = cls(settings, tensors["embedding.weight"].clone(), torch.from_numpy(np.array(further)), n_classes)
            network.load_state_dict(tensors)
        except (KeyError, RuntimeError) as error:
            raise DataError(f"These are not the weights of this sentiment model ({error}).") from error
        return network.train(False)

    def forward(
        self, words: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Return logits: (B, L) int64 numbers of words, (B,) -> (B, C). Dropout comes from the generator; without one
        there is none."""
        share = self.settings.word_dropout
        if generator is not None and share:
            is_kept = torch.rand(words.shape, generator=generator, device=words.device) >= share
            words = torch.where(is_kept | (words == PADDING), words, UNKNOWN)
        return self.of_vectors(self.embedded(words), lengths, generator)

    def embedded(self, words: torch.Tensor) -> torch.Tensor:
        """Return the vectors of words: (B, L) -> (B, L, D)."""
        n_learning = self.embedding.num_embeddings
        vectors = self.embedding(words.clamp(max=n_learning - 1))
        if len(self.further) and bool((words >= n_learning).any()):
            further = self.further[(words - n_learning).clamp(min=0)].to(vectors.dtype)
            vectors = torch.where((words >= n_learning)[..., None], further, vectors)
        return vectors

    def of_vectors(
        self, vectors: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Return logits: (B, L, D), (B,) -> (B, C)."""
        pooled = self.pool(vectors, lengths, generator)
        return self.fc(_dropout(pooled, self.settings.dropout, generator))

    def pool(
        self, vectors: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """Return one vector a text, which the output layer reads: (B, L, D), (B,) -> (B, P)."""
        settings = self.settings
        states = _dropout(vectors, settings.dropout / 2, generator).transpose(0, 1)  # (L, B, D)
        place = torch.arange(states.shape[0], device=states.device)[:, None]  # (L, 1)
        is_word = (place < lengths)[..., None]  # (L, B, 1)
        if settings.encoder == "lstm":
            found = [self.lstm(states)[0]]
            if settings.bidirectional:
                reversed_ = torch.where(place < lengths, lengths - 1 - place, place)[..., None]  # (L, B, 1)
                found.append(self.lstm_back(states.gather(0, reversed_.expand_as(states)))[0])
            states = torch.cat(found, 2) if len(found) > 1 else found[0]  # (L, B, H or 2H)
        if settings.pooling == "last":
            last = (lengths - 1)[None, :, None].expand(1, -1, states.shape[2])
            return states.gather(0, last)[0]
        mean = (states * is_word).sum(0) / lengths[:, None]
        return torch.cat([mean, states.masked_fill(~is_word, -torch.inf).amax(0)], 1)

    @torch.no_grad()
    def pooled(self, texts: CodedTexts, rows: np.ndarray) -> np.ndarray:
        """Return the vectors of texts that the output layer reads, in batches: (N,) -> (N, P) float32."""
        pooled = np.empty((len(rows), self.fc.in_features), np.float32)
        if len(rows):
            size = max(1, INFERENCE_WORDS // int(texts.lengths[rows].max()))
            for places in texts.batches_by_length(rows, size):
                words, lengths = self.batch(texts, rows[places])
                pooled[places] = self.pool(self.embedded(words), lengths).cpu().numpy()
        return pooled

    @torch.no_grad()
    def of_pooled(self, pooled: np.ndarray) -> np.ndarray:
        """Return the logits of texts: (N, P) -> (N, C) float32."""
        return self.fc(torch.from_numpy(pooled).to(self.fc.weight.device)).cpu().numpy()

    def logits(self, texts: CodedTexts, rows: np.ndarray) -> np.ndarray:
        """Return the logits of texts: (N,) -> (N, C) float32."""
        return self.of_pooled(self.pooled(texts, rows))

    def batch(self, texts: CodedTexts, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        """Return the words (B, L) and lengths (B,) of texts on the network's device."""
        words, lengths = texts.padded(rows)
        device = self.fc.weight.device
        return torch.from_numpy(words).to(device), torch.from_numpy(lengths).to(device)

    def contributions(self, words: np.ndarray) -> np.ndarray:
        """Return what each word adds to the logit of each class above the mean of all classes: (L,) -> (C, L) float64.

        Integrated gradients: along the straight line from no words (zero vectors) to the vectors of the text. Sundararajan,
        Taly and Yan 2017, "Axiomatic attribution for deep networks" (ICML).
        """
        from captum.attr import IntegratedGradients

        def margins(points: torch.Tensor, lengths: torch.Tensor) -> torch.Tensor:
            logits = self.of_vectors(points, lengths)
            return logits - logits.mean(1, keepdim=True)

        vectors = self.embedded(torch.from_numpy(words.astype(np.int64))[None]).detach()
        gradients = IntegratedGradients(margins, multiply_by_inputs=True)
        found = [
            gradients.attribute(
                vectors,
                baselines=torch.zeros_like(vectors),
                target=target,
                additional_forward_args=(torch.tensor([len(words)]),),
                n_steps=ATTRIBUTION_STEPS,
                method="gausslegendre",
                internal_batch_size=ATTRIBUTION_BATCH,
            )[0]
            .sum(1)
            .double()
            .numpy()
            for target in range(self.fc.out_features - 1)
        ]
        return np.stack([*found, -np.sum(found, axis=0)])  # the margins of all classes add up to zero

    def initialise(self, generator: torch.Generator) -> None:
        """Draw all weights but the word vectors from U(-1/√n, 1/√n), n a layer's inputs (an LSTM's units), as torch does
        from its global generator."""
        with torch.no_grad():
            for layer in self.children():
                if isinstance(layer, nn.LSTM | nn.Linear):
                    n = layer.hidden_size if isinstance(layer, nn.LSTM) else layer.in_features
                    for parameter in layer.parameters():
                        parameter.uniform_(-1 / math.sqrt(n), 1 / math.sqrt(n), generator=generator)


def initial_vectors(pretrained: np.ndarray, generator: torch.Generator, mean_for_unknown: bool) -> torch.Tensor:
    """Return the vectors that training starts from: (V, D) -> (FIRST + V, D).

    Those that are NaN are drawn. Padding is zero. `mean_for_unknown`: the unknown word starts as the mean of the pretrained
    vectors, where nothing will train it.
    """
    vectors = torch.empty(FIRST + len(pretrained), pretrained.shape[1]).normal_(0, INIT_STD, generator=generator)
    is_known = has_vector(pretrained)
    known = torch.from_numpy(pretrained[is_known])
    vectors[FIRST:][torch.from_numpy(is_known)] = known
    if mean_for_unknown and len(known):
        vectors[UNKNOWN] = known.mean(0)
    vectors[PADDING] = 0
    return vectors


def _dropout(x: torch.Tensor, share: float, generator: torch.Generator | None) -> torch.Tensor:
    """F.dropout by the generator; x itself without one."""
    if generator is None or not share:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=generator)
    return x * kept.div_(1 - share)
