"""The models by name. Adding one is a folder here, one in tests/models and a line in MODELS."""

from __future__ import annotations

import importlib

from embedviz.core.errors import SettingsError
from embedviz.models.contract import Model

MODELS = {
    "skipgram": "embedviz.models.skipgram.model:Skipgram",
    "ratings": "embedviz.models.ratings.model:Ratings",
    "sentiment": "embedviz.models.sentiment.spec:SPEC",
    "categories": "embedviz.models.categories.model:Categories",
}


def model_class(name: str) -> type[Model]:
    """The class of the model, imported now; SettingsError with the known names when there is none."""
    if name not in MODELS:
        raise SettingsError(f"There is no model {name!r}. Known models: {', '.join(MODELS)}.")
    module, attribute = MODELS[name].split(":")
    return getattr(importlib.import_module(module), attribute)
