"""The spec that all algorithms for word vectors share (embedviz.training.protocols.ModelSpec).

An algorithm is one file: its kernels, a function that makes its engine, and a `WordModel` that names them.
"""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any, Generic, TypeVar

import pandas as pd

from embedviz.core.cost import Cost, Machine
from embedviz.core.errors import RunError
from embedviz.core.progress import Progress
from embedviz.data.filtering import filter_numbers, filter_texts
from embedviz.data.folds import Fold
from embedviz.data.reading import Table
from embedviz.data.roles import checked_role
from embedviz.data.splits import training_size
from embedviz.evaluation.held_out_pairs import NOISE_WORDS
from embedviz.models.words.cost import training_cost
from embedviz.models.words.examples import text_space
from embedviz.models.words.held_out import TRAIN_PAIRS, TRAIN_SAMPLE, draw_pairs
from embedviz.models.words.prepared import EngineFactory, PreparedCorpus
from embedviz.models.words.settings import EpochSettings, SamplingSettings, WordSettings
from embedviz.models.words.start_vectors import StartVectors, with_words_of
from embedviz.models.words.trained import WordVectors
from embedviz.space import EmbeddingSpace, SpaceKind
from embedviz.text.cooccurrence import Weighting, count_cooccurrences
from embedviz.text.corpus import build_corpus
from embedviz.text.counts import CorpusCounts, count_tokens
from embedviz.text.phrases import PhraseRule
from embedviz.text.shuffling import shuffled_units
from embedviz.text.tokenizers import tokenizer
from embedviz.text.tokens import Tokens, tokens_of, words_within
from embedviz.training.examples import TEXT_SPACE, draw_examples
from embedviz.training.protocols import Columns
from embedviz.training.pytorch_page import PyTorchPage
from embedviz.training.report import Baseline, Evaluation, Protocol
from embedviz.training.survey import Survey

VALIDATION_PAIRS = 10_000  # held-out pairs that the best vectors are measured on
TEST_PAIRS = 50_000  # measured once, at the end
WELL_KNOWN = ("king", "water", "father", "bread", "music", "city", "money", "woman", "doctor", "team", "film")
MAX_EXAMPLE_RANK = 200  # among the most frequent words, for a word that is offered to be watched
MIN_EXAMPLE_LETTERS = 5  # shorter words are mostly articles and prepositions


S = TypeVar("S", bound=WordSettings)


@dataclass
class WordModel(Generic[S]):
    """A model of word vectors.

    Attributes
    ----------
    name, title, summary
        As code and people call it, and what it learns in a sentence.
    Settings
        Its settings.
    engine
        (prepared, settings, device, threads) -> the engine.
    relative_work
        Settings -> work for a word beside that of skip-gram's defaults, for the estimate of its cost.
    weighting
        How pairs are counted, for an algorithm that learns from counts.
    page
        Address of the function (trained, settings) -> the algorithm in plain PyTorch, as module:name.
    """

    name: str
    title: str
    summary: str
    Settings: type[S]
    engine: EngineFactory
    relative_work: Callable[[Any], float]
    weighting: Weighting | None = None
    page: str = ""
    unit: str = "words"
    roles: Mapping[str, str] = field(default_factory=lambda: {"text": "a column of text"})
    optional_roles: Mapping[str, str] = field(default_factory=dict)
    spaces: Mapping[str, SpaceKind] = field(default_factory=lambda: {"word": "word"})
    identity: str = ""
    max_threads: int | None = None
    reads_corpus: bool = True
    survey_settings: tuple[str, ...] = ("tokenizer", "lowercase", "memory_mb")
    Trained: type[WordVectors] = WordVectors

    def survey(
        self, table: Table, columns: Columns, settings: S, pretrained: EmbeddingSpace | None = None
    ) -> Generator[Progress, None, Survey]:
        """Count the words; the size of every vocabulary follows from what is found."""
        tokens = yield from self._tokens(table, columns, settings)
        counts = count_tokens(tokens)
        sentence = f"The text has {counts.n_tokens:,} words; {counts.n_types:,} are distinct."
        notes = [note for note in (tokens.script_note, tokens.pruning_note) if note]
        return Survey(asdict(counts), [sentence], notes, examples=_examples([word for word, _ in counts.top]))

    def estimate(self, settings: S, survey: Survey, machine: Machine) -> Cost:
        """Return what a training on a surveyed text will take."""
        counts = survey.facts_as(CorpusCounts)
        words, tokens = counts.kept(settings.min_count, settings.max_vocabulary)
        n_training = training_size(tokens, settings.validation_share, settings.test_share)
        return training_cost(settings, words, n_training, counts.n_tokens, self.relative_work(settings), machine)

    def prepare(
        self,
        table: Table,
        columns: Columns,
        settings: S,
        pretrained: EmbeddingSpace | None = None,
        fold: Fold | None = None,
    ) -> Generator[Progress, None, PreparedCorpus]:
        """Split the text by unit and encode it with the vocabulary of its training set."""
        tokens = yield from self._tokens(table, columns, settings)
        yield Progress(message=f"Counting {tokens.n_tokens:,} words")
        corpus = build_corpus(
            tokens,
            min_count=settings.min_count,
            max_vocabulary=settings.max_vocabulary,
            validation_share=settings.validation_share,
            test_share=settings.test_share,
            measure_test=settings.measure_test,
            seed=settings.seed,
            fold=fold,
            phrases=_phrase_rule(settings),
            draw_texts=partial(draw_examples, dim=settings.dim, seed=settings.seed),
        )
        corpus = with_words_of(corpus, pretrained, settings)
        start = None if pretrained is None else StartVectors.of(corpus.vocabulary, pretrained, settings)
        pairs = None
        if self.weighting:
            pairs = yield from count_cooccurrences(
                corpus.train, len(corpus.vocabulary), settings.window, self.weighting
            )
        column = str(columns.get("text", "text"))
        return PreparedCorpus(corpus, settings, self.engine, self.relative_work(settings), pairs, start, column)

    def evaluate(self, trained: WordVectors, prepared: PreparedCorpus) -> Evaluation:
        """Measure loss and AUC on pairs of each part, beside vectors of zeros: they tell no pair from noise.

        A part without pairs is left out.
        """
        s, corpus = prepared.settings, prepared.corpus
        shuffled = shuffled_units(corpus.train, s.seed, TRAIN_SAMPLE)[:TRAIN_SAMPLE]
        parts = {
            "train": draw_pairs(corpus, shuffled, s, s.seed, TRAIN_PAIRS),
            "validation": draw_pairs(corpus, corpus.validation, s, s.seed, VALIDATION_PAIRS),
            "test": draw_pairs(corpus, corpus.test, s, s.seed + 1, TEST_PAIRS),
        }
        metrics: dict[str, float] = {}
        for part, pairs in parts.items():
            if len(pairs):
                scores = pairs.measure(trained.log_probabilities)
                metrics |= {f"{part}/loss": scores.loss, f"{part}/auc": scores.auc}
        metrics["baseline/loss"] = (1 + NOISE_WORDS) * math.log(2)
        metrics["baseline/auc"] = 0.5
        frames = {"phrases": corpus.phrases.frame()} if len(corpus.phrases) else {}
        return Evaluation("loss", metrics, _protocol(prepared), frames)

    def examples(
        self, trained: WordVectors, prepared: PreparedCorpus, table: Table
    ) -> Generator[Progress, None, Mapping[str, EmbeddingSpace]]:
        """Return the texts by the means of the vectors of their words; no space where none holds a known word."""
        if prepared.corpus.texts is None:
            return {}
        yield Progress(message="Placing the texts")
        space = text_space(trained, prepared.corpus, prepared.corpus.texts, table, prepared.column)
        return {space.name: space} if len(space) else {}

    def baselines(self, prepared: PreparedCorpus) -> Sequence[Baseline]:
        """Return no baselines beside the trivial one that `evaluate` gives."""
        return []

    def pytorch_page(self, trained: WordVectors, settings: S) -> PyTorchPage:
        """Return the tables, neighbours and loss in plain PyTorch (embedviz.training.protocols.PyTorchSpec)."""
        if not self.page:
            raise RunError(f"The algorithm {self.name!r} has no page of plain PyTorch.")
        module, function = self.page.split(":")
        return getattr(importlib.import_module(module), function)(trained, settings)

    def filters_by(self, space: str) -> bool:
        """Return whether a text can be filtered by the labels of this space."""
        return space in self.spaces or space == TEXT_SPACE

    def filter_rows(
        self, frame: pd.DataFrame, columns: Columns, settings: S, space: str, labels: list[str], keep: bool
    ) -> pd.DataFrame:
        """Return the texts made of the chosen words alone (`keep`), or of all others; or some of the texts, or all others."""
        if space == TEXT_SPACE:
            return filter_numbers(frame, labels, keep)
        split = tokenizer(settings.tokenizer, settings.lowercase)
        return filter_texts(frame, str(columns.get("text", "text")), split, labels, keep)

    @staticmethod
    def _tokens(table: Table, columns: Columns, settings: WordSettings) -> Generator[Progress, None, Tokens]:
        column = checked_role(table.frame, "text", str(columns.get("text", "text")))
        max_words = words_within(settings.memory_mb * 1_000_000)
        return (yield from tokens_of(table, column, settings.tokenizer, settings.lowercase, max_words))


def _phrase_rule(settings: WordSettings) -> PhraseRule | None:
    if not settings.phrases:
        return None
    memory = settings.memory_mb * 1_000_000
    return PhraseRule(settings.phrases, settings.phrase_threshold, settings.phrase_min_count, memory)


def _protocol(prepared: PreparedCorpus) -> Protocol:
    c, s = prepared.corpus, prepared.settings
    sizes: dict[str, int] = {**c.sizes}
    details = {
        "words_in_the_text": c.n_tokens,
        "vocabulary": len(c.vocabulary),
        "window": s.window,
    }
    if isinstance(s, EpochSettings):
        details["epochs"] = s.epochs_for(sizes["train"])
    if isinstance(s, SamplingSettings):
        details["negative_samples"] = s.negative_samples
    if prepared.start is not None:
        details["words_with_a_vector_to_start_from"] = len(prepared.start.rows)
    if s.phrases:
        details["phrases"] = len(c.phrases)
    fold = (c.split.fold.number, c.split.fold.of) if c.split.fold else None
    return Protocol(c.split.method, c.split.seed, "words", sizes, fold, details)


def _examples(frequent: list[str], n: int = 4) -> list[str]:
    """Return well-known words where they are frequent enough; else words long enough to mean something, spread over the list."""
    known = [word for word in WELL_KNOWN if word in frequent]
    words = [
        word
        for word in frequent[:MAX_EXAMPLE_RANK]
        if len(word) >= MIN_EXAMPLE_LETTERS and word.isalpha() and word not in known
    ]
    return [*known, *words[:: max(1, len(words) // n)]][:n]
