"""The operating system's limit on the memory of a job, in a process of its own."""

import subprocess
import sys

import pytest

from embedviz.jobs.memory_limit import is_out_of_memory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="Memory that can be written is counted on Linux only.")
SCRIPT = """
import resource
import numpy as np, pyarrow as pa, torch
from embedviz.jobs.memory_limit import is_out_of_memory, within_memory
before = resource.getrlimit(resource.RLIMIT_DATA)
SIZE = 2_000_000_000
ASK = {ask}
with within_memory(100e6):
    assert len(bytearray(150_000_000))  # what the executor sees in time
    try:
        ASK()
        print("taken")
    except Exception as error:
        print(is_out_of_memory(error), type(error).__name__)
assert resource.getrlimit(resource.RLIMIT_DATA) == before
with within_memory(None):
    ASK()
"""


@pytest.mark.parametrize(
    "ask",
    [
        "lambda: bytearray(SIZE)",
        "lambda: np.ones(SIZE, np.uint8)",
        "lambda: torch.ones(SIZE, dtype=torch.uint8)",
        "lambda: pa.allocate_buffer(SIZE)",
    ],
)
def test_what_lies_far_beyond_the_limit_is_refused_until_the_job_is_done(ask):
    ran = subprocess.run([sys.executable, "-c", SCRIPT.format(ask=ask)], capture_output=True, text=True, check=False)
    assert ran.stdout.startswith("True "), ran.stdout + ran.stderr
    assert ran.returncode == 0, ran.stderr


def test_other_errors_are_not_taken_for_a_lack_of_memory():
    assert not is_out_of_memory(RuntimeError("shapes do not fit"))
    assert not is_out_of_memory(ValueError("not enough memory"))
