"""Memory of a server: idle, with its warm workers, and with a training, in megabytes (proportional set size: shared pages count once).

    python benchmarks/memory.py

It starts the app on a store of its own, opens its first page as a browser does, waits until the workers are warm, and has the
sample kjv trained on the side of the server, by the executor that the app uses.
"""

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
PORT = 8599
SAMPLE_S = 0.2
SETTINGS = {"dim": 100, "epochs": 5}


def main() -> None:
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {"EMBEDVIZ_HOME": home, "EMBEDVIZ_MODE": "shared"}
        print(f"server that answers, no page opened yet: {idle():5.0f} MB")
        warm, peak = training(Path(home))
        print(f"executor with its warm workers:          {warm:5.0f} MB")
        print(f"the same at the peak of a training:      {peak:5.0f} MB (skipgram on kjv, {json.dumps(SETTINGS)})")
        print(f"server and training together:            {idle_server + peak:5.0f} MB")


idle_server = 0.0


def idle() -> float:
    """Return the memory of the server alone, before it starts workers."""
    global idle_server
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={PORT}", "--server.headless=true"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        answers(f"http://127.0.0.1:{PORT}/embedviz/health")
        idle_server = megabytes([psutil.Process(process.pid)])
    finally:
        process.terminate()
        process.wait()
    return idle_server


def answers(address: str) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(address, timeout=2).close()
            return
        except OSError:
            time.sleep(0.1)
    sys.exit(f"{address} did not answer")


def training(home: Path) -> tuple[float, float]:
    """Return the memory of the warm workers with their fork server, and its peak during a training."""
    from embedviz.jobs.local_executor import LocalExecutor
    from embedviz.store.dataset import Dataset
    from embedviz.store.store import Store

    executor = LocalExecutor().start()
    try:
        while not executor.machine.words_per_second:
            time.sleep(SAMPLE_S)
        warm = megabytes(psutil.Process().children(recursive=True))
        store = Store(home)
        run = store.create_training("skipgram", Dataset.sample(store.uploads_folder, "kjv"), SETTINGS)
        executor.submit(run)
        peak, ended = [warm], threading.Event()
        sampler = threading.Thread(target=sample, args=(peak, ended))
        sampler.start()
        print(f"  ({run.wait(600)})")
        ended.set()
        sampler.join()
    finally:
        executor.close()
    return warm, max(peak)


def sample(found: list[float], ended: threading.Event) -> None:
    while not ended.wait(SAMPLE_S):
        found.append(megabytes(psutil.Process().children(recursive=True)))


def megabytes(processes: list[psutil.Process]) -> float:
    total = 0
    for process in processes:
        try:
            full = process.memory_full_info()
        except psutil.Error:
            continue
        total += getattr(full, "pss", 0) or full.rss
    return total / 1e6


if __name__ == "__main__":
    main()
