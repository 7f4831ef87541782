"""fastText: skip-gram in which a word's vector is the mean of its own and of those of its character n-grams.

Bojanowski, Grave, Joulin and Mikolov 2017, "Enriching word vectors with subword information" (TACL 5, p. 135). N-grams that fall
into one bucket of the hash share a vector; buckets that no word of the vocabulary falls into have none.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

import numpy as np
from pydantic import Field, model_validator

from embedviz.models.words.engine import WordEngine
from embedviz.models.words.negative_sampling import Inputs
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import TUNED_RATE, SamplingSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.space.subwords import Subwords
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec


class FasttextSettings(SamplingSettings):
    """Settings of fastText. The preset original has the defaults of `fasttext skipgram`.

    Chosen on the Brown corpus (5 epochs, one thread, means of two seeds; Spearman on WordSim-353 and SimLex-999, and syntactic
    analogies of Google's set that are solved): 0.402, 0.099, 2,820. Sub-sampling from 1e-3 on gives 0.373, 0.135, 2,864, and with
    n-grams up to 5 beside 0.364, 0.130, 3,000, but numbers of a text of few words then grow to 5, where they stay below 3; a divided
    gradient at a rate of 0.2 gives 0.305, 0.182, 2,968.
    """

    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "original": {
            "epochs": 5, "learning_rate": 0.05, "negative_samples": 5, "subsample": 1e-4, "min_n": 3, "max_n": 6, "buckets": 2_000_000,
            "subword_gradient": "whole",
        },
    }  # fmt: skip

    learning_rate: float = Field(
        0.05, gt=0, le=1, description="Initial learning rate (fastText: -lr).", json_schema_extra=TUNED_RATE
    )
    min_n: int = Field(3, ge=1, le=20, description="Fewest characters of an n-gram (fastText: -minn).")
    max_n: int = Field(
        6,
        ge=1,
        le=20,
        description="Most characters of an n-gram (fastText: -maxn). The marks at a word's beginning and end count.",
    )
    buckets: int = Field(
        500_000,
        ge=1,
        le=20_000_000,
        description="Buckets that the n-grams are hashed into (fastText: -bucket). Fewer save memory, but mix n-grams.",
    )
    subword_gradient: Literal["whole", "divided"] = Field(
        "whole",
        description="whole: each n-gram of a word gets all of its gradient, as in fastText. divided: they share it.",
    )

    @model_validator(mode="after")
    def _min_n_is_at_most_max_n(self) -> Self:
        if self.min_n > self.max_n:
            raise ValueError(f"min_n is at most max_n; got {self.min_n} and {self.max_n}")
        return self


def inputs_of(labels: list[str], settings: FasttextSettings) -> Inputs:
    """Return the rows of each word: its own, then those of its n-grams, each bucket that occurs having one."""
    hashing = Subwords(np.empty((0, 0), np.float32), settings.min_n, settings.max_n, None, settings.buckets)
    owners, buckets = hashing.buckets([label.encode("utf-8", "replace") for label in labels])
    used, slots = np.unique(buckets, return_inverse=True)
    V = len(labels)
    counts = 1 + np.bincount(owners, minlength=V)
    starts = np.concatenate([[0], np.cumsum(counts)])
    rows = np.empty(starts[-1], np.int32)
    rows[starts[:-1]] = np.arange(V)
    is_own = np.zeros(len(rows), bool)
    is_own[starts[:-1]] = True
    rows[~is_own] = V + slots
    divides = settings.subword_gradient == "divided"
    return Inputs(False, divides, starts, rows, used, settings.buckets, settings.min_n, settings.max_n)


def engine(prepared: PreparedCorpus, settings: FasttextSettings, device: Device, threads: int) -> WordEngine:
    """Return the engine for a device: the compiled kernel on the CPU, batches in PyTorch elsewhere."""
    from embedviz.models.words.sampling_devices import sampling_engine

    corpus = prepared.corpus
    return sampling_engine(corpus, settings, device, threads, inputs_of(corpus.vocabulary.labels, settings))


SPEC: ModelSpec[PreparedCorpus, WordVectors, FasttextSettings] = WordModel(
    name="fasttext",
    title="Word vectors (fastText)",
    summary="Learns vectors of words and of their parts, so that forms of a word are near each other, and any word has a vector.",
    Settings=FasttextSettings,
    engine=engine,
    relative_work=lambda s: (s.window + 1 + 2 * s.negative_samples + 20) / 16,
    page="embedviz.models.words.sampling_page:fasttext_page",
)
