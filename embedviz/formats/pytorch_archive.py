"""PyTorch's file format written without PyTorch, block by block: one float32 matrix, with texts beside it.

A zip, nothing in it packed: `data.pkl` describes the value, in pickle's protocol 2, and names the storage that `data/0` holds
(https://docs.pytorch.org/docs/stable/notes/serialization.html, "Serialized file format for torch.save"). The web process can
write it, and a mapped matrix is never held in memory.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from embedviz.core.formats import ByteSink
from embedviz.core.zip_writing import open_zip, write_member

BLOCK = 1 << 22  # bytes written at a time
_ROOT = "archive"
# Opcodes of pickle (Lib/pickletools.py).
_PROTOCOL_2, _STOP = b"\x80\x02", b"."
_MARK, _TUPLE, _REDUCE, _PERSISTENT = b"(", b"t", b"R", b"Q"
_EMPTY_DICT, _SET_ITEMS = b"}", b"u"
_EMPTY_LIST, _APPENDS = b"]", b"e"
_FALSE, _EMPTY_TUPLE = b"\x89", b")"
_INT, _LONG, _TEXT = b"J", b"\x8a", b"X"
_REBUILD = b"ctorch._utils\n_rebuild_tensor_v2\n"
_FLOAT_STORAGE, _ORDERED_DICT = b"ctorch\nFloatStorage\n", b"ccollections\nOrderedDict\n"


def write_archive(
    stream: ByteSink, name: str, matrix: np.ndarray, texts: Mapping[str, str | Sequence[str]] | None = None
) -> None:
    """Write a dictionary of one tensor and texts; torch.load(weights_only=True) opens it.

    Parameters
    ----------
    stream : ByteSink
        Where to.
    name : str
        Key of the tensor.
    matrix : np.ndarray
        (N, D) numbers, written as float32.
    texts : mapping, optional
        Key to a text or a list of texts.
    """
    items = [_text(name), _tensor(*matrix.shape)]
    for key, value in (texts or {}).items():
        items += [_text(key), _text(value) if isinstance(value, str) else _list(value)]
    data = b"".join([_PROTOCOL_2, _EMPTY_DICT, _MARK, *items, _SET_ITEMS, _STOP])
    step = max(1, BLOCK // (4 * max(matrix.shape[1], 1)))
    starts = range(0, len(matrix), step)
    numbers = (np.ascontiguousarray(matrix[start : start + step], "<f4").tobytes() for start in starts)
    with open_zip(stream) as archive:
        for member, blocks in (
            ("data.pkl", [data]),
            ("byteorder", [b"little"]),
            ("data/0", numbers),
            ("version", [b"3\n"]),
        ):
            write_member(archive, f"{_ROOT}/{member}", blocks)


def _tensor(count: int, dim: int) -> bytes:
    """Return the call that rebuilds the tensor: (storage, offset, shape, strides, requires_grad, hooks)."""
    size = _number(count * dim)
    storage = b"".join([_MARK, _text("storage"), _FLOAT_STORAGE, _text("0"), _text("cpu"), size, _TUPLE, _PERSISTENT])
    shape = b"".join([_MARK, _number(count), _number(dim), _TUPLE])
    strides = b"".join([_MARK, _number(dim), _number(1), _TUPLE])
    hooks = _ORDERED_DICT + _EMPTY_TUPLE + _REDUCE
    return b"".join([_REBUILD, _MARK, storage, _number(0), shape, strides, _FALSE, hooks, _TUPLE, _REDUCE])


def _list(texts: Sequence[str]) -> bytes:
    return b"".join([_EMPTY_LIST, _MARK, *map(_text, texts), _APPENDS])


def _text(text: str) -> bytes:
    data = text.encode("utf-8", "surrogatepass")
    return _TEXT + len(data).to_bytes(4, "little") + data


def _number(number: int) -> bytes:
    if number < 1 << 31:
        return _INT + number.to_bytes(4, "little")
    data = number.to_bytes(number.bit_length() // 8 + 1, "little")
    return _LONG + bytes([len(data)]) + data
