"""Routes that ask the model: predictions and recommendations.

Annotations are evaluated here, not kept as text: FastAPI reads the body's class, which is made for the model.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pandas as pd
from fastapi import APIRouter
from starlette.responses import Response

from embedviz.core.plain_json import Record, records
from embedviz.serve.answers import Predictions, Recommendations
from embedviz.serve.gate import json_response
from embedviz.serve.limits import Limits
from embedviz.serve.requests import prediction_body, recommendation_body
from embedviz.training.protocols import Predictor, Recommender


def model_routes(predictor: Predictor, form: Any, thread: ThreadPoolExecutor, limits: Limits) -> APIRouter:
    """Return the routes of a model.

    Parameters
    ----------
    predictor : Predictor
        The model.
    form : object
        What `predictor.form` returned.
    thread : ThreadPoolExecutor
        Of one worker. One request is answered after the other: explanations by captum change the network while they run, and
        a single prediction uses every thread that PyTorch has.
    limits : Limits
        Of rows and items.
    """
    router = APIRouter(tags=["model"])
    prediction_class = prediction_body(form, limits)

    async def ask(question: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        return await asyncio.get_running_loop().run_in_executor(thread, question)

    @router.post("/predict", response_model=Predictions, summary="A prediction for each row or text")
    async def predict(body: prediction_class) -> Response:  # pyright: ignore[reportInvalidTypeForm]
        rows, explain = body.given(), body.explain
        return json_response({"predictions": prediction_records(await ask(lambda: predictor.predict(rows, explain)))})

    if isinstance(predictor, Recommender):
        recommender, recommendation_class = predictor, recommendation_body(form, limits)

        @router.post("/recommend", response_model=Recommendations, summary="Items for a user, or for somebody new")
        async def recommend(body: recommendation_class) -> Response:  # pyright: ignore[reportInvalidTypeForm]
            user = None if body.user is None else str(body.user)
            found = await ask(lambda: recommender.recommend(user, body.rated, body.k, body.explain))
            return json_response({"items": records(found)})

    return router


def prediction_records(frame: pd.DataFrame) -> list[Record]:
    """Return a record for each prediction, the columns p(CLASS) gathered as probabilities by class."""
    classes = {str(name): str(name)[2:-1] for name in frame if str(name).startswith("p(") and str(name).endswith(")")}
    found = records(frame)
    if classes:
        for record in found:
            record["probabilities"] = {of: record.pop(name) for name, of in classes.items()}
    return found
