"""Nearest-neighbour search: one protocol, three back-ends.

`numpy_exact.NumpyExactIndex` answers a space's questions, bitwise exact and without torch. `torch_exact.TorchExactIndex`
finds the neighbours of every vector at once, on any device; `approximate.ApproximateIndex` does the same for sets too
large for that, and measures its recall. The two that need torch are imported from their own modules.
"""

from embedviz.space.search.neighbor_index import NeighborIndex, Neighbors
from embedviz.space.search.numpy_exact import NumpyExactIndex

__all__ = ["NeighborIndex", "Neighbors", "NumpyExactIndex"]
