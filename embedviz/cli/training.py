"""Commands about data and what is trained on it: profile, train, evaluate, experiment, predict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.cli.arguments import check_folder_of, columns_of, reading_of, settings_of
from embedviz.cli.options import Read
from embedviz.cli.printing import print_progress, print_survey, print_table
from embedviz.core.errors import EmbedvizError
from embedviz.experiments import QUESTIONS
from embedviz.models import MODELS, model_spec


@app.command()
def profile(data: Annotated[Path, typer.Argument(help="A file of rows or text.")], read: Read = None) -> None:
    """Print how a file was read, and for each column its kind, missing cells, distinct values and examples."""
    import embedviz

    table = embedviz.read_table(data, **reading_of(read))
    for sentence in table.report.sentences():
        typer.echo(sentence, err=True)
    print_table(table.profile().drop(columns="distribution"))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def train(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help=f"One of: {', '.join(MODELS)}.")],
    data: Annotated[
        list[str], typer.Argument(help="A file, or a sample's name; for words also a folder or several files of text.")
    ],
    out: Annotated[Path, typer.Option(help="The run's folder; must not hold a run yet.")],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            help="role=column, where the guess is wrong: target=body; split= for no column. category, number and ignore take "
            "several columns."
        ),
    ] = None,
    probe: Annotated[list[str] | None, typer.Option(help="A word whose neighbours are shown as it trains.")] = None,
    read: Read = None,
    test: Annotated[Path | None, typer.Option(help="A file of test rows, beside DATA, whose rows train then.")] = None,
    validation: Annotated[Path | None, typer.Option(help="A file of validation rows, beside DATA.")] = None,
    track: Annotated[
        list[str] | None, typer.Option(help="tensorboard:FOLDER, mlflow:FOLDER or mlflow:http://HOST.")
    ] = None,
) -> None:
    """Train a model. Any of its settings is a flag: --dim 100 --epochs 5 --seed 0; --preset textbook sets several."""
    import embedviz

    # click takes flags that it does not know for further files
    n_files = next((i for i, word in enumerate(data) if word.startswith("--")), len(data))
    files, flags = data[:n_files], [*data[n_files:], *context.args]
    settings = settings_of(model_spec(model).Settings, flags)
    run = embedviz.train(
        model, files[0] if len(files) == 1 else files, columns=columns_of(columns or []), out=out, probes=probe, read=reading_of(read),
        test=test, validation=validation, track=track or [], on_survey=print_survey, on_progress=print_progress, **settings,
    )  # fmt: skip
    typer.echo("", err=True)
    for name, value in run.metrics.items():
        typer.echo(f"{name}\t{value:.4f}")
    if memory := run.record.get("memory_bytes"):
        typer.echo(f"Peak memory: {memory / 1e6:,.0f} MB.", err=True)
    typer.echo(f"The run is in {run.folder}.", err=True)


@app.command()
def evaluate(
    folder: Annotated[Path, typer.Argument(help="A run's folder.")],
    baselines: Annotated[
        bool, typer.Option("--baselines", help="First train the baselines on the same split.")
    ] = False,
    seeds: Annotated[int | None, typer.Option(help="First repeat the training over this number of seeds.")] = None,
    folds: Annotated[int | None, typer.Option(help="First repeat the training over this number of folds.")] = None,
) -> None:
    """Print a run's scores beside its baselines and its repeats, and how they were measured."""
    import embedviz
    from embedviz.evaluation.score_sentences import comparison_sentence
    from embedviz.evaluation.score_table import display_table
    from embedviz.jobs.scores import protocol_of, scores_of

    run = embedviz.open_run(folder)
    if baselines:
        run.baselines(print_progress)
    if seeds is not None or folds is not None:
        run.repeat(seeds=seeds, folds=folds, on_progress=print_progress)
    if baselines or seeds is not None or folds is not None:
        typer.echo("", err=True)
    table = scores_of(run)
    print_table(display_table(table))
    for sentence in filter(None, [comparison_sentence(table.comparison()), *protocol_of(run)]):
        typer.echo(sentence)


@app.command()
def predict(
    folder: Path,
    data: Annotated[Path, typer.Argument(help="A file with the columns of the training data, or a file of texts.")],
    out: Annotated[Path | None, typer.Option(help="A CSV file. Without it the table is printed.")] = None,
    column: Annotated[
        str | None, typer.Option(help="The column of texts, if it is called otherwise than in the training data.")
    ] = None,
    explain: Annotated[
        bool, typer.Option("--explain", "--reasons", help="Add a column with the contributions to each prediction.")
    ] = False,
    read: Read = None,
) -> None:
    """Predict every row of a file and write its columns with the predictions added."""
    import embedviz
    from embedviz.jobs.prediction import with_predictions

    if out:
        check_folder_of(out)
    frame = embedviz.read_table(data, **reading_of(read)).frame
    answer = with_predictions(embedviz.open_run(folder).predictor(), frame, column, explain)
    if out is None:
        print_table(answer)
    else:
        answer.to_csv(out, index=False)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def experiment(
    context: typer.Context,
    question: Annotated[str, typer.Argument(help=f"One of: {', '.join(QUESTIONS)}.")],
    data: Annotated[str, typer.Argument(help="A file, or a sample's name.")],
    model: Annotated[str, typer.Option(help=f"One of: {', '.join(MODELS)}.")],
    out: Annotated[Path, typer.Option(help="A folder for the report, the table and the runs' scores.")],
    budget: Annotated[str, typer.Option(help="90s, 5m or 2h.")] = "10m",
    columns: Annotated[list[str] | None, typer.Option(help="role=column, where the guess is wrong.")] = None,
    read: Read = None,
) -> None:
    """Answer a question by several trainings: how many dimensions, and others.

    Settings of the question and those that all runs have in common are flags: --largest 64 --seeds 5 --epochs 5.
    """
    import embedviz
    from embedviz.experiments import find_question
    from embedviz.experiments.report import report_html, runs_table

    settings = settings_of(model_spec(model).Settings, context.args, find_question(question).Settings)
    out.mkdir(parents=True, exist_ok=True)
    made = embedviz.experiment(
        question, data, model=model, budget=budget, columns=columns_of(columns or []), read=reading_of(read),
        on_progress=print_progress, **settings,
    )  # fmt: skip
    typer.echo("", err=True)
    verdict = made.verdict
    if verdict is None:
        raise EmbedvizError(f"No run has ended within {budget}. {made.state.reason}".strip())
    print_table(made.table)
    for sentence in verdict.sentences:
        typer.echo(sentence)
    made.table.to_csv(out / "table.csv", index=False)
    runs_table(made).to_csv(out / "runs.csv", index=False)
    (out / "report.html").write_text(report_html(made), encoding="utf-8")
    typer.echo(f"The report is in {out / 'report.html'}.", err=True)
