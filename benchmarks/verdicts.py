"""How often a verdict is right: questions asked of generated data sets whose truth is known.

python benchmarks/verdicts.py [--sets N] [--first N] [--only TEXT]

A family of data sets (tests/experiments/known_truth.py) has N of them, told apart by their seed. A verdict that decides nothing is
neither right nor wrong; one that is wrong should be rare. Of each that is not right the first sentence is printed.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from embedviz.jobs.shared_executor import close_shared_executor
from tests.experiments.known_truth import FAMILIES, judged

OUTCOMES = ["right", "undecided", "wrong"]


def main() -> None:
    """Ask, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sets", type=int, default=10, help="data sets of each family")
    parser.add_argument(
        "--first", type=int, default=0, help="seed of the first; others than those that rules were chosen by"
    )
    parser.add_argument("--only", default="", help="families with this in their name")
    given = parser.parse_args()
    chosen = {name: family for name, family in FAMILIES.items() if given.only in name}
    rows = []
    with tempfile.TemporaryDirectory() as home:
        os.environ["EMBEDVIZ_HOME"] = home
        began = time.perf_counter()
        for found in judged(chosen, range(given.first, given.first + given.sets)):
            seconds, began = time.perf_counter() - began, time.perf_counter()
            rows.append({"family": found.family, "outcome": found.outcome, "seconds": seconds})
            if found.outcome != "right":
                print(f"{found.outcome}, {found.family}, seed {found.seed}: {found.sentence}", flush=True)
        close_shared_executor()
    table = pd.DataFrame(rows)
    counts = pd.crosstab(table["family"], table["outcome"]).reindex(index=list(chosen), columns=OUTCOMES, fill_value=0)
    counts["seconds for each"] = table.groupby("family")["seconds"].mean().round(1)
    print(counts.to_string())


if __name__ == "__main__":
    main()
