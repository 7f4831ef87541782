"""Workers: whether one starts and answers, and the device that it finds."""

from __future__ import annotations

import queue
import time
from collections.abc import Iterator

from embedviz.core.cost import Machine
from embedviz.core.home import home
from embedviz.doctor.finding import Finding
from embedviz.jobs.worker_process import Answer, WorkerProcess
from embedviz.jobs.worker_start import LOG

START_S = 120.0  # the first start on a machine compiles the kernel
LEAVE_S = 5.0


def worker_findings() -> Iterator[Finding]:
    """Yield findings about a worker of trainings: it is started, asked for its machine and let go."""
    heard: queue.Queue[Answer | int] = queue.Queue()
    began = time.monotonic()
    worker = WorkerProcess("training", lambda _, answer: heard.put(answer), lambda _, code: heard.put(code))
    try:
        answer = heard.get(timeout=START_S)
    except queue.Empty:
        answer = None
    took = time.monotonic() - began
    worker.hang_up()
    worker.end(time.monotonic() + LEAVE_S)
    remedy = f"{home() / LOG} says why."
    if answer is None:
        yield Finding("problem", "workers", f"A worker did not answer within {START_S:g} s.", remedy)
    elif isinstance(answer, int):
        yield Finding("problem", "workers", f"A worker ended with exit code {answer} before it was ready.", remedy)
    else:
        yield Finding("ok", "workers", f"A worker started and answered after {took:.1f} s.")
        yield _device(Machine(**answer["machine"]) if "machine" in answer else Machine())


def _device(machine: Machine) -> Finding:
    speed = f", {machine.words_per_second:,.0f} words per second" if machine.words_per_second else ""
    threads = f"{machine.threads} thread{'s' if machine.threads != 1 else ''}"
    return Finding("ok", "device", f"Trainings use the device {machine.device!r} and {threads} each{speed}.")
