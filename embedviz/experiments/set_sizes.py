"""The size of the set that a run was measured on, over that of its training set: what corrects tests over several splits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from embedviz.store.run_folder import RunFolder

TEST_TO_TRAIN = "split/test to train"  # the metric


def measured_to_train(run: RunFolder, *parts: str) -> Mapping[str, float]:
    """Return the metric, for the first of the parts ("test", "validation") that has examples; none where nothing says."""
    sizes = run.protocol.sizes if run.protocol else {}
    measured = next((sizes[part] for part in parts if sizes.get(part)), 0)
    return {TEST_TO_TRAIN: measured / sizes["train"]} if sizes.get("train") else {}
