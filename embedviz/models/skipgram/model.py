"""Skip-gram with negative sampling: a word's vector learns to tell the words around it from words drawn at random.

Mikolov, Sutskever, Chen, Corrado and Dean 2013, "Distributed representations of words and phrases" (NIPS), section 2:
negative sampling (2.2), sub-sampling of frequent words (2.3), noise from unigram counts to the power of 3/4.
Two engines do the work: cpu (compiled, lock-free threads) and gpu (batched PyTorch).
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import pandas as pd

from embedviz.core.cost import Cost
from embedviz.core.errors import SettingsError
from embedviz.core.progress import Progress
from embedviz.data.filtering import texts_with
from embedviz.data.roles import checked_role
from embedviz.evaluation.held_out_pairs import HeldOutPairs
from embedviz.models.skipgram.settings import SkipgramSettings
from embedviz.space import EmbeddingSpace
from embedviz.text.corpus import Corpus, build_corpus
from embedviz.text.counts import CorpusCounts, count_corpus
from embedviz.text.tokenizers import tokenizer
from embedviz.training.survey import Survey

if TYPE_CHECKING:
    from embedviz.data.reading import Table
    from embedviz.data.splits import Fold
    from embedviz.models.contract import Columns
    from embedviz.training.devices import Device

WORDS_TO_SEE = 15_000_000  # a small text is read again until about so many words were seen
SLOW_MACHINE = 1_500_000.0  # words a second at 100 dimensions, window 5, 5 noise words, before the machine was measured
BUSY = 0.55  # of the measured speed is left beside pages, events, measuring and a text that is no made-up one
LIBRARIES = 480e6  # bytes that a worker holds before it has read anything
MEASURE_EVERY = 1_000_000  # tokens at most between two held-out measurements, a twelfth of the training at most
CURVE_PAIRS = 10_000  # held-out pairs measured each time
TRAIN_PAIRS = 4_000  # pairs of the training text measured with them
TEST_PAIRS = 50_000  # pairs measured once, at the end
WELL_KNOWN = ("king", "water", "father", "bread", "music", "city", "money", "woman", "doctor", "team", "film")
SPREAD_OVER = 200  # of the most frequent words
LETTERS = 5  # of a word that is offered to be watched: shorter ones are mostly articles and prepositions
TRAIN_SAMPLE = 200_000  # tokens of the training text that its pairs are drawn from


def default_epochs(n_tokens: int) -> int:
    """Epochs by the text's size: about 15 M words in all, 5 to 200 epochs. King James (0.79 M words): 19."""
    return int(np.clip(round(WORDS_TO_SEE / max(1, n_tokens)), 5, 200))


def shuffled_units(tokens: np.ndarray, seed: int) -> np.ndarray:
    """tokens (T,), -1 after each unit, with the units in an order drawn from the seed."""
    ends = np.flatnonzero(tokens < 0) + 1
    starts = np.r_[0, ends[:-1]]
    order = np.random.default_rng(seed).permutation(len(ends))
    lengths = (ends - starts)[order]
    places = np.cumsum(lengths) - lengths
    return tokens[np.repeat(starts[order] - places, lengths) + np.arange(ends[-1])]


def _telling(frequent: list[str], most: int = 4) -> list[str]:
    """Well-known words where they are frequent enough; else words long enough to mean something, spread over the list."""
    known = [word for word in WELL_KNOWN if word in frequent]
    words = [word for word in frequent[:SPREAD_OVER] if len(word) >= LETTERS and word.isalpha() and word not in known]
    return [*known, *words[:: max(1, len(words) // most)]][:most]


class Skipgram:
    """The model of the registry (embedviz.models.contract).

    The full schedule is always run, and the best moment by held-out loss is kept, so nothing ends worse than the full
    schedule. A rule that stops early would: under a falling learning rate the held-out loss wobbles up on its way
    down (King James: three times between 2.90 and 2.60), and what a rule with patience saves is little, because a
    text small enough to overfit is read in seconds. A person's Stop keeps the best so far.

    The units are read in one shuffled order. In the text's own order the vectors drift with it: on the King James
    text (5 epochs, the last book read last) the held-out loss is 0.07 higher.
    """

    name: ClassVar[str] = "skipgram"
    title: ClassVar[str] = "Word vectors (skip-gram)"
    summary: ClassVar[str] = "Learns a vector for each word from the words around it. Words used alike end up near."
    roles: ClassVar[dict[str, str]] = {"text": "a column of text"}
    optional_roles: ClassVar[dict[str, str]] = {}
    survey_settings: ClassVar[tuple[str, ...]] = ("tokenizer", "lowercase")
    score: ClassVar[str] = "loss"
    unit: ClassVar[str] = "words"
    max_threads: ClassVar[int | None] = None
    main_space: ClassVar[str] = "word"
    identity: ClassVar[str] = ""
    Settings: ClassVar[type[SkipgramSettings]] = SkipgramSettings

    def __init__(self, settings: SkipgramSettings):
        self.settings = settings
        self.corpus: Corpus | None = None
        self._position: dict[str, Any] = {}
        self._best_loss: float | None = None

    def survey(self, table: Table, columns: Columns) -> Iterator[Progress | Survey]:
        """Counts the words; every vocabulary can be worked out from what it finds."""
        for step in count_corpus(self._texts(table, columns), self.settings.tokenizer, self.settings.lowercase):
            if isinstance(step, CorpusCounts):
                sentence = f"{step.n_tokens:,} words of text, {step.n_types:,} of them different."
                notes = [step.script_note] if step.script_note else []
                yield Survey(step.as_dict(), [sentence], notes, examples=_telling([word for word, _ in step.top]))
            else:
                yield step

    def prepare(self, table: Table, columns: Columns, fold: Fold | None = None) -> Iterator[Progress]:
        """Splits and counts the text column. Errors of the vocabulary are DataErrors."""
        s = self.settings
        texts = self._texts(table, columns)
        steps = build_corpus(
            texts,
            tokenizer_name=s.tokenizer,
            lowercase=s.lowercase,
            min_count=s.min_count,
            max_vocabulary=s.max_vocabulary,
            validation_share=s.validation_share,
            test_share=s.test_share,
            seed=s.seed,
            fold=fold,
        )
        for step in steps:
            if isinstance(step, Corpus):
                self.take(step)
            else:
                yield step

    @staticmethod
    def _texts(table: Table, columns: Columns) -> pd.Series:
        column = checked_role(table.frame, "text", columns.get("text", "text"))
        return table.frame[column].dropna().astype(str)

    def take(self, corpus: Corpus) -> None:
        """Starts from this corpus: noise and sub-sampling from its counts, new vectors, held-out pairs."""
        s = self.settings
        self.corpus = corpus
        counts = corpus.vocabulary.counts.astype(np.float64)
        noise = counts**s.noise_power
        self.noise = noise / noise.sum()
        share = counts / counts.sum()
        self.keep = np.ones(len(counts), np.float32)
        if s.subsample:
            # Among a few dozen words each is more frequent than any usual threshold, and little would be left to learn from.
            threshold = max(s.subsample, 1 / len(counts))
            self.keep = np.minimum(1, np.sqrt(threshold / share) + threshold / share).astype(np.float32)
        self.epochs = s.epochs or default_epochs(int((corpus.train >= 0).sum()))
        self.tokens = shuffled_units(corpus.train, s.seed)
        # entry [w, d]: W centre vectors, which become the space; C context vectors, which only training needs
        self.W = ((np.random.default_rng(s.seed).random((len(counts), s.dim)) - 0.5) * 2 / s.dim).astype(np.float32)
        self.C = np.zeros_like(self.W)
        self.squares_W, self.squares_C = np.zeros((2, len(counts)), np.float32)
        self.best_W, self.best_C = self.W.copy(), self.C.copy()
        self._position, self._best_loss = {}, None
        self.validation = self._pairs(corpus.validation, s.seed, CURVE_PAIRS)
        self._train_sample = self._pairs(self.tokens[:TRAIN_SAMPLE], s.seed, TRAIN_PAIRS)

    def _pairs(self, tokens: np.ndarray, seed: int, most: int) -> HeldOutPairs:
        return HeldOutPairs.draw(tokens, self.settings.window, self.noise, self.settings.negative_samples, seed, most)

    def fit(self, device: Device, threads: int) -> Iterator[Progress]:
        """Runs the whole schedule; an event about every 0.2 s, with figures on the same pairs of held-out and of
        training text at fixed places of the schedule. SettingsError when the learning rate throws the vectors out of
        all bounds."""
        if device.kind == "cpu":
            from embedviz.models.skipgram.cpu import CpuEngine

            engine = CpuEngine(self, 1 if self.settings.deterministic else threads)
        else:
            from embedviz.models.skipgram.gpu import GpuEngine

            engine = GpuEngine(self, device.name)
        if self._position:
            engine.position = self._position
        total = self.epochs * len(self.tokens)
        words_a_token = float((self.tokens >= 0).mean())
        every = max(1, min(MEASURE_EVERY, total // 12))
        begun, first = time.perf_counter(), engine.done
        while engine.done < total:
            due = min(total, (engine.done // every + 1) * every)
            loss = engine.advance(due)
            self._position = engine.position
            metrics, best = {}, False
            if engine.done >= due:
                engine.fetch()
                metrics = self._measured()
                best = self._keep_if_best(metrics.get("validation/loss"))
            speed = (engine.done - first) / (time.perf_counter() - begun)
            yield Progress(
                step=int(engine.done * words_a_token),
                total_steps=int(total * words_a_token),
                epoch=engine.done / len(self.tokens),
                loss=loss,
                metrics=metrics,
                examples_per_second=speed * words_a_token,
                seconds_left=(total - engine.done) / speed,
                message="Training",
                best=best,
            )

    def _measured(self) -> dict[str, float]:
        self._check_bounds()
        measured = {"train": self._train_sample, "validation": self.validation}
        scores = {part: pairs.measure(self.W, self.C) for part, pairs in measured.items() if len(pairs)}
        return {f"{p}/loss": s.loss for p, s in scores.items()} | {f"{p}/auc": s.auc for p, s in scores.items()}

    def _check_bounds(self) -> None:
        if not (np.isfinite(self.W).all() and np.isfinite(self.C).all()):
            raise SettingsError(
                f"The vectors grew past all bounds at a learning rate of {self.settings.learning_rate:g}. "
                f"Take a lower one; 0.025 is usual."
            )

    def _keep_if_best(self, loss: float | None) -> bool:
        """Keeps the current vectors when their held-out loss is the lowest, or when none could be measured."""
        if loss is not None and self._best_loss is not None and loss >= self._best_loss:
            return False
        self._best_loss = loss
        np.copyto(self.best_W, self.W)
        np.copyto(self.best_C, self.C)
        return True

    def _settle(self) -> None:
        """Before the first measurement the current vectors are the best there are."""
        if self._best_loss is None:
            self._check_bounds()
            np.copyto(self.best_W, self.W)
            np.copyto(self.best_C, self.C)

    def evaluate(self) -> dict[str, float]:
        """Loss and AUC of the best vectors on each part, and the loss of vectors that know nothing. "test/…" is left out
        where no text was kept for it."""
        s = self.settings
        self._settle()
        parts = {
            "train": self._train_sample,
            "validation": self.validation,
            "test": self._pairs(self.corpus.test, s.seed + 1, TEST_PAIRS),
        }
        metrics = {}
        for part, pairs in parts.items():
            if len(pairs):
                scores = pairs.measure(self.best_W, self.best_C)
                metrics |= {f"{part}/loss": scores.loss, f"{part}/auc": scores.auc}
        metrics["baseline/loss"] = (1 + s.negative_samples) * math.log(2)
        metrics["baseline/auc"] = 0.5
        return metrics

    def protocol(self) -> dict[str, Any]:
        """How the scores were made."""
        c, s = self.corpus, self.settings
        return {
            "split": f"by unit, seed {s.seed}",
            "training words": int((c.train >= 0).sum()),
            "validation words": int((c.validation >= 0).sum()),
            "test words": int((c.test >= 0).sum()),
            "words in the text": c.n_tokens,
            "vocabulary": len(c.vocabulary),
            "epochs": self.epochs,
            "score": f"true pairs up to {s.window} words apart against {s.negative_samples} noise words each",
        }

    def spaces(self, best: bool = True) -> dict[str, EmbeddingSpace]:
        """ "word": the centre vectors, with the count of each word in the training part."""
        vocabulary = self.corpus.vocabulary
        if best:
            self._settle()
        else:
            self._check_bounds()
        vectors = self.best_W if best else self.W
        return {"word": EmbeddingSpace(vocabulary.labels, vectors, pd.DataFrame({"count": vocabulary.counts}), "word")}

    def weights(self) -> dict[str, np.ndarray]:
        self._settle()
        return {"centre": self.best_W, "context": self.best_C}

    @classmethod
    def narrows_by(cls, space: str) -> bool:
        return space == "word"

    @classmethod
    def narrow(
        cls,
        frame: pd.DataFrame,
        columns: Columns,
        settings: SkipgramSettings,
        space: str,
        labels: list[str],
        keep: bool,
    ) -> pd.DataFrame:
        split = tokenizer(settings.tokenizer, settings.lowercase)
        return texts_with(frame, columns.get("text", "text"), split, labels, keep)

    def state(self) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
        """The current and the best weights, Adagrad's sums, and the place in the text with its random state."""
        arrays = {"W": self.W, "C": self.C, "best_W": self.best_W, "best_C": self.best_C}
        arrays |= {"squares_W": self.squares_W, "squares_C": self.squares_C}
        return arrays, {"position": self._position, "best_loss": self._best_loss}

    def restore(self, arrays: dict[str, np.ndarray], values: dict[str, Any]) -> None:
        for name, array in arrays.items():
            np.copyto(getattr(self, name), array)
        self._position = values["position"]
        self._best_loss = values["best_loss"]

    @classmethod
    def estimate(cls, settings: SkipgramSettings, survey: Survey, machine: dict[str, Any]) -> Cost:
        """What a training on this text will take; machine: "speed" and "threads" where they are known."""
        counts = CorpusCounts.from_dict(survey.facts)
        words, tokens = counts.kept(settings.min_count, settings.max_vocabulary)
        kept = tokens * (1 - settings.validation_share - settings.test_share)
        return cls._cost(settings, words, int(kept), counts.n_tokens, machine)

    def cost(self, device: Device, threads: int) -> Cost:
        """What the fit ahead will take, once the text is prepared."""
        machine = {"threads": threads}
        if device.kind == "cpu":
            from embedviz.models.skipgram.cpu import measure_speed

            machine["speed"] = measure_speed()
        kept = int((self.corpus.train >= 0).sum())
        return self._cost(self.settings, len(self.corpus.vocabulary), kept, self.corpus.n_tokens, machine)

    @staticmethod
    def _cost(s: SkipgramSettings, words: int, kept: int, n_tokens: int, machine: dict[str, Any]) -> Cost:
        """Words to see over the machine's measured speed, which falls with dimensions, window and noise words; memory
        for six arrays of the vocabulary's size, four bytes a word of text three times over, and the library."""
        work = (0.15 + 0.85 * s.dim / 100) * (s.window + 1 + 2 * s.negative_samples) / 16
        if s.optimizer == "adagrad":
            work *= 1.5
        speed = machine.get("speed") or SLOW_MACHINE
        threads = 1 if s.deterministic else max(1, s.threads or machine.get("threads", 2))
        epochs = s.epochs or default_epochs(kept)
        seconds = epochs * kept * work / (BUSY * speed * threads**0.7) + n_tokens / 1.5e6 + 0.5
        detail = f"{words:,} words are frequent enough for a vector"
        return Cost(seconds, 6 * words * s.dim * 4 + 14 * n_tokens + LIBRARIES, detail)
