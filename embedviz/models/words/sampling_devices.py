"""The engine of negative sampling for a device: the compiled kernel on the CPU, batches in PyTorch elsewhere."""

from __future__ import annotations

from embedviz.models.words.engine import WordEngine
from embedviz.models.words.negative_sampling import Inputs, SamplingEngine
from embedviz.models.words.settings import SamplingSettings
from embedviz.text.corpus import Corpus
from embedviz.training.devices import Device


def sampling_engine(
    corpus: Corpus, settings: SamplingSettings, device: Device, threads: int, inputs: Inputs | None = None
) -> WordEngine:
    """Return the engine; hierarchical softmax, whose paths differ in length, is trained on the CPU whatever the device."""
    inputs = inputs or Inputs()
    if device.kind == "cpu" or settings.has_tree:
        return SamplingEngine(corpus, settings, threads, inputs)
    from embedviz.models.words.sampling_gpu import GpuSamplingEngine

    return GpuSamplingEngine(corpus, settings, inputs, device.name)
