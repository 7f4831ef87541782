"""The registry of models. Adding one is a folder here, one in tests/models and a line in MODELS."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

from embedviz.core.errors import SettingsError

if TYPE_CHECKING:
    from embedviz.training.protocols import AnyModelSpec

MODELS = {
    "skipgram": "embedviz.models.words.skipgram:SPEC",
    "cbow": "embedviz.models.words.cbow:SPEC",
    "glove": "embedviz.models.words.glove:SPEC",
    "fasttext": "embedviz.models.words.fasttext:SPEC",
    "ppmi_svd": "embedviz.models.words.ppmi_svd:SPEC",
    "ratings": "embedviz.models.ratings.spec:SPEC",
    "sentiment": "embedviz.models.sentiment.spec:SPEC",
    "categories": "embedviz.models.categories.spec:SPEC",
}


def model_spec(name: str) -> AnyModelSpec:
    """Return the spec of a model, imported now.

    Raises
    ------
    SettingsError
        When there is no such model; the message names those that there are.
    """
    if name not in MODELS:
        raise SettingsError(f"There is no model {name!r}. Known models: {', '.join(MODELS)}.")
    module, attribute = MODELS[name].split(":")
    return getattr(importlib.import_module(module), attribute)
