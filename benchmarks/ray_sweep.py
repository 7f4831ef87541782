"""A sweep of runs of fixed cost on a Ray cluster of 1, 2 and 4 nodes of one simulated core each, all on this machine.

python benchmarks/ray_sweep.py [RUNS] [SECONDS]

A run sleeps, so that the cores of this machine do not matter: what is left is the cost of the executor. Speed-up a node is
the time that the sweep would take if only its sleeping counted, shared out among the nodes, divided by the time that it took;
overhead a run is what a node spends on each run beside its sleeping. The kind of job is added to a copy of the package,
which the server and the nodes import.
"""

import importlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NODES = (1, 2, 4)
SLEEP_JOB = '''"""A run of fixed cost."""

import time
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from embedviz.core.jobs.declaration import job
from embedviz.core.jobs.folder import JobFolder
from embedviz.core.jobs.reporter import Reporter
from embedviz.core.jobs.spec import JobSpec


@dataclass(frozen=True)
class SleepSpec(JobSpec):
    kind: ClassVar[str] = "sleep"
    number: int
    seconds: float

    @property
    def threads(self):
        return 1


class Sleep(JobFolder[SleepSpec]):
    spec_class = SleepSpec


@job("sleep", lane="training")
def sleep(spec: SleepSpec, folder: Path, reporter: Reporter) -> None:
    until = time.monotonic() + spec.seconds
    while (left := until - time.monotonic()) > 0:
        reporter.check()
        time.sleep(min(0.1, left))
'''


def main(runs: int, seconds: float) -> None:
    """Measure in a copy of the package that knows the kind."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        shutil.copytree(ROOT / "embedviz", copy / "embedviz", ignore=shutil.ignore_patterns("__pycache__"))
        (copy / "embedviz/jobs/sleep.py").write_text(SLEEP_JOB)
        registry = copy / "embedviz/jobs/registry.py"
        registry.write_text(
            registry.read_text().replace("KINDS = {", 'KINDS = {\n    "sleep": "embedviz.jobs.sleep:sleep",')
        )
        shutil.copy(__file__, copy)
        environment = {**os.environ, "PYTHONPATH": folder, "RAY_USAGE_STATS_ENABLED": "0"}
        command = [sys.executable, str(copy / Path(__file__).name), str(runs), str(seconds), "--here"]
        subprocess.run(command, cwd=folder, env=environment, check=True)


def measure(runs: int, seconds: float) -> None:
    from ray.cluster_utils import Cluster

    cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0, "include_dashboard": False})
    print(f"{runs} runs of {seconds:g} s\nnodes    took   speed-up a node   overhead a run")
    for n_nodes in NODES:
        while len(cluster.worker_nodes) < n_nodes:
            cluster.add_node(num_cpus=1)
        took = sweep(cluster.address, n_nodes, runs, seconds)
        speed_up, overhead = runs * seconds / n_nodes / took, took * n_nodes / runs - seconds
        print(f"{n_nodes:5} {took:6.2f} s {speed_up:17.3f} {overhead:14.3f} s", flush=True)
    cluster.shutdown()


def sweep(address: str, n_nodes: int, runs: int, seconds: float) -> float:
    """Return the seconds that the runs take, from their submission to the last one's end, on warm nodes."""
    made = importlib.import_module("embedviz.jobs.sleep")  # in the copy alone
    from embedviz.jobs.local_executor import LocalExecutor
    from embedviz.jobs.ray_executor import RayExecutor

    with tempfile.TemporaryDirectory() as home:
        os.environ["EMBEDVIZ_HOME"] = home
        executor = RayExecutor(lambda trainer: LocalExecutor(trainer=trainer), address).start()

        def run_all(numbers: range, seconds: float) -> float:
            jobs = [made.Sleep.keyed(Path(home) / "sleep", made.SleepSpec(number, seconds)) for number in numbers]
            started = time.perf_counter()
            for job in jobs:
                executor.submit(job)
            assert [job.wait(600) for job in jobs] == ["done"] * len(jobs)
            return time.perf_counter() - started

        while executor.capacity < n_nodes or executor.machine.words_per_second is None:
            time.sleep(0.1)
        run_all(range(1000, 1000 + 2 * n_nodes), 1.0)  # every node has a process that has loaded the package
        took = run_all(range(runs), seconds)
        executor.close()
        return took


if __name__ == "__main__":
    numbers = [word for word in sys.argv[1:] if not word.startswith("--")]
    chosen = int(numbers[0]) if numbers else 16, float(numbers[1]) if len(numbers) > 1 else 2.0
    measure(*chosen) if "--here" in sys.argv else main(*chosen)
