"""Word models prepared and trained in this process, for the tests of this folder."""

from __future__ import annotations

from typing import Any

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.models import MODELS, model_spec
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.spec import WordModel
from embedviz.models.words.trained import WordVectors
from embedviz.space import EmbeddingSpace
from embedviz.training.devices import Device
from embedviz.training.learner import IterativeLearner

CPU = Device("cpu", "cpu", "CPU")
SMALL: dict[str, Any] = {"min_count": 1, "subsample": 0, "dim": 16}
WORD_MODELS = [name for name, path in MODELS.items() if path.startswith("embedviz.models.words.")]
SAMPLING_MODELS = ["skipgram", "cbow", "fasttext"]
STEPWISE_MODELS = [*SAMPLING_MODELS, "glove"]  # those that can start from vectors


def prepare(model: str, text: str, start: EmbeddingSpace | None = None, **settings: Any) -> PreparedCorpus:
    """Return the text, a unit a line, made ready for a word model of the registry, to start from a space where one is given."""
    spec: WordModel[Any] = model_spec(model)
    table = read_table(text.encode(), name="t.txt", unit="line")
    chosen = {name: value for name, value in {**SMALL, **settings}.items() if name in spec.Settings.model_fields}
    return result_of(spec.prepare(table, table.roles, spec.Settings.of(**chosen), start))


def learner(corpus: PreparedCorpus, threads: int = 1) -> IterativeLearner[WordVectors]:
    """Return a learner at its beginning, on the CPU."""
    return corpus.learner(corpus.settings, CPU, threads)


def finish(learner: IterativeLearner[WordVectors]) -> IterativeLearner[WordVectors]:
    """Train to the end."""
    for _ in learner.run():
        pass
    return learner


def train(model: str, text: str, threads: int = 1, **settings: Any) -> WordVectors:
    """Return what is kept of a whole training."""
    return finish(learner(prepare(model, text, **settings), threads)).best()


def fifty_words() -> str:
    """50 lines over 50 words, each seen about four times: the smallest text that has all three parts."""
    return "\n".join(f"w{i} w{(i * 7) % 50} w{(i * 3) % 50} w{(i + 1) % 50}" for i in range(50))
