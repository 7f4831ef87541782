"""One visitor asks for fifty trainings; another comes and trains: how long until progress is seen there.

    python benchmarks/greedy.py [trainings]

Both use the app, by its protocol. Printed are the trainings that were taken and refused, and the seconds from the other's click on
Train until a page shows progress, for each of four samples.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time

from load import SAMPLES, serve
from visitor import Visitor

GOAL_S = 10.0
PATIENCE_S = 120.0


def main() -> None:
    trainings = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    with tempfile.TemporaryDirectory() as home:
        server, address = serve(home)
        try:
            asyncio.run(measure(address, trainings))
        finally:
            server.terminate()
            server.wait(30)


async def measure(address: str, trainings: int) -> None:
    async with Visitor(address) as greedy:
        refused = 0
        for number in range(trainings):
            await ask_to_train(greedy, SAMPLES[number % len(SAMPLES)])
            refused += "waiting already" in greedy.shown()
        print(
            f"{trainings} trainings asked for by one visitor: {trainings - refused} taken, {refused} refused with a sentence"
        )
        for sample in SAMPLES:
            async with Visitor(address) as other:
                seconds = await first_progress(other, sample)
                await other.press("Stop and keep the best")  # the next one is to wait for the greedy visitor alone
                await other.follow_end(PATIENCE_S)
            print(f"another visitor's first progress, {sample}: {seconds:.1f} s (goal {GOAL_S:.0f})")


async def ask_to_train(visitor: Visitor, sample: str) -> float:
    """Go the way to a training of a sample, and return when Train was pressed."""
    await visitor.visit("")
    await visitor.visit("data")
    await visitor.press(sample)
    await visitor.follow_button("Train on this", PATIENCE_S)
    await visitor.press("Train on this")
    begun = time.perf_counter()
    await visitor.press("Train")
    return begun


async def first_progress(visitor: Visitor, sample: str) -> float:
    """Return the seconds from the click on Train until something else than waiting is shown."""
    begun = await ask_to_train(visitor, sample)
    await visitor.follow_progress(PATIENCE_S)
    return time.perf_counter() - begun


if __name__ == "__main__":
    main()
