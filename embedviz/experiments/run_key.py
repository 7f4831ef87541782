"""The identity of a training: two runs with the same key would be the same run, so only one is trained."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

from embedviz.core.errors import EmbedvizError
from embedviz.data.folds import Fold
from embedviz.store.data_reference import DataReference, fingerprint
from embedviz.store.run_folder import RunFolder
from embedviz.store.store import Store


def run_key(
    model: str,
    settings: Mapping[str, object],
    columns: Mapping[str, object],
    data: DataReference,
    version: str,
    fold: Fold | None = None,
) -> str:
    """Return the key of a training: 32 hexadecimal digits.

    Parameters
    ----------
    model, settings, columns : str, mapping, mapping
        Of its spec; the seed is one of the settings.
    data : DataReference
        Its content counts, and how it is read, not where it lies.
    version : str
        Of embedviz.
    fold : Fold, optional
        The fold that is the test set, where there is one.
    """
    used = {role: column for role, column in columns.items() if column}
    how = [data["options"], data.get("only", []), data.get("parts", [])]
    text = json.dumps([model, settings, used, fingerprint(data), how, version, fold and fold.title], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def runs_by_key(store: Store, owner: str) -> dict[str, RunFolder]:
    """Return an owner's trainings by their keys; of several with one key the one that is done, or the last."""
    found: dict[str, RunFolder] = {}
    for run in reversed(store.runs(owner)):
        if run.kind != "training":
            continue
        try:
            key = run_key(run.model, run.spec.settings, run.spec.columns, run.data, run.version, run.spec.fold)
        except EmbedvizError:
            continue
        if key not in found or found[key].status != "done":
            found[key] = run
    return found
