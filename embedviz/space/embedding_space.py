"""EmbeddingSpace: labels, one vector each, and everything that can be asked of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from embedviz.core.display_table import DisplayTable, NotebookDisplay
from embedviz.core.progress import Progress, ignore_progress
from embedviz.space.analogy import Formula, analogy
from embedviz.space.axis import axis
from embedviz.space.checks import check_question
from embedviz.space.comparison import Comparison, compare, odd_one_out
from embedviz.space.metrics import Metric
from embedviz.space.search.faiss_index import IndexReport
from embedviz.space.searchable_space import RESERVED, SearchableSpace

__all__ = ["RESERVED", "EmbeddingSpace"]

DISPLAYED_LABELS, DISPLAYED_COLUMNS, DISPLAYED_NUMBERS = 8, 6, 3  # in a notebook


class EmbeddingSpace(NotebookDisplay, SearchableSpace):
    """Labels and their vectors.

    Parameters
    ----------
    labels : sequence of str
        N labels, each once.
    vectors : np.ndarray
        (N, D) float32, in memory or mapped from disk.
    columns : pd.DataFrame, optional
        What is known of each label, N rows; "count" is how often it occurs.
    name : str
        What the space is called among those of a run.
    notes : sequence of str
        Sentences about what was left out when the space was read.
    cosine_bounds : UpperBounds, optional
        Of the same vectors; makes searches in large spaces faster.
    kind : {"word", "user", "item", "value", "text", "row"}, optional
        What a label stands for.
    subwords : Subwords, optional
        Vectors of character n-grams, as fastText's models have them: unknown words get an estimate from them.
    contexts : np.ndarray, optional
        (N, D) float32, vectors of the labels as contexts of other words, for a training that goes on from this space. They
        are not kept with the space: a run has them in its model.
    lengths : np.ndarray, optional
        (N,) float32, the Euclidean lengths of the vectors, where they are known.
    stored_at : Path, optional
        The path of its files without their endings, where it is on disk.

    Raises
    ------
    DataError
        When the shapes do not agree, a label occurs twice, or vectors in memory hold NaN, infinity or numbers too large
        to be compared (mapped ones were checked when they were written).
    ColumnError
        For a column named like one of the answers' (label, similarity, distance, position).

    Examples
    --------
    >>> import numpy as np
    >>> space = EmbeddingSpace(["king", "queen", "car"], np.array([[2, 1], [2, 2], [-1, 3]], np.float32))
    >>> space.neighbors("king", k=1)["label"].tolist()
    ['queen']
    >>> round(space.similarity("king", "queen"), 3)
    0.949
    """

    def build_index(
        self, metric: Metric = "cosine", on_progress: Callable[[Progress], object] = ignore_progress
    ) -> IndexReport:
        """Build an approximate index of a large space with faiss, measure its recall, and keep both beside the space.

        It took 20 minutes for ten million vectors on two busy cores, and in memory about 1.5 (D + 8) bytes a vector.

        Parameters
        ----------
        metric : {"cosine", "euclidean", "dot"}
            The distance metric that it answers by.
        on_progress : callable, optional
            Called with a Progress in vectors.

        Returns
        -------
        IndexReport
            recall@10 against the exact search on 200 queries, and what was built.

        Raises
        ------
        SettingsError
            For a space that is not on disk or has less than a million labels, or where faiss is not installed.
        """
        check_question(1, metric)
        return self.approximate.build(metric, on_progress)

    def analogy(
        self,
        positive: Sequence[str],
        negative: Sequence[str] = (),
        k: int = 10,
        method: Formula = "3cosadd",
        include_inputs: bool = False,
        min_count: int | None = None,
    ) -> pd.DataFrame:
        """Solve an analogy: king − man + woman is positive=["king", "woman"], negative=["man"]; see `analogy.analogy`."""
        return analogy(self, positive, negative, k, method, include_inputs, min_count)

    def axis(self, low: Sequence[str], high: Sequence[str], labels: Sequence[str] | None = None) -> pd.DataFrame:
        """Place labels on the line from one pole to the other; see `axis.axis`."""
        return axis(self, low, high, labels)

    def compare(self, a: str, b: str, k: int = 10) -> Comparison:
        """Compare two labels: similarities, ranks, and shared neighbours; see `comparison.compare`."""
        return compare(self, a, b, k)

    def odd_one_out(self, labels: Sequence[str]) -> pd.DataFrame:
        """Rank labels by their mean cosine with the others, the worst fit first; see `comparison.odd_one_out`."""
        return odd_one_out(self, labels)

    def _display_table(self) -> DisplayTable:
        rows = list(self.by_frequency[:DISPLAYED_LABELS])
        frame = self.columns.iloc[rows, :DISPLAYED_COLUMNS].reset_index(drop=True)
        frame.insert(0, "label", [self.labels[row] for row in rows])
        more = ", …" if self.dim > DISPLAYED_NUMBERS else ""
        frame["vector"] = [
            ", ".join(f"{number:.3f}" for number in self.vectors[row, :DISPLAYED_NUMBERS]) + more for row in rows
        ]
        hidden = [str(name) for name in self.columns.columns[DISPLAYED_COLUMNS:]]
        notes = [f"{len(self) - len(rows):,} more labels."] if len(self) > len(rows) else []
        notes += [f"Columns that are not shown: {', '.join(hidden)}."] if hidden else []
        title = f"{self.name or 'Embedding space'}: {len(self):,} labels, {self.dim:,} dimensions"
        return DisplayTable.of_frame(title, frame, [*notes, *self.notes])
