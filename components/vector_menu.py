"""The menu of pretrained vectors for the setting `vectors`."""

from __future__ import annotations

from components import formatting, session
from components.run_picker import labels_of
from embedviz.core.mode import is_shared
from embedviz.data.samples import SAMPLES
from embedviz.formats.pretrained import Pretrained, pretrained_names
from embedviz.jobs.pretrained import NONE, run_vectors, to_download


def vector_menu() -> dict[str, str]:
    """Return value of the setting -> its label: samples, spaces of the visitor's runs, known pretrained vectors, none.

    Known vectors are left out on a shared server, which would download them for any visitor.
    """
    menu = {name: sample.title for name, sample in SAMPLES.items() if sample.kind == "vectors"}
    runs = [run for run in session.listed_runs() if run.space_names]
    labels = labels_of(runs)
    for run in runs:
        kinds = run.space_kinds
        for name in (name for name, kind in kinds.items() if kind in ("word", "value")):
            title = labels[run.id] if len(kinds) == 1 else f"{labels[run.id]}: {name}"
            menu[run_vectors(run.id, name)] = title
    if not is_shared():
        for name in pretrained_names():
            wanted = to_download(name)
            menu[name] = f"{name} (download{size_of(wanted)})" if wanted else name
    return menu | {NONE: "None: random initialisation"}


def size_of(wanted: Pretrained) -> str:
    """Return ", 862 MB", or nothing where the size is unknown."""
    return f", {formatting.size(wanted.megabytes * 1e6)}" if wanted.megabytes else ""
