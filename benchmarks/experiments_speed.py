"""What an experiment costs: a sweep of eight sizes on the ratings sample beside the same runs one after the other, one thread
each, and what a run costs in an experiment above its training.

    python benchmarks/experiments_speed.py [repeats]

The runs one after the other are what a loop over `ev.train` in one warm process takes.
"""

import os
import statistics
import sys
import tempfile
import time

import embedviz as ev

SIZES = {"smallest": 2, "largest": 256, "seeds": 1}
QUICK = {"min_count": 1, "epochs": 1, "dim": 2}


def main() -> None:
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    sweeps, loops, costs = [], [], []
    for _ in range(repeats):
        sweep, loop = in_a_fresh_store(sweep_of_eight), in_a_fresh_store(one_after_the_other)
        sweeps.append(sweep)
        loops.append(loop)
        costs.append(in_a_fresh_store(cost_of_a_run))
    sweep, loop = statistics.median(sweeps), statistics.median(loops)
    print(
        f"8 sizes on the ratings sample: {sweep:.1f} s in an experiment, {loop:.1f} s one after the other: {sweep / loop:.2f} x"
    )
    print("(aims: 0.6 x, 120 s)")
    print(f"a run costs {statistics.median(costs):.2f} s in an experiment above its training (aim 0.3)")


def in_a_fresh_store(measure) -> float:
    from embedviz.jobs.shared_executor import shared_executor

    with tempfile.TemporaryDirectory() as home:
        os.environ["EMBEDVIZ_HOME"] = home
        shared_executor()
        time.sleep(8)  # the worker is warm, as in an app that has been open for a while
        try:
            return measure()
        finally:
            shared_executor().close()


def sweep_of_eight() -> float:
    begun = time.perf_counter()
    found = ev.experiment("dimensions", "ratings", model="ratings", budget="30m", **SIZES)
    assert len(found.results) == 8
    return time.perf_counter() - begun


def one_after_the_other() -> float:
    ev.train("ratings", "ratings", threads=1, dim=2)  # imports
    begun = time.perf_counter()
    for i in range(8):
        ev.train("ratings", "ratings", threads=1, dim=2 * 2**i)
    return time.perf_counter() - begun


def cost_of_a_run() -> float:
    """Return the seconds of a run beyond what its own record says, of 30 tiny runs with two workers: wall time a worker."""
    with open(os.path.join(os.environ["EMBEDVIZ_HOME"], "t.txt"), "w") as file:
        file.write("the cat sat on the mat and the dog sat on the rug\n" * 50)
        name = file.name
    options = {"smallest": 2, "largest": 4}
    ev.experiment(
        "dimensions", name, model="skipgram", seeds=1, min_count=1, epochs=1, **options
    )  # the second worker is there
    begun = time.perf_counter()
    found = ev.experiment("dimensions", name, model="skipgram", seeds=15, min_count=1, epochs=2, **options)
    took = time.perf_counter() - begun
    at_once = min(os.cpu_count() or 1, 2)
    trained = sum(result.seconds for result in found.results)
    return (took * at_once - trained) / len(found.results)


if __name__ == "__main__":
    main()
