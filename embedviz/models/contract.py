"""What every model offers to those that train it, keep it and show it. A test trains each model in the registry by it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Protocol

import numpy as np

if TYPE_CHECKING:
    from embedviz.data.counts import CorpusCounts
    from embedviz.data.reading import Table
    from embedviz.space import EmbeddingSpace
    from embedviz.training.devices import Device
    from embedviz.training.estimate import Estimate
    from embedviz.training.progress import Progress
    from embedviz.training.settings import TrainingSettings


class Model(Protocol):
    """Made from its settings; then prepare, then fit or restore and fit, then evaluate."""

    name: ClassVar[str]
    title: ClassVar[str]
    summary: ClassVar[str]  # one sentence: what it learns
    roles: ClassVar[dict[str, str]]  # role -> what the column has to hold
    main_space: ClassVar[str]
    Settings: ClassVar[type[TrainingSettings]]

    def __init__(self, settings: TrainingSettings): ...

    def prepare(self, table: Table, columns: dict[str, str]) -> Iterator[Progress]:
        """Splits the table, then learns from the training part alone what it has to know (a vocabulary, say)."""

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """Trains and says how it goes, at least twice a second. Whoever iterates may stop at any event; the best
        weights so far are kept."""

    def evaluate(self) -> dict[str, float]:
        """The best weights measured on the test part, once."""

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """The spaces by name, of the best weights, or of the current ones while it trains."""

    def weights(self) -> dict[str, np.ndarray]:
        """The best weights by name, for model.safetensors."""

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """Everything that fit needs to go on from here: arrays, and values that JSON can hold."""

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        """Takes a state back, after prepare; the next fit goes on from it."""

    def protocol(self) -> dict[str, Any]:
        """How the scores were made: sizes of the parts, the seed, what was left out."""

    @classmethod
    def estimate(cls, settings: TrainingSettings, counts: CorpusCounts, machine: dict[str, Any]) -> Estimate:
        """The cost of a run on this data. Must work without torch or numba: the web process asks."""

    def cost(self, device: Device, threads: int) -> Estimate:
        """The cost of the fit ahead, once the data is prepared."""
