"""Corpora beside gensim: megabytes a second and peak memory from a file of text to encoded ids, on one core.

    python benchmarks/corpora.py [--megabytes 100] [--sizes 6 30 150] [--text brown.txt.gz] [--repeats 3]

The text is made of lines of the King James text and of the file named, in which every other line has a word of its own, so
that the vocabulary grows with it as that of other large texts does. Each figure is of a fresh process bound to one core.
Memory is the peak above what the process held with its libraries loaded and its kernels compiled; ids are 4 bytes a word and 4
for the end of each line. gensim's `build_vocab(corpus_file=...)` splits at blanks and counts; it encodes nothing.
--sizes: seconds a million words for texts of so many megabytes.
"""

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

GOAL_MB_A_SECOND, GOAL_MEMORY, GOAL_FLATNESS = 10, 4, 0.2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--sizes", type=int, nargs="*", default=[])
    parser.add_argument("--text", type=Path, help="lines of text beside the King James text")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(CHILDREN[arguments.child[0]](Path(arguments.child[1]))))
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "text.txt"
        write_text(path, arguments.megabytes, arguments.text)
        runs: dict[str, list[dict]] = {name: [] for name in CHILDREN}
        for _ in range(arguments.repeats):  # they take turns
            for name in CHILDREN:
                runs[name].append(in_child(name, path))
        for name, found in runs.items():
            rates = [path.stat().st_size / 1e6 / run["seconds"] for run in found]
            memory = max(run["memory"] for run in found)
            ids = found[0]["ids"]
            print(
                f"{name:32} {statistics.median(rates):6.1f} MB/s ({min(rates):.1f} to {max(rates):.1f})  peak {memory / 1e6:6.0f} MB,"
                f" {memory / ids:5.2f} x the ids' {ids / 1e6:.0f} MB  {found[0]['what']}"
            )
        ours, gensim = (statistics.median(run["seconds"] for run in runs[name]) for name in ("embedviz", "gensim"))
        print(
            f"{gensim / ours:.1f} x as fast as gensim; aims: {GOAL_MB_A_SECOND} MB/s, {GOAL_MEMORY} x the ids",
            flush=True,
        )
        if arguments.sizes:
            flatness(path, arguments.sizes, arguments.text, arguments.repeats)


def flatness(path: Path, sizes: list[int], text: Path | None, repeats: int) -> None:
    costs = []
    for size in sizes:
        write_text(path, size, text)
        runs = [in_child("embedviz", path) for _ in range(repeats)]
        words = runs[0]["words"]
        costs.append(min(run["seconds"] for run in runs) / words * 1e6)
        print(f"{size:5} MB, {words / 1e6:5.1f} M words: {costs[-1]:.3f} s a million words", flush=True)
    print(f"largest over smallest cost: {max(costs) / min(costs):.2f}; aim {1 + GOAL_FLATNESS:.2f}")


def write_text(path: Path, megabytes: int, text: Path | None) -> None:
    from embedviz.data.reading import read_table
    from embedviz.data.samples import SAMPLES

    rng = random.Random(0)
    lines: list[str] = []
    for source in filter(None, (SAMPLES["kjv"].path, text)):
        lines += read_table(source, unit="line").frame["text"].tolist()
    written = 0
    with open(path, "w", encoding="utf-8") as file:
        while written < megabytes * 1_000_000:
            line = rng.choice(lines)
            if rng.random() < 0.5:
                words = line.split()
                words[rng.randrange(len(words))] += f"x{int(rng.paretovariate(0.6)) % 1_000_000:x}"
                line = " ".join(words)
            written += file.write(line + "\n")


def in_child(name: str, path: Path) -> dict:
    command = [sys.executable, __file__, "--child", name, str(path)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def on_one_core() -> None:
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def ours(path: Path) -> dict:
    """Tokenise, count, split and encode."""
    import psutil

    from embedviz.core.peak_memory import PeakMemory
    from embedviz.data.text_source import TextSource
    from embedviz.text.corpus import build_corpus
    from embedviz.text.tokens import tokenize

    on_one_core()
    with tempfile.TemporaryDirectory() as folder:
        warm = Path(folder) / "warm.txt"
        warm.write_text("the cat sat on the mat\nthe dog sat on the rug\n" * 50, encoding="utf-8")
        for text in (warm, path):
            with open(Path(folder) / f"{text.stem}.npy", "w+b") as file, PeakMemory() as memory:
                held = psutil.Process().memory_info().rss
                memory.take_peak()
                begun = time.perf_counter()
                tokens = finish(tokenize(TextSource.of([text], unit="line"), file=file))
                corpus = build_corpus(tokens, min_count=5)
                seconds, peak = time.perf_counter() - begun, memory.take_peak()
    what = f"{tokens.n_tokens:,} words, {len(tokens.labels):,} distinct, {len(corpus.vocabulary):,} in the vocabulary"
    return {"seconds": seconds, "memory": peak - held, "ids": tokens.ids.nbytes, "words": tokens.n_tokens, "what": what}


def gensims(path: Path) -> dict:
    """Count."""
    import psutil
    from gensim.models import Word2Vec

    from embedviz.core.peak_memory import PeakMemory

    on_one_core()
    with PeakMemory() as memory:
        held = psutil.Process().memory_info().rss
        memory.take_peak()
        begun = time.perf_counter()
        model = Word2Vec(sg=1, min_count=5, vector_size=1, workers=1)
        model.build_vocab(corpus_file=str(path))
        seconds, peak = time.perf_counter() - begun, memory.take_peak()
    ids = 4 * (model.corpus_total_words + model.corpus_count)
    what = f"{model.corpus_total_words:,} words, {len(model.wv):,} in the vocabulary"
    return {"seconds": seconds, "memory": peak - held, "ids": ids, "words": model.corpus_total_words, "what": what}


def finish(steps):
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


CHILDREN = {"embedviz": ours, "gensim": gensims}


if __name__ == "__main__":
    main()
