"""A page imports questions and computes their verdicts: neither torch nor SciPy may come with them."""

import json
import subprocess
import sys

from embedviz.experiments import QUESTIONS

HEAVY = ("torch", "numba", "umap", "sklearn", "scipy")
PROGRAM = """
import json, sys
from embedviz.experiments import QUESTIONS, find_question
from embedviz.experiments.statistics import paired_interval
from embedviz.experiments.result import Result

for name in QUESTIONS:
    find_question(name)
paired_interval([1.0, 2.0, 4.0])
rows = [{"space": "a", "column": "b", "purity": 0.4, "lower": 0.3, "upper": 0.5, "chance": 0.1, "shuffled": 0.2, "groups": 2, "labels": 9}]
similar = find_question("similar")
table = similar.table([Result("", {"seed": seed}, "", "done", rows=rows) for seed in range(3)])
similar.figure(table), similar.verdict(table)
print(json.dumps([name for name in sys.argv[1:] if name in sys.modules]))
"""


def test_questions_and_verdicts_load_no_heavy_library():
    assert len(QUESTIONS) >= 4
    found = subprocess.run(
        [sys.executable, "-c", PROGRAM, *HEAVY], capture_output=True, text=True, check=True, timeout=120
    )
    assert json.loads(found.stdout) == []
