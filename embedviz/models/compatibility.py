"""Which models can be trained on a table with these roles, and why the others cannot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from embedviz.models import MODELS, model_class
from embedviz.models.contract import Model

_SUREST = ("ratings", "sentiment", "categories")  # asked first: each needs more than the one after it


@dataclass(frozen=True)
class Compatibility:
    """A model and, where it cannot be trained on the data, the reason in a sentence."""

    model: type[Model]
    reason: str = ""


def compatible_models(roles: Mapping[str, Any]) -> list[Compatibility]:
    """Every model, those that fit first, among them the one that uses most of the roles first."""
    found = [Compatibility(cls, _reason(cls, roles)) for cls in map(model_class, MODELS)]
    order = {name: place for place, name in enumerate(_SUREST)}
    return sorted(found, key=lambda fit: (bool(fit.reason), order.get(fit.model.name, len(order))))


def used_roles(model: type[Model], roles: Mapping[str, Any]) -> dict[str, Any]:
    """The roles that the model reads. One that is not chosen is None, so that no guess takes its place."""
    return {role: roles.get(role) for role in (*model.roles, *model.optional_roles)}


def _reason(model: type[Model], roles: Mapping[str, Any]) -> str:
    lacking = [f"{role} ({what})" for role, what in model.roles.items() if not roles.get(role)]
    return f"Needs a column as {' and as '.join(lacking)}." if lacking else ""
