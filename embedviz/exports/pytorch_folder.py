"""A run's model as a folder of plain PyTorch: a script, its weights and values, and examples with the run's answers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from embedviz.core.errors import RunError
from embedviz.core.files import replacing, write_json
from embedviz.core.version import VERSION
from embedviz.exports.model_card import one_line
from embedviz.exports.trained_model import trained_of
from embedviz.store.run_folder import RunFolder
from embedviz.training.protocols import PyTorchSpec
from embedviz.training.pytorch_page import PyTorchPage

SCRIPT, TENSORS, VALUES, EXAMPLES, README = (
    "model.py",
    "weights.safetensors",
    "values.json",
    "examples.json",
    "README.md",
)

_README = """# {name}

The model of this run of embedviz {version} in plain PyTorch. `model.py` reads from top to bottom.

    pip install torch safetensors
    python {script}

| file | what it holds |
|---|---|
| `{script}` | the network, what comes before it, and a comparison with the run's answers |
| `{tensors}` | all tensors |
| `{values}` | vocabularies, names and scales |
| `{examples}` | inputs, and what the run answered to them |
"""


def pytorch_page(run: RunFolder) -> PyTorchPage:
    """Return the page of a run's model.

    Raises
    ------
    RunError
        For opened vectors, before the end of the training, and for a model that has no page.
    """
    spec, trained, settings = trained_of(run)
    if not isinstance(spec, PyTorchSpec):
        raise RunError(f"The model {run.model!r} has no page of plain PyTorch.")
    return spec.pytorch_page(trained, settings)


def write_pytorch_files(run: RunFolder, folder: Path) -> None:
    """Write the page of a run's model with all that it reads into a folder; RunError as `pytorch_page`."""
    write_page(pytorch_page(run), folder, run.name)


def write_page(page: PyTorchPage, folder: Path, name: str) -> None:
    """Write the files of a page into a folder that is there."""
    from safetensors.numpy import save_file

    with replacing(folder / TENSORS) as temporary:
        save_file({name: np.ascontiguousarray(array) for name, array in page.tensors.items()}, temporary)
    write_json(folder / VALUES, page.values)
    write_json(folder / EXAMPLES, {"inputs": page.inputs, "outputs": page.outputs})
    names = {"script": SCRIPT, "tensors": TENSORS, "values": VALUES, "examples": EXAMPLES}
    texts = {SCRIPT: page.script, README: _README.format(name=one_line(name), version=VERSION, **names)}
    for file, text in texts.items():
        with replacing(folder / file) as temporary:
            temporary.write_text(text, encoding="utf-8")
