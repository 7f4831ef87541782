"""The form of a model's settings, as Train and Experiments show it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from components.settings_form import settings_form
from components.vector_menu import vector_menu
from embedviz.core.mode import is_shared
from embedviz.training.protocols import AnyModelSpec

NOT_ON_A_SHARED_SERVER = ("device", "threads", "sentence_encoder")


def model_settings(
    model: AnyModelSpec, key: str, *, hidden: Sequence[str] = (), defaults: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Draw the settings of a model and return their values.

    Parameters
    ----------
    model
        The model.
    key
        Prefix of the widgets' keys.
    hidden
        Settings that are left out. A shared server decides some by itself, which are left out as well.
    defaults
        Initial values that override those of the class.
    """
    menus = {"vectors": vector_menu()} if "vectors" in model.Settings.model_fields else {}
    left_out = (*hidden, *(NOT_ON_A_SHARED_SERVER if is_shared() else ()))
    return settings_form(model.Settings, key=key, hidden=left_out, defaults=defaults, menus=menus)
