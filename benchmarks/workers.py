"""Worker processes: forked from one that has imported PyTorch and numba, and, as the peer, programs of their own.

    python benchmarks/workers.py [workers]

Seconds until a worker is ready, and the memory of all processes together (proportional set size: what is
shared counts once). The first forked worker waits for the fork server, the others do not.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

import psutil

from embedviz.jobs import worker_start
from embedviz.jobs.worker_start import environment_of_workers, start_worker


def main() -> None:
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 4
    with tempfile.TemporaryDirectory() as home:
        os.environ["EMBEDVIZ_HOME"] = home
        forked = measure(n, start_worker)
        server = psutil.Process(worker_start._fork_server._process.pid)
        forked_memory = memory([server, *server.children()])
        leave(forked)
        programs = measure(n, start_program)
        program_memory = memory([psutil.Process(process.pid) for process, _ in programs])
        leave(programs)
    first, others = forked[0][1], statistics.median(seconds for _, seconds in forked[1:])
    program = statistics.median(seconds for _, seconds in programs)
    print(f"first worker ready: forked {first:.2f} s, program {program:.2f} s")
    print(f"each further one:   forked {others:.3f} s, program {program:.2f} s: {program / others:.0f} times as fast")
    print(
        f"memory of {n} idle workers: forked {forked_memory:.0f} MB with the fork server, programs {program_memory:.0f} MB: "
        f"{program_memory / forked_memory:.1f} times less"
    )


def measure(n: int, start) -> list:
    started = []
    for _ in range(n):
        begun = time.perf_counter()
        process = start("training")
        assert "ready" in json.loads(process.stdout.readline())
        started.append((process, time.perf_counter() - begun))
    return started


def start_program(lane: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "embedviz.jobs.worker", lane],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment_of_workers(),
    )


def memory(processes: list[psutil.Process]) -> float:
    return sum(process.memory_full_info().pss for process in processes) / 1e6


def leave(started: list) -> None:
    for process, _ in started:
        process.stdin.close()
        process.wait()


if __name__ == "__main__":
    main()
