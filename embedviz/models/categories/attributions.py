"""Contributions of columns to a prediction, by integrated gradients over the values' vectors and the encoded numbers.

Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks" (ICML): the gradient along the straight
line to the row from a reference row, which has every category's mean vector and every number's median. For a class a
contribution is in logits, by how much it raises the predicted class above the mean of all classes; for a number it is
in the number's unit. A row's contributions add up to the difference between its prediction and the reference row's.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from captum.attr import IntegratedGradients
from torch import Tensor

from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.networks import TableNetwork, average_members
from embedviz.models.categories.schema import Target

STEPS = 32  # of the integral
MAX_ROWS_AND_STEPS = 1024  # rows × steps in memory at a time
BATCH_SIZE = 256
MAX_LOG_ATTRIBUTED = 80.0  # of a prediction, so that float32 holds it


def contributions(
    network: TableNetwork, encoder: TableEncoder, rows: EncodedRows, outputs: np.ndarray, target: Target
) -> dict[str, np.ndarray]:
    """Return what each column adds to a prediction.

    Parameters
    ----------
    network, encoder
        Of the trained model.
    rows
        N rows.
    outputs
        (N,) the class that is explained; 0 for a number.
    target
        What is predicted: a number's contributions are in its own unit.

    Returns
    -------
    dict
        column -> (N,) float64.
    """
    network.train(False)
    owners = [  # the column of each place of each input
        [network.owners[k] for k in network.column_of],
        network.owners,
        [encoder.numbers[p].column for p in network.numbers.number_of],
    ]
    added = {
        column: np.zeros(len(outputs)) for column in [*encoder.values, *(number.column for number in encoder.numbers)]
    }
    shares = [torch.from_numpy(values.counts / values.counts.sum())[None] for values in encoder.values.values()]
    medians = torch.tensor([[(number.median - number.mean) / number.std for number in encoder.numbers]])
    with torch.no_grad():
        reference = network.inputs(
            [share.to(network.device, torch.float32) for share in shares], medians.to(network.device)
        )
    for start in range(0, len(outputs), BATCH_SIZE):
        batch = slice(start, start + BATCH_SIZE)
        codes, numbers, explained = (
            torch.from_numpy(x[batch]).to(network.device) for x in (rows.codes, rows.numbers, outputs)
        )
        with torch.no_grad():
            inputs = network.inputs(codes.unbind(1), numbers)
        for owner, values in zip(owners, _attribute(network, inputs, reference, explained, target), strict=True):
            for place, column in enumerate(owner[: values.shape[1]]):
                added[column][batch] += values[:, place]
    return added


def _attribute(
    network: TableNetwork, inputs: Sequence[Tensor], reference: Sequence[Tensor], explained: Tensor, target: Target
) -> list[np.ndarray]:
    """Return contributions of vectors (B, E), linear terms (B, K + Q or 0) and encoded numbers (B, F)."""
    kept = [i for i, x in enumerate(inputs) if x.shape[1]]

    def forward(*arguments: Tensor) -> Tensor:
        *points, wanted = arguments
        whole = [x[:1].expand(len(wanted), *x.shape[1:]) for x in inputs]
        for i, point in zip(kept, points, strict=True):
            whole[i] = point
        vectors, wide_terms, features = whole
        outputs = average_members(network.combine(vectors, wide_terms, features))
        if network.n_outputs == 1:
            scaled = outputs[:, 0] * target.std
            return (scaled + target.mean).clamp(max=MAX_LOG_ATTRIBUTED).exp() if target.scale == "log" else scaled
        return outputs.gather(1, wanted[:, None])[:, 0] - outputs.mean(1)

    found = IntegratedGradients(forward).attribute(
        tuple(inputs[i] for i in kept),
        baselines=tuple(reference[i].expand_as(inputs[i]) for i in kept),
        additional_forward_args=(explained,),
        n_steps=STEPS,
        internal_batch_size=max(MAX_ROWS_AND_STEPS, len(explained)),
    )
    values = [np.zeros(x.shape[:2]) for x in inputs]
    for i, x in zip(kept, found, strict=True):
        values[i] = x.detach().double().reshape(*x.shape[:2], -1).sum(2).cpu().numpy()
    return values
