"""Deleting for good all that an owner has in the store, or all that there is."""

from __future__ import annotations

from pathlib import Path

from embedviz.store.disk_room import kept_by
from embedviz.store.kept import (
    DELETED,
    EXPERIMENTS,
    GIVEN,
    OPENED,
    PREDICTIONS,
    RUNS,
    UPLOADS,
    VIEWS,
    discard,
    everything_kept,
)
from embedviz.store.retention import DOWNLOADS
from embedviz.store.table_folders import TABLES, delete_tables

PARTS = (RUNS, UPLOADS, DELETED, PREDICTIONS, EXPERIMENTS, VIEWS, GIVEN, TABLES, OPENED, *DOWNLOADS)


def delete_all_of(store: Path, owner: str) -> None:
    """Delete what an owner has: uploads, runs, experiments, predictions, what was asked of the runs of others, what others asked of
    the owner's runs, and the parsed tables of content that nobody else has brought."""
    kept = kept_by(store, owner)
    tables = {each.fingerprint for each in kept}
    for each in kept:
        discard(store, each.folder)
        if each.kind == "run":
            for view in (store / VIEWS).glob(f"*/{each.folder.name}"):
                discard(store, view)
    discard(store, store / VIEWS / owner)
    for fingerprint in tables - {each.fingerprint for each in everything_kept(store)} - {""}:
        delete_tables(fingerprint)


def delete_everything(store: Path) -> None:
    """Delete all that the store keeps, of all owners; the server's logs and what identifies it stay."""
    for part in PARTS:
        discard(store, store / part)
