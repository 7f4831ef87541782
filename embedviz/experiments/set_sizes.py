"""The size of the set that runs were measured on, over that of what they could learn from: it corrects tests over several splits."""

from __future__ import annotations

from collections.abc import Iterable

from embedviz.experiments.result import Result


def relative_test_size(results: Iterable[Result], *parts: str) -> float:
    """Return the greatest share of any result; 0 where nothing says how large its sets were.

    Training examples that were left out count as learned from: leaving them out makes the training sets of two splits
    overlap less, not more.

    Parameters
    ----------
    results : iterable of Result
        Of one question.
    *parts : str
        "test", "validation": the first that has examples is the one that was measured.

    Examples
    --------
    >>> relative_test_size([Result("", {}, "", sizes={"train": 80, "validation": 10, "test": 20})], "test")
    0.25
    """
    return max((_share(result.sizes, parts) for result in results), default=0.0)


def _share(sizes: dict[str, int], parts: tuple[str, ...]) -> float:
    learned = sizes.get("train", 0) + sizes.get("unused", 0)
    measured = next((sizes[part] for part in parts if sizes.get(part)), 0)
    return measured / learned if learned else 0.0
