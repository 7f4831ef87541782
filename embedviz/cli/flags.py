"""Options that commands get beside those in their signature: a flag for each setting, and --json."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

import typer

from embedviz.cli.printing import json_document
from embedviz.core.settings import Settings

if typing.TYPE_CHECKING:
    from pydantic.fields import FieldInfo

Command = Callable[..., None]
SETTINGS = "settings"  # the parameter of a command that takes them
JSON = "json_output"
BOUNDS = {"ge": "at least", "gt": "above", "le": "at most", "lt": "below"}


def with_settings(command: Command, panels: Mapping[str, type[Settings]]) -> Command:
    """Return a command with an option for each field of settings classes.

    Parameters
    ----------
    command : callable
        Takes `settings`, a dict of the fields that were given.
    panels : mapping
        Title to class: the options stand under the title in --help. Of a field that two classes have, the first counts.
    """
    options: dict[str, inspect.Parameter] = {}
    for title, cls in panels.items():
        if cls.presets and "preset" not in options:
            options["preset"] = _preset_option(cls, title)
        for name, field in cls.model_fields.items():
            if name not in options:
                options[name] = _option(name, field, title)

    def called(**values: Any) -> None:
        given = {name: values.pop(name) for name in options}
        command(**values, settings={name: value for name, value in given.items() if value is not None})

    kept = [parameter for parameter in _parameters(command) if parameter.name != SETTINGS]
    taken = {parameter.name for parameter in kept}
    if clash := taken & set(options):
        raise TypeError(f"A setting and an option of {command.__name__} are both called {', '.join(sorted(clash))}.")
    return _signed(called, command, [*kept, *options.values()])


def with_json(command: Command) -> Command:
    """Return a command with the flag --json: what it prints becomes one JSON document."""
    if any(parameter.name == JSON for parameter in _parameters(command)):
        return command

    def called(**values: Any) -> None:
        if not values.pop(JSON):
            command(**values)
            return
        with json_document():
            command(**values)

    flag = typer.Option("--json", help="Print one JSON document; progress and remarks go to the error stream.")
    option = inspect.Parameter(JSON, inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Annotated[bool, flag])
    return _signed(called, command, [*_parameters(command), option])


def offer_json(app: typer.Typer) -> None:
    """Give every command of an app, and of the apps in it, the flag --json."""
    for command in app.registered_commands:
        if command.callback is not None:
            command.callback = with_json(command.callback)
    for group in app.registered_groups:
        if group.typer_instance is not None:
            offer_json(group.typer_instance)


def _parameters(command: Command) -> list[inspect.Parameter]:
    parameters = inspect.signature(command, eval_str=True).parameters.values()
    return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY) for parameter in parameters]


def _signed(called: Command, command: Command, parameters: Sequence[inspect.Parameter]) -> Command:
    """Return `called` with the name and text of a command, and a signature of its own, by which typer makes the options."""
    called.__name__, called.__doc__, called.__module__ = command.__name__, command.__doc__, command.__module__
    called.__signature__ = inspect.Signature(parameters)
    called.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return called


def _preset_option(cls: type[Settings], title: str) -> inspect.Parameter:
    names = list(cls.presets)
    flag = typer.Option(
        "--preset",
        help=f"Several settings at once: {', '.join(names)}. The others go over it.",
        show_default=names[0],
        autocompletion=_completer(names),
        rich_help_panel=title,
    )
    return inspect.Parameter(
        "preset", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[str | None, flag]
    )


def _option(name: str, field: FieldInfo, title: str) -> inspect.Parameter:
    """Return an option for a field; None stands for one that was not given. The settings class checks the range."""
    kind, choices = option_type(field.annotation)
    flag = f"--{name.replace('_', '-')}"
    described = " ".join(filter(None, [field.description or "", _range(field, choices)]))
    option = typer.Option(
        f"{flag}/--no-{flag[2:]}" if kind is bool else flag,
        help=described,
        show_default=_default(field),
        autocompletion=_completer(choices) if choices else None,
        rich_help_panel=title,
    )
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Annotated[kind | None, option]
    )


def option_type(annotation: Any) -> tuple[type[bool | int | float | str], list[str]]:
    """Return the type of an option's value for a field's annotation, and its choices where there are only some."""
    if get_origin(annotation) in (typing.Union, types.UnionType):
        annotation = next(part for part in get_args(annotation) if part is not type(None))
    if get_origin(annotation) is Literal:
        values = get_args(annotation)
        return type(values[0]), [str(value) for value in values]
    return (annotation if annotation in (bool, int, float) else str), []


def _range(field: FieldInfo, choices: Sequence[str]) -> str:
    if choices:
        return f"One of {', '.join(choices)}."
    bounds = [f"{words} {limit}" for part in field.metadata for name, words in BOUNDS.items() if (limit := getattr(part, name, None)) is not None]  # fmt: skip
    return f"Range: {', '.join(bounds)}." if bounds else ""


def _default(field: FieldInfo) -> bool | str:
    if isinstance(field.default, bool):
        return "on" if field.default else "off"
    return False if field.default in (None, "") or field.is_required() else str(field.default)


def _completer(values: Sequence[str]) -> Callable[[str], list[str]]:
    def complete(incomplete: str) -> list[str]:
        return [value for value in values if value.startswith(incomplete)]

    return complete
