"""Skip-gram beside gensim: words a second and held-out loss on the King James text, same settings, threads and text.

    python benchmarks/skipgram_speed.py [SEEDS]

gensim trains from a file (corpus_file), its fastest path. Every 20th verse is held out; the same pairs measure both.
Ours is timed as the app trains, its events and held-out measurements included, and its last vectors are scored, not
those that did best on the held-out pairs. It reads the verses in a shuffled order; what gensim makes of that same
order is printed too. Seeds take turns, so that a busy moment of the machine falls on both;
on a busy machine trust the words a CPU second, which waiting for a core does not touch.
"""

import sys
import tempfile
import time
from collections import Counter

import numpy as np
from gensim.models import Word2Vec

from embedviz.data.reading import read_table
from embedviz.data.samples import SAMPLES
from embedviz.data.splits import Split, SplitMethod
from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.models.words import skipgram
from embedviz.models.words.lock_free import kernel_speed
from embedviz.models.words.prepared import PreparedCorpus
from embedviz.models.words.settings import WordSettings
from embedviz.text.corpus import Corpus
from embedviz.text.tokenizers import words
from embedviz.text.vocabulary import Vocabulary
from embedviz.training.devices import choose

CPU = choose("cpu")  # imports PyTorch, as the worker has done before a training begins
EPOCHS, DIM, WINDOW, NEGATIVES, MIN_COUNT = 5, 100, 5, 5, 5


def main(seeds: int) -> None:
    verses = [words(text.lower()) for text in read_table(SAMPLES["kjv"].path).frame["text"]]
    training, held_out = [v for i, v in enumerate(verses) if i % 20], verses[::20]
    vocabulary = Vocabulary.from_counter(Counter(w for v in training for w in v), MIN_COUNT)
    split = Split.of((np.arange(len(verses)) % 20 == 0).astype(int), method=SplitMethod.BY_UNIT, seed=0)
    parts = coded(training, vocabulary), coded(held_out, vocabulary), np.empty(0, np.int32)
    corpus = Corpus(vocabulary, *parts, split=split, n_tokens=sum(map(len, verses)))
    seen = sum(map(len, training)) * EPOCHS
    noise = vocabulary.counts**0.75
    pairs = HeldOutPairs.draw(corpus.validation, WINDOW, noise / noise.sum(), NEGATIVES, seed=1, max_pairs=100_000)
    kernel_speed(skipgram.train_span)  # compiles it
    for threads in (1, 2):
        rows: dict[str, list] = {"embedviz": [], "gensim": [], "gensim, shuffled": []}
        for seed in range(seeds):
            rows["embedviz"].append(ours_once(corpus, pairs, threads, seed, seen))
            rows["gensim"].append(gensim_once(training, vocabulary, pairs, threads, seed, seen))
            order = np.random.default_rng(seed).permutation(len(training))
            shuffled = [training[i] for i in order]
            rows["gensim, shuffled"].append(gensim_once(shuffled, vocabulary, pairs, threads, seed, seen))
        mean = {name: (*np.median(of, axis=0)[:2], *np.mean(of, axis=0)[2:]) for name, of in rows.items()}
        for name, (speed, a_cpu_second, loss, auc) in mean.items():
            print(
                f"{threads} thread(s) {name:17} {speed:>10,.0f} words/s  {a_cpu_second:>10,.0f} a CPU second", end="  "
            )
            print(f"held-out loss {loss:.3f}  AUC {auc:.3f}")
        ours, gensim = mean["embedviz"], mean["gensim"]
        print(f"{threads} thread(s) ratio {ours[0] / gensim[0]:.2f} x gensim's speed", end=", ")
        print(f"{ours[1] / gensim[1]:.2f} x a CPU second, held-out loss {ours[2] - gensim[2]:+.3f}", end=", ")
        print(f"{ours[2] - mean['gensim, shuffled'][2]:+.3f} beside gensim on shuffled verses", flush=True)


class Clock:
    """Seconds since it was made: on the wall, and spent by all threads of this process."""

    def __init__(self):
        self.begun = time.perf_counter(), time.process_time()

    def read(self) -> tuple[float, float]:
        return time.perf_counter() - self.begun[0], time.process_time() - self.begun[1]


def ours_once(corpus: Corpus, pairs: HeldOutPairs, threads: int, seed: int, seen: int) -> tuple[float, ...]:
    settings = WordSettings.of(dim=DIM, window=WINDOW, negative_samples=NEGATIVES, epochs=EPOCHS, seed=seed)
    clock = Clock()
    learner = PreparedCorpus(corpus, settings, skipgram.engine, work=1.0).learner(settings, CPU, threads)
    for _ in learner.run():
        pass
    wall, busy = clock.read()
    vectors = learner.current()
    scores = pairs.measure(vectors.centre, vectors.context)
    return seen / wall, seen / busy, scores.loss, scores.auc


def gensim_once(training, vocabulary: Vocabulary, pairs: HeldOutPairs, threads: int, seed: int, seen: int):
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as text:
        text.write("\n".join(map(" ".join, training)))
        text.flush()
        model = Word2Vec(sg=1, vector_size=DIM, window=WINDOW, negative=NEGATIVES, min_count=MIN_COUNT, sample=1e-3, workers=threads, seed=seed + 1)  # fmt: skip
        model.build_vocab(corpus_file=text.name)
        clock = Clock()
        model.train(corpus_file=text.name, total_words=seen // EPOCHS, total_examples=len(training), epochs=EPOCHS)
        wall, busy = clock.read()
    order = [model.wv.key_to_index[word] for word in vocabulary.labels]
    scores = pairs.measure(model.wv.vectors[order], model.syn1neg[order])
    return seen / wall, seen / busy, scores.loss, scores.auc


def coded(sentences: list[list[str]], vocabulary: Vocabulary) -> np.ndarray:
    return np.concatenate([np.append(vocabulary.encode(sentence), -1) for sentence in sentences]).astype(np.int32)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
