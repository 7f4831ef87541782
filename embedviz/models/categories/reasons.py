"""Which columns moved a prediction which way: integrated gradients over the values' vectors and the encoded numbers.

Sundararajan, Taly and Yan 2017, "Axiomatic attribution for deep networks" (ICML): the gradient along the straight way
from a usual row, which has every category's mean vector and every number's median, to the row. For a class a
contribution is in logits: how much higher the predicted class stands above the mean of all for it; for a number it is
in the number's unit. A row's contributions add up to what its answer differs from the usual row's by.
"""

from __future__ import annotations

import numpy as np
import torch
from captum.attr import IntegratedGradients

from embedviz.models.categories.encoding import EncodedRows, TableEncoder
from embedviz.models.categories.networks import TableNetwork, answer

STEPS = 32  # of the integral
AT_ONCE = 1024  # rows × steps held at a time
ROWS_AT_ONCE = 256


def contributions(
    network: TableNetwork,
    encoder: TableEncoder,
    rows: EncodedRows,
    targets: np.ndarray,
    scale: tuple[float, float],
) -> dict[str, np.ndarray]:
    """column -> what it adds to the answer `targets` (N,) (0 for a number), (N,) float64."""
    network.train(False)
    device = next(network.parameters()).device
    columns = list(dict.fromkeys([*encoder.values, *(part.column for part in encoder.parts)]))
    added = {column: np.zeros(len(targets)) for column in columns}
    usual = _usual_row(network, encoder, device)
    for start in range(0, len(targets), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        codes, numbers, wanted = (torch.from_numpy(x[part]).to(device) for x in (rows.codes, rows.numbers, targets))
        with torch.no_grad():
            inputs = [network.vectors(codes), network.alone(codes), network.numbers(numbers)]
        for name, values in _attributed(network, inputs, usual, wanted, scale).items():
            for column, values_of in _by_column(name, values, network, encoder).items():
                added[column][part] += values_of
    return added


def _attributed(network: TableNetwork, inputs: list, usual: list, wanted: torch.Tensor, scale: tuple[float, float]):
    """name -> contributions shaped as the input: "vectors" (B, E), "alone" (B, K, O), "features" (B, F)."""
    names = [
        name for name, x in zip(("vectors", "alone", "features"), inputs, strict=True) if x is not None and x.shape[1]
    ]
    given = dict(zip(("vectors", "alone", "features"), inputs, strict=True))
    base = dict(zip(("vectors", "alone", "features"), usual, strict=True))
    classes = network.n_outputs > 1

    def forward(*points: torch.Tensor) -> torch.Tensor:
        *points, targets = points
        here = dict(zip(names, points, strict=True))
        n = len(targets)
        rest = {name: None if x is None else x[:1].expand(n, *x.shape[1:]) for name, x in given.items()}
        whole = rest | here
        outputs = answer(network.of_parts(whole["vectors"], whole["alone"], whole["features"]), classes)
        if not classes:
            return outputs[:, 0] * scale[1]
        return outputs.gather(1, targets[:, None])[:, 0] - outputs.mean(1)

    found = IntegratedGradients(forward, multiply_by_inputs=True).attribute(
        tuple(given[name] for name in names),
        baselines=tuple(base[name].expand_as(given[name]) for name in names),
        additional_forward_args=(wanted,),
        n_steps=STEPS,
        method="gausslegendre",
        internal_batch_size=max(AT_ONCE, len(wanted)),
    )
    return {name: x.detach().double().cpu().numpy() for name, x in zip(names, found, strict=True)}


def _by_column(name: str, values: np.ndarray, network: TableNetwork, encoder: TableEncoder) -> dict[str, np.ndarray]:
    """Contributions added up a column."""
    categories = list(encoder.values)
    if name == "vectors":
        owner = [categories[k] for k in network.column_of]
    elif name == "alone":
        owner, values = categories, values.sum(2)
    else:
        owner = [encoder.parts[p].column for p in network.numbers.part_of]
    found: dict[str, np.ndarray] = {}
    for place, column in enumerate(owner):
        found[column] = found.get(column, 0) + values[:, place]
    return found


@torch.no_grad()
def _usual_row(network: TableNetwork, encoder: TableEncoder, device: torch.device) -> list[torch.Tensor | None]:
    """The mean of each column's vectors, and of what its values say by themselves, by how often each value was seen;
    every number's median, encoded."""
    vectors, alone = [], []
    wide = getattr(network.inner, "wide_values", None)
    for k, values in enumerate(encoder.values.values()):
        share = torch.tensor(values.counts / values.counts.sum(), dtype=torch.float32, device=device)
        vectors.append(share @ network.inner.vectors_of(k))
        if wide is not None:
            alone.append(share @ wide[k].weight)
    medians = [(part.median - part.mean) / part.deviation for part in encoder.parts]
    return [
        torch.cat(vectors)[None] if vectors else torch.zeros(1, 0, device=device),
        torch.stack(alone)[None] if alone else None,
        network.numbers(torch.tensor([medians], dtype=torch.float32, device=device)),
    ]
