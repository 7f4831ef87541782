"""The command doctor."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.cli.exit_codes import ExitCode
from embedviz.cli.printing import print_records, print_value
from embedviz.core.errors import RunError


@app.command(epilog="Example: embedviz doctor --json")
def doctor(
    error: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Print the traceback of an error instead, by the id that a page has shown."),
    ] = None,
) -> None:
    """Check the store, the workers, what is installed and how this host is set up; exit code 1 where something does not work."""
    if error is not None:
        _print_error(error)
        return
    from embedviz.doctor import Finding, examine

    def line_of(finding: Finding) -> str:
        return f"{finding.level:8} {finding.about:9} {finding.sentence} {finding.remedy}".rstrip()

    found: list[Finding] = []
    for finding in examine():
        found.append(finding)
        print_records([asdict(finding)], "findings", [line_of(finding)])
    if any(finding.level == "problem" for finding in found):
        raise typer.Exit(ExitCode.MISTAKE)


def _print_error(error_id: str) -> None:
    from embedviz.core.logs import FILE, find_error
    from embedviz.store.job_errors import find_job_error

    text = find_error(error_id) or find_job_error(error_id)
    if text is None:
        raise RunError(f"Neither {FILE} in the store nor the log of a job has an error {error_id!r}.")
    print_value(text, "error")
