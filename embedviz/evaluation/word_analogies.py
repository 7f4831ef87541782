"""Word analogies: how often the expected word completes a is to b as c is to ..., by two formulas.

Mikolov, Chen, Corrado and Dean 2013 (Google's set, 3CosAdd); Levy and Goldberg 2014 (3CosMul). Letters: Q questions.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

import numpy as np
import pandas as pd

from embedviz.core.errors import DataError, SettingsError
from embedviz.core.generators import result_of
from embedviz.core.progress import Progress
from embedviz.evaluation.analogy_ranks import AnalogyRanks, analogy_ranks
from embedviz.evaluation.rank_correlation import percentile_interval, resampled_mean
from embedviz.evaluation.word_lookup import WordLookup, look_up
from embedviz.evaluation.word_vector_scores import KNOWN, UNKNOWN, WITH_COMPOSED, SetKind, WordVectorScores
from embedviz.space import EmbeddingSpace

Question: TypeAlias = tuple[str, str, str, str]
DEFAULT_MOST_FREQUENT = 300_000  # as in gensim, so that scores can be compared
SYNTACTIC = "gram"  # begins the names of Google's syntactic sections
MIN_CLUSTERS = 3  # different first pairs, from which an interval is given


@dataclass(frozen=True)
class AnalogySection:
    """Questions of one kind. name: of the section; empty in a file without sections."""

    name: str
    questions: tuple[Question, ...]

    @property
    def group(self) -> str:
        """ "syntactic" for Google's sections of grammar, "semantic" for the others."""
        return "syntactic" if self.name.startswith(SYNTACTIC) else "semantic"


@dataclass(frozen=True)
class WordAnalogies:
    """A set of analogies, called on a space.

    Parameters
    ----------
    sections : tuple of AnalogySection
        a, b, c and the expected word: man king woman queen.
    name : str
        Of the set.
    most_frequent : int, optional
        Only the words this frequent are known, ask and answer; None for all. gensim takes 300,000 as well.
    n_resamples : int
        Resamples for the interval, whole sets of questions with the same first pair.
    seed : int
        Of the resamples.

    Raises
    ------
    DataError
        Without questions.
    SettingsError
        For fewer than 1 most frequent words.
    """

    sections: tuple[AnalogySection, ...]
    name: str = "analogies"
    most_frequent: int | None = DEFAULT_MOST_FREQUENT
    n_resamples: int = 1000
    seed: int = 0

    kind: ClassVar[SetKind] = "analogies"
    primary_metric: ClassVar[str] = "accuracy"
    greater_is_better: ClassVar[bool] = True

    def __post_init__(self) -> None:
        if not any(section.questions for section in self.sections):
            raise DataError(f"{self.name}: there are no analogies in it.")
        if self.most_frequent is not None and self.most_frequent < 1:
            raise SettingsError(f"most_frequent has to be 1 or more, got {self.most_frequent}.")

    def __call__(self, space: EmbeddingSpace, intervals: bool = True) -> WordVectorScores:
        """Score a space. intervals: False leaves out what is resampled, most of the time that a small set takes."""
        return result_of(self.steps(space, intervals))

    def steps(self, space: EmbeddingSpace, intervals: bool = True) -> Generator[Progress, None, WordVectorScores]:
        """Score a space as a generator of progress.

        Accuracy is the share of questions whose expected word ranks first, over those of which every word is known. The
        expected word has to be in the vocabulary itself; an input may have a composed vector, which is counted apart.
        Random vectors are exchangeable, so what they get is exact: 1 by the number of words that may answer.
        """
        is_restricted = self.most_frequent is not None and self.most_frequent < len(space)
        candidates = space.most_frequent(self.most_frequent) if is_restricted and self.most_frequent else None
        questions = [question for section in self.sections for question in section.questions]
        lookup = look_up(space, (word for question in questions for word in question), candidates)
        places = np.array([[lookup.index_of[word] for word in question] for question in questions])  # (Q, 4)
        status = lookup.status(places)
        status[~lookup.is_known[places[:, 3]]] = UNKNOWN
        answered = np.flatnonzero(status != UNKNOWN)
        both = yield from analogy_ranks(
            space.vectors, candidates, lookup.units, _among(lookup.rows, candidates), places[answered]
        )
        rows = self._rows(questions, status)
        for ending, found in (("", both.add), (" 3CosMul", both.mul)):
            _add_answers(rows, ending, found, answered, space, candidates)
        known = rows[rows["status"] == KNOWN]
        metrics = self._metrics(known)
        if lookup.is_composed.any() and len(answered):
            metrics["accuracy" + WITH_COMPOSED] = float((rows["rank"].iloc[answered] == 1).mean())
        interval = None
        clusters = known.groupby(["section", "a", "b"], sort=False).ngroup().to_numpy()
        if intervals and len(set(clusters)) >= MIN_CLUSTERS:
            is_right = (known["rank"] == 1).to_numpy(np.float64)
            rng = np.random.default_rng(self.seed)
            interval = percentile_interval(resampled_mean(is_right, clusters, self.n_resamples, rng))
        return WordVectorScores(
            kind=self.kind,
            name=self.name,
            metrics=metrics,
            primary_metric=self.primary_metric,
            coverage=lookup.coverage(status),
            interval=interval,
            random=_random(lookup, places[status == KNOWN], len(space) if candidates is None else len(candidates)),
            rows=rows,
            most_frequent=len(candidates) if candidates is not None else None,
            sections=self._section_frame(rows),
        )

    def _rows(self, questions: list[Question], status: np.ndarray) -> pd.DataFrame:
        names = [section.name for section in self.sections for _ in section.questions]
        columns = dict(zip(("a", "b", "c", "expected"), zip(*questions, strict=True), strict=True))
        return pd.DataFrame({"section": names, **columns, "status": status})

    def _metrics(self, known: pd.DataFrame) -> dict[str, float]:
        """Return the scores over the questions of known words; none where there are none."""
        if known.empty:
            return {}
        metrics = {
            "accuracy": float((known["rank"] == 1).mean()),
            "accuracy_3cosmul": float((known["rank 3CosMul"] == 1).mean()),
            "mrr": float((1 / known["rank"]).mean()),
            "mrr_3cosmul": float((1 / known["rank 3CosMul"]).mean()),
        }
        groups = {section.name: section.group for section in self.sections}
        if len(set(groups.values())) > 1:
            by_group = (known["rank"] == 1).groupby(known["section"].map(groups)).mean()
            metrics |= {f"{name}_accuracy": float(value) for name, value in by_group.items()}
        return metrics

    def _section_frame(self, rows: pd.DataFrame) -> pd.DataFrame:
        """Return section, group, asked, answered, accuracy, accuracy 3CosMul; a section without a name is no section."""
        found: list[dict[str, object]] = []
        groups = {section.name: section.group for section in self.sections if section.name}
        for name, group in groups.items():
            own = rows[rows["section"] == name]
            known = own[own["status"] == KNOWN]
            found.append(
                {
                    "section": name,
                    "group": group,
                    "asked": len(own),
                    "answered": len(known),
                    "accuracy": float((known["rank"] == 1).mean()) if len(known) else np.nan,
                    "accuracy 3CosMul": float((known["rank 3CosMul"] == 1).mean()) if len(known) else np.nan,
                }
            )
        return pd.DataFrame(found)


def _among(rows: np.ndarray, candidates: np.ndarray | None) -> np.ndarray:
    """Return where rows of the space are among the candidates; -1 stays -1."""
    if candidates is None:
        return rows
    order = np.argsort(candidates)
    place = order[np.minimum(np.searchsorted(candidates[order], rows), len(order) - 1)]
    return np.where(rows >= 0, place, -1)


def _add_answers(
    rows: pd.DataFrame,
    ending: str,
    found: AnalogyRanks,
    answered: np.ndarray,
    space: EmbeddingSpace,
    candidates: np.ndarray | None,
) -> None:
    """Add the columns rank and answer of one formula, empty for questions that are not answered."""
    ranks = np.zeros(len(rows), np.int64)
    ranks[answered] = found.ranks
    rows[f"rank{ending}"] = pd.Series(ranks, dtype="Int64").mask(ranks == 0)
    answers = found.answers if candidates is None else candidates[found.answers]
    given = np.full(len(rows), "", object)
    given[answered] = [space.labels[row] if row >= 0 else "" for row in answers]
    rows[f"answer{ending}"] = given


def _random(lookup: WordLookup, questions: np.ndarray, n: int) -> dict[str, float]:
    """Return what random vectors get on average: the expected word is as likely to come first as any other candidate."""
    if not len(questions):
        return {}
    inputs = np.sort(lookup.rows[questions[:, :3]], axis=1)
    different = 1 + (np.diff(inputs, axis=1) > 0).sum(axis=1)
    rivals = np.maximum(n - different, 1)
    harmonic = np.cumsum(1 / np.arange(1, n + 1))
    accuracy, mrr = float((1 / rivals).mean()), float((harmonic[rivals - 1] / rivals).mean())
    return {"accuracy": accuracy, "accuracy_3cosmul": accuracy, "mrr": mrr, "mrr_3cosmul": mrr}
