"""Work split into as many parts as PyTorch may use threads, each part on a thread of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait

import torch

YIELD_INTERVAL_S = 0.1


def run_parts(n: int, device: torch.device, work: Callable[[slice], Iterator[float]]) -> Iterator[float]:
    """Run work(part) for parts that make up n rows.

    PyTorch's own threads meet after every operation and wait there for the one that has no core: where the machine is
    busy that takes a hundred times as long as the work. These meet at the end. When the generator is closed, they end
    after their next step. An accelerator needs one thread.

    Parameters
    ----------
    n : int
        Rows in all.
    device : torch.device
        Where the work is done.
    work : callable
        Takes the rows of a part, and yields the share of it that is done.

    Yields
    ------
    float
        Share of all rows that is done, about every tenth of a second.
    """
    before = torch.get_num_threads()
    threads = min(n, before) if device.type == "cpu" else 1
    if threads <= 1:
        last = time.monotonic()
        for share in work(slice(0, n)):
            if time.monotonic() - last >= YIELD_INTERVAL_S:
                last = time.monotonic()
                yield share
        return
    bounds = [n * i // threads for i in range(threads + 1)]
    shares = [0.0] * threads
    started, closed = threading.Barrier(threads + 1), threading.Event()

    def run(i: int) -> None:
        torch.get_num_threads()  # which sets up what is then set
        torch.set_num_threads(1)  # of this thread, and of those that are still to start
        started.wait()
        for share in work(slice(bounds[i], bounds[i + 1])):
            shares[i] = share
            if closed.is_set():
                return

    with ThreadPoolExecutor(threads) as pool:
        running = {pool.submit(run, i) for i in range(threads)}
        started.wait()
        torch.set_num_threads(before)
        try:
            while running:
                done, running = wait(running, YIELD_INTERVAL_S, FIRST_EXCEPTION)
                for future in done:
                    future.result()
                if running:
                    yield sum(shares) / threads
        finally:
            closed.set()
