"""The settings of a model that a search tries values of, and within which bounds, as its Settings class declares them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from embedviz.core.settings import Settings

if TYPE_CHECKING:
    import optuna

LOG = "log"


@dataclass(frozen=True)
class Range:
    """Values that a search tries.

    Attributes
    ----------
    low, high
        Both are tried too.
    is_log
        Whether as many values are tried from 1 to 10 as from 10 to 100.
    is_integer
        Whether they are whole numbers.
    """

    low: float
    high: float
    is_log: bool
    is_integer: bool

    def suggested(self, trial: optuna.Trial, name: str) -> int | float:
        """Return the value that a trial suggests."""
        if self.is_integer:
            return trial.suggest_int(name, int(self.low), int(self.high), log=self.is_log)
        return trial.suggest_float(name, self.low, self.high, log=self.is_log)


def search_space(settings: type[Settings], fixed: Mapping[str, Any]) -> dict[str, Range]:
    """Return name -> values of the settings that a search tries.

    Parameters
    ----------
    settings : type of Settings
        Those of a model.
    fixed : mapping
        Settings that were chosen, which are not searched.
    """
    defaults = {name: field.default for name, field in settings.model_fields.items()}
    chosen = {**defaults, **fixed}
    found: dict[str, Range] = {}
    for name, field in settings.model_fields.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        if name in fixed or not _is_used(extra, chosen):
            continue
        match extra.get("tune"):
            case [int() | float() as low, int() | float() as high, *scale]:
                is_integer = isinstance(low, int) and isinstance(high, int)
                found[name] = Range(low, high, LOG in scale, is_integer)
            case _:
                pass
    return found


def _is_used(extra: Mapping[str, Any], chosen: Mapping[str, Any]) -> bool:
    """Return False for a setting that another one rules out."""
    needed = {**(extra.get("only_for") or {}), **(extra.get("tune_for") or {})}
    ruled_out = extra.get("not_for") or {}
    return all(chosen[other] in values for other, values in needed.items()) and not any(
        chosen[other] in values for other, values in ruled_out.items()
    )
