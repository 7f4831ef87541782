"""Which device trains: by name, or the best there is; and on how many threads."""

from __future__ import annotations

import contextlib
import platform
from collections.abc import Iterator
from dataclasses import dataclass

from embedviz.core.errors import DeviceError


@dataclass(frozen=True)
class Device:
    """name as torch takes it ("cuda:0"), kind ("cuda", "mps", "cpu"), title as a person knows it ("NVIDIA H100")."""

    name: str
    kind: str
    title: str


@contextlib.contextmanager
def torch_threads(n: int) -> Iterator[None]:
    """torch computes on n threads inside, and on as many as before afterwards. For a worker, or a person's own process;
    never in one that serves visitors."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(max(1, n))
    try:
        yield
    finally:
        torch.set_num_threads(before)


def devices() -> list[Device]:
    """The devices of this machine, the best first: CUDA, then Apple's MPS, then the CPU, which is always there."""
    import torch

    found = [Device(f"cuda:{i}", "cuda", torch.cuda.get_device_name(i)) for i in range(torch.cuda.device_count())]
    if torch.backends.mps.is_available():
        found.append(Device("mps", "mps", "Apple GPU (MPS)"))
    return [*found, Device("cpu", "cpu", f"CPU ({platform.processor() or platform.machine()})")]


def choose(name: str) -> Device:
    """The device of this name; "auto" takes the first of devices(). DeviceError when it is not there."""
    there = devices()
    if name == "auto":
        return there[0]
    for device in there:
        if name in (device.name, device.kind):
            return device
    raise DeviceError(f"This machine has no device {name!r}. It has: {', '.join(device.name for device in there)}.")
