"""The route of the figures for Prometheus, behind the token in EMBEDVIZ_METRICS_TOKEN."""

from __future__ import annotations

import hmac
import os
import time
from collections.abc import Iterator
from functools import lru_cache

import psutil
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from streamlit.runtime import Runtime
from streamlit.runtime.stats import ACTIVE_SESSIONS_FAMILY

from embedviz.core.metrics import REGISTRY
from embedviz.jobs.process_memory import memory_of
from embedviz.jobs.shared_executor import local_load
from embedviz.store.store import Store

TOKEN = "EMBEDVIZ_METRICS_TOKEN"
DISK_INTERVAL_S = 60  # between two looks at all files of the store


def metrics_routes() -> list[Route]:
    """Return the route, below the server's own."""
    return [Route("/metrics", _send)]


def _send(request: Request) -> Response:
    """Send the figures; 404 where no token is set, so that nobody learns of the route."""
    token = os.environ.get(TOKEN)
    if not token:
        return PlainTextResponse("Not Found", 404)
    if not hmac.compare_digest(request.headers.get("Authorization", "").encode(), f"Bearer {token}".encode()):
        return PlainTextResponse(
            f"The figures are sent with the header Authorization: Bearer and the value of {TOKEN}.",
            401,
            {"WWW-Authenticate": "Bearer"},
        )
    now = CollectorRegistry()
    now.register(_Now())
    return Response(generate_latest(REGISTRY) + generate_latest(now), media_type=CONTENT_TYPE_PLAIN_0_0_4)


class _Now(Collector):
    """What is looked up when it is asked for: queues, memory, disk, sessions."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the figures."""
        waiting = GaugeMetricFamily("embedviz_jobs_waiting", "Jobs that wait.", labels=["lane"])
        running = GaugeMetricFamily("embedviz_jobs_running", "Jobs that run.", labels=["lane"])
        for lane, load in local_load().items():
            waiting.add_metric([lane], load.waiting)
            running.add_metric([lane], load.running)
        yield from (waiting, running, _memory())
        yield GaugeMetricFamily("embedviz_store_bytes", "Disk that the store takes.", value=_disk(_minute()))
        yield GaugeMetricFamily("embedviz_sessions", "Browser tabs that are connected.", value=_sessions())


def _memory() -> GaugeMetricFamily:
    """Return the memory of the server, the fork server and the workers; pages that several share count once in all."""
    family = GaugeMetricFamily("embedviz_memory_bytes", "Memory of the processes.", labels=["process"])
    server = psutil.Process()
    workers = {process for load in local_load().values() for process in load.processes}
    fork_servers = {child.pid for child in server.children()} - workers
    for name, processes in (("server", {server.pid}), ("fork_server", fork_servers), ("workers", workers)):
        family.add_metric([name], sum(each.share for each in memory_of(processes).values()))
    return family


def _minute() -> int:
    return int(time.monotonic() // DISK_INTERVAL_S)


@lru_cache(maxsize=1)
def _disk(_when: int) -> int:
    return Store().used()


def _sessions() -> int:
    """Return the sessions of this server; 0 where Streamlit does not run, as in a test."""
    if not Runtime.exists():
        return 0
    stats = Runtime.instance().stats_mgr.get_stats([ACTIVE_SESSIONS_FAMILY])
    return sum(int(getattr(stat, "value", 0)) for stat in stats.get(ACTIVE_SESSIONS_FAMILY, ()))
