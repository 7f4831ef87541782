"""Skip-gram: a word's vector learns to predict the words around it.

Mikolov, Chen, Corrado and Dean 2013, "Efficient estimation of word representations in vector space" (ICLR workshop), section
3.2.
"""

from __future__ import annotations

from typing import Any, ClassVar

from embedviz.models.words.engine import WordEngine
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import SamplingSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec


class SkipgramSettings(SamplingSettings):
    """Settings of skip-gram. The preset original has the defaults of word2vec.c for -cbow 0."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "original": {"epochs": 5, "learning_rate": 0.025, "negative_samples": 5, "subsample": 1e-3, "window": 5},
    }


def engine(prepared: PreparedCorpus, settings: SkipgramSettings, device: Device, threads: int) -> WordEngine:
    """Return the engine for a device: the compiled kernel on the CPU, batches in PyTorch elsewhere."""
    from embedviz.models.words.sampling_devices import sampling_engine

    return sampling_engine(prepared.corpus, settings, device, threads)


SPEC: ModelSpec[PreparedCorpus, WordVectors, SkipgramSettings] = WordModel(
    name="skipgram",
    title="Word vectors (skip-gram)",
    summary="Learns a vector for each word by predicting the words around it. Words used alike end up near each other.",
    Settings=SkipgramSettings,
    engine=engine,
    relative_work=lambda s: (s.window + 1 + 2 * s.negative_samples) / 16,
    page="embedviz.models.words.sampling_page:skipgram_page",
)
