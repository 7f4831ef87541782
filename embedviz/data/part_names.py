"""Names of the three parts of a data set, in the order of their codes."""

from __future__ import annotations

from typing import Literal

PartName = Literal["train", "validation", "test"]
PART_NAMES: tuple[PartName, ...] = ("train", "validation", "test")  # by code
