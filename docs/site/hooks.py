"""Hooks of the documentation site: the pages that are made from the project itself, and files that lie elsewhere in it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.main import get_command

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parents[2]
# path in the site -> file of the project
ELSEWHERE = {
    "site/wordmark.svg": ROOT / "components" / "wordmark.svg",
    "site/icon.svg": ROOT / "components" / "icon.svg",
    "changes.md": ROOT / "CHANGELOG.md",
    "contributing.md": ROOT / "CONTRIBUTING.md",
    "samples.md": ROOT / "sample_data" / "README.md",
}
COMMANDS = "<!-- commands -->"


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files that lie elsewhere."""
    from mkdocs.structure.files import File

    for path, source in ELSEWHERE.items():
        files.append(File.generated(config, path, abs_src_path=str(source)))
    return files


def on_page_markdown(markdown: str, page: Page, **_: object) -> str:
    """Write the commands where a page asks for them, and lead the links of pages from elsewhere into the site."""
    if page.file.src_uri in ELSEWHERE:
        markdown = markdown.replace("](docs/", "](")
    return markdown.replace(COMMANDS, commands_text()) if COMMANDS in markdown else markdown


def commands_text() -> str:
    """Return each command of the command line with its arguments and options, from its own help."""
    from embedviz.cli import app

    return "\n".join(_described(get_command(app), ("embedviz",), level=2))


def _described(command: Any, path: tuple[str, ...], level: int) -> list[str]:
    """Return the lines about the commands under a group. Typer has classes of click's that are its own, hence Any."""
    lines = []
    for name, below in sorted(command.commands.items()):
        if below.hidden:
            continue
        own = (*path, name)
        lines += [f"{'#' * level} {' '.join(own)}", "", _prose(below.help), ""]
        if hasattr(below, "commands"):
            lines += _described(below, own, level + 1)
            continue
        usage = below.get_usage(typer.Context(below, info_name=" ".join(own)))
        lines += ["```text", usage.removeprefix("Usage: "), "```", ""]
        parameters = [_parameter(each) for each in below.params if not each.hidden]
        if parameters:
            lines += ["| argument or option | default | meaning |", "|---|---|---|", *parameters, ""]
    return lines


def _parameter(parameter: Any) -> str:
    """Return a row of the table of a command's arguments and options."""
    default = parameter.default
    is_shown = isinstance(default, (str, int, float)) and not isinstance(default, bool)
    shown = f"`{default}`" if is_shown else ("required" if parameter.required else "")
    return f"| {', '.join(f'`{name}`' for name in parameter.opts)} | {shown} | {_cell(parameter.help)} |"


def _prose(text: str | None) -> str:
    """Return a help text with a line for each paragraph."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in (text or "").split("\n\n"))


def _cell(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")
