"""Export formats of vectors: every file format that can be written, and the folders that other tools open.

A page lists them by `vector_exports()`, which imports neither torch nor what reads the files. A line on who reads each is part of
the list, so that nobody has to know formats to choose one.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from typing_extensions import Buffer

from embedviz.core.errors import SettingsError
from embedviz.core.formats import ByteSink, RegisteredFormat, metadata_path, registered_formats
from embedviz.exports import embedding_weights, hugging_face
from embedviz.exports.files_together import Files, from_blocks, write_folder, write_zip
from embedviz.formats import projector_files
from embedviz.space import EmbeddingSpace
from embedviz.store.run_folder import RunFolder

SAMPLED = 256  # rows that are written to estimate a size
PROJECTOR, HUGGING_FACE, EMBEDDING = "projector-folder", "hugging-face", "embedding"


@dataclass(frozen=True)
class VectorExport:
    """An export format of vectors.

    Attributes
    ----------
    name : str
        For --to and `find_vector_export`.
    title : str
        For a list to choose from.
    readers : str
        Who reads it.
    endings : tuple of str
        File endings; empty for a folder, and for a format without an ending of its own.
    keeps_columns : bool
        What is known of each label is in the same file or folder; otherwise it is written to a file beside it.
    """

    name: str
    title: str
    readers: str
    endings: tuple[str, ...] = ()
    keeps_columns: bool = True
    _files: Callable[[EmbeddingSpace, RunFolder | None], Files] | None = None
    _optional: tuple[str, ...] = ()

    def size_bytes(self, space: EmbeddingSpace) -> int:
        """Estimate the bytes that it takes, from what some rows take."""
        count = len(space)
        rows = np.unique(np.linspace(0, count - 1, min(count, SAMPLED)).astype(np.int64))
        few, fewer = (_sample(space, some) for some in (rows, rows[: len(rows) // 2 or 1]))
        (some_rows, some), (half_rows, half) = ((len(s), self._written_bytes(s)) for s in (few, fewer))
        row = (some - half) / (some_rows - half_rows) if some_rows > half_rows else some / max(some_rows, 1)
        ngrams = space.subwords if self.name == "fasttext" else None
        extra = 4 * len(ngrams) * space.dim if ngrams is not None else 0
        return round(some + row * (count - some_rows)) + extra

    def write(self, space: EmbeddingSpace, path: Path, run: RunFolder | None = None) -> None:
        """Write a file, with its metadata beside it where it cannot hold them, or a folder.

        Parameters
        ----------
        space : EmbeddingSpace
            What is written, block by block.
        path : Path
            The file, or the folder.
        run : RunFolder, optional
            The run that it is of, which a model card tells of.

        Raises
        ------
        SettingsError
            When the folder holds something else, or the one around it is missing.
        DataError
            When two labels would be written as one.
        """
        if self._files is None:
            space.save(path, self.name)
        else:
            write_folder(self._files(space, run), path, self._optional)

    def write_download(self, space: EmbeddingSpace, stream: ByteSink, run: RunFolder | None = None) -> None:
        """Write what a browser gets: the file alone, or a zip where there are several files; see `download_name`."""
        if self._files is not None:
            write_zip(self._files(space, run), stream)
            return
        found = self._format
        write_metadata = found.write_metadata
        if write_metadata is None or not found.loses_columns(space):
            found.write(space, stream)
            return
        path = Path(f"{VECTORS}{self._ending}")
        files = {path.name: found.write, metadata_path(path).name: write_metadata}
        write_zip({name: _writing(write, space) for name, write in files.items()}, stream)

    def download_name(self, space: EmbeddingSpace, stem: str) -> str:
        """Return the name of the file that `write_download` writes, of a stem that may hold any characters."""
        is_zip = self.is_folder or self._format.loses_columns(space)
        return f"{file_stem(stem)}{'.zip' if is_zip else self._ending}"

    @property
    def is_folder(self) -> bool:
        """Several files."""
        return self._files is not None

    @property
    def _format(self) -> RegisteredFormat:
        return next(each for each in registered_formats() if each.name == self.name)

    @property
    def _ending(self) -> str:
        return self.endings[0] if self.endings else ".bin"

    def _written_bytes(self, space: EmbeddingSpace) -> int:
        sink = _Counter()
        if self._files is not None:
            for write in self._files(space, None).values():
                write(sink)
        else:
            found = self._format
            found.write(space, sink)
            if found.write_metadata is not None and found.loses_columns(space):
                found.write_metadata(space, sink)
        return sink.size


VECTORS = "vectors"  # stem of a file in a download
# name of a format -> title, who reads it
_FILES: Mapping[str, tuple[str, str]] = {
    "word2vec": ("word2vec text (.vec)", "gensim, spaCy, fastText, R's word2vec"),
    "word2vec-binary": ("word2vec binary (.bin)", "gensim, the original word2vec; four bytes a number"),
    "glove": ("GloVe text (.txt)", "gensim (no_header=True), torchtext, Keras tutorials, any editor"),
    "fasttext": ("fastText model (.bin)", "fastText, gensim's load_facebook_vectors; with the n-grams for unknown words"),
    "numpy": ("NumPy arrays (.npz)", "numpy.load: vectors, labels and an array for each column"),
    "parquet": ("Parquet", "pandas, polars, DuckDB, Spark, Embedding Atlas, Hugging Face datasets"),
    "arrow": ("Arrow (.arrow, .feather)", "pandas, polars, R's arrow, Hugging Face datasets"),
    "csv": ("CSV", "spreadsheets, pandas, R: a column for each dimension"),
    "tsv": ("TSV with a line of names", "spreadsheets, pandas, R: a column for each dimension"),
    "json": ("JSON", "JavaScript, any language: a list of objects"),
    "jsonl": ("JSON lines", "databases of vectors, jq, any language: an object a line"),
    "safetensors": ("safetensors (one file)", "safetensors.torch and safetensors.numpy; labels and columns in the header"),
    "pytorch": ("PyTorch tensor with labels (.pt)", "torch.load(weights_only=True)"),
    "projector": ("TensorFlow Projector (.zip)", "unzip it, then Load at projector.tensorflow.org"),
}  # fmt: skip


def vector_exports() -> list[VectorExport]:
    """Return all export formats: files, then folders."""
    files = [
        VectorExport(
            each.name,
            *_FILES.get(each.name, (each.name, "embedviz")),
            endings=each.endings,
            keeps_columns=each.held_columns is None,
        )
        for each in registered_formats()
    ]
    return [*files, *_FOLDERS]


def file_stem(name: str) -> str:
    """Return the name of a space, such as "km/h", as the stem of a file on every system."""
    printable = "".join(character if character.isprintable() else "_" for character in name)
    return re.sub(r'[/\\:*?"<>|]', "_", printable).lstrip(".") or VECTORS


def find_vector_export(name: str) -> VectorExport:
    """Return an export format by its name.

    Raises
    ------
    SettingsError
        For another name, with those there are.
    """
    found = {each.name: each for each in vector_exports()}
    if name not in found:
        raise SettingsError(f"Vectors are written as one of {', '.join(found)}, not {name!r}.")
    return found[name]


def _projector_files(space: EmbeddingSpace, run: RunFolder | None) -> Files:
    return {name: from_blocks(blocks) for name, blocks in projector_files.contents(space).items()}


_FOLDERS = (
    VectorExport(
        PROJECTOR,
        "TensorFlow Projector's folder",
        "projector.tensorflow.org (Load), TensorBoard (a log directory with projector_config.json)",
        _files=_projector_files,
    ),
    VectorExport(
        EMBEDDING,
        "nn.Embedding weights",
        "PyTorch: nn.Embedding.from_pretrained(torch.load(...)['weight'])",
        _files=lambda space, run: embedding_weights.embedding_files(space),
        _optional=embedding_weights.OPTIONAL,
    ),
    VectorExport(
        HUGGING_FACE,
        "Hugging Face folder with a model card",
        "sentence-transformers and model2vec (word vectors), safetensors; ready for huggingface.co",
        _files=hugging_face.hugging_face_files,
        _optional=hugging_face.OPTIONAL,
    ),
)


def _sample(space: EmbeddingSpace, rows: np.ndarray) -> EmbeddingSpace:
    labels = [space.labels[row] for row in rows.tolist()]
    return EmbeddingSpace(labels, np.array(space.vectors[rows]), space.columns.iloc[rows], space.name, kind=space.kind)


def _writing(
    write: Callable[[EmbeddingSpace, ByteSink], object], space: EmbeddingSpace
) -> Callable[[ByteSink], object]:
    return lambda stream: write(space, stream)


class _Counter(io.RawIOBase):
    """A stream that only counts."""

    def __init__(self) -> None:
        super().__init__()
        self.size = 0

    def writable(self) -> bool:
        return True

    def tell(self) -> int:
        return self.size

    def write(self, data: Buffer, /) -> int:
        length = memoryview(data).nbytes
        self.size += length
        return length
