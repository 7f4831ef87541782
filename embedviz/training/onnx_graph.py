"""ONNX graphs (https://onnx.ai) of predictors, node by node, so that batches and texts of any length go through.

torch.onnx.export unrolls an LSTM to the length of the example text and needs half a minute for it. The operators of ONNX are few and
stable, and its LSTM takes the lengths of the texts. Needs the package onnx, not torch.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.typed_json import JsonObject
from embedviz.core.version import VERSION

OPSET, IR_VERSION = 18, 9  # of 2022, which every runtime since reads
MAX_BYTES = 1_900_000_000  # of a file: protobuf ends at 2 GiB
INSTALL = 'pip install "embedviz[onnx]"'


@dataclass(frozen=True)
class OnnxExport:
    """A predictor as an ONNX graph, with what comes before its tensors.

    Attributes
    ----------
    graph
        The file's bytes.
    reader
        Python that makes the tensors of rows and runs the graph; it needs onnxruntime and NumPy.
    values
        What the reader reads: vocabularies, names, scales.
    inputs, outputs
        Examples, and what the model answers to them.
    """

    graph: bytes
    reader: str
    values: JsonObject
    inputs: JsonObject
    outputs: JsonObject


class Graph:
    """A graph under construction. Its values are named by strings.

    Parameters
    ----------
    name
        Of the graph.

    Raises
    ------
    SettingsError
        Where onnx is not installed.
    """

    def __init__(self, name: str):
        self._onnx = _open_onnx()
        self._name = name
        self._nodes: list[Any] = []
        self._constants: list[Any] = []
        self._inputs: list[Any] = []
        self._outputs: list[Any] = []
        self._bytes = 0

    def input(self, name: str, dtype: type[np.generic], *shape: str | int) -> str:
        """Declare an input; axes of any size are named by strings."""
        self._inputs.append(self._declared(name, dtype, shape))
        return name

    def output(self, value: str, name: str, dtype: type[np.generic], *shape: str | int) -> None:
        """Declare a value as an output of that name."""
        self._nodes.append(self._onnx.helper.make_node("Identity", [value], [name]))
        self._outputs.append(self._declared(name, dtype, shape))

    def constant(self, array: np.ndarray | float | Sequence[int], dtype: type[np.generic] | None = None) -> str:
        """Add an array that does not change."""
        values = np.ascontiguousarray(np.asarray(array, dtype))
        name = f"constant_{len(self._constants)}"
        self._bytes += values.nbytes
        self._constants.append(self._onnx.numpy_helper.from_array(values.reshape(np.shape(array)), name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add a node of one output."""
        return self.add_several(operator, inputs, 1, **attributes)[0]

    def add_several(self, operator: str, inputs: Sequence[str], n_outputs: int, **attributes: Any) -> list[str]:
        """Add a node of several outputs. An input that is left out is an empty string."""
        outputs = [f"{operator}_{len(self._nodes)}_{i}" for i in range(n_outputs)]
        self._nodes.append(self._onnx.helper.make_node(operator, list(inputs), outputs, **attributes))
        return outputs

    def cast(self, value: str, dtype: type[np.generic]) -> str:
        """Add a change of type."""
        return self.add("Cast", value, to=self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype)))

    def to_bytes(self) -> bytes:
        """Return the file, checked by onnx.

        Raises
        ------
        DataError
            When it would not fit into one file.
        """
        if self._bytes > MAX_BYTES:
            raise DataError(
                f"The model has {self._bytes / 1e9:.1f} GB of weights, and an ONNX file holds at most {MAX_BYTES / 1e9:.1f} GB. "
                f"Train with fewer dimensions or words, or export it as plain PyTorch."
            )
        helper = self._onnx.helper
        graph = helper.make_graph(self._nodes, self._name, self._inputs, self._outputs, self._constants)
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR_VERSION,
            producer_name="embedviz",
            producer_version=VERSION,
        )
        self._onnx.checker.check_model(model)
        return model.SerializeToString()

    def _declared(self, name: str, dtype: type[np.generic], shape: Sequence[str | int]) -> Any:
        kind = self._onnx.helper.np_dtype_to_tensor_dtype(np.dtype(dtype))
        return self._onnx.helper.make_tensor_value_info(name, kind, list(shape))


def _open_onnx() -> Any:
    try:
        found = importlib.import_module("onnx")
        for part in ("helper", "numpy_helper", "checker"):
            importlib.import_module(f"onnx.{part}")
    except ImportError as error:
        raise SettingsError(f"An ONNX file needs the package onnx, which is not installed: {INSTALL}") from error
    return found
