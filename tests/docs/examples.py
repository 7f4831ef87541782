"""Examples of a page of Markdown: its blocks of Python and of commands, run in their order."""

from __future__ import annotations

import contextlib
import doctest
import io
import re
import shlex
import sys
import textwrap
import traceback
from collections.abc import Iterator
from dataclasses import dataclass
from unittest.mock import patch

from embedviz import cli

FENCE = re.compile(r"^([ \t]*)```(\S*)[ \t]*\n(.*?)^\1```[ \t]*$", re.MULTILINE | re.DOTALL)
PYTHON, SHELL, OUTPUT = "python", ("sh", "console"), "text"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


class ExampleError(AssertionError):
    """An example of a page does not do what the page says."""


@dataclass(frozen=True)
class Block:
    """A fenced block.

    Attributes
    ----------
    language
        The word behind the fence; empty for none.
    text
        Its lines.
    line
        Number of its first line on the page, from 1.
    output
        What the page says that it prints; None where the page does not say.
    """

    language: str
    text: str
    line: int
    output: str | None = None


def blocks_of(page: str) -> list[Block]:
    """Return the blocks of a page. A block of `text` right behind one of Python is what that prints."""
    found: list[Block] = []
    end = 0
    for match in FENCE.finditer(page):
        language, text = match[2], textwrap.dedent(match[3])
        follows = bool(found) and not page[end : match.start()].strip()
        end = match.end()
        if language == OUTPUT and follows and found[-1].language == PYTHON:
            found[-1] = Block(PYTHON, found[-1].text, found[-1].line, text)
        else:
            found.append(Block(language, text, page.count("\n", 0, match.start(3)) + 1))
    return found


def commands_of(block: Block) -> Iterator[tuple[int, list[str]]]:
    """Return the line and the words of each command `embedviz ...` of a block of commands."""
    for number, line in enumerate(block.text.splitlines(), block.line):
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words and words[0] == "embedviz":  # what follows a pipe reads it, and where its errors go changes nothing
            end = words.index("|") if "|" in words else len(words)
            yield number, [word for word in words[:end] if not word.startswith("2>")]


def run_page(page: str, name: str, without: tuple[str, ...] = ()) -> int:
    """Run the examples of a page in the working folder.

    Parameters
    ----------
    page, name
        The text, and what to call it in messages.
    without
        Commands that are not run, by the word behind `embedviz`; "" for embedviz alone.

    Returns
    -------
    int
        How many were run.

    Raises
    ------
    ExampleError
        For an example that raises, prints something else than the page says, or is a command that fails.
    """
    namespace: dict[str, object] = {"__name__": "__main__"}  # of all blocks of the page
    done = 0
    for block in blocks_of(page):
        if block.language == PYTHON:
            _run_python(block, name, namespace)
            done += 1
        elif block.language in SHELL:
            for line, words in commands_of(block):
                if (words[1:] or [""])[0] not in without:
                    _run_command(words, f"{name}, line {line}")
                    done += 1
    return done


def _run_python(block: Block, name: str, namespace: dict[str, object]) -> None:
    printed = io.StringIO()
    code = compile("\n" * (block.line - 1) + block.text, name, "exec")
    try:
        with contextlib.redirect_stdout(printed):
            exec(code, namespace)
    except Exception as error:
        line = next(frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == name)
        raise ExampleError(f"{name}, line {line}: {type(error).__name__}: {error}") from error
    if block.output is not None and not doctest.OutputChecker().check_output(block.output, printed.getvalue(), FLAGS):
        raise ExampleError(f"{name}, line {block.line}: prints\n{printed.getvalue()}and not\n{block.output}")


def _run_command(words: list[str], place: str) -> None:
    errors = io.StringIO()
    try:
        with patch.object(sys, "argv", words), contextlib.redirect_stderr(errors):
            cli.main()
    except SystemExit as end:
        if end.code:
            raise ExampleError(f"{place}: {shlex.join(words)} ends with {end.code}: {errors.getvalue()}") from end
    except Exception as error:
        raise ExampleError(f"{place}: {shlex.join(words)}: {type(error).__name__}: {error}") from error
