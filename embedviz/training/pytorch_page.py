"""A trained model as one page of plain PyTorch: the script, its tensors and values, and examples with the run's answers.

The script needs torch, safetensors and the standard library. It is made of sections of source text: what every page begins
and ends with is here, the networks are beside the models. Only the sections that a run's settings ask for are put together, so
that the page reads from top to bottom without a branch that this run never takes.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from embedviz.core.typed_json import JsonObject

WIDTH = 110  # characters of a line of the page's opening text


@dataclass(frozen=True)
class PyTorchPage:
    """A model in plain PyTorch.

    Attributes
    ----------
    script
        The page, which reads the files that the other attributes become.
    tensors
        For `weights.safetensors`.
    values
        What comes before the tensors, for `values.json`: vocabularies, names, scales.
    inputs
        Examples, for `examples.json`.
    outputs
        What the run answers to them, by name: nested lists of numbers, or of texts.
    """

    script: str
    tensors: Mapping[str, np.ndarray]
    values: JsonObject
    inputs: JsonObject
    outputs: JsonObject


def make_script(title: str, about: Sequence[str], sections: Iterable[str], imports: Iterable[str] = ()) -> str:
    """Put a page's script together.

    Parameters
    ----------
    title
        What the model is, without a full stop.
    about
        Paragraphs: what the page is beside the text that it belongs to, and in what its network differs.
    sections
        Source text in order. Between them they define ``answers(inputs)``, which returns the outputs by name.
    imports
        Further modules of the standard library.
    """
    return join_sections(_OPENING, title, about, [*sections, _CLOSING], imports)


def join_sections(
    opening: str, title: str, about: Sequence[str], sections: Iterable[str], imports: Iterable[str]
) -> str:
    """Put a script together of an opening with the fields title, about and modules, and of sections; as `make_script`."""
    words = "\n\n".join(fill(as_comment(paragraph)) for paragraph in about)
    modules = "\n".join(f"import {module}" for module in sorted({"json", *imports}))
    first = opening.format(title=as_comment(title), about=words, modules=modules)
    return "\n\n\n".join(section.strip("\n") for section in (first, *sections)) + "\n"


def train_step(arguments: str, summary: str, details: str, loss: str) -> str:
    """Return the section of a step of training.

    Parameters
    ----------
    arguments
        Names of the batch's tensors, such as "user_ids, item_ids, ratings".
    summary, details
        Of the docstring; details are lines of the page's width.
    loss
        Lines of Python that set ``loss``, of ``model`` and the arguments.
    """
    texts = {"details": textwrap.indent(details, " " * 4), "loss": textwrap.indent(loss, " " * 4)}
    return _STEP.format(arguments=arguments, summary=summary, **texts)


def fill(paragraph: str, indent: int = 0) -> str:
    """Return a paragraph in lines of a page's width."""
    blank = " " * indent
    return textwrap.fill(" ".join(paragraph.split()), WIDTH, initial_indent=blank, subsequent_indent=blank)


def percentage(share: float) -> str:
    """Return a share without rounding it: 0.125 is "12.5%"."""
    return f"{100 * share:g}%"


def as_comment(text: str) -> str:
    """Return a text in one line that may stand in a comment or a docstring: names of columns and files are other people's."""
    printable = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(printable.replace("\\", "/").replace('"', "'").split())


_OPENING = '''"""{title}, in plain PyTorch.

{about}

The text is “Why are embeddings used in PyTorch?” (30 January 2025), whose examples are word embeddings for
sentiment analysis (1), user embeddings for collaborative filtering (2) and category embeddings in a
classification problem (3).

It needs torch and safetensors, and the three files beside it: weights.safetensors (all tensors), values.json (what comes
before the tensors) and examples.json (inputs, and what the run answered to them). To compare them all:

    pip install torch safetensors
    python model.py
"""

{modules}
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import nn

FOLDER = Path(__file__).resolve().parent
WEIGHTS = load_file(FOLDER / "weights.safetensors")
VALUES = json.loads((FOLDER / "values.json").read_text(encoding="utf-8"))


def state_of(prefix):
    """Return the tensors of one network: those whose name begins with the prefix, which is left out."""
    return {{name.removeprefix(prefix): tensor for name, tensor in WEIGHTS.items() if name.startswith(prefix)}}
'''

_STEP = '''
def train_step(model, optimizer, {arguments}):
    """{summary}

{details}
    """
    optimizer.zero_grad()
{loss}
    loss.backward()
    optimizer.step()
    return loss.item()
'''

_CLOSING = '''
def difference(found, expected):
    """Return the largest difference, relative to numbers above 1; texts are equal (0) or not (1)."""
    if not isinstance(found, torch.Tensor):
        return 0.0 if found == expected else 1.0
    expected = torch.tensor(expected, dtype=torch.float64)
    assert found.shape == expected.shape, f"{tuple(found.shape)} numbers, the run has {tuple(expected.shape)}"
    return float(((found.double() - expected).abs() / expected.abs().clamp(min=1)).max())


def main():
    """Answer the examples, and compare with what the run answered."""
    examples = json.loads((FOLDER / "examples.json").read_text(encoding="utf-8"))
    with torch.no_grad():
        found = answers(examples["inputs"])
    for name, expected in examples["outputs"].items():
        error = difference(found[name], expected)
        print(f"{name}: differs from the run by {error:.1e} at most")
        if not error <= 1e-5:
            raise SystemExit(f"{name} is not what the run answered: {found[name]}, expected {expected}")


if __name__ == "__main__":
    main()
'''
