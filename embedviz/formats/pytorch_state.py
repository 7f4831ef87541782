"""PyTorch's files (torch.save): a state_dict, of which one matrix is read, or a tensor with a list of words.

Opened with weights_only=True, so that nothing in it can run. Reading needs torch, which takes seconds to import: the web
process leaves it to a worker. Writing does not (pytorch_archive.py).
"""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import IO, TYPE_CHECKING, Any, cast

import numpy as np

from embedviz.core.errors import VectorFormatError
from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.core.progress import Progress
from embedviz.data.containers import MAX_RATIO, MIN_RATIO_BYTES
from embedviz.formats.arrow_columns import from_json, to_json
from embedviz.formats.companions import is_pytorch
from embedviz.formats.labelled_rows import space_of_rows
from embedviz.formats.pytorch_archive import write_archive
from embedviz.formats.source import ZIP, Source
from embedviz.formats.tensors import check_dim, choose
from embedviz.space import EmbeddingSpace

if TYPE_CHECKING:
    import torch

NAME, ENDINGS = "pytorch", (".pt", ".pth")
OLD_MAGIC = b"\x80\x02\x8a\nl\xfc\x9cF\xf9 j\xa8P\x19."  # of files from before PyTorch 1.6
VECTORS, LABELS, COLUMNS = "vectors", "labels", "columns"
MAX_DEPTH = 5  # of dictionaries in dictionaries
LOOKED_AT = 1 << 12  # bytes in which the first members of the zip are named
BLOCK_ROWS = 1 << 14


def sniff(head: bytes) -> bool:
    """Return whether the file was written by torch.save: a zip that begins with data.pkl, or the magic number of old files."""
    return head.startswith(OLD_MAGIC) or (head.startswith(ZIP) and b"data.pkl" in head[:LOOKED_AT])


def read(source: Source, *, limit: int | None, on_progress: Callable[[Progress], None]) -> EmbeddingSpace:
    """Read the space: the one matrix of the file, or the one that was asked for.

    Raises
    ------
    SeveralTensorsError
        When there are several matrices and none was asked for.
    VectorFormatError
        When the file holds more than tensors, numbers and texts, or is damaged.
    """
    stream = source.seekable()
    _check_size(stream, source)
    tensors: dict[str, torch.Tensor] = {}
    lists: list[list[str]] = []
    value = _loaded(stream, source.name)
    _collect(value, "", tensors, lists, 0)
    choice = choose(source, {name: tuple(tensor.shape) for name, tensor in tensors.items()})
    chosen = tensors[choice.name]
    count, dim = chosen.shape
    check_dim(source, dim)
    wanted = count if limit is None else min(count, limit)
    vectors = np.empty((wanted, dim), np.float32)
    for start in range(0, wanted, BLOCK_ROWS):
        block = chosen[start : min(start + BLOCK_ROWS, wanted)]
        vectors[start : start + len(block)] = block.detach().float().cpu().numpy()
        on_progress(
            Progress(min(source.done, source.size), source.size, message=f"Read {start + len(block):,} vectors")
        )
    on_progress(source.finished(wanted))
    labels = next((words for words in lists if len(words) == count), None)
    columns = cast("Mapping[Any, object]", value).get(COLUMNS) if isinstance(value, Mapping) else None
    frame = from_json(columns, count) if isinstance(columns, str) else None
    frame = None if frame is None else frame.iloc[:wanted]
    labels = None if labels is None else labels[:wanted]
    return space_of_rows(source, vectors, frame, labels, total=count, notes=choice.notes)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write a dictionary of the tensor "vectors", the list "labels" and the columns as JSON; torch.load(weights_only=True) opens it."""
    known = {COLUMNS: to_json(space.columns)} if len(space.columns.columns) else {}
    write_archive(stream, VECTORS, space.vectors, {LABELS: list(space.labels), **known})


def _loaded(stream: IO[bytes], name: str) -> object:
    import torch

    try:
        return torch.load(stream, map_location="cpu", weights_only=True)
    except pickle.UnpicklingError as error:
        raise VectorFormatError(
            f"{name} holds Python objects beside tensors, which are not opened, because they could run a program. Save the weights "
            f"alone: torch.save(model.state_dict(), path)."
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, KeyError, IndexError, TypeError, AttributeError, AssertionError,
            OverflowError, MemoryError, zipfile.BadZipFile) as error:  # fmt: skip
        reason = (str(error).splitlines() or [type(error).__name__])[0][:120]
        raise VectorFormatError(
            f"{name} is not a whole PyTorch file ({reason}). Was it saved, and uploaded to the end?"
        ) from error


def _check_size(stream: IO[bytes], source: Source) -> None:
    """Raise VectorFormatError for a zip that would unpack to far more than it holds."""
    if stream.read(4) == ZIP:
        try:
            with zipfile.ZipFile(stream) as archive:
                names, size = archive.namelist(), sum(info.file_size for info in archive.infolist())
        except (zipfile.BadZipFile, OSError, ValueError, RuntimeError) as error:
            raise VectorFormatError(
                f"{source.name} is damaged ({error}). Was it saved, and uploaded to the end?"
            ) from error
        if not is_pytorch(names):
            raise VectorFormatError(f"{source.name} is a zip, but not one that torch.save wrote.")
        if size > max(MIN_RATIO_BYTES, MAX_RATIO * source.size):
            raise VectorFormatError(
                f"{source.name} unpacks to more than {MAX_RATIO} times its size, so it is not opened."
            )
    stream.seek(0)


def _collect(value: object, name: str, tensors: dict[str, torch.Tensor], lists: list[list[str]], depth: int) -> None:
    """Gather the tensors under their names, and lists of texts, which may be words."""
    import torch

    if isinstance(value, torch.Tensor):
        if value.layout == torch.strided and not value.is_complex() and not value.is_quantized:
            tensors[name or "tensor"] = value
    elif isinstance(value, Mapping) and depth < MAX_DEPTH:
        for key, each in cast("Mapping[Any, object]", value).items():
            _collect(each, f"{name}.{key}" if name else str(key), tensors, lists, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        items = cast("Sequence[object]", value)
        if items and all(isinstance(item, str) for item in items):
            lists.append([str(item) for item in items])
        elif depth < MAX_DEPTH and len(items) < 1000:
            for place, item in enumerate(items):
                _collect(item, f"{name}.{place}" if name else str(place), tensors, lists, depth + 1)
