"""The network that reads a text's word vectors, from the textbook's to ours.

Letters: B texts, T words of the longest, D numbers of a vector, H units, C classes.
"""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import nn

from embedviz.models.sentiment.settings import SentimentSettings
from embedviz.models.sentiment.vocabulary import FIRST, PADDING, UNKNOWN

SPREAD = 0.1  # of the numbers in a vector that nothing is known of


class SentimentNetwork(nn.Module):
    """Word vectors -> an LSTM, where there is one -> one vector a text -> a layer to the classes.

    The textbook's is frozen vectors, `lstm` in one direction, the state at the last real word, `fc`. Both directions of
    ours are plain LSTMs over padded texts, the second over each text turned round: torch's packed sequences miss the
    fast kernel on CPUs (pytorch#149194).

    vectors (FIRST + V, D): what the words begin with, padding and the unknown word included. rest (R, D): vectors of
    words that never learn; they are no part of the state dict, which checkpoints hold twice.
    """

    def __init__(
        self,
        vectors: torch.Tensor,
        rest: torch.Tensor,
        n_classes: int,
        *,
        encoder: str = "lstm",
        bidirectional: bool = True,
        pooling: str = "mean and max",
        hidden_dim: int = 64,
        fine_tune: bool = True,
        dropout: float = 0.5,
        word_dropout: float = 0.1,
    ):
        super().__init__()
        dim = vectors.shape[1]
        self.embedding = nn.Embedding.from_pretrained(
            vectors, freeze=not fine_tune, padding_idx=PADDING, sparse=fine_tune
        )
        self.register_buffer("rest", rest, persistent=False)
        width = dim
        if encoder == "lstm":
            self.lstm = nn.LSTM(dim, hidden_dim)
            width = hidden_dim
            if bidirectional:
                self.lstm_back = nn.LSTM(dim, hidden_dim)
                width *= 2
        self.encoder, self.bidirectional, self.pooling = encoder, bidirectional, pooling
        self.dropout, self.word_dropout = dropout, word_dropout
        self.fc = nn.Linear(width * (1 if pooling == "last" else 2), n_classes)

    def forward(
        self, words: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """(B, T) int64 numbers of words, (B,) -> logits (B, C). With a generator it drops out by it; without it does
        not."""
        if generator is not None and self.word_dropout:
            kept = torch.rand(words.shape, generator=generator, device=words.device) >= self.word_dropout
            words = torch.where(kept | (words == PADDING), words, UNKNOWN)
        return self.of_vectors(self.embedded(words), lengths, generator)

    def embedded(self, words: torch.Tensor) -> torch.Tensor:
        """The words' vectors (B, T, D)."""
        learning = self.embedding.num_embeddings
        vectors = self.embedding(words.clamp(max=learning - 1))
        if len(self.rest) and bool((words >= learning).any()):
            further = self.rest[(words - learning).clamp(min=0)].to(vectors.dtype)
            vectors = torch.where((words >= learning)[..., None], further, vectors)
        return vectors

    def of_vectors(
        self, vectors: torch.Tensor, lengths: torch.Tensor, generator: torch.Generator | None = None
    ) -> torch.Tensor:
        """(B, T, D) -> logits (B, C)."""
        states = _dropped(vectors, self.dropout / 2, generator).transpose(0, 1)  # (T, B, D)
        place = torch.arange(states.shape[0], device=states.device)[:, None]  # (T, 1)
        real = (place < lengths)[..., None]  # (T, B, 1)
        if self.encoder == "lstm":
            found = [self.lstm(states)[0]]
            if self.bidirectional:
                turned = torch.where(place < lengths, lengths - 1 - place, place)[..., None]  # (T, B, 1)
                found.append(self.lstm_back(states.gather(0, turned.expand_as(states)))[0])
            states = torch.cat(found, 2) if len(found) > 1 else found[0]  # (T, B, H or 2H)
        if self.pooling == "last":
            last = (lengths - 1)[None, :, None].expand(1, -1, states.shape[2])
            pooled = states.gather(0, last)[0]
        else:
            mean = (states * real).sum(0) / lengths[:, None]
            pooled = torch.cat([mean, states.masked_fill(~real, -torch.inf).amax(0)], 1)
        return self.fc(_dropped(pooled, self.dropout, generator))

    def initialise(self, generator: torch.Generator) -> None:
        """All weights but the word vectors, from U(-1/√n, 1/√n), n the layer's inputs (an LSTM's units), as torch does
        from its global generator."""
        with torch.no_grad():
            for name, layer in self.named_children():
                if name != "embedding":
                    n = layer.hidden_size if isinstance(layer, nn.LSTM) else layer.in_features
                    for parameter in layer.parameters():
                        parameter.uniform_(-1 / math.sqrt(n), 1 / math.sqrt(n), generator=generator)


def network_of(
    settings: SentimentSettings, vectors: torch.Tensor, rest: torch.Tensor, n_classes: int
) -> SentimentNetwork:
    """The network that the settings describe."""
    names = (
        "encoder",
        "bidirectional",
        "pooling",
        "hidden_dim",
        "fine_tune",
        "dropout",
        "word_dropout",
    )
    return SentimentNetwork(vectors, rest, n_classes, **{name: getattr(settings, name) for name in names})


def first_vectors(
    n_words: int, dim: int, ready: dict[int, np.ndarray], generator: torch.Generator, mean_for_unknown: bool
) -> torch.Tensor:
    """(FIRST + n_words, dim): ready vectors at their places, the others drawn. The padding row is zero; the unknown word
    begins as the mean of the ready ones where nothing will teach it."""
    vectors = torch.empty(FIRST + n_words, dim).normal_(0, SPREAD, generator=generator)
    for place, vector in ready.items():
        vectors[FIRST + place] = torch.from_numpy(vector)
    if mean_for_unknown and ready:
        vectors[UNKNOWN] = vectors[[FIRST + place for place in ready]].mean(0)
    vectors[PADDING] = 0
    return vectors


def _dropped(x: torch.Tensor, share: float, generator: torch.Generator | None) -> torch.Tensor:
    """F.dropout, with chance from the generator; x itself without one."""
    if generator is None or not share:
        return x
    kept = torch.empty_like(x).bernoulli_(1 - share, generator=generator)
    return x * kept.div_(1 - share)
