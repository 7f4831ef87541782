"""Settings that every model shares. A model's own class adds its fields; form, flags and documentation come from it."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embedviz.core.errors import SettingsError


class Settings(BaseModel):
    """A validated, frozen set of values. Each field has a range, a default that works and a sentence of help.

    `json_schema_extra={"basic": True}` on a field puts it among the few that a form shows first.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    presets: ClassVar[dict[str, dict[str, Any]]] = {}

    @classmethod
    def of(cls, *, preset: str | None = None, **values: Any) -> Self:
        """The settings with these values over the preset's, or a SettingsError whose message names the field, the rule
        and what came."""
        if preset is not None and preset not in cls.presets:
            raise SettingsError(f"There is no preset {preset!r}. Known presets: {', '.join(cls.presets) or 'none'}.")
        try:
            return cls(**{**cls.presets.get(preset, {}), **values})
        except ValidationError as error:
            raise SettingsError(_in_words(cls, error)) from error


class TrainingSettings(Settings):
    """What every training takes. presets: name -> the values in which it differs from the defaults; the first is what
    the defaults are."""

    presets: ClassVar[dict[str, dict[str, Any]]] = {"recommended": {}}

    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="The same seed and settings give the same result on one thread."
    )
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$",
        description="Where to train: auto takes CUDA, then Apple's MPS, then the CPU.",
    )
    threads: int = Field(0, ge=0, le=256, description="CPU threads; 0 takes what the machine has to spare.")
    deterministic: bool = Field(
        False, description="One thread, so that the same seed gives the same numbers to the last digit. Slower."
    )
    validation_share: float = Field(0.05, ge=0.01, le=0.5, description="Share kept apart to choose the best moment by.")
    test_share: float = Field(0.05, ge=0.0, le=0.5, description="Share kept apart and measured once, at the end.")


Optimizer = Literal["sgd", "adagrad"]


def _in_words(cls: type[Settings], error: ValidationError) -> str:
    known = ", ".join(sorted(cls.model_fields))
    sentences = []
    for problem in error.errors():
        name = ".".join(str(part) for part in problem["loc"]) or "settings"
        if problem["type"] == "extra_forbidden":
            sentences.append(f"There is no setting {name!r}. Known settings: {known}.")
        else:
            sentences.append(
                f"Setting {name}: {problem['msg'].removeprefix('Value error, ')}, got {problem['input']!r}."
            )
    return " ".join(sentences)
