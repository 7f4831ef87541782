"""TSV of vectors with a line of names: as CSV, with tabs. Numbers alone are the TensorFlow Projector's: projector_files.py."""

from __future__ import annotations

from embedviz.core.formats import ByteSink, LabeledVectors
from embedviz.formats import delimited_vectors
from embedviz.formats.delimited_vectors import read, sniff

__all__ = ["ENDINGS", "NAME", "read", "sniff", "write"]
NAME, ENDINGS = "tsv", (".tsv",)


def write(space: LabeledVectors, stream: ByteSink) -> None:
    """Write a line with the names, then label, columns and dimensions, between tabs."""
    delimited_vectors.write(space, stream, "\t")
