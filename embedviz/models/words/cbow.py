"""Continuous bag of words: the mean of the words around a word learns to predict it.

Mikolov, Chen, Corrado and Dean 2013, "Efficient estimation of word representations in vector space" (ICLR workshop),
section 3.1. Each of m words gets the m-th part of their mean's gradient (İrsoy, Benton and Stratos 2021, "Corrected CBOW
performs as well as skip-gram"), where word2vec.c gives it the whole.
"""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from embedviz.models.words.engine import WordEngine
from embedviz.models.words.negative_sampling import Inputs
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import TUNED_RATE, SamplingSettings
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.training.devices import Device
from embedviz.training.protocols import ModelSpec


class CbowSettings(SamplingSettings):
    """Settings of CBOW. The preset original has the defaults of word2vec.c for -cbow 1.

    Chosen on the Brown corpus with the passes that are left to the text's size (means of two seeds; Spearman on WordSim-353 and
    SimLex-999, and syntactic analogies of Google's set that are solved): 0.417, 0.175, 193 with a rate of 0.1; 0.453, 0.175, 124 with
    0.15; 0.445, 0.156, 91 with 0.2; 0.374, 0.157, 260 with 0.1 and sub-sampling from 1e-3 on. With 5 epochs alone larger rates are
    better: 0.214, 0.141, 72 with 0.1; 0.307, 0.139, 148 with 0.2.
    """

    predicts_from_windows: ClassVar[bool] = True
    presets: ClassVar[dict[str, dict[str, Any]]] = {
        "recommended": {},
        "original": {
            "epochs": 5, "learning_rate": 0.05, "negative_samples": 5, "subsample": 1e-3, "context_gradient": "whole",
        },
    }  # fmt: skip

    learning_rate: float = Field(
        0.1, gt=0, le=1, description="Initial learning rate (word2vec: -alpha).", json_schema_extra=TUNED_RATE
    )
    context_gradient: Literal["divided", "whole"] = Field(
        "divided",
        description="divided: the words of a window share the gradient of their mean. whole: each gets all of it, as in "
        "word2vec, so that steps are larger in wide windows.",
    )


def engine(prepared: PreparedCorpus, settings: CbowSettings, device: Device, threads: int) -> WordEngine:
    """Return the engine for a device: the compiled kernel on the CPU, batches in PyTorch elsewhere."""
    from embedviz.models.words.sampling_devices import sampling_engine

    inputs = Inputs(from_contexts=True, divides=settings.context_gradient == "divided")
    return sampling_engine(prepared.corpus, settings, device, threads, inputs)


SPEC: ModelSpec[PreparedCorpus, WordVectors, CbowSettings] = WordModel(
    name="cbow",
    title="Word vectors (CBOW)",
    summary="Learns a vector for each word by predicting a word from the mean of those around it. Quicker on large texts.",
    Settings=CbowSettings,
    engine=engine,
    relative_work=lambda s: (s.window + 1 + s.negative_samples) / 16,
    page="embedviz.models.words.sampling_page:cbow_page",
)
