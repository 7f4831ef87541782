"""The quality of a map in one line."""

from __future__ import annotations

from collections.abc import Mapping

KEPT, RECALL = "neighbors_kept@", "neighbor_recall@"


def quality_text(quality: Mapping[str, float]) -> str:
    """Return the quality figures of a map, as Map.quality has them, in one line."""
    ks = [int(name.removeprefix(KEPT)) for name in quality if name.startswith(KEPT)]
    if not ks:
        return "There are too few points to measure the quality of the map."
    k = ks[0]
    parts = [
        f"Trustworthiness {quality[f'trustworthiness@{k}']:.3f} ({quality[f'chance_trustworthiness@{k}']:.2f})",
        f"continuity {quality[f'continuity@{k}']:.3f} ({quality[f'chance_trustworthiness@{k}']:.2f})",
        "neighbours kept: "
        + ", ".join(f"{quality[f'{KEPT}{n}']:.0%} of {n} ({quality[f'chance@{n}']:.1%})" for n in ks),
    ]
    text = ", ".join(parts) + "."
    if quality["rows"] < quality["points"]:
        text += f" Measured on {quality['rows']:,.0f} points."
    recall = next((value for name, value in quality.items() if name.startswith(RECALL)), 1.0)
    if recall < 1:
        text += f" The neighbour search was approximate, with a recall of {recall:.0%}."
    return text
