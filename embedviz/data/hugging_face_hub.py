"""Addresses of data sets of the Hugging Face Hub, hf://datasets/NAME@REVISION/FILE, as addresses of files.

The hub answers for a data set with its commit and its files as JSON, and serves a file at /datasets/NAME/resolve/REVISION/FILE.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from embedviz.core.errors import DataError
from embedviz.core.plurals import listed
from embedviz.data.part_names import PartName
from embedviz.data.split_names import split_files

DEFAULT_ENDPOINT = "https://huggingface.co"
DEFAULT_REVISION = "main"
ENDINGS = (".parquet", ".csv", ".tsv", ".jsonl", ".json", ".txt")
_PREFIX = "hf://datasets/"
_SHARD = re.compile(r"-\d{5}-of-00001(?=\.)")  # of a split that is one file
_DATA = re.compile(rf"(?:{'|'.join(map(re.escape, ENDINGS))})(?:\.gz|\.zip)?$", re.IGNORECASE)
_NO_DATA = re.compile(
    r"(?:^|/)(?:\.|README|LICENSE|dataset_infos?\.json|dataset_dict\.json|state\.json)", re.IGNORECASE
)
MAX_LISTED = 8

GetJson = Callable[[str], object]  # None where there is nothing


@dataclass(frozen=True)
class HubFile:
    """A file by its path in the data set, and its address."""

    name: str
    url: str


@dataclass(frozen=True)
class HubFiles:
    """commit: that the revision stands for. files: part of the split -> file; "train" alone where there is one file."""

    commit: str
    files: Mapping[PartName, HubFile]


def resolve(address: str, get_json: GetJson) -> HubFiles:
    """Return the files that an address of the hub names.

    Parameters
    ----------
    address : str
        hf://datasets/OWNER/NAME or hf://datasets/NAME, optionally with @REVISION after the name, and /FILE after that.
    get_json : callable
        Returns what an address answers as JSON, None where there is nothing.

    Raises
    ------
    DataError
        Where there is no such data set or file, or it has several files.
    """
    if not address.startswith(_PREFIX) or not address[len(_PREFIX) :].strip("/"):
        raise DataError(
            f"{address} does not name a data set of the hub. Expected hf://datasets/NAME, or with /FILE after it."
        )
    endpoint = (os.environ.get("HF_ENDPOINT") or DEFAULT_ENDPOINT).rstrip("/")
    for name, revision, path in _readings(address[len(_PREFIX) :].strip("/")):
        found = get_json(f"{endpoint}/api/datasets/{quote(name)}/revision/{quote(revision, safe='')}")
        if not isinstance(found, dict):
            continue
        commit = str(found.get("sha") or revision)
        siblings = found.get("siblings") or []
        names = [str(file["rfilename"]) for file in siblings if isinstance(file, dict) and "rfilename" in file]
        files: dict[PartName, HubFile] = {
            part: HubFile(file, f"{endpoint}/datasets/{quote(name)}/resolve/{quote(commit, safe='')}/{quote(file)}")
            for part, file in _chosen(address, path, names).items()
        }
        return HubFiles(commit, files)
    raise DataError(
        f"The hub has no public data set and revision {address[len(_PREFIX) :]}. Check the spelling, or download it by hand."
    )


def _readings(path: str) -> list[tuple[str, str, str]]:
    """Return name, revision and file as a path may be read: a name has an owner, or is one of the old ones without."""
    words = path.split("/")
    readings: list[tuple[str, str, str]] = []
    for n in (2, 1):
        name, *rest = "/".join(words[:n]), *words[n:]
        if len(words) < n or "@" in "/".join(words[: n - 1]) or (n == 2 and _DATA.search(words[1])):
            continue
        name, _, revision = name.partition("@")
        readings.append((name, revision or DEFAULT_REVISION, "/".join(rest)))
    return readings


def _chosen(address: str, path: str, names: list[str]) -> dict[PartName, str]:
    """Return part -> file among the names of a data set: the one at the path, or the obvious ones below it."""
    if path in names:
        return {"train": path}
    below = [name for name in names if not path or name.startswith(f"{path}/")]
    data = [name for name in below if _DATA.search(name) and not _NO_DATA.search(name)]
    if len(data) == 1:
        return {"train": data[0]}
    splits = split_files([_SHARD.sub("", name) for name in data])
    if len(splits) == 1 and len(splits[0]) == len(data):
        whole = {_SHARD.sub("", name): name for name in data}
        return {part: whole[name] for part, name in splits[0].items()}
    if not data:
        known = listed(names[:MAX_LISTED], len(names) - MAX_LISTED) if names else "none"
        raise DataError(f"{address} names no file of data. The data set's files are: {known}.")
    raise DataError(
        f"{address} stands for {len(data):,} files. Name one after hf://datasets/NAME/: {listed(data[:MAX_LISTED], len(data) - MAX_LISTED)}."
    )
