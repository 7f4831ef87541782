"""A column of values as the map's colours: one byte a point and the legend that explains them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from embedviz.projection.clusters import NO_GROUP

# Okabe and Ito (2008), eight colours that colour-blind eyes tell apart. Their black is the text's colour, so that it
# shows on a dark ground too; yellow comes last, being pale on a light one.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "currentColor", "#F0E442")
OTHERS_COLOUR = "#8C8F98"
NO_GROUP_COLOUR = "#B4B7BE"  # a fainter grey, so that the two can be told apart
NO_VALUE = 255
LAST_CODE = 254
LOGARITHMIC_FROM = 100.0  # largest by smallest value: from here on a linear scale would show most points in one colour


@dataclass(frozen=True)
class MapColours:
    """codes: uint8 (n,), 255 for no value; kind and legend: as MapData takes them; scale: how numbers became bytes."""

    codes: np.ndarray
    kind: Literal["category", "number"]
    legend: Sequence[Any] = ()
    scale: Literal["linear", "logarithmic"] | None = None


def colour_by(values: pd.Series) -> MapColours:
    """Numbers get the even scale, everything else (and whole numbers of at most eight values) a colour a category."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return colour_categories(values)
    if pd.api.types.is_integer_dtype(values) and values.nunique() <= len(OKABE_ITO):
        return colour_categories(values, by_name=True)
    return colour_numbers(values)


def colour_numbers(values: pd.Series) -> MapColours:
    """Smallest to largest as 0 to 254; by logarithm when all are positive and the largest is 100 times the smallest."""
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    codes = np.full(len(numbers), NO_VALUE, dtype=np.uint8)
    if not known.any():
        return MapColours(codes, "number", ("no values", "no values"), "linear")
    low, high = float(numbers[known].min()), float(numbers[known].max())
    logarithmic = low > 0 and high / low >= LOGARITHMIC_FROM
    places, start, end = numbers[known], low, high
    if logarithmic:
        places, start, end = np.log(places), np.log(low), np.log(high)
    shares = (places - start) / (end - start) if end > start else np.full(len(places), 0.5)
    codes[known] = np.round(shares * LAST_CODE).astype(np.uint8)
    return MapColours(codes, "number", (_plain(low), _plain(high)), "logarithmic" if logarithmic else "linear")


def colour_categories(values: pd.Series, *, by_name: bool = False) -> MapColours:
    """The most frequent categories a colour each (or in the order of their names); past eight, seven and the others.
    Points in no group are grey and last, however many they are."""
    counts = values.value_counts()
    counts = counts[counts > 0]  # of a categorical column it lists what does not occur, too
    in_no_group = counts.pop(NO_GROUP) if NO_GROUP in counts.index else 0
    kept = list(counts.index[: len(OKABE_ITO) if len(counts) <= len(OKABE_ITO) else len(OKABE_ITO) - 1])
    if by_name:
        kept.sort()
    codes = pd.Index(kept).get_indexer(values)  # -1 for what is not kept
    others = len(counts) - len(kept)
    unknown = np.where(values.isna().to_numpy(), NO_VALUE, len(kept))
    codes = np.where(codes < 0, unknown, codes).astype(np.uint8)
    legend = [(str(name), colour) for name, colour in zip(kept, OKABE_ITO, strict=False)]
    if others:
        legend.append((f"{others:,} others", OTHERS_COLOUR))
    if in_no_group:
        codes[(values == NO_GROUP).to_numpy(bool, na_value=False)] = len(legend)
        legend.append((NO_GROUP, NO_GROUP_COLOUR))
    return MapColours(codes, "category", legend)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
