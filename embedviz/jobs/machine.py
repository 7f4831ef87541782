"""The machine that costs are estimated for: its devices and the measured speed of its processor."""

from __future__ import annotations

from functools import cache

from embedviz.core.cost import Machine
from embedviz.training.devices import Device


def machine_for(device: Device, threads: int) -> Machine:
    """Return this machine with a training's device and threads; the speed is measured once in a process."""
    return Machine(threads, device.kind, words_per_second() if device.kind == "cpu" else None)


@cache
def words_per_second() -> float:
    """Return the speed of skip-gram's kernel on one thread; the first call compiles it, or loads it from the disk."""
    from embedviz.models.words.sampling_kernel import kernel_speed

    kernel_speed(words=200)
    return kernel_speed()
