"""Searches of concurrent requests, answered together.

While one pass over the vectors runs, the questions that arrive wait, and the next pass answers all of them: a matrix product
reads the vectors once, however many columns it has. A question that arrives alone is answered alone, at once.

Letters: Q queries, N vectors, D dimensions, k answers.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from embedviz.space import EmbeddingSpace
from embedviz.space.metrics import Metric
from embedviz.space.search.numpy_exact import Hits

MAX_BATCH = 64  # queries of one pass
GATHER_S = 0.002  # that a pass waits for more questions where several clients ask: those just answered ask again
T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class _Question:
    query: np.ndarray  # (D,) float32
    k: int
    row: int | None  # of the query's own label, which is left out
    answer: asyncio.Future[Hits]


class NeighborSearch:
    """Exact searches in one space, on a thread of their own. Its methods are called from one event loop.

    Parameters
    ----------
    space : EmbeddingSpace
        Whose vectors are searched.
    thread : ThreadPoolExecutor
        Of one worker: the passes read all vectors and use the threads of BLAS, so that two at once would be no faster.
    """

    def __init__(self, space: EmbeddingSpace, thread: ThreadPoolExecutor):
        self.space = space
        self._thread = thread
        self._waiting: dict[Metric, list[_Question]] = {}
        self._pass: asyncio.Task[None] | None = None

    async def neighbors(self, query: np.ndarray, k: int, metric: Metric, row: int | None = None) -> Hits:
        """Find the k rows nearest to a query (D,), without the row of its own label."""
        answer: asyncio.Future[Hits] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(metric, []).append(_Question(query, k, row, answer))
        if self._pass is None:
            self._pass = asyncio.create_task(self._answer_all())
        return await answer

    async def run(self, work: Callable[[], T]) -> T:
        """Do other work that reads the vectors on the same thread."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _answer_all(self) -> None:
        """Answer what waits, pass by pass, until nothing does."""
        try:
            answered = 0
            while self._waiting:
                if answered and answered + sum(map(len, self._waiting.values())) > 1:
                    await asyncio.sleep(GATHER_S)
                metric, questions = next(iter(self._waiting.items()))
                batch = [question for question in questions[:MAX_BATCH] if not question.answer.done()]
                del self._waiting[metric]  # so that the other metrics have their turn before the rest of this one
                if rest := questions[MAX_BATCH:]:
                    self._waiting[metric] = rest
                answered = len(batch)
                if batch:
                    await self._answer(batch, metric)
        finally:
            self._pass = None

    async def _answer(self, batch: list[_Question], metric: Metric) -> None:
        try:
            found = await self.run(lambda: search(self.space, batch, metric))
        except Exception as error:  # belongs to those who asked
            for question in batch:
                if not question.answer.done():
                    question.answer.set_exception(error)
            return
        for question, hits in zip(batch, found, strict=True):
            if not question.answer.done():  # given up meanwhile
                question.answer.set_result(hits)


def search(space: EmbeddingSpace, questions: list[_Question], metric: Metric) -> list[Hits]:
    """Answer questions in one pass, each as if it had been asked alone and the row of its own label were not there."""
    queries = np.stack([question.query for question in questions])
    k = max(question.k + (question.row is not None) for question in questions)
    found = space.nearest_of_each(queries, k, metric)
    answers: list[Hits] = []
    for number, question in enumerate(questions):
        rows, closeness = found.indices[number], found.closeness[number]
        others = np.flatnonzero(rows != question.row)[: question.k] if question.row is not None else slice(question.k)
        answers.append(Hits(rows[others], closeness[others]))
    return answers
