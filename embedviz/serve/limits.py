"""Limits of what one request, and all of them at once, may take."""

from __future__ import annotations

from pydantic import Field

from embedviz.core.settings import Settings


class Limits(Settings):
    """What a request may take. Past a limit the answer is one sentence with the status that stands behind each field."""

    max_rows: int = Field(
        1_000,
        ge=1,
        le=1_000_000,
        description="Rows or texts of a request to /predict, labels of one to /neighbors (422).",
    )
    max_k: int = Field(1_000, ge=1, le=1_000_000, description="Neighbours or recommended items in an answer (422).")
    max_body_bytes: int = Field(
        4_000_000, ge=1_000, le=1_000_000_000, description="Bytes of a request's body, counted as they arrive (413)."
    )
    max_seconds: float = Field(30.0, gt=0, le=3_600, description="Seconds until a request is given up (503).")
    max_concurrent: int = Field(64, ge=1, le=10_000, description="Requests under way at once; a further one gets 429.")
