"""Files that are never seen half-written: written under a temporary name, then renamed."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Generator, Mapping
from pathlib import Path

from embedviz.core.write_marks import marked_as_written


@contextlib.contextmanager
def replacing(path: Path) -> Generator[Path]:
    """Replace a file in one step.

    Parameters
    ----------
    path
        The file to write.

    Yields
    ------
    Path
        A temporary path beside `path`. It takes the place of `path` when the block ends well, and is removed otherwise; where
        this process is killed meanwhile, `embedviz.core.torn_files` removes it.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        with marked_as_written(temporary):
            yield temporary
            os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def create_once(path: Path, data: bytes) -> bool:
    """Create a file for its owner only, with its whole content, unless it exists.

    Returns
    -------
    bool
        False when the file exists already: another process may have been quicker.
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(4)}.tmp")
    try:
        _write_exclusively(temporary, data)
        return _link_once(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def _link_once(temporary: Path, path: Path) -> bool:
    try:
        os.link(temporary, path)
    except FileExistsError:
        return False
    except OSError:  # a file system without links, where a reader may see the file before its content
        try:
            _write_exclusively(path, temporary.read_bytes())
        except FileExistsError:
            return False
    return True


def _write_exclusively(path: Path, data: bytes) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)


def write_json(path: Path, values: Mapping[str, object]) -> None:
    """Write a JSON object in one step."""
    with replacing(path) as temporary:
        temporary.write_bytes(json_bytes(values))


def json_bytes(values: Mapping[str, object]) -> bytes:
    """Return a JSON object as it is written into files."""
    return json.dumps(values, ensure_ascii=False, indent=1).encode()


def folder_bytes(folder: Path) -> int:
    """Return the bytes of all files below a folder; a file that vanishes meanwhile counts as nothing."""
    total = 0
    for parent, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(FileNotFoundError):
                total += os.stat(os.path.join(parent, name)).st_size
    return total
