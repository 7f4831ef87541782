"""The command line: train, neighbors, analogy, project, convert. VECTORS is a vector file or a run's folder."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic_core import PydanticUndefined

from embedviz.errors import EmbedvizError, SettingsError
from embedviz.models import MODELS, model_class

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Train embeddings and look at what they learned.")
Space = Annotated[str | None, typer.Option("--space", help="One of a run's spaces, where it has several.")]


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def train(
    context: typer.Context,
    model: Annotated[str, typer.Argument(help=f"One of: {', '.join(MODELS)}.")],
    data: Annotated[str, typer.Argument(help="A file, or a sample's name.")],
    out: Annotated[Path, typer.Option(help="The run's folder; must not hold a run yet.")],
    columns: Annotated[list[str] | None, typer.Option(help="role=column, where the guess is wrong.")] = None,
    probe: Annotated[list[str] | None, typer.Option(help="A word whose neighbours are shown as it trains.")] = None,
) -> None:
    """Train a model. Any of its settings is a flag: --dim 100 --epochs 5 --seed 0."""
    import embedviz

    settings = _settings(model, context.args)
    roles = dict(_pair(text) for text in columns or [])
    run = embedviz.train(model, data, columns=roles, out=out, probes=probe, on_progress=_show, **settings)
    typer.echo("", err=True)
    for name, value in run.metrics.items():
        typer.echo(f"{name}\t{value:.4f}")
    typer.echo(f"The run is in {run.folder}.", err=True)


@app.command()
def neighbors(vectors: Path, query: str, k: Annotated[int, typer.Option("-k")] = 10, metric: str = "cosine", space: Space = None) -> None:  # fmt: skip
    """The nearest labels of a label."""
    _print(_open(vectors, space).neighbors(query, k, metric))


@app.command()
def analogy(
    vectors: Path,
    positive: Annotated[list[str], typer.Option(help="Words that are added: --positive king --positive woman.")],
    negative: Annotated[list[str] | None, typer.Option(help="Words that are taken away.")] = None,
    k: Annotated[int, typer.Option("-k")] = 10,
    method: str = "3cosadd",
    space: Space = None,
) -> None:
    """king + woman - man. The words given are left out of the answers."""
    _print(_open(vectors, space).analogy(positive, negative or [], k, method))


@app.command(context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def project(
    context: typer.Context,
    vectors: Path,
    out: Annotated[Path, typer.Option(help="map.html or map.csv")],
    space: Space = None,
) -> None:
    """A map as a web page or a table. Settings are flags: --method umap --n-neighbors 15 --n-points 10000."""
    from embedviz.figures.map_figure import map_figure
    from embedviz.projection.fidelity import fidelity_sentence
    from embedviz.projection.projecting import project as make
    from embedviz.projection.settings import ProjectionSettings

    if out.suffix not in (".html", ".csv"):
        raise SettingsError(f"{out.name}: a map is written as .html or .csv.")
    opened = _open(vectors, space)
    projection = make(opened, **_flags(ProjectionSettings, context.args))
    frame = projection.frame(opened)
    if out.suffix == ".csv":
        frame.to_csv(out, index=False)
    else:
        colour = frame.get("count")
        map_figure(frame, colour).write_html(out, include_plotlyjs=True)
    typer.echo(fidelity_sentence(projection.quality))


@app.command()
def convert(source: Path, target: Path, format: str | None = None, space: Space = None) -> None:
    """Write vectors in another format, by the ending (.txt GloVe, .vec word2vec, .bin binary) or --format."""
    _open(source, space).save(target, format)


def main() -> None:
    """Runs a command; a person's mistake is one sentence and exit code 1."""
    try:
        app(args=_repeated(sys.argv[1:]), standalone_mode=False)
    except EmbedvizError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)
    except typer.Exit as leave:
        sys.exit(leave.exit_code)
    except Exception as error:
        if hasattr(error, "format_message"):  # what typer says of a wrong call
            typer.echo(error.format_message() or "See --help.", err=True)
            sys.exit(2)
        raise


def _repeated(words: list[str]) -> list[str]:
    """--positive king woman -> --positive king --positive woman, likewise --negative, --columns and --probe."""
    result: list[str] = []
    flag = ""
    for word in words:
        if word.startswith("-"):
            flag, first = (word if word in ("--positive", "--negative", "--columns", "--probe") else ""), True
            result.append(word)
            continue
        if flag and not first:
            result.append(flag)
        result.append(word)
        first = False
    return result


def _open(path: Path, space: str | None) -> Any:
    import embedviz

    if path.is_dir():
        run = embedviz.open_run(path)
        return run.spaces[space] if space else run.space
    return embedviz.load_vectors(path)


def _settings(model: str, flags: list[str]) -> dict[str, Any]:
    return _flags(model_class(model).Settings, flags)


def _flags(settings: type, flags: list[str]) -> dict[str, Any]:
    """--learning-rate 0.05 --deterministic -> fields of the settings class; pydantic turns the text into its type."""
    values: dict[str, Any] = {}
    words = iter(flags)
    for flag in words:
        if not flag.startswith("--"):
            raise SettingsError(f"Expected a setting such as --dim 100, got {flag!r}.")
        name, _, value = flag[2:].partition("=")
        name = name.replace("-", "_")
        field = settings.model_fields.get(name)
        if field is None:
            raise SettingsError(f"There is no setting --{name}. Settings: {', '.join(settings.model_fields)}.")
        if field.annotation is bool and not value:
            values[name] = True
            continue
        value = value or next(words, PydanticUndefined)
        if value is PydanticUndefined:
            raise SettingsError(f"The setting --{name} needs a value.")
        number = value.lstrip("-").replace(".", "", 1).replace("e-", "", 1)
        values[name] = (
            float(value) if number.isdigit() and not value.isdigit() else int(value) if value.isdigit() else value
        )
    return values


def _pair(text: str) -> tuple[str, str]:
    role, sign, column = text.partition("=")
    if not sign:
        raise SettingsError(f"Expected role=column, got {text!r}.")
    return role, column


def _print(frame: Any) -> None:
    typer.echo(frame.to_csv(sep="\t", index=False, float_format="%.4f").rstrip())


def _show(progress: Any) -> None:
    loss = progress.metrics.get("validation/loss")
    held_out = f", held-out loss {loss:.3f}" if loss else ""
    typer.echo(f"\r{progress.fraction:4.0%} {progress.message}{held_out}".ljust(70), nl=False, err=True)
