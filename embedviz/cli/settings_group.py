"""Commands that have a sub-command for each model or question, made when it is called, with its settings as options."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import typer
from typer.core import TyperGroup
from typer.main import get_command

from embedviz.cli.flags import Command, with_json, with_settings
from embedviz.core.settings import Settings

MODEL_FLAG = "--model"


class SettingsGroup(TyperGroup, ABC):
    """A group whose sub-commands are the names of a registry. `embedviz --help` imports none of them.

    A subclass sets names and example, and says which command and settings belong to a name.
    """

    names: ClassVar[Mapping[str, str]]
    example: ClassVar[str]  # what follows a name in a call

    @abstractmethod
    def command_of(self, name: str) -> Command:
        """Return the command of a name, which takes `settings` beside its options."""

    @abstractmethod
    def settings_of(self, name: str, model: str | None) -> dict[str, type[Settings]]:
        """Return title -> settings class of a name, and of the model that the call names by --model."""

    @abstractmethod
    def summary_of(self, name: str) -> str:
        """Return the sentence of --help about a name."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return the names of the sub-commands."""
        return list(self.names)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return a sub-command with its name and the words after it. The model decides which options it has."""
        ctx.meta[MODEL_FLAG] = _value_of(MODEL_FLAG, args)
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return the command of a name. SettingsError where there is none, as the registry says it."""
        panels = self.settings_of(cmd_name, ctx.meta.get(MODEL_FLAG))
        single = typer.Typer(add_completion=False)
        command = with_json(with_settings(self.command_of(cmd_name), panels))
        example = f"Example: embedviz {ctx.info_name} {cmd_name} {self.example}"
        single.command(cmd_name, help=self.summary_of(cmd_name), epilog=example)(command)
        return get_command(single)


def _value_of(flag: str, words: Sequence[str]) -> str | None:
    """Return the value that a flag has among the words of a call; None without one."""
    for number, word in enumerate(words):
        if word.startswith(f"{flag}="):
            return word.partition("=")[2]
        if word == flag and number + 1 < len(words):
            return words[number + 1]
    return None
