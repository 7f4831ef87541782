"""Contributions of columns to a prediction, by integrated gradients over the values' vectors and the encoded numbers.

Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks" (ICML): the gradient along the straight line to
the row from a reference row, which has every category's mean vector and every number's median. For a class a contribution
is in logits, by how much it raises the predicted class above the mean of all classes; for a number it is in the number's
unit. A row's contributions add up to the difference between its prediction and the reference row's.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch

from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.networks import TableNetwork, average_members

STEPS = 32  # of the integral
MAX_ROWS_AND_STEPS = 1024  # rows × steps in memory at a time
BATCH_SIZE = 256


def contributions(
    network: TableNetwork, encoder: TableEncoder, rows: EncodedRows, outputs: np.ndarray, scale: float
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
    scale
        Factor from the network's output to a number's unit.

    Returns
    -------
    dict
        column -> (N,) float64.
    """
    network.train(False)
    columns = list(dict.fromkeys([*encoder.values, *(number.column for number in encoder.numbers)]))
    categories = list(encoder.values)
    owners = {
        "vectors": [categories[k] for k in network.column_of],
        "wide_terms": categories,
        "features": [encoder.numbers[p].column for p in network.numbers.number_of],
    }
    added = {column: np.zeros(len(outputs)) for column in columns}
    reference = _reference_row(network, encoder)
    for start in range(0, len(outputs), BATCH_SIZE):
        part = slice(start, start + BATCH_SIZE)
        codes, numbers, explained = (
            torch.from_numpy(x).to(network.device) for x in (rows.codes[part], rows.numbers[part], outputs[part])
        )
        with torch.no_grad():
            inputs = network.inputs(codes, numbers)
        for name, values in _attribute(network, inputs, reference, explained, scale).items():
            for place, column in enumerate(owners[name]):
                added[column][part] += values[:, place]
    return added


def _attribute(
    network: TableNetwork,
    inputs: Mapping[str, torch.Tensor],
    reference: Mapping[str, torch.Tensor],
    explained: torch.Tensor,
    scale: float,
) -> dict[str, np.ndarray]:
    """Return contributions by input: "vectors" (B, E), "wide_terms" (B, K), "features" (B, F)."""
    from captum.attr import IntegratedGradients

    names = [name for name, x in inputs.items() if x.shape[1]]

    def forward(*points: torch.Tensor) -> torch.Tensor:
        *points, wanted = points
        empty = {name: x[:1].expand(len(wanted), *x.shape[1:]) for name, x in inputs.items()}
        outputs = average_members(network.combine(**{**empty, **dict(zip(names, points, strict=True))}))
        if network.n_outputs == 1:
            return outputs[:, 0] * scale
        return outputs.gather(1, wanted[:, None])[:, 0] - outputs.mean(1)

    found = IntegratedGradients(forward, multiply_by_inputs=True).attribute(
        tuple(inputs[name] for name in names),
        baselines=tuple(reference[name].expand_as(inputs[name]) for name in names),
        additional_forward_args=(explained,),
        n_steps=STEPS,
        method="gausslegendre",
        internal_batch_size=max(MAX_ROWS_AND_STEPS, len(explained)),
    )
    values = {name: x.detach().double().cpu().numpy() for name, x in zip(names, found, strict=True)}
    return {name: x.sum(2) if x.ndim == 3 else x for name, x in values.items()}


@torch.no_grad()
def _reference_row(network: TableNetwork, encoder: TableEncoder) -> dict[str, torch.Tensor]:
    """Return the mean vector and linear term of each column's values, weighted by counts, and every number's median."""
    vectors, terms = [], []
    for k, values in enumerate(encoder.values.values()):
        codes = torch.arange(len(values), device=network.device)
        share = torch.from_numpy(values.counts / values.counts.sum())[None].to(network.device, torch.float32)  # (1, V)
        vectors.append(share @ network.inner.vectors(k, codes))
        terms += [share @ network.inner.wide_terms(k, codes)] if network.inner.wide else []
    medians = [(number.median - number.mean) / number.std for number in encoder.numbers]
    return network.join(vectors, terms, torch.tensor([medians], dtype=torch.float32, device=network.device))
