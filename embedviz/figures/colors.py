"""A column of values as the map's colours: one byte a point, and their legend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
import pandas as pd

from embedviz.data.classes import display_order
from embedviz.projection.clusters import NO_CLUSTER

# Okabe and Ito (2008), eight colours that colour-blind eyes tell apart. Their black is the text's colour, so that it
# shows on a dark ground too; yellow comes last, being pale on a light one.
OKABE_ITO = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9", "#D55E00", "currentColor", "#F0E442")
DISTINCT_COLORS = OKABE_ITO[:6]  # those that show on a light and on a dark ground
# For more than eight: twelve colours found by exchanging them for others until the nearest two were as far apart as could
# be, by CIEDE2000 to normal eyes and to those of the three kinds of colour blindness, on a light and on a dark ground.
TWELVE = (
    "#4E76FF", "#896200", "#B1C400", "#FFB1D8", "#007662", "#9DD89D",
    "#B1894E", "#D83B76", "#4E27FF", "#892789", "#9D143B", "#C49DFF",
)  # fmt: skip
OTHERS_COLOR = "#8C8F98"
NO_VALUE = 255
LAST_CODE = 254
MIN_LOG_RATIO = 100.0  # largest by smallest value: from here on a linear scale would show most points in one colour

Shape = Literal["disc", "ring"]


class Category(NamedTuple):
    """A row of a legend: points of no cluster are rings, so that they and the others, of the same grey, can be told apart."""

    name: str
    color: str
    shape: Shape = "disc"


@dataclass(frozen=True)
class MapColors:
    """The colours of n points.

    Attributes
    ----------
    codes : np.ndarray
        (n,) uint8: a category's place in the legend, or a number's place on the scale from 0 to 254; 255 for no value.
    kind : {"category", "number"}
        Which of the two.
    categories : sequence of Category
        The name, the colour and the shape of each category.
    ends : tuple
        The smallest and the largest number; words where there are none.
    scale : {"linear", "logarithmic"} or None
        How numbers became bytes.
    """

    codes: np.ndarray
    kind: Literal["category", "number"]
    categories: Sequence[Category] = ()
    ends: tuple[float, float] | tuple[str, str] | tuple[()] = ()
    scale: Literal["linear", "logarithmic"] | None = None

    @property
    def legend(self) -> Sequence[Category] | tuple[float, float] | tuple[str, str] | tuple[()]:
        """The categories or the ends, as the map's front end takes them."""
        return self.categories if self.kind == "category" else self.ends


def color_by(values: pd.Series) -> MapColors:
    """Colour numbers by their size, everything else (and integers of at most eight values) by category."""
    if pd.api.types.is_bool_dtype(values) or not pd.api.types.is_numeric_dtype(values):
        return color_categories(values)
    if pd.api.types.is_integer_dtype(values) and values.nunique() <= len(OKABE_ITO):
        return color_categories(values, by_name=True)
    return color_numbers(values)


def color_numbers(values: pd.Series) -> MapColors:
    """Scale numbers from the smallest to the largest to 0 to 254.

    By their logarithm when all are positive and the largest is 100 times the smallest.
    """
    numeric = pd.Series(pd.to_numeric(values, errors="coerce"))
    numbers = numeric.to_numpy(dtype=np.float64, na_value=np.nan)
    known = np.isfinite(numbers)
    codes = np.full(len(numbers), NO_VALUE, dtype=np.uint8)
    if not known.any():
        return MapColors(codes, "number", ends=("no values", "no values"), scale="linear")
    low, high = float(numbers[known].min()), float(numbers[known].max())
    logarithmic = low > 0 and high / low >= MIN_LOG_RATIO
    places, start, end = numbers[known], low, high
    if logarithmic:
        places, start, end = np.log(places), np.log(low), np.log(high)
    shares = (places - start) / (end - start) if end > start else np.full(len(places), 0.5)
    codes[known] = np.round(shares * LAST_CODE).astype(np.uint8)
    scale = "logarithmic" if logarithmic else "linear"
    return MapColors(codes, "number", ends=(_plain(low), _plain(high)), scale=scale)


def color_categories(values: pd.Series, *, by_name: bool = False) -> MapColors:
    """Give the most frequent categories a colour each; past twelve, twelve of them, and grey to the others.

    Points in no cluster are grey rings and last, however many they are.

    Parameters
    ----------
    values : pd.Series
        (n,) of any type; missing ones have no colour.
    by_name : bool
        Whether to order the categories by name. Otherwise numbers are ordered by size, other categories by frequency.

    Returns
    -------
    MapColors
        Of the kind "category".
    """
    counts: pd.Series = values.value_counts()
    counts = counts.loc[counts > 0]  # of a categorical column it lists what does not occur, too
    in_no_cluster = counts.pop(NO_CLUSTER) if NO_CLUSTER in counts.index else 0
    colors = OKABE_ITO if len(counts) <= len(OKABE_ITO) else TWELVE
    kept = list(counts.index[: len(colors)])
    kept = sorted(kept) if by_name else [kept[place] for place in display_order(list(map(str, kept)))]
    codes = pd.Index(kept).get_indexer(values)  # -1 for what is not kept
    others = len(counts) - len(kept)
    unknown = np.where(values.isna().to_numpy(), NO_VALUE, len(kept))
    codes = np.where(codes < 0, unknown, codes).astype(np.uint8)
    legend = [Category(str(name), color) for name, color in zip(kept, colors, strict=False)]
    if others:
        legend.append(Category(f"{others:,} others", OTHERS_COLOR))
    if in_no_cluster:
        codes[(values == NO_CLUSTER).to_numpy(bool, na_value=False)] = len(legend)
        legend.append(Category(NO_CLUSTER, OTHERS_COLOR, "ring"))
    return MapColors(codes, "category", categories=legend)


def _plain(number: float) -> int | float:
    return int(number) if number == int(number) else number
