"""Devices of this machine, and the number of threads that torch computes on."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Generator
from dataclasses import dataclass

from embedviz.core.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """A device.

    Attributes
    ----------
    name
        As torch takes it ("cuda:0").
    kind
        "cuda", "mps" or "cpu".
    title
        As people know it ("NVIDIA H100").
    """

    name: str
    kind: str
    title: str


@contextlib.contextmanager
def torch_threads(n: int) -> Generator[None]:
    """Let torch and BLAS compute on n threads inside the block.

    Without a limit on BLAS two trainings of one thread each take 2.6 times as long side by side on two cores. For a worker
    or a script, never in a process that serves visitors.
    """
    import torch
    from threadpoolctl import threadpool_limits

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, n))
    try:
        with threadpool_limits(max(1, n), user_api="blas"):
            yield
    finally:
        torch.set_num_threads(before)


def devices() -> list[Device]:
    """Return the devices of this machine, the best first: CUDA, then Apple's MPS, then the CPU."""
    import torch

    found = [Device(f"cuda:{i}", "cuda", torch.cuda.get_device_name(i)) for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "mps", "Apple GPU (MPS)"))
    return [*found, Device("cpu", "cpu", f"CPU ({platform.processor() or platform.machine()})")]


def choose(name: str) -> Device:
    """Return a device by its name or kind; "auto" takes the best.

    Raises
    ------
    DeviceError
        When this machine has no such device.
    """
    available = devices()
    if name == "auto":
        return available[0]
    for device in available:
        if name in (device.name, device.kind):
            return device
    raise DeviceError(f"This machine has no device {name!r}. It has: {', '.join(device.name for device in available)}.")
