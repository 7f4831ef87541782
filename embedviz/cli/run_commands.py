"""The commands below `embedviz runs`: list, show, stop, resume, delete, restore."""

from __future__ import annotations

import datetime
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, get_args

import typer

from embedviz.cli.app import app
from embedviz.cli.exit_codes import ExitCode
from embedviz.cli.options import RunArgument
from embedviz.cli.printing import (
    add_result,
    end_progress,
    print_progress,
    print_sentence,
    print_table,
    print_values,
)
from embedviz.cli.run_argument import run_of
from embedviz.core.errors import RunError, SettingsError

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

STOP_WAIT_S = 35.0  # a training may take 30 s to measure and save
START_WAIT_S = 60.0  # until a process in the background has taken the run
POLL_S = 0.1
_in_background: list[subprocess.Popen[bytes]] = []  # kept, for one that is collected while it runs is warned of
COLUMNS = ["id", "name", "state", "model", "data", "metric", "score", "baseline", "seconds", "created", "folder"]

runs_app = typer.Typer(no_args_is_help=True, help="List, show, stop, resume and delete the runs of the store.")
app.add_typer(runs_app, name="runs", epilog="Example: embedviz runs list --state failed --json")


@runs_app.command("list", epilog="Example: embedviz runs list --model ratings --json")
def list_runs(
    model: Annotated[str | None, typer.Option(help="Only runs of this model.")] = None,
    state: Annotated[
        str | None, typer.Option(help="Only queued, running, done, stopped, failed or interrupted ones.")
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Those that experiments had trained, too.")] = False,
) -> None:
    """List the runs of the store, the newest first: state, main score beside the trivial baseline's, time."""
    import pandas as pd

    from embedviz.core.jobs.status import State
    from embedviz.models import MODELS
    from embedviz.store.store import Store

    if state is not None and state not in (states := get_args(State)):
        raise SettingsError(f"There is no state {state!r}. A run is {', '.join(states)}.")
    found = [run for run in Store().runs() if all_ or run.is_listed]
    if model is not None and model not in (known := [*dict.fromkeys([*MODELS, *(run.model for run in found)])]):
        raise SettingsError(f"There is no model {model!r}. Known models: {', '.join(known)}.")
    rows = [summary_of(run) for run in found if model in (None, run.model) and state in (None, run.status)]
    frame = pd.DataFrame(rows, columns=COLUMNS)
    print_table(frame, "runs", frame.assign(id=frame["id"].str[:8]).drop(columns=["data", "folder"]))


@runs_app.command(epilog="Example: embedviz runs show run --json")
def show(run_: RunArgument) -> None:
    """Print a run: state, settings, scores, spaces and folder."""
    run = run_of(run_)
    summary = summary_of(run)
    reason = run.state.reason
    print_values({**summary, **({"reason": reason} if reason else {})}, "run")
    print_values({} if run.settings is None else run.settings.model_dump(), "settings")
    print_values(run.metrics, "metrics")
    print_values({name: str(kind) for name, kind in run.space_kinds.items()}, "spaces")


@runs_app.command(epilog="Example: embedviz runs stop 3f2a")
def stop(
    run_: RunArgument,
    wait: Annotated[bool, typer.Option(help="Wait until it has ended.")] = True,
) -> None:
    """Stop a run, whichever process works on it, and keep the best so far."""
    from embedviz.core.jobs.stop_request import request_stop

    run = run_of(run_)
    if run.state.is_final:
        raise RunError(f"The run {run.name!r} is {run.status} already.")
    request_stop(run.folder)
    if wait:
        try:
            run.wait(STOP_WAIT_S)
        except TimeoutError as error:
            raise RunError(
                f"The run {run.name!r} was asked to stop, but has not ended in {STOP_WAIT_S:g} s."
            ) from error
    add_result("run", summary_of(run))
    print_sentence(f"{run.name}: {run.status}" if wait else f"{run.name}: asked to stop")


@runs_app.command(epilog="Example: embedviz runs resume 3f2a --background")
def resume(
    run_: RunArgument,
    background: Annotated[
        bool, typer.Option("--background", help="In a process of its own, which goes on when this command has ended.")
    ] = False,
) -> None:
    """Go on with a run that was stopped, failed or interrupted, from its last checkpoint."""
    from embedviz.core.jobs.status import RESUMABLE
    from embedviz.jobs.inline import run_inline

    run = run_of(run_)
    if run.state.state not in RESUMABLE:
        raise RunError(f"The run {run.name!r} is {run.status}; only one that has not reached its end can be resumed.")
    if background:
        start_in_background(run)
        add_result("run", summary_of(run))
        print_sentence(f"{run.name}: {run.status}")
        return
    run_inline(run, print_progress)
    end_progress()
    add_result("run", summary_of(run))
    print_values(run.metrics, "metrics")
    if run.status != "done":
        raise typer.Exit(ExitCode.NOT_FINISHED)


@runs_app.command(epilog="Example: embedviz runs delete 3f2a --yes")
def delete(run_: RunArgument, yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False) -> None:
    """Delete a run of the store. For a day `embedviz runs restore` brings it back."""
    from embedviz.store.store import Store

    run, store = run_of(run_), Store()
    if run.folder.resolve().parent != store.runs_folder.resolve():
        raise RunError(
            f"{run.folder} lies outside the store, so that it could not be restored. Delete the folder itself."
        )
    if not yes and not typer.confirm(f"Delete {run.name!r} ({run.id[:8]})?", err=True):
        raise RunError("Nothing was deleted.")
    store.delete(run)
    add_result("deleted", {"id": run.id, "name": run.name})
    print_sentence(f"Deleted {run.name!r}. For a day this brings it back: embedviz runs restore {run.id[:8]}")


@runs_app.command(epilog="Example: embedviz runs restore 3f2a")
def restore(run_: Annotated[str, typer.Argument(metavar="RUN", help="A deleted run's id or name.")]) -> None:
    """Bring back a run that was deleted in the last 24 hours."""
    from embedviz.store.finding import find_deleted_run
    from embedviz.store.ids import LOCAL_OWNER
    from embedviz.store.store import Store

    store = Store()
    run = store.restore(find_deleted_run(run_, LOCAL_OWNER, store).id)
    add_result("run", summary_of(run))
    print_sentence(f"Restored {run.name!r}.")


def summary_of(run: RunFolder) -> dict[str, Any]:
    """Return a run's name, state, main score, trivial baseline, seconds and folder."""
    from embedviz.evaluation.score_table import primary_values

    state = run.state
    score, baseline = primary_values(run.metrics, run.primary_metric)
    created = datetime.datetime.fromtimestamp(run.created).isoformat(" ", "seconds")
    return {
        "id": run.id,
        "name": run.name,
        "state": state.state,
        "model": run.model,
        "data": run.data.get("title"),
        "metric": None if score is None else run.primary_metric,
        "score": score,
        "baseline": baseline,
        "seconds": round(state.elapsed(), 1),
        "created": created,
        "folder": str(run.folder.absolute()),
    }


def start_in_background(run: RunFolder) -> None:
    """Resume a run in a process of its own, and return once that works on it. RunError where it ends before."""
    command = [sys.executable, "-m", "embedviz", "runs", "resume", str(run.folder.absolute())]
    queued = run.state.queued, run.state.started
    with open(run.folder / "resume.log", "wb") as log:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    _in_background.append(process)
    until = time.monotonic() + START_WAIT_S
    while (run.state.queued, run.state.started) == queued:
        if process.poll() is not None or time.monotonic() > until:
            raise RunError(f"The run {run.name!r} could not be resumed; {run.folder / 'resume.log'} says why.")
        time.sleep(POLL_S)
