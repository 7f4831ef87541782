"""Base classes of settings. A model's class adds its fields; form, flags and documentation come from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from embedviz.core.errors import SettingsError


class Settings(BaseModel):
    """A validated, frozen set of values. Each field has a range, a default that works and a sentence of help.

    `json_schema_extra={"basic": True}` on a field puts it among the few that a form shows first; {"only_for": {"method": ["umap"]}}
    and {"not_for": {"phrases": [0]}} leave it out where another field has another, or such a value. {"tune": [low, high]}, or
    [low, high, "log"] for a logarithmic scale, makes it one that a search for good settings tries values of; {"tune_for": {"method":
    ["bpr"]}} only where another field has such a value.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)

    presets: ClassVar[dict[str, dict[str, Any]]] = {}
    renamed: ClassVar[dict[str, str]] = {}  # name of a field in earlier versions -> its name
    dropped: ClassVar[frozenset[str]] = frozenset()  # names of fields of earlier versions, ignored in kept settings

    @classmethod
    def of(cls, *, preset: str | None = None, **values: Any) -> Self:
        """Return the settings with these values over a preset's.

        Parameters
        ----------
        preset
            One of `presets`.
        **values
            Fields of the class.

        Raises
        ------
        SettingsError
            The message names the field, the rule and the value.
        """
        if preset is not None and preset not in cls.presets:
            raise SettingsError(f"There is no preset {preset!r}. Known presets: {', '.join(cls.presets) or 'none'}.")
        values = {cls.renamed.get(name, name): value for name, value in values.items()}
        try:
            return cls(**{**(cls.presets[preset] if preset is not None else {}), **values})
        except ValidationError as error:
            raise SettingsError(_in_words(cls, error)) from error

    @classmethod
    def from_values(cls, values: Mapping[str, Any]) -> Self:
        """Return settings that were kept; SettingsError as in `of`."""
        return cls.of(**{name: value for name, value in values.items() if name not in cls.dropped})


class TrainingSettings(Settings):
    """Settings of every training.

    Attributes
    ----------
    presets
        Name -> the values in which it differs from the defaults; the first is the defaults.
    """

    presets: ClassVar[dict[str, dict[str, Any]]] = {"recommended": {}}

    seed: int = Field(
        0, ge=0, le=2**31 - 1, description="The same seed and settings give the same result on one thread."
    )
    device: str = Field(
        "auto",
        pattern=r"^(auto|cpu|cuda(:\d+)?|mps)$",
        description="Where to train: auto takes CUDA, then Apple's MPS, then the CPU.",
    )
    threads: int = Field(0, ge=0, le=256, description="CPU threads; 0 takes those that the machine has to spare.")
    deterministic: bool = Field(
        False, description="Train on one thread, so that the same seed gives bit-equal results. Slower."
    )
    validation_share: float = Field(
        0.05,
        ge=0.01,
        le=0.5,
        description="Share of the data in the validation set, which selects the best epoch.",
    )
    test_share: float = Field(
        0.05, ge=0.0, le=0.5, description="Share of the data in the test set, measured once, at the end."
    )
    measure_test: bool = Field(
        True,
        description="Measure the test set at the end. Off, it stays unseen: for a search, after which the best is measured alone.",
    )


class ExampleSettings(TrainingSettings):
    """Settings of a training on rows: ratings, texts or rows of a table."""

    train_share: float = Field(
        1.0,
        gt=0,
        le=1,
        description="Share of the training set that is learned from; the others are left out, to see how much it takes.",
    )


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
