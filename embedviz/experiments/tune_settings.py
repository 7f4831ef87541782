"""Settings of a search for good settings, and the names of its runs."""

from __future__ import annotations

from pydantic import Field

from embedviz.core.settings import Settings

PART = "part"  # of the search: a factor of each run
DEFAULTS, TRIED, BEST = "defaults", "tried", "best"


class TuneSettings(Settings):
    """Settings of the search."""

    trials: int = Field(
        30,
        ge=2,
        le=1000,
        description="Settings that are tried, or fewer where the budget is spent.",
        json_schema_extra={"basic": True},
    )
    confirm: int = Field(
        4,
        ge=0,
        le=20,
        description="Further seeds with which the best is trained beside the defaults, to see whether it is better by more than "
        "chance.",
        json_schema_extra={"basic": True},
    )
    at_once: int = Field(
        2,
        ge=1,
        le=64,
        description="Settings that are tried at once. The more, the less each can learn from the others.",
    )


def defaults_name(seed: int) -> str:
    """Return the name of the run with nothing but the given settings."""
    return f"defaults, seed {seed}"


def tried_name(number: int) -> str:
    """Return the name of a trial, numbered from 1."""
    return f"trial {number}"
