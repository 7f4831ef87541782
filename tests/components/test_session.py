"""Text as widgets that read Markdown show it."""

import pytest

from components.session import plain, prose


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("Run `embedviz`, then wait.", r"Run `embedviz`, then wait."),
        ("`*a*` and *b*", r"`*a*` and \*b\*"),
        ("one ` alone, <b>", r"one \` alone, \<b\>"),
        ("a\\`b`", r"a\\`b`"),
        ("`two\nlines`", "\\`two\nlines\\`"),
    ],
)
def test_prose_shows_commands_as_code_and_reads_nothing_else(sentence, shown):
    assert prose(sentence) == shown


def test_plain_text_reads_nothing():
    assert plain("`a` [b](c)") == r"\`a\` \[b\]\(c\)"
