"""README.md of a Hugging Face folder: a model card made from what a run kept, scores beside baselines first.

Mitchell et al. 2019, "Model Cards for Model Reporting" (FAT*): what it is, how it was measured, on what. What nobody recorded,
the licence and the use that is meant, is left to be filled in.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import PurePath

import pandas as pd

from embedviz.core.errors import RunError
from embedviz.core.value_text import without_folder
from embedviz.core.version import VERSION
from embedviz.evaluation.score_sentences import comparison_sentence, protocol_table
from embedviz.evaluation.score_table import display_table
from embedviz.jobs.scores import scores_of
from embedviz.models import model_spec
from embedviz.space import EmbeddingSpace
from embedviz.space.kinds import PLURALS
from embedviz.store.data_reference import DataReference
from embedviz.store.run_folder import RunFolder

PACKAGES = ("numpy", "pandas", "torch", "numba")
FILL_IN = "unknown: fill in"
MAX_LABELS = 5  # shown

# PATH stands for the folder, or for the name of the repository that it was uploaded to.
_WORDS = """```python
from sentence_transformers import SentenceTransformer
model = SentenceTransformer("PATH")

from model2vec import StaticModel
model = StaticModel.from_pretrained("PATH")

model.encode(["a text"])  # the mean of the vectors of its words
```
"""
_PLAIN = """```python
from safetensors.numpy import load_file
vectors = load_file("PATH/model.safetensors")["embeddings"]  # row i is the label with i in vocab.json
```
"""
_OURS = """
```python
import embedviz
space = embedviz.load_vectors("PATH")
space.neighbors({label})
```
"""


def model_card(space: EmbeddingSpace, run: RunFolder | None, splitting: str | None) -> str:
    """Return the card in Markdown, with the header that the hub reads.

    Parameters
    ----------
    space : EmbeddingSpace
        What is in the folder.
    run : RunFolder, optional
        The run that it is of.
    splitting : str, optional
        How texts are split into its words; None for a space of other labels.
    """
    is_words = splitting is not None
    title = run.name if run is not None else f"{space.name} vectors"
    parts = [
        _header(is_words),
        f"# {one_line(title)}",
        _what_it_is(space, run),
        "## Use",
        (_WORDS if is_words else _PLAIN) + _use(space),
    ]
    if splitting is not None:
        parts.append(
            f"{splitting} A word that is not in the vocabulary counts as a vector of zeros in sentence-transformers and is left "
            f"out by model2vec."
        )
    parts += _scores(run) + _training(run)
    parts += ["## Vectors", _table([
        ("labels", f"{len(space):,} {PLURALS[space.kind]}"),
        ("dimensions", f"{space.dim:,}"),
        ("columns beside the labels", ", ".join(map(str, space.columns.columns)) or "none"),
        ("first labels", ", ".join(space.labels[:MAX_LABELS])),
    ])]  # fmt: skip
    if space.notes:
        parts.append("\n".join(f"- {one_line(note)}" for note in space.notes))
    parts += ["## Versions", _table(_versions(run)), "## Licence", f"{FILL_IN}. The data may have terms of its own."]
    parts += [
        "## Intended use, and limits",
        f"{FILL_IN}. Vectors repeat what stands in their data, its prejudices too.",
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def run_report(run: RunFolder) -> str:
    """Return what a paper or a reviewer needs of a training, in Markdown: scores beside baselines, protocol, settings, versions."""
    spec = model_spec(run.model)
    parts = [
        f"# {one_line(run.name)}",
        f"{spec.title}, trained with embedviz. {spec.summary}",
        *_scores(run),
        *_training(run),
    ]
    parts += ["## Versions", _table(_versions(run))]
    return "\n\n".join(part.strip("\n") for part in parts if part) + "\n"


def _header(is_words: bool) -> str:
    tags = ["embedviz", "embeddings", "safetensors"]
    lines = ["---", "license: unknown"]
    if is_words:
        tags += ["word-embeddings", "static-embeddings", "model2vec", "sentence-transformers"]
        lines += ["library_name: sentence-transformers", "pipeline_tag: sentence-similarity"]
    return "\n".join([*lines, "tags:", *(f"- {tag}" for tag in tags), "---"])


def _what_it_is(space: EmbeddingSpace, run: RunFolder | None) -> str:
    what = f"{len(space):,} {PLURALS[space.kind]} as vectors of {space.dim:,} dimensions"
    if run is None or run.kind != "training":
        return f"{what}, opened from a file with embedviz."
    spec = model_spec(run.model)
    return f"{what}: {spec.title}, trained with embedviz. {spec.summary}"


def _use(space: EmbeddingSpace) -> str:
    return _OURS.format(label=repr(space.labels[0]) if len(space) else '"…"')


def _scores(run: RunFolder | None) -> list[str]:
    if run is None or not run.metrics:
        return []
    try:
        table = scores_of(run)
    except RunError:
        return []
    parts = ["## Scores", _markdown(display_table(table)), comparison_sentence(table.comparison())]
    protocol = run.protocol
    if protocol is not None:
        parts += ["### How they were measured", _markdown(protocol_table(protocol, run.record.get("device", "")))]
    return parts


def _training(run: RunFolder | None) -> list[str]:
    settings = run.settings if run is not None else None
    if run is None or settings is None:
        return []
    values = settings.model_dump()
    rows = [
        ("model", run.model),
        ("data", data_name(run.data)),
        *((name, without_folder(str(value))) for name, value in values.items()),
    ]
    return ["## Training", _table(rows)]


def data_name(data: DataReference) -> str:
    """Return what the data is called, without the folders of this machine."""
    if data["source"] == "sample":
        return f"{data['sample']} (a sample of embedviz)"
    if data["source"] == "corpus":
        return ", ".join(PurePath(file["path"]).name for file in data["files"][:MAX_LABELS])
    return PurePath(data["path"] if data["source"] == "path" else data["file"]).name


def _versions(run: RunFolder | None) -> list[tuple[str, str]]:
    rows = [("embedviz that trained", run.version)] if run is not None and run.version else []
    rows += [("embedviz that wrote this", VERSION), ("Python", ".".join(map(str, sys.version_info[:3])))]
    for package in PACKAGES:
        try:
            rows.append((package, version(package)))
        except PackageNotFoundError:
            continue
    return rows


def _table(rows: Sequence[tuple[str, str]]) -> str:
    return _markdown(pd.DataFrame(rows, columns=["what", "value"]))


def _markdown(frame: pd.DataFrame) -> str:
    lines = [
        list(map(str, frame.columns)),
        ["---"] * len(frame.columns),
        *(map(str, row) for row in frame.to_numpy().tolist()),
    ]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in line)} |" for line in lines)


def _cell(text: str) -> str:
    return one_line(text).replace("|", "\\|")


def one_line(text: str) -> str:
    """Return a text that somebody chose on one line, without the signs that Markdown would take for tags and headings."""
    return " ".join(text.replace("<", "&lt;").split())
