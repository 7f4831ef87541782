"""Options of reading a file as a person gives them, checked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from embedviz.core.errors import DataError
from embedviz.data import text_units
from embedviz.data.dialect import named_delimiter
from embedviz.data.text_units import Unit
from embedviz.data.transforms import Transforms
from embedviz.data.written_numbers import COMMA, POINT


@dataclass(frozen=True)
class Options:
    """Given options of `embedviz.data.reading.read_table` for a text file; None is guessed."""

    encoding: str | None
    delimiter: str | None
    quote: str | None
    escape: str | None
    header: bool | int | None
    decimal: str | None
    missing: tuple[str, ...]  # in every column
    unit: Unit | None
    transforms: Transforms

    @classmethod
    def checked(
        cls,
        *,
        encoding: str | None,
        delimiter: str | None,
        quote: str | None,
        escape: str | None,
        header: bool | int | None,
        decimal: str | None,
        missing: tuple[str, ...],
        unit: str | None,
        transforms: Transforms,
    ) -> Self:
        """Return the options; DataError for one that cannot be."""
        return cls(
            encoding,
            None if delimiter is None else named_delimiter(delimiter),
            *_checked_marks(quote, escape),
            _checked_header(header),
            _checked_decimal(decimal),
            missing,
            _unit(unit),
            transforms,
        )

    @property
    def is_delimited(self) -> bool:
        """Whether an option says that the file has delimiters between its cells."""
        given = (self.delimiter, self.quote, self.escape, self.header, self.decimal)
        return bool(self.missing) or any(value is not None for value in given)

    @property
    def is_table(self) -> bool:
        """Whether an option says that the file is a table."""
        return self.is_delimited or self.transforms.needs_columns

    def guesses(self, *fields: str) -> list[str]:
        """Those of the fields that were not given."""
        return [name for name in fields if getattr(self, name) is None]


def _unit(unit: str | None) -> Unit | None:
    """The unit by its name; DataError for an unknown one."""
    if unit is None or unit in text_units.UNITS:
        return unit
    raise DataError(f"A unit is one of {', '.join(text_units.UNITS)}, not {unit!r}.")


def _checked_marks(quote: str | None, escape: str | None) -> tuple[str | None, str | None]:
    """The quotation mark and the escape character; DataError for what cannot be one."""
    for what, mark in (("quotation mark", quote), ("escape character", escape)):
        if mark is not None and (len(mark) > 1 or not mark.isprintable() or mark.isalnum()):
            raise DataError(f"The {what} is one sign, or empty for none, not {mark!r}.")
    return quote, escape


def _checked_header(header: bool | int | None) -> bool | int | None:
    if isinstance(header, int) and not isinstance(header, bool) and header < 1:
        raise DataError(f"The line of column names is counted from 1, so it cannot be {header}.")
    return header


def _checked_decimal(decimal: str | None) -> str | None:
    if decimal not in (None, COMMA, POINT):
        raise DataError(f"The sign before fractions is a comma or a point, not {decimal!r}.")
    return decimal
