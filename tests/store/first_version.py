"""Runs as the first version of embedviz left them: its JSON files, written out by hand."""

import json

import numpy as np
from safetensors.numpy import save_file

from embedviz.space import EmbeddingSpace
from embedviz.space.storage import write_space
from embedviz.store.store import Store

ID, MAP_ID = "a" * 32, "b" * 32
TRAINING = {
    "created": 1795681732.37,
    "kind": "training",
    "model": "skipgram",
    "main_space": "word",
    "settings": {"seed": 3, "dim": 4, "epochs": 2, "min_count": 1},
    "columns": {},
    "probes": ["king"],
    "estimate": {"seconds": 2.0, "memory_bytes": 5e8, "detail": ""},
    "id": ID,
    "name": "An old run",
    "owner": "local",
    "data": {
        "source": "upload",
        "file": "t.txt",
        "sha256": "0" * 64,
        "size": 8,
        "id": "c" * 32,
        "title": "t.txt",
        "owner": "local",
        "created": 1795681732.0,
        "options": {},
        "only": [{"space": "word", "keep": True, "labels": 2, "sha256": "1" * 64}],
    },
    "version": "0.1.0",
}
METRICS = {
    "metrics": {"validation/loss": 2.5, "test/loss": 2.6, "baseline/loss": 4.1},
    "record": {
        "estimate": {"seconds": 2.0, "memory_bytes": 5e8, "detail": ""},
        "seconds": 2.94,
        "memory_bytes": 575295488,
        "device": "CPU (x86_64)",
        "threads": 1,
        "protocol": {"split": "by line, seed 3", "training words": 240, "test words": 30},
        "score": "loss",
    },
}
DONE = {
    "state": "done",
    "reason": "",
    "holder": None,
    "queued": 1.0,
    "started": 2.0,
    "ended": 1795681740.38,
    "seconds": 8.0,
}
RUNNING = {**DONE, "state": "running", "holder": {"pid": 1, "started": 5.0}, "ended": 0.0}
MAP = {
    "created": 1795681745.47,
    "kind": "projection",
    "space": "word",
    "settings": {"method": "umap", "n_neighbors": 4, "epochs": 20},
    "ended": 1795681740.38,
    "written": 1795681740380493979,
    "id": MAP_ID,
    "run": ID,
}
BASELINES = {"created": 1795681743.8, "kind": "baselines", "id": f"baselines-{ID}", "run": ID}
REPEATS = {"created": 1795681744.0, "kind": "repeats", "id": f"repeats-seeds-2-{ID}", "run": ID, "over": "seeds", "n": 2, "seed": 3}  # fmt: skip
ROW = {"name": "Majority", "metrics": {"test/loss": 4.0}, "seconds": 0.1, "memory_bytes": 3e8, "note": "", "settings": {}}  # fmt: skip
EVENTS = [
    {"time": 1795681733.0, "message": "Starting"},
    {"time": 1795681734.0, "step": 10, "total_steps": 20, "epoch": 1.0, "loss": 3.1, "message": "Training"},
    {
        "time": 1795681735.0,
        "step": 20,
        "total_steps": 20,
        "epoch": 2.0,
        "loss": 2.7,
        "metrics": {"validation/loss": 2.5},
        "best": True,
    },
]


def write_old_run(status=DONE, **changes):
    """The run with its map, baselines and repeats in the store; changes: to run.json. Its folder."""
    run = Store().runs_folder / ID
    for path, values in {
        "run.json": {**TRAINING, **changes},
        "status.json": status,
        "metrics.json": METRICS,
        f"maps/{MAP_ID}/job.json": MAP,
        f"maps/{MAP_ID}/status.json": DONE,
        f"maps/{MAP_ID}/quality.json": {"trustworthiness": 0.9},
        "baselines/job.json": BASELINES,
        "baselines/status.json": DONE,
        "baselines/baselines.json": {"rows": [ROW]},
        "repeats/seeds-2/job.json": REPEATS,
        "repeats/seeds-2/status.json": DONE,
        "repeats/seed-3.json": {"name": "seed 3", "metrics": {"test/loss": 2.6}, "seconds": 2.9},
        "repeats/seed-4.json": {"name": "seed 4", "metrics": {"test/loss": 2.8}, "seconds": 2.8},
    }.items():
        (run / path).parent.mkdir(parents=True, exist_ok=True)
        (run / path).write_text(json.dumps(values, indent=1))
    (run / "events.jsonl").write_text("".join(json.dumps(event) + "\n" for event in EVENTS))
    vectors = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 0]], np.float32)
    write_space(EmbeddingSpace(["king", "queen", "table"], vectors), run / "spaces", "word")
    coords = {"coords": np.zeros((3, 2), np.float32), "points": np.arange(3)}
    save_file(coords, run / "maps" / MAP_ID / "coords.safetensors")
    return run
