"""The commands train and experiment, whose sub-commands have the settings of a model or question as options."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from embedviz.cli.app import app
from embedviz.cli.arguments import columns_of, reading_of
from embedviz.cli.completing import complete_data, complete_path
from embedviz.cli.exit_codes import ExitCode
from embedviz.cli.flags import Command
from embedviz.cli.options import Columns, Read
from embedviz.cli.printing import (
    add_result,
    end_progress,
    print_note,
    print_progress,
    print_sentence,
    print_survey,
    print_table,
    print_values,
    print_written,
)
from embedviz.cli.settings_group import SettingsGroup
from embedviz.experiments import QUESTIONS, find_question
from embedviz.models import MODELS, model_spec

if TYPE_CHECKING:
    from embedviz.core.settings import Settings

TRACK = "tensorboard:FOLDER, mlflow:FOLDER or mlflow:http://HOST."


class TrainGroup(SettingsGroup):
    """`embedviz train MODEL`."""

    names = MODELS
    example: ClassVar[str] = "DATA --seed 0 --out run"

    def settings_of(self, name: str, model: str | None) -> dict[str, type[Settings]]:
        """Return the settings of the model."""
        return {f"Settings of {name}": model_spec(name).Settings}

    def summary_of(self, name: str) -> str:
        """Return what the model learns."""
        spec = model_spec(name)
        return f"{spec.title}: {spec.summary}"

    def command_of(self, name: str) -> Command:
        """Return the command that trains the model."""

        def train(
            data: Annotated[
                list[str],
                typer.Argument(
                    help="A file, or a sample's name; for words also a folder or several files of text.",
                    autocompletion=complete_data,
                ),
            ],
            out: Annotated[
                Path, typer.Option(help="The run's folder; must not hold a run yet.", autocompletion=complete_path)
            ],
            settings: dict[str, Any],
            columns: Columns = None,
            probe: Annotated[
                list[str] | None, typer.Option(help="A word whose neighbours are shown as it trains.")
            ] = None,
            read: Read = None,
            test: Annotated[
                Path | None, typer.Option(help="A file of test rows, beside DATA, whose rows train then.")
            ] = None,
            validation: Annotated[Path | None, typer.Option(help="A file of validation rows, beside DATA.")] = None,
            track: Annotated[list[str] | None, typer.Option(help=TRACK)] = None,
        ) -> None:
            import embedviz

            run = embedviz.train(
                name, data[0] if len(data) == 1 else data, columns=columns_of(columns or []), out=out, probes=probe,
                read=reading_of(read), test=test, validation=validation, track=track or [], on_survey=print_survey,
                on_progress=print_progress, **settings,
            )  # fmt: skip
            end_progress()
            add_result("run", {"id": run.id, "name": run.name, "status": run.status, "folder": str(run.folder)})
            print_values(run.metrics, "metrics")
            if memory := run.record.get("memory_bytes"):
                print_note(f"Peak memory: {memory / 1e6:,.0f} MB.")
            print_note(f"The run is in {run.folder}.")
            if run.status != "done":
                print_note(f"It was stopped, and the best so far is kept. Go on by: embedviz runs resume {run.folder}")
                raise typer.Exit(ExitCode.NOT_FINISHED)

        return train


class ExperimentGroup(SettingsGroup):
    """`embedviz experiment QUESTION`."""

    names = QUESTIONS
    example: ClassVar[str] = "DATA --model skipgram --budget 10m --out answer"

    def settings_of(self, name: str, model: str | None) -> dict[str, type[Settings]]:
        """Return the settings of the question, and those of the model where the call names one."""
        panels: dict[str, type[Settings]] = {"Settings of the question": find_question(name).Settings}
        return panels if model not in MODELS else panels | {f"Settings of {model}": model_spec(model).Settings}

    def summary_of(self, name: str) -> str:
        """Return what is asked."""
        return find_question(name).title

    def command_of(self, name: str) -> Command:
        """Return the command that answers the question."""

        def experiment(
            data: Annotated[str, typer.Argument(help="A file, or a sample's name.", autocompletion=complete_data)],
            model: Annotated[
                str,
                typer.Option(
                    help=f"One of: {', '.join(MODELS)}. Its settings are options as well: --help behind it lists them.",
                    autocompletion=lambda incomplete: [each for each in MODELS if each.startswith(incomplete)],
                ),
            ],
            out: Annotated[Path, typer.Option(help="A folder for the report, the table and the runs' scores.")],
            settings: dict[str, Any],
            budget: Annotated[str, typer.Option(help="90s, 5m or 2h.")] = "10m",
            columns: Columns = None,
            read: Read = None,
        ) -> None:
            import embedviz
            from embedviz.experiments.report import report_html, runs_table

            out.mkdir(parents=True, exist_ok=True)
            made = embedviz.experiment(
                name, data, model=model, budget=budget, columns=columns_of(columns or []), read=reading_of(read),
                on_progress=print_progress, **settings,
            )  # fmt: skip
            end_progress()
            verdict = made.verdict
            if verdict is None:
                print_note(f"No run has ended within {budget}. {made.state.reason}".strip())
                raise typer.Exit(ExitCode.NOT_FINISHED)
            print_table(made.table, "table")
            for sentence in verdict.sentences:
                print_sentence(sentence)
            made.table.to_csv(out / "table.csv", index=False)
            runs_table(made).to_csv(out / "runs.csv", index=False)
            (out / "report.html").write_text(report_html(made), encoding="utf-8")
            for file in ("report.html", "table.csv", "runs.csv"):
                print_written(out / file)
            print_note(f"The report is in {out / 'report.html'}.")
            if made.status != "done":
                raise typer.Exit(ExitCode.NOT_FINISHED)

        return experiment


train_app = typer.Typer(cls=TrainGroup, no_args_is_help=True)
experiment_app = typer.Typer(cls=ExperimentGroup, no_args_is_help=True)


@train_app.callback(epilog="Example: embedviz train skipgram kjv --dim 100 --epochs 5 --seed 0 --out run")
def train() -> None:
    """Train a model. Any of its settings is an option; `embedviz train MODEL --help` lists them."""


@experiment_app.callback(
    epilog="Example: embedviz experiment dimensions ratings --model ratings --largest 64 --out answer"
)
def experiment() -> None:
    """Answer a question by several trainings: how many dimensions, and others."""


app.add_typer(train_app, name="train")
app.add_typer(experiment_app, name="experiment")
