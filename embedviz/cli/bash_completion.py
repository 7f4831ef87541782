"""Completion in bash, which splits words at "=": target=bo comes as the three words target, = and bo, and only bo is replaced."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence
from contextlib import contextmanager, redirect_stdout
from io import StringIO

import typer

SIGN = "="
COMPLETE = "_EMBEDVIZ_COMPLETE"  # set by the script that `embedviz --install-completion` installs
WORDS, PLACE = "COMP_WORDS", "COMP_CWORD"  # a word a line, and which of them the cursor is on


@contextmanager
def unsplit_words() -> Generator[None]:
    """Within the block bash is answered like other shells: its words are whole, and what it would not replace is not offered."""
    if os.environ.get(COMPLETE) != "complete_bash":
        yield
        return
    split, at = os.environ[WORDS].split("\n"), int(os.environ[PLACE])
    words, place = join_words(split, at)
    last = "" if split[at] == SIGN else split[at]  # what bash replaces
    kept = words[place].removesuffix(last)
    os.environ |= {WORDS: "\n".join(words), PLACE: str(place)}
    offered = StringIO()
    try:
        with redirect_stdout(offered):
            yield
    finally:
        for line in offered.getvalue().splitlines():
            typer.echo(line.removeprefix(kept))


def join_words(words: Sequence[str], place: int) -> tuple[list[str], int]:
    """Return words as they were typed, and which of them the one at `place` belongs to.

    Those behind the cursor stay split. An empty word is a new one, behind a blank.

    Examples
    --------
    >>> join_words(["embedviz", "--columns", "target", "=", "bo"], 4)
    (['embedviz', '--columns', 'target=bo'], 2)
    >>> join_words(["embedviz", "--columns", "target", "=", ""], 4)
    (['embedviz', '--columns', 'target=', ''], 3)
    """
    joined: list[str] = []
    for word in words[: place + 1]:
        if joined and (word == SIGN or (word and joined[-1].endswith(SIGN))):
            joined[-1] += word
        else:
            joined.append(word)
    return [*joined, *words[place + 1 :]], len(joined) - 1
