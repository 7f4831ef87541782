"""Train embeddings on your own data and look at what they learned.

import embedviz as ev

run = ev.train("skipgram", "kjv", epochs=5)
run.space.neighbors("king")
"""

from __future__ import annotations

import importlib
from typing import Any

__version__ = "0.1.0"

# public name -> module it comes from; imported when it is first used, so that a name costs what it needs and no more
_HOME = {
    "EmbeddingSpace": "embedviz.space",
    "EmbedvizError": "embedviz.core.errors",
    "Progress": "embedviz.core.progress",
    "Run": "embedviz.run",
    "Table": "embedviz.data.reading",
    "Vocabulary": "embedviz.text.vocabulary",
    "load_vectors": "embedviz.formats",
    "open_run": "embedviz.run",
    "project": "embedviz.projection.projecting",
    "read_table": "embedviz.data.reading",
    "runs": "embedviz.api",
    "start": "embedviz.api",
    "train": "embedviz.api",
}
__all__ = ["__version__", *_HOME]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'embedviz' has no attribute {name!r}")
    value = getattr(importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value
