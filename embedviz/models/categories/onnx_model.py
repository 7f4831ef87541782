"""A trained categories model as an ONNX graph: codes of values and standardised numbers in, probabilities or numbers out.

Letters: N rows, K category columns, P numbers, Q of them with a vector for each bin, F features, M members, H units, O outputs.
"""

from __future__ import annotations

import numpy as np

from embedviz.core.typed_json import JsonObject
from embedviz.models.categories import page_sections as sections
from embedviz.models.categories.pytorch_page import example_rows, number_source, page_values
from embedviz.models.categories.schema import MAX_LOG
from embedviz.models.categories.trained import TrainedCategories
from embedviz.training.onnx_graph import Graph, OnnxExport
from embedviz.training.onnx_reader import make_reader

_READER = '''
def inputs_of(rows):
    """Return the tensors of rows, dicts from column to cell: codes (N, K) int64 and numbers (N, P) float32, NaN for missing."""
    codes = [[category_id(column, row.get(column)) for column in IDS] for row in rows]
    numbers = [[standardised(number, row.get(number["column"])) for number in VALUES["numbers"]] for row in rows]
    tensors = {
        "codes": np.array(codes, np.int64).reshape(len(rows), len(IDS)),
        "numbers": np.array(numbers, np.float32).reshape(len(rows), len(VALUES["numbers"])),
    }
    return {taken.name: tensors[taken.name] for taken in SESSION.get_inputs()}


def predict(rows):
    """Return the probabilities of VALUES["classes"] for rows (N, C), or the predicted numbers (N,)."""
    return SESSION.run(None, inputs_of(rows))[0]


def answers(inputs):
    """Return what is predicted for the examples."""
    return {"predictions": predict(inputs["rows"])}
'''


def categories_onnx(trained: TrainedCategories) -> OnnxExport:
    """Return the graph of a categories model."""
    rows, target = example_rows(trained), trained.target
    predicted = trained.predict(rows)
    numbers = predicted["prediction"] if not target.classes else predicted[[f"p({name})" for name in target.classes]]
    outputs: JsonObject = {"predictions": numbers.to_numpy().tolist()}
    source, imports = number_source(trained)
    gives = (
        "probabilities (float32) of the classes" if target.classes else "prediction (float64) in the target's own unit"
    )
    about = [
        f"The graph takes codes (int64, a row of each category's values) and numbers (float32, standardised, NaN for missing), and "
        f"gives {gives}."
    ]
    reader = make_reader(
        f"“{target.name}” of a table", about, [sections.CELLS, sections.CATEGORIES, *source, _READER], imports
    )
    return OnnxExport(_graph(trained), reader, page_values(trained), {"rows": [{**row} for row in rows]}, outputs)


def _graph(trained: TrainedCategories) -> bytes:
    return _TableGraph(trained).to_bytes()


class _TableGraph:
    """The graph of a table's network. Its weights are those of the state dict, by their names there."""

    def __init__(self, trained: TrainedCategories):
        self.graph, self.trained = Graph("categories"), trained
        self.n_categories, self.n_numbers = len(trained.encoder.values), len(trained.encoder.numbers)

    def to_bytes(self) -> bytes:
        """Return the file."""
        graph, target = self.graph, self.trained.target
        codes = graph.input("codes", np.int64, "rows", self.n_categories) if self.n_categories else ""
        numbers = graph.input("numbers", np.float32, "rows", self.n_numbers) if self.n_numbers else ""
        ids = [self._column(codes, k) for k in range(self.n_categories)]
        ids += self._bins(numbers) if self.trained.network.bins.sizes else []
        is_textbook = self.trained.settings.network == "textbook"
        features = self._features(numbers) if numbers else ""
        outputs = self._textbook(ids, features) if is_textbook else self._ensemble(ids, features)  # (M, N, O)
        members = self._ints(0)
        if target.classes:
            found = graph.add("ReduceMean", graph.add("Softmax", outputs, axis=-1), members, keepdims=0)
            graph.output(found, "probabilities", np.float32, "rows", len(target.classes))
            return graph.to_bytes()
        learned = graph.cast(graph.add("ReduceMean", outputs, self._ints(0, 2), keepdims=0), np.float64)
        learned = graph.add("Mul", learned, graph.constant(target.std, np.float64))
        learned = graph.add("Add", learned, graph.constant(target.mean, np.float64))
        if target.scale == "log":
            learned = graph.add("Exp", graph.add("Min", learned, graph.constant(MAX_LOG, np.float64)))
        graph.output(learned, "prediction", np.float64, "rows")
        return graph.to_bytes()

    def _features(self, numbers: str) -> str:
        """Add what `NumberEncoding` computes: (N, P) -> (N, F)."""
        graph, encoding = self.graph, self.trained.network.numbers
        source, affine = encoding.source.numpy(), encoding.affine.numpy()
        shift, scale, low, high = (graph.constant(row, np.float32) for row in affine)
        picked = graph.add("Gather", numbers, graph.constant(source, np.int64), axis=1)
        missing, nothing = graph.add("IsNaN", picked), graph.constant(0, np.float32)
        known = graph.add("Where", missing, nothing, picked)
        encoded = graph.add("Div", graph.add("Sub", known, shift), scale)
        encoded = graph.add("Min", graph.add("Max", encoded, low), high)
        encoded = graph.add("Where", missing, nothing, encoded)
        indicated = encoding.indicated.numpy()
        if not len(indicated):
            return encoded
        absent = graph.add("IsNaN", graph.add("Gather", numbers, graph.constant(indicated, np.int64), axis=1))
        return graph.add("Concat", encoded, graph.cast(absent, np.float32), axis=1)

    def _bins(self, numbers: str) -> list[str]:
        """Add what `NumberBins` computes: (N, P) -> (N,) for each of the Q numbers."""
        graph, bins = self.graph, self.trained.network.bins
        picked = graph.add("Gather", numbers, graph.constant(bins.source.numpy(), np.int64), axis=1)  # (N, Q)
        missing = graph.add("IsNaN", picked)
        known = graph.add("Where", missing, graph.constant(0, np.float32), picked)
        beyond = graph.add(
            "LessOrEqual", graph.constant(bins.edges.numpy(), np.float32), graph.add("Unsqueeze", known, self._ints(2))
        )
        found = graph.add("ReduceSum", graph.cast(beyond, np.int64), self._ints(2), keepdims=0)
        found = graph.add("Add", found, graph.constant(1, np.int64))
        found = graph.add("Where", missing, graph.constant(0, np.int64), found)
        return [self._column(found, q) for q in range(len(bins.sizes))]

    def _textbook(self, ids: list[str], features: str) -> str:
        """Add the text's network: (N,), (N, F) -> (1, N, O)."""
        graph = self.graph
        vectors = graph.add("Gather", self._weight("category_embedding.weight"), ids[0])
        first = self._array("fc1.weight").T
        if self.trained.settings.inputs == "one-hot":
            z = graph.add("Add", vectors, graph.add("MatMul", features, graph.constant(first))) if features else vectors
        else:
            z = graph.add("MatMul", self._joined([vectors], features), graph.constant(first))
        z = graph.add("Relu", graph.add("Add", z, self._weight("fc1.bias")))
        out = graph.add("MatMul", z, graph.constant(self._array("fc2.weight").T))
        return graph.add("Unsqueeze", graph.add("Add", out, self._weight("fc2.bias")), self._ints(0))

    def _ensemble(self, ids: list[str], features: str) -> str:
        """Add the ensemble: (N,) for each table, (N, F) -> (M, N, O)."""
        graph, s = self.graph, self.trained.settings
        tables = [self._array(f"embeddings.{k}") for k in range(len(ids))]
        if s.inputs == "one-hot":
            rows = [
                graph.add("Gather", graph.constant(table), column) for table, column in zip(tables, ids, strict=True)
            ]
            z = self._sum([*rows, *([graph.add("MatMul", features, self._weight("weights.0"))] if features else [])])
        else:
            read = [table + self._array(f"fixed.{k}") for k, table in enumerate(tables)]
            vectors = [
                graph.add("Gather", graph.constant(table), column) for table, column in zip(read, ids, strict=True)
            ]
            z = graph.add("MatMul", self._joined(vectors, features), self._weight("weights.0"))
        z = graph.add("Unsqueeze", z, self._ints(0))  # (1, N, H)
        for i in range(s.layers):
            if i:
                z = graph.add(
                    "MatMul", graph.add("Mul", z, self._weight(f"scales_in.{i - 1}")), self._weight(f"weights.{i}")
                )
            z = graph.add("Add", graph.add("Mul", z, self._weight(f"scales_out.{i}")), self._weight(f"biases.{i}"))
            z = graph.add("Relu", z)  # (M, N, H)
        out = graph.add("Add", graph.add("MatMul", z, self._weight("heads")), self._weight("head_biases"))
        if s.wide:
            wide = [graph.add("Gather", self._weight(f"wide_values.{k}"), column) for k, column in enumerate(ids)]
            wide += [graph.add("MatMul", features, self._weight("wide_numbers"))] if features else []
            out = graph.add("Add", out, self._sum(wide))
        return out

    def _joined(self, vectors: list[str], features: str) -> str:
        return self.graph.add("Concat", *vectors, *([features] if features else []), axis=1)

    def _sum(self, values: list[str]) -> str:
        return self.graph.add("Sum", *values)

    def _column(self, matrix: str, k: int) -> str:
        return self.graph.add("Gather", matrix, self.graph.constant(k, np.int64), axis=1)

    def _ints(self, *axes: int) -> str:
        return self.graph.constant(list(axes), np.int64)

    def _array(self, name: str) -> np.ndarray:
        return self.trained.weights[f"inner.{name}"]

    def _weight(self, name: str) -> str:
        return self.graph.constant(self._array(name))
