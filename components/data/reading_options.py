"""The form of reading options. A change is kept with the data set, and the data is read again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from components import session
from components.data.recorded import show_recorded
from embedviz.data.charsets import ENCODINGS
from embedviz.data.text_units import UNITS
from embedviz.data.transforms import EVERY_COLUMN
from embedviz.store.dataset import Dataset

AUTOMATIC = "automatic"


def _line_number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise ValueError("The line with the column names is a number, counted from 1.") from None


@dataclass(frozen=True)
class OptionField:
    """The menu of a reading option.

    Attributes
    ----------
    label, help
        Shown with the menu.
    choices
        Value -> what the menu says. Nothing chosen is automatic.
    typed
        Turns what a person typed into the value, or raises ValueError with a sentence; None where nothing is typed.
    is_several
        The value is a list.
    """

    label: str
    help: str
    choices: Mapping[Any, str]
    typed: Callable[[str], Any] | None = None
    is_several: bool = False


# by the name of the option: see embedviz.store.data_reference.ReadOptions
FIELDS: dict[str, OptionField] = {
    "encoding": OptionField(
        "Encoding",
        "How the file's bytes stand for characters. Choose or type one if letters look wrong.",
        {name: name for name in ENCODINGS},
        typed=str,
    ),
    "delimiter": OptionField(
        "Delimiter",
        "What stands between two cells of a row. Choose or type it.",
        {",": "comma", "\t": "tab", ";": "semicolon", "|": "vertical bar", "::": "two colons", "blanks": "blanks"},
        typed=str,
    ),
    "header": OptionField(
        "Column names",
        "Whether a line names the columns. Type a number if it is not the first line; the lines above it are left out.",
        {True: "first line", False: "no such line"},
        typed=_line_number,
    ),
    "unit": OptionField(
        "Text split by", "Read the file as plain text in such units, not as a table.", {unit: unit for unit in UNITS}
    ),
    "quote": OptionField(
        "Quote",
        "The mark that stands around cells that hold delimiters or line ends.",
        {'"': "double", "'": "single", "": "none"},
        typed=str,
    ),
    "escape": OptionField(
        "Escape",
        "How a quotation mark is written inside a cell that stands in quotation marks.",
        {"": "doubled", "\\": "after a backslash"},
    ),
    "decimal": OptionField("Decimal sign", "The sign before fractions.", {".": "point: 1.5", ",": "comma: 1,5"}),
    "missing": OptionField(
        "Missing values",
        "Cells that hold nothing, such as 99, besides empty ones and marks such as NA.",
        {},
        typed=str,
        is_several=True,
    ),
}
MENU_WIDTH_PX = 150  # two beside each other on a phone
SELF_DESCRIBED = ("parquet",)  # formats that say how they are to be read


def show_reading_options(dataset: Dataset, *, format: str = "", is_open: bool = False) -> None:
    """Show the options that override how the file is read.

    Parameters
    ----------
    format
        The file's format, where it is known.
    is_open
        Show the form without a click, as for a file that could not be read.
    """
    key, opened = f"options-{dataset.id}", f"options-opened-{dataset.id}"
    if is_open and not st.session_state.get(opened):
        st.session_state[key] = True
    st.session_state[opened] = is_open
    # its state is kept here: while the data is read again, the form has another place on the page
    with st.expander("Change how it is read", icon=":material/tune:", key=key, on_change="rerun"):
        if format in SELF_DESCRIBED:
            st.caption(f"A {format.capitalize()} file says how it is to be read, so there is nothing to choose.")
            return
        if message := st.session_state.pop(_message_key(dataset), None):
            st.warning(session.plain(message))
        with st.container(horizontal=True):
            for name, field in FIELDS.items():
                _menu(dataset, name, field)
        changed = dataset.options.keys() - {"member"}  # those of findings, such as classes that were merged, included
        if changed:
            st.button(
                "Back to automatic",
                icon=":material/undo:",
                key=f"automatic-{dataset.id}",
                on_click=lambda: dataset.set_options(**dict.fromkeys(changed)),
            )


def _menu(dataset: Dataset, name: str, field: OptionField) -> None:
    """Show the menu of an option, which always shows what the data set's record says."""
    key = f"{name}-{dataset.id}"
    value: Any = dict(dataset.options).get(name)
    if isinstance(value, dict):  # marks by column, of which the menu has those of every column
        value = value.get(EVERY_COLUMN, [])
    show_recorded(key, list(value or []) if field.is_several else value)
    known = list(field.choices)
    rest = [one for one in (value or [] if field.is_several else [value]) if one is not None and one not in known]
    common: dict[str, Any] = {
        "format_func": lambda one: field.choices.get(one, str(one)),
        "key": key,
        "help": field.help,
        "on_change": lambda: _set(dataset, name, field, st.session_state[key]),
        "accept_new_options": field.typed is not None,
        "width": MENU_WIDTH_PX,
    }
    if field.is_several:
        st.multiselect(field.label, [*known, *rest], placeholder="usual marks", **common)
    else:
        st.selectbox(field.label, [*known, *rest], index=None, placeholder=AUTOMATIC, **common)


def _set(dataset: Dataset, name: str, field: OptionField, value: Any) -> None:
    """Keep what was chosen or typed."""
    if field.is_several:
        kept: Any = dict(dataset.options).get(name)
        of_columns = {column: marks for column, marks in kept.items() if column} if isinstance(kept, dict) else {}
        several = {**of_columns, EVERY_COLUMN: list(value)} if of_columns else list(value)
        dataset.set_options(**{name: several or None})
        return
    if isinstance(value, str) and value not in field.choices and field.typed:
        try:
            value = field.typed(value)
        except ValueError as error:
            st.session_state[_message_key(dataset)] = str(error)
            return
    dataset.set_options(**{name: value})


def _message_key(dataset: Dataset) -> str:
    return f"reading-message-{dataset.id}"
