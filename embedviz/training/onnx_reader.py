"""The script beside an ONNX file that makes the tensors of rows, runs the graph, and compares with the run's answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from embedviz.training.pytorch_page import join_sections


def make_reader(title: str, about: Sequence[str], sections: Iterable[str], imports: Iterable[str] = ()) -> str:
    """Put a reader together.

    Parameters
    ----------
    title, about
        What the model is, and what the graph takes.
    sections
        Source text in order. Between them they define ``answers(inputs)``, which returns the outputs by name.
    imports
        Further modules of the standard library.
    """
    return join_sections(_OPENING, title, about, [*sections, _CLOSING], imports)


_OPENING = '''"""{title}: predictions by onnxruntime.

{about}

It needs onnxruntime and NumPy, and the files of the same name beside it: .onnx (the graph) and .json (what comes before its
tensors, and examples with the run's answers). Run it to compare; import it to predict.

    pip install onnxruntime
"""

{modules}
from pathlib import Path

import numpy as np
import onnxruntime

CONTENTS = json.loads(Path(__file__).with_suffix(".json").read_text(encoding="utf-8"))
VALUES = CONTENTS["values"]
SESSION = onnxruntime.InferenceSession(Path(__file__).with_suffix(".onnx"))
'''

_CLOSING = '''
def main():
    """Answer the examples, and compare with what the run answered."""
    found = answers(CONTENTS["inputs"])
    for name, expected in CONTENTS["outputs"].items():
        expected = np.array(expected)
        error = float((np.abs(found[name] - expected) / np.maximum(1, np.abs(expected))).max())
        print(f"{name}: differs from the run by {error:.1e} at most")
        if not error <= 1e-5:
            raise SystemExit(f"{name} is not what the run answered: {found[name]}, expected {expected}")


if __name__ == "__main__":
    main()
'''
