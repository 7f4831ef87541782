"""Train embeddings on your own data and look at what they learned.

import embedviz as ev

run = ev.train("skipgram", "kjv", epochs=5)
run.space.neighbors("king")
"""

import importlib as _importlib
import typing as _typing

if _typing.TYPE_CHECKING:
    from embedviz.api import experiment, runs, start, train
    from embedviz.core.errors import EmbedvizError
    from embedviz.core.progress import Progress
    from embedviz.data.reading import Table, read_table
    from embedviz.evaluation.evaluating import evaluate_vectors
    from embedviz.formats import load_vectors
    from embedviz.project_space import project
    from embedviz.run import Run, open_run
    from embedviz.space import EmbeddingSpace
    from embedviz.store.opening import open_space
    from embedviz.text.vocabulary import Vocabulary

from embedviz.core.version import VERSION as __version__

__all__ = [
    "EmbeddingSpace",
    "EmbedvizError",
    "Progress",
    "Run",
    "Table",
    "Vocabulary",
    "__version__",
    "evaluate_vectors",
    "experiment",
    "load_vectors",
    "open_run",
    "open_space",
    "project",
    "read_table",
    "runs",
    "start",
    "train",
]

# public name -> module it comes from; imported when it is first used, so that a name costs what it needs and no more
_HOME = {
    "EmbeddingSpace": "embedviz.space",
    "EmbedvizError": "embedviz.core.errors",
    "Progress": "embedviz.core.progress",
    "Run": "embedviz.run",
    "Table": "embedviz.data.reading",
    "Vocabulary": "embedviz.text.vocabulary",
    "experiment": "embedviz.api",
    "evaluate_vectors": "embedviz.evaluation.evaluating",
    "load_vectors": "embedviz.formats",
    "open_run": "embedviz.run",
    "open_space": "embedviz.store.opening",
    "project": "embedviz.project_space",
    "read_table": "embedviz.data.reading",
    "runs": "embedviz.api",
    "start": "embedviz.api",
    "train": "embedviz.api",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module 'embedviz' has no attribute {name!r}")
    value = getattr(_importlib.import_module(_HOME[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return __all__
