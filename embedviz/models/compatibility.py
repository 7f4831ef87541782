"""Compatibility of models with the roles of a table, with the reason where one cannot be trained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedviz.models import MODELS, model_spec
from embedviz.training.protocols import AnyModelSpec

PREFERRED = ("ratings", "sentiment", "categories")  # in this order: each needs more roles than the next


@dataclass(frozen=True)
class Compatibility:
    """A model and, where it cannot be trained on the data, the reason in a sentence."""

    model: AnyModelSpec
    reason: str = ""


def compatible_models(roles: Mapping[str, Any]) -> list[Compatibility]:
    """Return every model, those that fit first, among them the one that uses most of the roles first."""
    found = [Compatibility(cls, _reason(cls, roles)) for cls in map(model_spec, MODELS)]
    order = {name: place for place, name in enumerate(PREFERRED)}
    return sorted(found, key=lambda fit: (bool(fit.reason), order.get(fit.model.name, len(order))))


def word_models() -> dict[str, AnyModelSpec]:
    """Return the models of the words of a text by name: all their spaces are of words, and text is all that they need."""
    models = {name: model_spec(name) for name in MODELS}
    return {name: model for name, model in models.items() if set(model.roles) == {"text"} and _is_of_words(model)}


def used_roles(model: AnyModelSpec, roles: Mapping[str, Any]) -> dict[str, Any]:
    """Return the roles that the model reads. One that is not chosen is None, so that no guess takes its place."""
    return {role: roles.get(role) for role in (*model.roles, *model.optional_roles)}


def _is_of_words(model: AnyModelSpec) -> bool:
    return bool(model.spaces) and set(model.spaces.values()) == {"word"}


def _reason(model: AnyModelSpec, roles: Mapping[str, Any]) -> str:
    missing = [f"{role} ({purpose})" for role, purpose in model.roles.items() if not roles.get(role)]
    return f"Needs: {', '.join(missing)}." if missing else ""
