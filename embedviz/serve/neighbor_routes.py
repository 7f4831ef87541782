"""Routes about vectors: neighbours, analogies, similarity.

Annotations are evaluated here, not kept as text: FastAPI reads the body's class, which is made for the limits.
"""

import asyncio
from typing import Annotated, Any

import pandas as pd
from fastapi import APIRouter, Query
from starlette.responses import Response

from embedviz.core.plain_json import Record, plain, records
from embedviz.serve.answers import Analogy, Neighbors, NeighborsOfSeveral, Similarity
from embedviz.serve.gate import json_response
from embedviz.serve.limits import Limits
from embedviz.serve.neighbor_search import NeighborSearch
from embedviz.serve.requests import neighbors_body
from embedviz.serve.service import Service
from embedviz.space import EmbeddingSpace
from embedviz.space.analogy import Formula
from embedviz.space.metrics import Metric
from embedviz.space.search.numpy_exact import Hits
from embedviz.space.searchable_space import COMPOSED


def neighbor_routes(service: Service, searches: dict[str, NeighborSearch], limits: Limits) -> APIRouter:
    """Return the routes.

    Parameters
    ----------
    service : Service
        What is served.
    searches : dict
        Name of a space -> what searches in it.
    limits : Limits
        Of labels and neighbours.
    """
    router = APIRouter(tags=["vectors"])
    body_class = neighbors_body(limits)
    one_space = Query(None, description="One of the spaces.", json_schema_extra={"enum": list(service.spaces)})
    ten = Query(10, ge=1, le=limits.max_k, description="How many.")

    def search_in(space: str | None) -> NeighborSearch:
        service.space(space)  # raises where there is none of the name
        return searches[space or service.main_space]

    @router.get("/neighbors", response_model=Neighbors, summary="The nearest neighbours of a label")
    async def neighbors(
        label: Annotated[str, Query(description="A label of the space.", examples=[_example(service)])],
        k: int = ten,
        metric: Metric = "cosine",
        space: str | None = one_space,
        min_count: Annotated[int | None, Query(ge=0, description="Leave out rarer labels.")] = None,
    ) -> Response:
        search = search_in(space)
        if min_count is not None:
            frame = await search.run(lambda: search.space.neighbors(label, k, metric, min_count))
            found, note = records(frame), str(frame.attrs.get(COMPOSED, ""))
            return json_response(_answer(search.space, label, metric, found, note))
        return json_response(await neighbors_of_label(search, label, k, metric))

    @router.post(
        "/neighbors", response_model=NeighborsOfSeveral, summary="The neighbours of several labels, or of a vector"
    )
    async def neighbors_of_several(body: body_class) -> Response:  # pyright: ignore[reportInvalidTypeForm]
        search = search_in(body.space)
        if body.labels is None:
            hits = await search.neighbors(search.space.checked_query(body.vector), body.k, body.metric)
            found = neighbor_records(search.space, hits, body.metric)
            return json_response({"answers": [_answer(search.space, None, body.metric, found)]})
        asked = [neighbors_of_label(search, label, body.k, body.metric) for label in body.labels]
        return json_response({"answers": await asyncio.gather(*asked)})

    @router.get(
        "/analogy", response_model=Analogy, summary="king - man + woman: positive=king&positive=woman&negative=man"
    )
    async def analogy(
        positive: Annotated[list[str], Query(description="Labels to add.", max_length=limits.max_rows)],
        negative: Annotated[
            list[str] | None, Query(description="Labels to subtract.", max_length=limits.max_rows)
        ] = None,
        k: int = ten,
        method: Formula = "3cosadd",
        space: str | None = one_space,
    ) -> Response:
        search = search_in(space)
        frame: pd.DataFrame = await search.run(lambda: search.space.analogy(positive, negative or [], k, method))
        return json_response(
            {
                "positive": positive,
                "negative": negative or [],
                "method": method,
                "space": search.space.name,
                "answers": records(frame),
                "note": str(frame.attrs.get(COMPOSED, "")),
            }
        )

    @router.get("/similarity", response_model=Similarity, summary="How near two labels are")
    async def similarity(
        a: Annotated[str, Query(description="A label.", examples=[_example(service)])],
        b: Annotated[str, Query(description="Another label.", examples=[_example(service, 1)])],
        metric: Metric = "cosine",
        space: str | None = one_space,
    ) -> Response:
        own = search_in(space).space
        value = await asyncio.to_thread(own.similarity, a, b, metric)
        answer = {"a": a, "b": b, "space": own.name, "metric": metric, _value_name(metric): value}
        return json_response({**answer, "note": own.compositions([a, b])})

    return router


async def neighbors_of_label(search: NeighborSearch, label: str, k: int, metric: Metric) -> dict[str, Any]:
    """Return the answer about one label. An unknown one, whose nearest spellings are looked for, holds nobody up."""
    space = search.space
    note = ""
    if label in space:
        row = space.index(label)
        query = space.vectors[row]
    else:
        query, row = await asyncio.to_thread(space.vector, label), None
        note = space.composition(label)
    hits = await search.neighbors(query, k, metric, row)
    return _answer(space, label, metric, neighbor_records(space, hits, metric), note)


def neighbor_records(space: EmbeddingSpace, hits: Hits, metric: Metric) -> list[Record]:
    """Return what is known of each row that was found: label, similarity or distance, the space's columns."""
    name = _value_name(metric)
    values = (-hits.closeness if metric == "euclidean" else hits.closeness).tolist()
    found: list[Record] = [
        {"label": space.labels[row], name: value} for row, value in zip(hits.indices.tolist(), values, strict=True)
    ]
    for column in space.columns:
        for record, cell in zip(found, space.columns[column].array.take(hits.indices), strict=True):
            record[str(column)] = plain(cell)
    return found


def _answer(
    space: EmbeddingSpace, label: str | None, metric: Metric, neighbors: list[Record], note: str = ""
) -> dict[str, Any]:
    return {"label": label, "space": space.name, "metric": metric, "neighbors": neighbors, "note": note}


def _value_name(metric: Metric) -> str:
    return "distance" if metric == "euclidean" else "similarity"


def _example(service: Service, place: int = 0) -> str:
    """Return a frequent label of the main space, for the OpenAPI page."""
    space = service.space()
    return space.labels[int(space.most_frequent(place + 1)[-1])]
