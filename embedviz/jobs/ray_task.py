"""What a node of a Ray cluster does: a job in its folder, which lies in the store, and measuring itself."""

from __future__ import annotations

import importlib
import os
import platform
from pathlib import Path

from embedviz.core.errors import RunError
from embedviz.core.version import VERSION


def perform_on_node(folder: str, generation: int, token: str, threads: int, home: str, version: str) -> str:
    """Do a job on this node.

    Parameters
    ----------
    folder, home : str
        Absolute paths of the job's folder and of the store, the same on every node.
    generation, token : int, str
        The lease that the executor took.
    threads : int
        Cores that Ray reserved: threads of a training that names none itself.
    version : str
        Version of embedviz on the server.

    Returns
    -------
    str
        The state in which the job ended.

    Raises
    ------
    RunError
        When the node does not see the store, or has another version of embedviz.
    """
    if version != VERSION:
        raise RunError(
            f"The node {platform.node()} has embedviz {VERSION}, and the server {version}. Install the same on both."
        )
    if not Path(folder).is_dir():
        raise RunError(
            f"The node {platform.node()} does not see {folder}. Mount the store there under the same path; see docs/scale.md."
        )
    os.environ["EMBEDVIZ_HOME"] = home
    os.environ["EMBEDVIZ_THREADS_PER_TRAINING"] = str(threads)
    from embedviz.jobs.perform import let_threads_sleep

    let_threads_sleep()
    from embedviz.jobs.handed_over import perform_handed_over

    return perform_handed_over(Path(folder), generation, token)


def words_per_second_of_node() -> float:
    """Return the speed of the word-vector kernel on this node; it also loads what a training needs."""
    importlib.import_module("torch")  # the first training here finds it loaded
    from embedviz.jobs.machine import words_per_second

    return words_per_second()
