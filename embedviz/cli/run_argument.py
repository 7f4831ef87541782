"""The run that an argument names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedviz.run import Run


def run_of(text: str) -> Run:
    """Open a run by its folder, id or name. RunError where there is none.

    A folder that is there, or a path with a separator, is not taken for a name.
    """
    import embedviz
    from embedviz.run import Run
    from embedviz.store.finding import find_run

    if Path(text).is_dir() or "/" in text:
        return embedviz.open_run(text)
    return Run(find_run(text).folder)
