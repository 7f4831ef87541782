"""Files of data by their address: https, and hf:// for data sets of the Hugging Face Hub. Each version is downloaded once.

A version is a folder of the store, named after the server's ETag, or after the content where the server has none; a data set of the
hub by its commit. Without a network the version that was used last is taken.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from embedviz.core.downloads import (
    address_parts,
    announced_bytes,
    connection_reason,
    download,
    exclusive_access,
    responded,
)
from embedviz.core.errors import DataError, EmbedvizError
from embedviz.core.home import home
from embedviz.core.mode import is_shared
from embedviz.core.progress import Progress, ignore_progress
from embedviz.core.typed_json import read_typed, write_typed
from embedviz.data import hugging_face_hub
from embedviz.data.containers import max_bytes
from embedviz.data.part_names import PART_NAMES, PartName

if TYPE_CHECKING:
    import requests

FOLDER = "downloaded"  # of the store
RECORD = "address.json"
INSTEAD = "download it by hand and give its path"
_ADDRESS = re.compile(r"(https?|hf):/+", re.IGNORECASE)  # a Path has lost one of the slashes
_HTML = re.compile(rb"\s*(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class AddressRecord:
    """Contents of address.json: which version of the file was used last."""

    address: str
    validator: str  # ETag or time of the version, or commit; empty where the server tells none
    version: str  # its folder
    file: str


class NoAnswerError(DataError):
    """A server that does not answer."""


@dataclass(frozen=True)
class RemoteFiles:
    """Files of an address on this machine: the data, or the training set and the other parts of its split."""

    path: Path
    parts: Mapping[PartName, Path] = field(default_factory=dict[PartName, Path])


def address_of(source: object) -> str | None:
    """Return the address that a string or a path holds; None where it is no address.

    Examples
    --------
    >>> address_of("https://example.org/reviews.csv"), address_of("reviews.csv")
    ('https://example.org/reviews.csv', None)
    """
    if not isinstance(source, str | Path):
        return None
    found = _ADDRESS.match(str(source))
    return f"{found[1].lower()}://{str(source)[found.end() :]}" if found else None


def local_files(address: str, on_progress: Callable[[Progress], None] = ignore_progress) -> RemoteFiles:
    """Download what an address names, where this version is not here yet, and return its paths.

    Parameters
    ----------
    address : str
        https://…, or hf://datasets/NAME/FILE, hf://datasets/NAME@REVISION/FILE, or hf://datasets/NAME where the data set is one
        file, or one file for each part of a split. HF_ENDPOINT names another hub.
    on_progress : callable, optional
        Called with a Progress in bytes.

    Raises
    ------
    DataError
        When there is no such file, the server refuses or does not answer, the file is too large (EMBEDVIZ_LIMIT_DATA_MB), or is a page
        of HTML.
    EmbedvizError
        On a shared server, which opens no addresses.
    """
    if is_shared():
        raise EmbedvizError("This shared server opens no addresses. Download the file, and upload it here.")
    if not address.startswith("hf://"):
        return RemoteFiles(_local_file(address, "", on_progress))
    paths: dict[PartName, Path]
    try:
        found = hugging_face_hub.resolve(address, get_json)
    except NoAnswerError as error:
        paths = {part: path for part in PART_NAMES if (path := _kept(_folder(f"{address} {part}"))[1]) is not None}
        if "train" not in paths:
            raise
        on_progress(Progress(message=f"{error} The files that were downloaded before are taken"))
    else:
        paths = {
            part: _local_file(file.url, found.commit, on_progress, f"{address} {part}")
            for part, file in found.files.items()
        }
    return RemoteFiles(paths.pop("train"), paths)


def local_file(address: str, on_progress: Callable[[Progress], None] = ignore_progress) -> Path:
    """Return the path of the one file of an address: see `local_files`. DataError where it names the parts of a split."""
    found = local_files(address, on_progress)
    if found.parts:
        raise DataError(f"{address} has a file for each part of a split. Name one: {address.rstrip('/')}/FILE.")
    return found.path


def get_json(url: str) -> object:
    """Return what a server answers as JSON; None where there is nothing. DataError where it refuses or does not answer."""
    import requests

    try:
        response = responded(url, {"Accept": "application/json"})
    except requests.exceptions.RequestException as error:
        raise NoAnswerError(_no_answer(url, "The data set's list of files", error)) from error
    with response:
        if response.status_code in (401, 404):  # the hub answers 401 for what is private or not there
            return None
        _check_status(response, url)
        try:
            return response.json()
        except requests.exceptions.JSONDecodeError as error:
            raise DataError(
                f"{urlsplit(url).hostname} did not answer {url} with JSON. Is HF_ENDPOINT right?"
            ) from error


def _local_file(url: str, commit: str, on_progress: Callable[[Progress], None], key: str = "") -> Path:
    import requests

    folder, name = _folder(key or url), _file_name(url)
    record, kept = _kept(folder)
    if record is not None and kept is not None and commit and record.validator == commit:
        return kept
    headers: dict[str, str] = {}
    if record is not None and record.validator and not commit:
        is_tag = record.validator.startswith(('"', "W/"))
        headers["If-None-Match" if is_tag else "If-Modified-Since"] = record.validator
    try:
        with responded(url, headers) as response:
            if response.status_code == 304 and kept is not None:
                return kept
            _check_status(response, url)
            _check_is_data(response, url)
            final = response.url
            validator = commit or response.headers.get("ETag") or response.headers.get("Last-Modified") or ""
    except requests.exceptions.RequestException as error:
        if kept is not None:
            on_progress(
                Progress(
                    message=f"{urlsplit(url).hostname} does not answer; {name} is taken as it was downloaded before"
                )
            )
            return kept
        raise NoAnswerError(_no_answer(url, name, error)) from error
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with exclusive_access(folder, name, name, on_progress):
        record, kept = _kept(folder)
        if record is not None and kept is not None and validator and record.validator == validator:
            return kept  # downloaded by another process meanwhile
        arriving = folder / (f"arriving-{_digest(validator)}" if validator else "arriving")
        if not validator:  # a part that was kept may be of another version
            shutil.rmtree(arriving, ignore_errors=True)
        arriving.mkdir(mode=0o700, exist_ok=True)
        path = download(
            final, arriving, name, title=name, instead=INSTEAD, max_bytes=max_bytes(), on_progress=on_progress
        )
        _check_no_html(path, url)
        with open(path, "rb") as file:
            version = hashlib.file_digest(file, "sha256").hexdigest()[:32]
        if not (folder / version / name).is_file():  # the same content keeps its path, and the time of its file
            shutil.rmtree(folder / version, ignore_errors=True)
            arriving.rename(folder / version)
        else:
            shutil.rmtree(arriving)
        write_typed(folder / RECORD, AddressRecord(url, validator, version, name))
    return folder / version / name


def _folder(key: str) -> Path:
    """Return the folder of an address's versions."""
    return home() / FOLDER / _digest(key)


def _kept(folder: Path) -> tuple[AddressRecord | None, Path | None]:
    """Return what is known of the version that was used last, and its file; None twice where it is gone."""
    record = read_typed(folder / RECORD, AddressRecord)
    if record is None or not (path := folder / record.version / record.file).is_file():
        return None, None
    return record, path


def _no_answer(url: str, what: str, error: Exception) -> str:
    return (
        f"{what} could not be downloaded from {urlsplit(url).hostname}: {connection_reason(error)}. Check the network and try again, or "
        f"{INSTEAD}."
    )


def _check_status(response: requests.Response, url: str) -> None:
    status, host = response.status_code, urlsplit(url).hostname
    if status in (404, 410):
        raise DataError(f"There is no file at {url} (status {status}). Check the address.")
    if status in (401, 403):
        raise DataError(
            f"{host} refuses {url} (status {status}): it is private, or asks for a login. Instead, {INSTEAD}."
        )
    if status >= 400:
        raise DataError(f"{host} could not send {url} (status {status}). Try again later, or {INSTEAD}.")


def _check_is_data(response: requests.Response, url: str) -> None:
    """Raise DataError for a page, and for a file that is said to be larger than the limit, before it is downloaded."""
    if response.headers.get("Content-Type", "").partition(";")[0].strip().lower() == "text/html":
        raise DataError(_html_sentence(url))
    size, limit = announced_bytes(response), max_bytes()
    if size > limit:
        raise DataError(
            f"{_file_name(url)} is {size / 1e6:,.1f} MB, more than the {limit / 1e6:,.1f} MB that are the limit here. "
            f"EMBEDVIZ_LIMIT_DATA_MB allows more."
        )


def _check_no_html(path: Path, url: str) -> None:
    with open(path, "rb") as file:
        is_html = _HTML.match(file.read(2_000)) is not None
    if is_html:
        path.unlink()
        raise DataError(_html_sentence(url))


def _html_sentence(url: str) -> str:
    return (
        f"{url} is a page of HTML and not a file of data. Give the address of the file itself, such as that behind a button "
        f"“Download” or “Raw”."
    )


def _file_name(url: str) -> str:
    """Return the name of the file that an address ends in, safe on every system."""
    parts = address_parts(url)
    name = PurePosixPath(unquote(parts.path)).name or parts.hostname or "data"
    return re.sub(r"[^\w.() -]+", "_", name).lstrip(".")[-100:] or "data"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]
