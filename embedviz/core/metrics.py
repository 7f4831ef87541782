"""Figures of this process for Prometheus, and the events behind them in the log.

prometheus_client takes a tenth of a second to import: import this module where something is counted, not before.
"""

from __future__ import annotations

import logging

from prometheus_client import CollectorRegistry, Counter, Histogram

from embedviz.core.logs import log_event, visitor_hash

WAITS_S = (0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600)
DURATIONS_S = (0.1, 0.3, 1, 3, 10, 30, 60, 120, 300, 600, 1800, 3600, 14400)
logger = logging.getLogger(__name__)

REGISTRY = CollectorRegistry()
JOB_WAIT = Histogram(
    "embedviz_job_wait_seconds", "Time that jobs waited in the queue.", ["lane"], registry=REGISTRY, buckets=WAITS_S
)
JOB_DURATION = Histogram(
    "embedviz_job_duration_seconds", "Time that jobs took.", ["kind"], registry=REGISTRY, buckets=DURATIONS_S
)
JOBS = Counter("embedviz_jobs", "Jobs that ended.", ["kind", "state"], registry=REGISTRY)
REFUSALS = Counter(
    "embedviz_refusals", "What was refused, by the limit that was reached.", ["reason"], registry=REGISTRY
)
UPLOADS = Counter("embedviz_uploads", "Uploads that were taken.", registry=REGISTRY)
UPLOADED_BYTES = Counter("embedviz_uploaded_bytes", "Size of the uploads that were taken.", registry=REGISTRY)
PAGE_ERRORS = Counter("embedviz_page_errors", "Unexpected errors on pages.", registry=REGISTRY)


def count_refusal(reason: str, **fields: object) -> None:
    """Count something that was refused, and log it.

    Parameters
    ----------
    reason : str
        The name of the limit.
    **fields
        Of the event.
    """
    REFUSALS.labels(reason).inc()
    log_event(logger, "refused", reason=reason, **fields)


def count_upload(size: int, owner: str) -> None:
    """Count an upload of `size` bytes, and log it."""
    UPLOADS.inc()
    UPLOADED_BYTES.inc(size)
    log_event(logger, "upload", bytes=size, visitor=visitor_hash(owner))
