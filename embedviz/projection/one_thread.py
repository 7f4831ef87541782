"""Many small operations on one thread, where several would only wait for each other."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import torch


@contextmanager
def one_thread() -> Generator[None]:
    """Run PyTorch on one thread within the block, and as before afterwards. Do not yield from inside it.

    Some operations (exp, log, x[i]) go to several threads from 2,048 numbers on, and meet again after each. Alone on
    the machine that wins a little; beside a training it makes the layout 15 times as slow.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)
