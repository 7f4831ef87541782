"""Commands about vectors: neighbors, analogy, project, evaluate-vectors, convert. VECTORS is a vector file or a run's folder."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

import typer

from embedviz.cli.app import app
from embedviz.cli.arguments import check_folder_of
from embedviz.cli.completing import complete_path
from embedviz.cli.flags import with_settings
from embedviz.cli.options import Count, From, Metadata, Space, Tensor, Vectors
from embedviz.cli.printing import add_result, print_composed, print_note, print_sentence, print_table, print_written
from embedviz.cli.run_argument import run_of
from embedviz.core.errors import SettingsError
from embedviz.projection.settings import ProjectionSettings

if TYPE_CHECKING:
    from embedviz.evaluation.word_vector_scores import SetKind
    from embedviz.space import EmbeddingSpace
    from embedviz.space.analogy import Formula
    from embedviz.space.metrics import Metric


@app.command(epilog="Example: embedviz neighbors run king -k 10 --metric euclidean")
def neighbors(
    vectors: Vectors,
    query: Annotated[str, typer.Argument(help="A label, or a word of a fastText model.")],
    k: Count = 10,
    metric: Annotated[str, typer.Option(help="cosine, euclidean or dot.")] = "cosine",
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Print the nearest neighbours of a label."""
    print_table(
        open_vectors(vectors, space, tensor, metadata, from_).neighbors(query, k, cast("Metric", metric)), "neighbors"
    )


@app.command(epilog="Example: embedviz analogy run --positive king woman --negative man")
def analogy(
    vectors: Vectors,
    positive: Annotated[list[str], typer.Option(help="Words to add: --positive king woman.")],
    negative: Annotated[list[str] | None, typer.Option(help="Words to subtract.")] = None,
    k: Count = 10,
    method: Annotated[str, typer.Option(help="3cosadd or 3cosmul.")] = "3cosadd",
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Print king + woman - man. The given words are left out of the results."""
    print_table(
        open_vectors(vectors, space, tensor, metadata, from_).analogy(
            positive, negative or [], k, cast("Formula", method)
        ),
        "answers",
    )


def project(
    vectors: Vectors,
    out: Annotated[Path, typer.Option(help="map.html or map.csv")],
    settings: dict[str, Any],
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Draw a map as a web page or a table."""
    from embedviz.cli.map_page import map_page
    from embedviz.project_space import project as make
    from embedviz.projection.fidelity import fidelity_sentence

    if out.suffix not in (".html", ".csv"):
        raise SettingsError(f"{out.name}: a map is written as .html or .csv.")
    check_folder_of(out)
    opened = open_vectors(vectors, space, tensor, metadata, from_)
    projection = make(opened, **settings)
    frame = projection.frame(opened)
    print_composed(frame)
    if out.suffix == ".csv":
        frame.to_csv(out, index=False)
    else:
        out.write_bytes(map_page(projection, vectors.stem))
    add_result("quality", projection.quality)
    print_written(out)
    print_sentence(fidelity_sentence(projection.quality))


app.command("project", epilog="Example: embedviz project run --method umap --n-neighbors 15 --out map.html")(
    with_settings(project, {"Settings of the map": ProjectionSettings})
)


@app.command(epilog="Example: embedviz evaluate-vectors vectors.bin wordsim353.tsv --out answers.csv")
def evaluate_vectors(
    vectors: Vectors,
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
    print_table(scores_frame(scores), "scores")
    for sentence in (coverage_sentence(scores), *protocol_sentences(scores)):
        print_sentence(sentence)
    if len(scores.sections):
        print_table(scores.sections, "sections")
    if out:
        scores.rows.to_csv(out, index=False)
        print_written(out)


@app.command(epilog="Example: embedviz convert run vectors.bin")
def convert(
    source: Vectors,
    target: Annotated[Path, typer.Argument(help="The file or folder to write.", autocompletion=complete_path)],
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            "--format",
            help="hugging-face, embedding (of PyTorch) or projector-folder for a folder; or a format, where the ending names none.",
        ),
    ] = None,
    space: Space = None,
    tensor: Tensor = None,
    metadata: Metadata = None,
    from_: From = None,
) -> None:
    """Write vectors as a file, by the ending (.txt GloVe, .vec word2vec, .bin binary, .npz, .parquet, ...), or as a folder."""
    opened = open_vectors(source, space, tensor, metadata, from_)
    if to is None:
        opened.save(target)
    else:
        from embedviz.exports.vector_exports import find_vector_export

        find_vector_export(to).write(opened, target, run_of(str(source)) if _is_run(source) else None)
    print_written(target)


def open_vectors(
    path: Path, space: str | None, tensor: str | None, metadata: Path | None, format: str | None
) -> EmbeddingSpace:
    """Open a run's space, or a vector file or folder, whose notes are printed.

    Parameters
    ----------
    path : Path
        A file or folder of vectors, or a run's folder, id or name.
    space : str or None
        Of a run; by default the main one.
    tensor, metadata, format
        Of a file: see `embedviz.load_vectors`.
    """
    import embedviz

    if _is_run(path):
        run = run_of(str(path))
        return run.spaces[space] if space else run.space
    opened = embedviz.load_vectors(path, format=format, tensor=tensor, metadata=metadata)
    for note in opened.notes:
        print_note(note)
    return opened


def _is_run(path: Path) -> bool:
    """Return whether an argument names a run: its folder, its id or its name."""
    from embedviz.formats import is_model_folder

    return not path.exists() or (path.is_dir() and not is_model_folder(path))
