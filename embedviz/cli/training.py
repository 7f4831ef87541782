"""Commands about data and runs: profile, evaluate, predict."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from embedviz.cli.app import app
from embedviz.cli.arguments import check_folder_of, reading_of
from embedviz.cli.options import DataFile, Read, RunArgument
from embedviz.cli.printing import (
    add_result,
    end_progress,
    print_note,
    print_progress,
    print_sentence,
    print_table,
    print_written,
)
from embedviz.cli.run_argument import run_of


@app.command(epilog="Example: embedviz profile cars.csv --read delimiter=tab")
def profile(data: DataFile, read: Read = None) -> None:
    """Print how a file was read, and for each column its kind, missing cells, distinct values and examples."""
    import embedviz

    table = embedviz.read_table(data, **reading_of(read))
    for sentence in table.report.sentences():
        print_note(sentence)
    print_table(table.profile().drop(columns="distribution"), "columns")


@app.command(epilog="Example: embedviz evaluate run --baselines --seeds 5")
def evaluate(
    run_: RunArgument,
    baselines: Annotated[
        bool, typer.Option("--baselines", help="First train the baselines on the same split.")
    ] = False,
    seeds: Annotated[int | None, typer.Option(help="First repeat the training over this number of seeds.")] = None,
    folds: Annotated[int | None, typer.Option(help="First repeat the training over this number of folds.")] = None,
) -> None:
    """Print a run's scores beside its baselines and its repeats, and how they were measured."""
    from embedviz.evaluation.score_sentences import comparison_sentence
    from embedviz.evaluation.score_table import display_table
    from embedviz.jobs.scores import protocol_of, scores_of

    run = run_of(run_)
    if baselines:
        run.baselines(print_progress)
    if seeds is not None or folds is not None:
        run.repeat(seeds=seeds, folds=folds, on_progress=print_progress)
    if baselines or seeds is not None or folds is not None:
        end_progress()
    table = scores_of(run)
    print_table(display_table(table), "scores")
    add_result("metrics", run.metrics)
    for sentence in filter(None, [comparison_sentence(table.comparison()), *protocol_of(run)]):
        print_sentence(sentence)


@app.command(epilog="Example: embedviz predict run new_rows.csv --explain --out predictions.csv")
def predict(
    run_: RunArgument,
    data: DataFile,
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
    answer = with_predictions(run_of(run_).predictor(), frame, column, explain)
    if out is None:
        print_table(answer, "predictions")
    else:
        answer.to_csv(out, index=False)
        print_written(out)
