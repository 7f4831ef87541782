"""Hugging Face's safetensors: named tensors, of which the largest with two dimensions is taken for the vectors.

A header of JSON behind its length in eight bytes, then the numbers (https://github.com/huggingface/safetensors).
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pandas as pd

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.formats.source import Source
from embedviz.formats.tables_of_vectors import labelled_space
from embedviz.space import EmbeddingSpace

NAME, ENDINGS = "safetensors", (".safetensors",)
LABELS = "labels"  # of the metadata: a JSON list
MAX_HEADER = 100_000_000  # bytes
_LIKELY = ("word_embeddings", "embed_tokens", "wte", "tok_embeddings", "embedding", "vectors")


def sniff(head: bytes) -> bool:
    """Return whether a file begins with a length and a JSON object."""
    return len(head) > 9 and head[8:9] == b"{" and 2 <= int.from_bytes(head[:8], "little") <= MAX_HEADER


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the tensor whose name says embedding, else the largest one with two dimensions."""
    from safetensors import SafetensorError
    from safetensors.numpy import load

    data = source.read_all()
    try:
        tensors = load(data)
        metadata = json.loads(data[8 : 8 + int.from_bytes(data[:8], "little")]).get("__metadata__") or {}
    except (SafetensorError, ValueError, KeyError, TypeError, OverflowError) as error:
        raise VectorFormatError(f"{source.name} is no whole safetensors file ({error}).") from error
    matrices = {name: tensor for name, tensor in tensors.items() if tensor.ndim == 2}
    if not matrices:
        raise VectorFormatError(
            f"{source.name} holds no tensor with two dimensions; it holds: {', '.join(tensors)[:200]}."
        )
    likely = [name for word in _LIKELY for name in matrices if word in name]
    chosen = likely[0] if likely else max(matrices, key=lambda name: matrices[name].size)
    vectors = matrices[chosen][:limit]
    notes = [] if len(matrices) == 1 else [f"Of {len(matrices):,} matrices in the file, {chosen!r} was taken."]
    labels = _labels(metadata, len(matrices[chosen]))
    on_progress(Progress(source.done, source.size, message=f"Read {len(vectors):,} vectors"))
    frame = pd.DataFrame(index=range(len(vectors)))
    return labelled_space(vectors, frame, source.name, notes, None if labels is None else labels[:limit])


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write the tensor "vectors", and the labels in the metadata."""
    from safetensors.numpy import save

    vectors = np.ascontiguousarray(space.vectors, np.float32)
    stream.write(save({"vectors": vectors}, metadata={LABELS: json.dumps(list(space.labels))}))


def _labels(metadata: dict[str, str], n: int) -> list[str] | None:
    try:
        labels = json.loads(metadata.get(LABELS, ""))
    except (ValueError, TypeError):
        return None
    return list(map(str, labels)) if isinstance(labels, list) and len(labels) == n else None
