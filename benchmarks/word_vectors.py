"""Word vectors beside gensim and the original GloVe: words a second, held-out loss, and quality on published sets.

    python benchmarks/word_vectors.py [--repeats N] [--brown FILE] [--glove FOLDER] [--words M ...]

Speed: the King James text, every 20th verse held out, verses in the same random order for both; 100 dimensions, window 5, 5 negative
samples, 5 epochs, learning rate and sub-sampling as gensim's defaults, minimum count 5. gensim trains from a file (corpus_file), its
fastest path. Ours is timed as the app trains, held-out measurements included; the last vectors of both are scored by the same
pairs. Ours and the peer take turns; medians. --words: files of M million words (made_text.py), from the file to the vectors, one
epoch, and the memory of ours with a large vocabulary. --brown:
quality on the Brown corpus (5 epochs), by the sets in gensim's wheel. --glove: a folder with the original's vocab_count, cooccur, shuffle
and glove, compiled: seconds and loss on the same text.
"""

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import gensim
import numpy as np
from gensim.models import FastText, Word2Vec
from made_text import king_james, write_text

from embedviz.core.generators import result_of
from embedviz.data.reading import read_table
from embedviz.data.splits import Split, SplitMethod
from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.evaluation.word_sets import read_word_set
from embedviz.models import model_spec
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.trained import WordVectors
from embedviz.space import EmbeddingSpace
from embedviz.text.cooccurrence import count_cooccurrences
from embedviz.text.corpus import Corpus
from embedviz.text.vocabulary import Vocabulary
from embedviz.training.devices import choose

CPU = choose("cpu")  # imports PyTorch, as the worker has done before a training begins
EPOCHS, DIM, WINDOW, NEGATIVES, MIN_COUNT = 5, 100, 5, 5, 5
RATES = {"skipgram": 0.025, "cbow": 0.025, "fasttext": 0.025}  # gensim's default of each
SETS = Path(gensim.__file__).parent / "test" / "test_data"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--brown", type=Path)
    parser.add_argument("--glove", type=Path)
    parser.add_argument("--words", type=float, nargs="*", default=[])
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        print(json.dumps(train_file(arguments.child[0], *map(int, arguments.child[1:]))))
        return
    print(processor(), flush=True)
    verses = king_james()
    training, held_out = [v for i, v in enumerate(verses) if i % 20], verses[::20]
    training = [training[i] for i in np.random.default_rng(0).permutation(len(training))]
    vocabulary = Vocabulary.from_counter(Counter(w for v in training for w in v), MIN_COUNT)
    split = Split.of((np.arange(len(verses)) % 20 == 0).astype(int), method=SplitMethod.BY_UNIT, seed=0)
    parts = coded(training, vocabulary), coded(held_out, vocabulary), np.empty(0, np.int32)
    corpus = Corpus(vocabulary, *parts, split=split, n_tokens=sum(map(len, verses)))
    for name in RATES:
        for threads in (1, 2):
            speed(name, training, corpus, threads, arguments.repeats)
    glove(corpus, training, arguments.glove)
    if arguments.words:
        end_to_end([int(millions * 1e6) for millions in arguments.words])
        large_vocabulary()
    if arguments.brown:
        quality(arguments.brown)


def speed(name: str, training: list[list[str]], corpus: Corpus, threads: int, repeats: int) -> None:
    seen = sum(map(len, training)) * EPOCHS
    draw = HeldOutPairs.draw_windows if name == "cbow" else HeldOutPairs.draw  # CBOW predicts from whole windows
    pairs = draw(corpus.validation, WINDOW, corpus.vocabulary.counts, 1, 100_000)
    rows: dict[str, list[tuple[float, float, float]]] = {"embedviz": [], "gensim": []}
    ours_once(name, corpus, pairs, threads, 0, seen)  # compiles the kernel
    for seed in range(repeats):
        rows["embedviz"].append(ours_once(name, corpus, pairs, threads, seed, seen))
        rows["gensim"].append(gensim_once(name, training, corpus.vocabulary, pairs, threads, seed, seen))
    ours, peer = (np.median(of, axis=0) for of in rows.values())
    print(
        f"{name:9} {threads} thread(s)  ours {ours[0] / 1e6:.2f}  gensim {peer[0] / 1e6:.2f} M words/s: {ours[0] / peer[0]:.1f} x"
        f"   held-out loss {ours[1]:.3f} and {peer[1]:.3f}, AUC {ours[2]:.3f} and {peer[2]:.3f}",
        flush=True,
    )


def ours_once(name, corpus: Corpus, pairs: HeldOutPairs, threads: int, seed: int, seen: int):
    spec = model_spec(name)
    settings = spec.Settings.of(
        dim=DIM, window=WINDOW, negative_samples=NEGATIVES, epochs=EPOCHS, seed=seed, learning_rate=RATES[name], subsample=1e-3,
        **({"context_gradient": "whole"} if name == "cbow" else {}),
    )  # fmt: skip
    begun = time.perf_counter()
    learner = PreparedCorpus(corpus, settings, spec.engine, 1.0).learner(settings, CPU, threads)
    for _ in learner.run():
        pass
    took = time.perf_counter() - begun
    trained = learner.current()
    scores = pairs.measure(log_probabilities(trained.centre, trained.context, corpus.vocabulary))
    return seen / took, scores.loss, scores.auc


def gensim_once(name, training, vocabulary: Vocabulary, pairs: HeldOutPairs, threads: int, seed: int, seen: int):
    common = {"vector_size": DIM, "window": WINDOW, "negative": NEGATIVES, "min_count": MIN_COUNT, "sample": 1e-3}
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n".join(map(" ".join, training)))
        text.flush()
        if name == "fasttext":
            model = FastText(sg=1, workers=threads, seed=seed + 1, bucket=500_000, **common)
        else:
            model = Word2Vec(sg=int(name == "skipgram"), workers=threads, seed=seed + 1, **common)
        model.build_vocab(corpus_file=text.name)
        begun = time.perf_counter()
        model.train(corpus_file=text.name, total_words=seen // EPOCHS, total_examples=len(training), epochs=EPOCHS)
        took = time.perf_counter() - begun
    order = [model.wv.key_to_index[word] for word in vocabulary.labels]
    scores = pairs.measure(log_probabilities(model.wv.vectors[order], model.syn1neg[order], vocabulary))
    return seen / took, scores.loss, scores.auc


def log_probabilities(W: np.ndarray, C: np.ndarray, vocabulary: Vocabulary):
    """What products of vectors say of P(context | word) after negative sampling; the same for both."""
    noise = vocabulary.counts**0.75 / (vocabulary.counts**0.75).sum()
    odds = np.log(NEGATIVES * noise).astype(np.float32)
    return WordVectors(vocabulary.labels, vocabulary.counts, W, C, context_bias=odds).log_probabilities


def glove(corpus: Corpus, training: list[list[str]], original: Path | None) -> None:
    """Our counts and training beside five epochs of skip-gram, and beside the original."""
    spec = model_spec("glove")
    settings = spec.Settings.of(dim=DIM, window=WINDOW, epochs=EPOCHS, x_max=100.0)
    for _ in range(2):  # the first compiles
        begun = time.perf_counter()
        counts = result_of(count_cooccurrences(corpus.train, len(corpus.vocabulary), WINDOW))
        learner = PreparedCorpus(corpus, settings, spec.engine, 1.0, counts).learner(settings, CPU, 1)
        for _ in learner.run():
            pass
        took = time.perf_counter() - begun
    skipgram = model_spec("skipgram")
    settings = skipgram.Settings.of(dim=DIM, window=WINDOW, negative_samples=NEGATIVES, epochs=EPOCHS)
    begun = time.perf_counter()
    for _ in PreparedCorpus(corpus, settings, skipgram.engine, 1.0).learner(settings, CPU, 1).run():
        pass
    print(f"glove, counts and {EPOCHS} epochs {took:.2f} s, skip-gram {time.perf_counter() - begun:.2f} s (1 thread)")
    for epochs in (EPOCHS, 25):
        settings = spec.Settings.of(dim=DIM, window=WINDOW, epochs=epochs, x_max=100.0)
        learner = PreparedCorpus(corpus, settings, spec.engine, 1.0, counts).learner(settings, CPU, 1)
        events = [(event.epoch, event.loss) for event in learner.run() if event.loss is not None]
        ours = float(np.mean([loss for epoch, loss in events if epoch > epochs - 1]))
        if original:
            theirs, seconds = original_glove(original, training, corpus.vocabulary, epochs)
            print(
                f"glove, loss of the last of {epochs} epochs: ours {ours:.5f}, original {theirs:.5f} ({seconds:.1f} s): {ours / theirs - 1:+.2%}"
            )
        else:
            print(f"glove, loss of the last of {epochs} epochs: {ours:.5f}")


def original_glove(folder: Path, training: list[list[str]], vocabulary: Vocabulary, epochs: int) -> tuple[float, float]:
    known = set(vocabulary.labels)
    with tempfile.TemporaryDirectory() as place:
        # words that are not in the vocabulary are left out beforehand, as ours are
        lines = [" ".join(word for word in verse if word in known) for verse in training]
        Path(place, "text").write_text("\n".join(line for line in lines if line) + "\n")
        run = lambda command: subprocess.run(command, shell=True, cwd=place, capture_output=True, text=True, check=True)  # noqa: E731
        run(f"{folder}/vocab_count -min-count 1 < text > vocab")
        run(f"{folder}/cooccur -window-size {WINDOW} -vocab-file vocab -memory 1 < text > counts")
        run(f"{folder}/shuffle -memory 1 < counts > shuffled")
        begun = time.perf_counter()
        done = run(
            f"{folder}/glove -input-file shuffled -vocab-file vocab -save-file out -vector-size {DIM} -iter {epochs} -x-max 100 "
            f"-eta 0.05 -alpha 0.75 -threads 1 -binary 0"
        )
        seconds = time.perf_counter() - begun
    return float(re.findall(r"cost: ([\d.]+)", done.stdout + done.stderr)[-1]), seconds


def end_to_end(sizes: list[int]) -> None:
    """From a file of text to vectors: ours in a process of its own, gensim from corpus_file."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    with tempfile.TemporaryDirectory() as place:
        path = str(Path(place, "text.txt"))
        for n_words in sizes:
            write_text(path, n_words)
            for threads in seconds:
                ours = in_child(path, threads)["seconds"]
                begun = time.perf_counter()
                Word2Vec(corpus_file=path, sg=1, vector_size=DIM, negative=NEGATIVES, workers=threads, window=WINDOW, min_count=MIN_COUNT, epochs=1)  # fmt: skip
                peer = time.perf_counter() - begun
                seconds[threads].append(ours / n_words * 1e6)
                print(
                    f"{n_words / 1e6:g} M words, file to vectors, {threads} thread(s): ours {ours:.1f} s, gensim {peer:.1f} s: "
                    f"{peer / ours:.1f} x; {seconds[threads][-1]:.3f} s a million words",
                    flush=True,
                )
    for threads, costs in seconds.items():
        print(f"{threads} thread(s): largest over smallest seconds a word {max(costs) / min(costs):.2f}")


def large_vocabulary() -> None:
    """Memory of a training whose tables are large: 4 M words of Zipf's distribution, all kept."""
    rng = np.random.default_rng(0)
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        for _ in range(40):
            file.writelines(" ".join(f"w{x}" for x in row) + "\n" for row in rng.zipf(1.15, (4000, 25)) % 400_000)
        file.flush()
        ours = in_child(file.name, 2, min_count=1)
    print(
        f"vocabulary of {ours['words']:,}: in training {ours['memory'] / 1e6:.0f} MB above the libraries', "
        f"{ours['memory'] / ours['tables']:.2f} x two tables of float32 ({ours['tables'] / 1e6:.0f} MB)"
    )


def in_child(path: str, threads: int, min_count: int = MIN_COUNT) -> dict[str, float]:
    command = [sys.executable, __file__, "--child", path, str(threads), str(min_count)]
    return json.loads(subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.splitlines()[-1])


def train_file(path: str, threads: int, min_count: int) -> dict[str, float]:
    """Train skip-gram on a file, after a small text has loaded the libraries; its seconds, and memory once it trains."""
    import embedviz as ev

    with tempfile.TemporaryDirectory() as place:
        os.environ["EMBEDVIZ_HOME"] = str(Path(place, "home"))
        small = Path(place, "small.txt")
        small.write_text("\n".join(" ".join(verse) for verse in king_james()[:2000]))
        settings = {"dim": DIM, "negative_samples": NEGATIVES, "window": WINDOW, "epochs": 1, "learning_rate": 0.025}
        settings |= {"subsample": 1e-3, "threads": threads, "min_count": min_count, "max_vocabulary": 1_000_000}
        ev.train("skipgram", [str(small)], **settings)
        held, samples, trained = memory(), [], []
        watching = threading.Event()

        def sample() -> None:
            while not watching.wait(0.01):
                samples.append((time.perf_counter(), memory()))

        def on_progress(progress) -> None:
            if "validation/loss" in progress.metrics:
                trained.append(time.perf_counter())

        threading.Thread(target=sample).start()
        begun = time.perf_counter()
        run = ev.train("skipgram", [path], on_progress=on_progress, **settings)
        took, n_words = time.perf_counter() - begun, len(run.spaces["word"])
        watching.set()
        peak = max(held for at, held in samples if trained[0] <= at <= trained[-2])  # between the measurements
        return {"seconds": took, "memory": peak - held, "words": n_words, "tables": 2 * 4 * n_words * DIM}


def memory() -> int:
    """Bytes of this process that are its own: what is mapped from files can be let go at any time."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


def quality(path: Path) -> None:
    """Our defaults, 5 epochs, two seeds, on the Brown corpus; two threads."""
    table = read_table(path)
    sets = {name: read_word_set(SETS / file) for name, file in (("WordSim", "wordsim353.tsv"), ("SimLex", "simlex999.txt"), ("analogies", "questions-words.txt"))}  # fmt: skip
    for name in ("skipgram", "cbow", "fasttext", "glove", "ppmi_svd"):
        scores = []
        for seed in (0, 1):
            spec = model_spec(name)
            values = {"epochs": EPOCHS} if name in RATES else {}
            settings = spec.Settings.of(dim=DIM, window=WINDOW, min_count=MIN_COUNT, validation_share=0.01, test_share=0, seed=seed, **values)  # fmt: skip
            prepared = result_of(spec.prepare(table, {"text": "text"}, settings))
            begun = time.perf_counter()
            learner = prepared.learner(settings, CPU, 2)
            for _ in learner.run():
                pass
            seconds = time.perf_counter() - begun
            scores.append((*scored(learner.current().spaces()["word"], sets), seconds))
        row = np.mean(scores, axis=0)
        print(
            f"Brown, {name:9} WordSim-353 {row[0]:.3f}  SimLex-999 {row[1]:.3f}  analogies: semantic {row[2]:.0f} of {row[3]:.0f}, "
            f"syntactic {row[4]:.0f} of {row[5]:.0f}  ({row[6]:.1f} s)",
            flush=True,
        )


def scored(space: EmbeddingSpace, sets) -> tuple[float, ...]:
    similarity, simlex = (sets[name](space, intervals=False).score for name in ("WordSim", "SimLex"))
    sections = sets["analogies"](space, intervals=False).sections
    counts = []
    for group in ("semantic", "syntactic"):
        own = sections[(sections["group"] == group) & (sections["answered"] > 0)]
        counts += [(own["accuracy"] * own["answered"]).sum(), own["answered"].sum()]
    return similarity, simlex, *counts


def coded(sentences: list[list[str]], vocabulary: Vocabulary) -> np.ndarray:
    return np.concatenate([np.append(vocabulary.encode(sentence), -1) for sentence in sentences]).astype(np.int32)


def processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            return f"{line.split(':')[1].strip()}, {os.cpu_count()} cores"
    return platform.processor() or platform.machine()


if __name__ == "__main__":
    main()
