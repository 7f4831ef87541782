"""A server with nothing but the map: generated points of any number, for the browser tests and for timing."""

import asyncio
import functools
import sys
from pathlib import Path

import numpy as np
import streamlit as st
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

sys.path.insert(0, str(Path(__file__).parents[3]))
from components.map.loader import MODULES_PATH
from embedviz.map_view.modules import modules_json

HERE = Path(__file__).parent

WORDS = [
    "sea",
    "ship",
    "river",
    "field",
    "corn",
    "bread",
    "wine",
    "king",
    "queen",
    "prince",
    "table",
    "chair",
    "day",
    "night",
    "<b>bold</b>",
    "東京",
    "naïve",
]


@functools.cache
def clusters(n):
    """(n, 2) positions in the unit square and the cluster of each, 0 to 6: seven round heaps."""
    rng = np.random.default_rng(0)
    cluster = rng.integers(0, 7, n)
    centres = rng.normal(0, 1, (7, 2))
    places = centres[cluster] * 3 + rng.normal(0, 0.55, (n, 2))
    return (places - places.min(0)) / np.ptp(places, axis=0), cluster


def label(i):
    return WORDS[i] if i < len(WORDS) else f"word{i}"


def points(request: Request):
    places, _ = clusters(request.path_params["n"])
    if "transposed" in request.query_params:
        places = places[:, ::-1]
    return binary((places * 65535).astype("<u2"))


def partial_layout(request: Request):
    """Two partial layouts, then nothing new."""
    places, _ = clusters(request.path_params["n"])
    version = int(request.query_params["after"] or 0) + 1
    if version > 2:
        return Response(status_code=204)
    answer = binary((places[:, ::-1] / version * 65535).astype("<u2"))
    answer.headers["X-Layout-Version"] = str(version)
    return answer


def snapshots(request: Request):
    """Three layouts: all points in a line, the line bent, the final places."""
    places, _ = clusters(request.path_params["n"])
    layouts = [(places * [1, share] * 65535).astype("<u2") for share in (0, 0.5, 1)]
    if "slow" not in request.query_params:
        return binary(np.concatenate(layouts))

    async def one_by_one():
        for layout in layouts:
            yield layout.tobytes()
            await asyncio.sleep(2)

    return StreamingResponse(one_by_one(), media_type="application/octet-stream")


def colors(request: Request):
    places, cluster = clusters(request.path_params["n"])
    return binary((cluster if request.path_params["column"] == "cluster" else places[:, 0] * 254).astype("u1"))


def binary(array):
    return Response(array.tobytes(), media_type="application/octet-stream", headers={"Cache-Control": "private"})


def labels(request: Request):
    if "ids" in request.query_params:
        return JSONResponse([label(int(i)) for i in request.query_params["ids"].split(",")])
    ids = list(range(int(request.query_params["first"])))
    return JSONResponse({"ids": ids, "labels": [label(i) for i in ids]})


app = st.App(
    HERE / "pages" / "frame.py",
    routes=[
        Route("/embedviz/maps/{n:int}/points", points),
        Route("/embedviz/maps/{n:int}/snapshots", snapshots),
        Route("/embedviz/maps/{n:int}/partial", partial_layout),
        Route("/embedviz/maps/{n:int}/colors/{column}", colors),
        Route("/embedviz/maps/{n:int}/labels", labels),
        Route(f"/embedviz/{MODULES_PATH}", lambda request: Response(modules_json(), media_type="application/json")),
    ],
)
