"""Files that belong together: a Hugging Face model with its vocabulary, the TensorFlow Projector's vectors with their metadata.

They come as a folder or a zip. Only names in it are looked at, never paths that lead out of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, cast

EMBEDDING = "embedding.pt"  # of an nn.Embedding, with its vocabulary beside it
VOCABULARY_JSON, METADATA_JSON = "vocab.json", "metadata.json"
OWN = "embedviz"  # what we keep in a config.json: {"kind": "item", "labels": "vocab.json", "unnamed_rows": 0}
CONFIG, WEIGHTS = "config.json", ("model.safetensors", "pytorch_model.bin")
INDEX = ".index.json"  # behind the name of weights that are spread over several files
VOCABULARIES = ("tokenizer.json", "vocab.json", "vocab.txt")  # the first that is there
INPUT_EMBEDDINGS = re.compile(r"(^|\.)(word_embeddings|embed_tokens|wte|tok_embeddings)(\.|$)")
_PROJECTOR_CONFIG = re.compile(r"config.*\.json$", re.IGNORECASE)
_METADATA = re.compile(r"(.*\.metadata|metadata|labels?|vocab(ulary)?|words)\.(tsv|txt|csv|json)$", re.IGNORECASE)
_VECTORS = re.compile(r"\.(tsv|txt|csv|npy|npz|vec|bin|safetensors|bytes)$", re.IGNORECASE)
_CLEARLY_VECTORS = re.compile(r".*\.npy|(.*[_.-])?(vectors?|embeddings?|tensors?)\.(tsv|txt|csv)", re.IGNORECASE)
_COLUMNS = re.compile(r".*\.(tsv|txt|csv|json)", re.IGNORECASE)
_ABOUT = re.compile(r"(readme|licen[cs]e|notice)(\.\w+)?", re.IGNORECASE)  # files about the others


@dataclass(frozen=True)
class Companions:
    """Files that belong together.

    Attributes
    ----------
    vectors, metadata : str
        Names of the file of vectors, and of the file that says what is known of each; the latter may be empty.
    is_model : bool
        True for a Hugging Face model: the metadata are its vocabulary.
    kind : str
        What a label stands for, in a folder of ours; empty where nothing says it.
    unnamed_rows : int
        Rows at the end of the matrix that stand for no label.
    """

    vectors: str
    metadata: str = ""
    is_model: bool = False
    kind: str = ""
    unnamed_rows: int = 0


def is_arrays(names: Sequence[str]) -> bool:
    """Return whether a zip with these files is NumPy's .npz."""
    return bool(names) and all(name.endswith(".npy") for name in names)


def is_pytorch(names: Sequence[str]) -> bool:
    """Return whether a zip with these files was written by torch.save."""
    return any(name == "data.pkl" or name.endswith("/data.pkl") for name in names)


def is_several(names: Sequence[str]) -> bool:
    """Return whether files with these names may belong together. What they hold decides."""
    base = [_base(name) for name in _files(names)]
    if len(base) < 2:
        return False
    if EMBEDDING in base and VOCABULARY_JSON in base:
        return True
    return any(_PROJECTOR_CONFIG.search(name) or _METADATA.fullmatch(name) for name in base) or _pair(names) is not None


def is_one_file(names: Sequence[str]) -> bool:
    """Return whether a zip with these files is one file of vectors, or vectors with what belongs to them."""
    return is_arrays(names) or is_pytorch(names) or is_several(names)


def find_companions(names: Sequence[str], read: Callable[[str], bytes]) -> Companions | None:
    """Find the vectors and their metadata among files.

    Parameters
    ----------
    names : sequence of str
        The files of a folder or zip.
    read : callable
        Returns a file's bytes.
    """
    files = _files(names)
    return _model(files, read) or _projector(files, read) or _embedding(files) or _pair(files)


def _model(names: Sequence[str], read: Callable[[str], bytes]) -> Companions | None:
    for config in (name for name in names if _base(name) == CONFIG):
        beside = {_base(name): name for name in names if _folder(name) == _folder(config)}
        vocabulary = next((beside[name] for name in VOCABULARIES if name in beside), "")
        for weights in WEIGHTS:
            if weights in beside:
                own = _object(read(config)).get(OWN)
                if isinstance(own, dict):
                    return _own(cast("dict[str, object]", own), beside, beside[weights])
                return Companions(beside[weights], vocabulary, is_model=True)
            if weights + INDEX in beside and (part := _part(read(beside[weights + INDEX]))) in beside:
                return Companions(beside[part], vocabulary, is_model=True)
    return None


def _own(known: dict[str, object], beside: dict[str, str], weights: str) -> Companions:
    """Return the files of a folder that we wrote."""
    labels, kind, unnamed = (known.get(key) for key in ("labels", "kind", "unnamed_rows"))
    rows = unnamed if isinstance(unnamed, int) and unnamed in (0, 1) else 0
    return Companions(weights, beside.get(str(labels), ""), is_model=True, kind=str(kind or ""), unnamed_rows=rows)


def _embedding(names: Sequence[str]) -> Companions | None:
    """The weights of an nn.Embedding, with a file of labels in the same folder."""
    for weights in (name for name in names if _base(name) == EMBEDDING):
        beside = {_base(name): name for name in names if _folder(name) == _folder(weights)}
        for labels in (METADATA_JSON, VOCABULARY_JSON):
            if labels in beside:
                return Companions(weights, beside[labels], is_model=True)
    return None


def _part(index: bytes) -> str:
    """Return which of the files that weights are spread over holds the input embeddings; empty when none is named."""
    weights = _object(index).get("weight_map")
    if not isinstance(weights, dict):
        return ""
    parts = cast("dict[str, object]", weights)
    return next((str(part) for name, part in parts.items() if INPUT_EMBEDDINGS.search(name)), "")


def _projector(names: Sequence[str], read: Callable[[str], bytes]) -> Companions | None:
    by_base = {_base(name): name for name in names}
    for config in (name for name in names if _PROJECTOR_CONFIG.search(_base(name))):
        entries = _object(read(config)).get("embeddings")
        if isinstance(entries, list) and len(cast("list[object]", entries)) == 1:
            entry = cast("list[Any]", entries)[0]
            if isinstance(entry, dict):
                paths = cast("dict[str, object]", entry)
                vectors, metadata = (
                    by_base.get(_base(str(paths.get(key, "")))) for key in ("tensorPath", "metadataPath")
                )
                if vectors:
                    return Companions(vectors, metadata or "")
    return None


def _pair(names: Sequence[str]) -> Companions | None:
    """Two files, by their names: metadata.tsv and whatever may hold vectors, or vectors.tsv and whatever may hold columns."""
    files = [name for name in _files(names) if not _PROJECTOR_CONFIG.search(_base(name))]
    files = [name for name in files if not _ABOUT.fullmatch(_base(name))]
    if len(files) != 2:
        return None
    for vectors, metadata in (files, reversed(files)):
        if (
            _METADATA.fullmatch(_base(metadata))
            and _VECTORS.search(vectors)
            and not _METADATA.fullmatch(_base(vectors))
        ):
            return Companions(vectors, metadata)
    for vectors, metadata in (files, reversed(files)):
        is_clear = _CLEARLY_VECTORS.fullmatch(_base(vectors)) and not _CLEARLY_VECTORS.fullmatch(_base(metadata))
        if is_clear and _COLUMNS.fullmatch(_base(metadata)):
            return Companions(vectors, metadata)
    return None


def _files(names: Sequence[str]) -> list[str]:
    return [name for name in names if name and not name.endswith("/") and not name.startswith("__MACOSX/")]


def _base(name: str) -> str:
    return PurePosixPath(name.replace("\\", "/")).name


def _folder(name: str) -> str:
    return str(PurePosixPath(name.replace("\\", "/")).parent)


def _object(data: bytes) -> dict[str, object]:
    try:
        value: object = json.loads(data)
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}
