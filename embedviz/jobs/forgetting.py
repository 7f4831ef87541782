"""Stopping what works for an owner, and deleting all that the owner has."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from embedviz.core.errors import EmbedvizError
from embedviz.jobs.executor import Executor
from embedviz.jobs.opening import open_job
from embedviz.store.disk_room import kept_by
from embedviz.store.forgetting import delete_all_of, delete_everything
from embedviz.store.kept import jobs_at_work
from embedviz.store.store import Store

STOP_S = 5.0  # that jobs have to end by themselves; those that do not, lose their folder
LOOK_INTERVAL_S = 0.1


def forget_owner(executor: Executor, store: Store, owner: str) -> None:
    """Stop the jobs of an owner and delete all that the owner has, for good."""

    def folders() -> list[Path]:
        return [kept.folder for kept in kept_by(store.folder, owner)]

    _stop_all(executor, folders)
    delete_all_of(store.folder, owner)
    if folders():  # an experiment or another tab began a run meanwhile
        _stop_all(executor, folders)
        delete_all_of(store.folder, owner)


def forget_store(executor: Executor, store: Store) -> None:
    """Stop all jobs and delete all that the store keeps, for good."""
    _stop_all(executor, lambda: [store.folder])
    delete_everything(store.folder)
    Store(store.folder)  # with its folders, empty


def _stop_all(executor: Executor, folders: Callable[[], Iterable[Path]]) -> None:
    """Stop the jobs in the folders, and wait a little for their end."""
    asked: set[Path] = set()
    until = time.monotonic() + STOP_S
    while jobs := [job for folder in folders() for job in jobs_at_work(folder)]:
        for job in jobs:
            if job not in asked:
                asked.add(job)
                with suppress(EmbedvizError, OSError):  # it has gone meanwhile
                    executor.stop(open_job(job))
        if time.monotonic() > until:
            return
        time.sleep(LOOK_INTERVAL_S)
