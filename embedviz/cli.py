"""Command line: profile, train, predict, neighbors, analogy, project, evaluate,
evaluate-vectors, compare-algorithms, experiment, convert.

VECTORS is a vector file or a run's folder.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer
from click import ClickException

from embedviz.core.errors import EmbedvizError, SettingsError
from embedviz.data.roles import COLUMN_ROLES, ROLES
from embedviz.experiments import QUESTIONS
from embedviz.models import MODELS, model_spec
from embedviz.store.dataset import OPTIONS

if TYPE_CHECKING:
    import pandas as pd

    from embedviz.core.progress import Progress
    from embedviz.core.settings import Settings
    from embedviz.evaluation.word_vector_scores import SetKind
    from embedviz.space import EmbeddingSpace
    from embedviz.space.analogy import Formula
    from embedviz.space.metrics import Metric
    from embedviz.training.survey import Survey

SEVERAL = (
    "--positive",
    "--negative",
    "--columns",
    "--probe",
    "--read",
    "--algorithms",
)  # flags that take several words
YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
OF_A_COLUMN = ("missing", "only")  # options of --read that name a column: missing:stars=0
MAX_CLASSES = 12  # printed

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Train embeddings and look at what they learned.")
Space = Annotated[str | None, typer.Option("--space", help="One of a run's spaces, where it has several.")]
Tensor = Annotated[str | None, typer.Option("--tensor", help="One of a vector file's matrices, where it has several.")]
Metadata = Annotated[
    Path | None,
    typer.Option("--metadata", help="A file with a row for each vector, such as the Projector's metadata.tsv."),
]
From = Annotated[
    str | None,
    typer.Option("--from", help="The vector file's format, where its content does not tell: csv, tsv, projector."),
]
Read = Annotated[
    list[str] | None,
    typer.Option(
        "--read",
        help="How to read the file, where the guess is wrong: encoding=cp1251 delimiter=:: quote=none header=no decimal=, "
        "missing=99 missing:stars=0 melt=user_id merge_classes=label only:liked=yes strip_markup=yes. header takes the "
        "number of a line too.",
    ),
]


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
    settings = _flags(model_spec(model).Settings, flags)
    run = embedviz.train(
        model, files[0] if len(files) == 1 else files, columns=_columns(columns or []), out=out, probes=probe, read=_reading(read),
        test=test, validation=validation, track=track or [], on_survey=_print_survey, on_progress=_print_progress, **settings,
    )  # fmt: skip
    typer.echo("", err=True)
    for name, value in run.metrics.items():
        typer.echo(f"{name}\t{value:.4f}")
    if memory := run.record.get("memory_bytes"):
        typer.echo(f"Peak memory: {memory / 1e6:,.0f} MB.", err=True)
    typer.echo(f"The run is in {run.folder}.", err=True)


@app.command()
def neighbors(
    vectors: Path,
    query: str,
    k: Annotated[int, typer.Option("-k")] = 10,
    metric: str = "cosine",
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Print the nearest neighbours of a label."""
    _print(_open(vectors, space, tensor, metadata, from_).neighbors(query, k, cast("Metric", metric)))


@app.command()
def analogy(
    vectors: Path,
    positive: Annotated[list[str], typer.Option(help="Words to add: --positive king woman.")],
    negative: Annotated[list[str] | None, typer.Option(help="Words to subtract.")] = None,
    k: Annotated[int, typer.Option("-k")] = 10,
    method: str = "3cosadd",
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Print king + woman - man. The given words are left out of the results."""
    _print(_open(vectors, space, tensor, metadata, from_).analogy(positive, negative or [], k, cast("Formula", method)))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def project(
    context: typer.Context,
    vectors: Path,
    out: Annotated[Path, typer.Option(help="map.html or map.csv")],
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Draw a map as a web page or a table. Settings are flags: --method umap --n-neighbors 15 --n-points 10000."""
    from embedviz.figures.map_figure import map_figure
    from embedviz.projection.fidelity import fidelity_sentence
    from embedviz.projection.projecting import project as make
    from embedviz.projection.settings import ProjectionSettings

    if out.suffix not in (".html", ".csv"):
        raise SettingsError(f"{out.name}: a map is written as .html or .csv.")
    _check_folder_of(out)
    opened = _open(vectors, space, tensor, metadata, from_)
    projection = make(opened, **_flags(ProjectionSettings, context.args))
    frame = projection.frame(opened)
    _print_composed(frame)
    if out.suffix == ".csv":
        frame.to_csv(out, index=False)
    else:
        colour = frame.get("count")
        settings = projection.settings
        axes = (settings.x_axis, settings.y_axis) if settings.method == "axes" else None
        map_figure(frame, colour, axes=axes).write_html(out, include_plotlyjs=True)
    typer.echo(fidelity_sentence(projection.quality))


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
    from embedviz.evaluation.score_sentences import comparison_sentence, display_table
    from embedviz.jobs.scores import protocol_of, scores_of

    run = embedviz.open_run(folder)
    if baselines:
        run.baselines(_print_progress)
    if seeds is not None or folds is not None:
        run.repeat(seeds=seeds, folds=folds, on_progress=_print_progress)
    if baselines or seeds is not None or folds is not None:
        typer.echo("", err=True)
    table = scores_of(run)
    _print(display_table(table))
    for sentence in filter(None, [comparison_sentence(table.comparison()), *protocol_of(run)]):
        typer.echo(sentence)


@app.command()
def evaluate_vectors(
    vectors: Path,
    file: Annotated[
        str,
        typer.Argument(
            help="Word pairs, analogies or outliers; or small-pairs, small-analogies for the small English set."
        ),
    ],
    out: Annotated[Path | None, typer.Option(help="A CSV file for the answer to each question.")] = None,
    kind: Annotated[
        str | None, typer.Option(help="similarity, analogies or outliers, where the file should not tell.")
    ] = None,
    most_frequent: Annotated[
        int,
        typer.Option(help="Of analogies: only the words this frequent are known, ask and answer. 0 for all."),
    ] = 300_000,
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Score word vectors on a set, with the coverage, an interval and what random vectors get."""
    import embedviz
    from embedviz.evaluation.word_vector_sentences import coverage_sentence, protocol_sentences, scores_frame

    if out:
        _check_folder_of(out)
    opened = _open(vectors, space, tensor, metadata, from_)
    scores = embedviz.evaluate_vectors(
        opened, file, kind=cast("SetKind | None", kind), most_frequent=most_frequent or None
    )
    _print(scores_frame(scores))
    for sentence in (coverage_sentence(scores), *protocol_sentences(scores)):
        typer.echo(sentence)
    if len(scores.sections):
        _print(scores.sections)
    if out:
        scores.rows.to_csv(out, index=False)


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

    settings = _flags(model_spec(model).Settings, context.args, find_question(question).Settings)
    out.mkdir(parents=True, exist_ok=True)
    made = embedviz.experiment(
        question, data, model=model, budget=budget, columns=_columns(columns or []), read=_reading(read),
        on_progress=_print_progress, **settings,
    )  # fmt: skip
    typer.echo("", err=True)
    verdict = made.verdict
    if verdict is None:
        raise EmbedvizError(f"No run has ended within {budget}. {made.state.reason}".strip())
    _print(made.table)
    for sentence in verdict.sentences:
        typer.echo(sentence)
    made.table.to_csv(out / "table.csv", index=False)
    runs_table(made).to_csv(out / "runs.csv", index=False)
    (out / "report.html").write_text(report_html(made), encoding="utf-8")
    typer.echo(f"The report is in {out / 'report.html'}.", err=True)


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def compare_algorithms(
    context: typer.Context,
    data: Annotated[str, typer.Argument(help="A text, a folder of texts, or a sample's name.")],
    algorithms: Annotated[list[str] | None, typer.Option(help="Models of words; all by default.")] = None,
    seconds: Annotated[float, typer.Option(help="For each algorithm, with reading and measuring.")] = 30.0,
    word: Annotated[str | None, typer.Option(help="A word whose neighbours by each algorithm are printed.")] = None,
    out: Annotated[Path | None, typer.Option(help="A CSV file for the table.")] = None,
    columns: Annotated[list[str] | None, typer.Option(help="text=column, where the guess is wrong.")] = None,
    read: Read = None,
) -> None:
    """Train the algorithms for word vectors on one text for the same time, and print how each does.

    Settings that all of them have are flags: --dim 100 --window 5 --min-count 5 --seed 0.
    """
    import embedviz
    from embedviz.models.compatibility import word_models

    if out:
        _check_folder_of(out)
    settings = _flags(next(iter(word_models().values())).Settings, context.args)
    found = embedviz.compare_algorithms(
        data, algorithms or (), seconds=seconds, columns=_columns(columns or []), read=_reading(read),
        on_progress=_print_progress, **settings,
    )  # fmt: skip
    typer.echo("", err=True)
    frame = found.frame()
    if out:
        frame.to_csv(out, index=False)
    _print(frame)
    for sentence in found.notes():
        typer.echo(sentence, err=True)
    if word:
        _print(found.neighbors(word))


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
        _check_folder_of(out)
    frame = embedviz.read_table(data, **_reading(read)).frame
    answer = with_predictions(embedviz.open_run(folder).predictor(), frame, column, explain)
    if out is None:
        _print(answer)
    else:
        answer.to_csv(out, index=False)


@app.command()
def profile(data: Annotated[Path, typer.Argument(help="A file of rows or text.")], read: Read = None) -> None:
    """Print how a file was read, and for each column its kind, missing cells, distinct values and examples."""
    import embedviz

    table = embedviz.read_table(data, **_reading(read))
    for sentence in table.report.sentences():
        typer.echo(sentence, err=True)
    _print(table.profile().drop(columns="distribution"))


@app.command()
def convert(
    source: Path,
    target: Path,
    format: str | None = None,
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Write vectors in another format, by the ending (.txt GloVe, .vec word2vec, .bin binary, .npz, .parquet, ...) or --format."""
    _open(source, space, tensor, metadata, from_).save(target, format)


def main() -> None:
    """Run a command; a person's mistake is one sentence and exit code 1."""
    try:
        app(args=_repeated(sys.argv[1:]), standalone_mode=False)
    except EmbedvizError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except typer.Exit as leave:
        sys.exit(leave.exit_code)
    except ClickException as error:  # a wrong call
        typer.echo(error.format_message() or "See --help.", err=True)
        sys.exit(2)


def _repeated(words: list[str]) -> list[str]:
    """Turn --positive king woman into --positive king --positive woman, likewise for the other flags of several."""
    result: list[str] = []
    flag, first = "", True
    for word in words:
        if word.startswith("-"):
            flag, first = (word if word in SEVERAL else ""), True
            result.append(word)
            continue
        if flag and not first:
            result.append(flag)
        result.append(word)
        first = False
    return result


def _open(
    path: Path, space: str | None, tensor: str | None, metadata: Path | None, format: str | None
) -> EmbeddingSpace:
    """Open a run's space, or a vector file or folder."""
    import embedviz
    from embedviz.formats import is_model_folder

    if path.is_dir() and not is_model_folder(path):
        run = embedviz.open_run(path)
        return run.spaces[space] if space else run.space
    opened = embedviz.load_vectors(path, format=format, tensor=tensor, metadata=metadata)
    for note in opened.notes:
        typer.echo(note, err=True)
    return opened


def _flags(settings: type[Settings], flags: list[str], further: type[Settings] | None = None) -> dict[str, Any]:
    """Turn --learning-rate 0.05 --deterministic into fields of the settings class; pydantic converts the text.

    further: another class whose fields may be given as well.
    """
    fields = {**settings.model_fields, **(further.model_fields if further else {})}
    values: dict[str, Any] = {}
    words = iter(flags)
    for flag in words:
        if not flag.startswith("--"):
            raise SettingsError(f"Expected a setting such as --dim 100, got {flag!r}.")
        name, _, value = flag[2:].partition("=")
        name = name.replace("-", "_")
        field = fields.get(name)
        if field is None and not (name == "preset" and settings.presets):
            raise SettingsError(f"There is no setting --{name}. Settings: {', '.join(fields)}.")
        if field is not None and field.annotation is bool and not value:
            values[name] = True
            continue
        value = value or next(words, "")
        if not value:
            raise SettingsError(f"The setting --{name} needs a value.")
        number = value.lstrip("-").replace(".", "", 1).replace("e-", "", 1)
        values[name] = (
            float(value) if number.isdigit() and not value.isdigit() else int(value) if value.isdigit() else value
        )
    return values


def _columns(pairs: list[str]) -> dict[str, Any]:
    """Turn target=body ignore=id ignore=url into role -> column, or columns for a role that has several; split= into None,
    which takes a guess away."""
    roles: dict[str, Any] = {}
    for text in pairs:
        role, sign, column = text.partition("=")
        if not sign or (not column and role in COLUMN_ROLES):
            raise SettingsError(f"Expected role=column, got {text!r}.")
        if role not in ROLES and role not in COLUMN_ROLES:
            raise SettingsError(f"There is no role {role!r}. Roles: {', '.join((*ROLES, *COLUMN_ROLES))}.")
        if role in COLUMN_ROLES:
            roles[role] = [*roles.get(role, []), column]
        else:
            roles[role] = column or None
    return roles


NO_MARK = ""


def _reading(pairs: list[str] | None) -> dict[str, Any]:
    """Turn encoding=cp1251 header=no missing:stars=0 into what overrides read_table's guesses."""
    values: dict[str, Any] = {}
    for text in pairs or []:
        given, sign, value = text.partition("=")
        name, colon, column = given.partition(":")
        takes_column = name in OF_A_COLUMN and bool(column)
        may_be_empty = name in ("melt", "quote", "escape")
        if not sign or not (value or may_be_empty) or name not in OPTIONS or (colon and not takes_column):
            raise SettingsError(f"Expected one of {', '.join(f'{option}=…' for option in OPTIONS)}, got {text!r}.")
        if name == "only" and not column:
            raise SettingsError(f"Expected only:COLUMN=VALUE, got {text!r}.")
        if name in OF_A_COLUMN:
            values.setdefault(name, {}).setdefault(column, []).append(value)
        elif name == "merge_classes":
            values.setdefault(name, []).append(value)
        elif name == "header" and value.isdigit():
            values[name] = int(value)
        elif name in ("header", "strip_markup"):
            if value not in YES_OR_NO:
                also = " or the number of the line with the names" if name == "header" else ""
                raise SettingsError(f"{name} is yes, no{also}, not {value!r}.")
            values[name] = YES_OR_NO[value]
        else:
            values[name] = NO_MARK if name in ("quote", "escape") and value == "none" else value
    return values


def _check_folder_of(path: Path) -> None:
    """Raise SettingsError before the work is done, when the file could not be written after it."""
    if not path.parent.is_dir():
        raise SettingsError(f"There is no folder {path.parent} to write {path.name} into. Make it first.")


def _print_survey(survey: Survey) -> None:
    """Print what was found in the data to the error stream: the scores are for the output."""
    if survey.classes:
        shares = [f"{name} {rows:,}" for name, rows in survey.classes[:MAX_CLASSES]]
        more = f" and {len(survey.classes) - MAX_CLASSES:,} more" if len(survey.classes) > MAX_CLASSES else ""
        typer.echo(f"Classes: {', '.join(shares)}{more}.", err=True)
    for sentence in (*survey.sentences, *survey.warnings):
        typer.echo(sentence, err=True)


def _print(frame: pd.DataFrame) -> None:
    _print_composed(frame)
    typer.echo(frame.to_csv(sep="\t", index=False, float_format="%.4f").rstrip())


def _print_composed(frame: pd.DataFrame) -> None:
    """Print which words of the question have composed vectors, to the error stream."""
    from embedviz.space.searchable_space import COMPOSED

    if composed := frame.attrs.get(COMPOSED):
        typer.echo(composed, err=True)


def _print_progress(progress: Progress) -> None:
    loss = progress.metrics.get("validation/loss")
    validation = f", validation loss {loss:.3f}" if loss else ""
    typer.echo(f"\r{progress.fraction:4.0%} {progress.message}{validation}".ljust(70), nl=False, err=True)
