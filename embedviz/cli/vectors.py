"""Commands about vectors: neighbors, analogy, project, evaluate-vectors, convert. VECTORS is a vector file or a run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from embedviz.cli.app import app
from embedviz.cli.arguments import check_folder_of, settings_of
from embedviz.cli.options import From, Metadata, Space, Tensor
from embedviz.cli.printing import print_composed, print_table
from embedviz.core.errors import SettingsError

if TYPE_CHECKING:
    from embedviz.evaluation.word_vector_scores import SetKind
    from embedviz.space import EmbeddingSpace
    from embedviz.space.analogy import Formula
    from embedviz.space.metrics import Metric


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
    print_table(open_vectors(vectors, space, tensor, metadata, from_).neighbors(query, k, cast("Metric", metric)))


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
    print_table(
        open_vectors(vectors, space, tensor, metadata, from_).analogy(
            positive, negative or [], k, cast("Formula", method)
        )
    )


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
    from embedviz.cli.map_page import map_page
    from embedviz.project_space import project as make
    from embedviz.projection.fidelity import fidelity_sentence
    from embedviz.projection.settings import ProjectionSettings

    if out.suffix not in (".html", ".csv"):
        raise SettingsError(f"{out.name}: a map is written as .html or .csv.")
    check_folder_of(out)
    opened = open_vectors(vectors, space, tensor, metadata, from_)
    projection = make(opened, **settings_of(ProjectionSettings, context.args))
    frame = projection.frame(opened)
    print_composed(frame)
    if out.suffix == ".csv":
        frame.to_csv(out, index=False)
    else:
        out.write_bytes(map_page(projection, vectors.stem))
    typer.echo(fidelity_sentence(projection.quality))


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
    from embedviz.evaluation.word_vector_scores import coverage_sentence, scores_frame
    from embedviz.evaluation.word_vector_sentences import protocol_sentences

    if out:
        check_folder_of(out)
    opened = open_vectors(vectors, space, tensor, metadata, from_)
    scores = embedviz.evaluate_vectors(
        opened, file, kind=cast("SetKind | None", kind), most_frequent=most_frequent or None
    )
    print_table(scores_frame(scores))
    for sentence in (coverage_sentence(scores), *protocol_sentences(scores)):
        typer.echo(sentence)
    if len(scores.sections):
        print_table(scores.sections)
    if out:
        scores.rows.to_csv(out, index=False)


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
    open_vectors(source, space, tensor, metadata, from_).save(target, format)


def open_vectors(
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
