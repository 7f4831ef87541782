"""How this host is set up: the mode, the limits in force, the port, and what a shared server needs besides."""

from __future__ import annotations

import os
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import psutil

from embedviz.core.errors import SettingsError
from embedviz.core.limits import HostLimits
from embedviz.core.mode import PRIORITIES, is_shared, worker_priority
from embedviz.doctor.finding import Finding

MODES = ("local", "shared")
DEFAULT_PORT = 8501
DEFAULT_UPLOAD_MB = 1024.0  # of .streamlit/config.toml
SERVER_MB = 500.0  # that the server and the fork server hold beside the jobs
CGROUP_LIMIT = Path("/sys/fs/cgroup/memory.max")  # of the container
ASK_S = 2.0


def host_findings() -> Iterator[Finding]:
    """Yield findings about how this host is set up."""
    mode = os.environ.get("EMBEDVIZ_MODE", "local")
    if mode not in MODES:
        yield Finding("problem", "mode", f"EMBEDVIZ_MODE is {mode!r}.", "Set it to local or shared.")
    else:
        whose = "an owner a visitor" if is_shared() else "one owner has the machine"
        yield Finding("ok", "mode", f"EMBEDVIZ_MODE is {mode}: {whose}.")
    if (priority := worker_priority()) not in PRIORITIES:
        yield Finding("problem", "priority", f"EMBEDVIZ_WORKER_PRIORITY is {priority!r}.", "Set it to idle or low.")
    yield _port()
    try:
        limits = HostLimits.of_environment()
    except SettingsError as error:
        yield Finding("problem", "limits", str(error), "Mend or unset this variable.")
        return
    yield _limits(limits)
    if is_shared():
        yield from _shared_findings(limits)


def _limits(limits: HostLimits) -> Finding:
    values = {each.name: getattr(limits, each.name) for each in fields(limits)}
    in_force = [f"{name} {value:,.10g}" for name, value in values.items() if value is not None]
    return Finding("ok", "limits", f"Limits in force: {', '.join(in_force) or 'none'}.")


def _port() -> Finding:
    port = int(os.environ.get("STREAMLIT_SERVER_PORT") or DEFAULT_PORT)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            pass
        else:
            return Finding("ok", "port", f"Port {port} is free.")
    if _answers(port):
        return Finding("ok", "port", f"embedviz answers at port {port}.")
    return Finding("warning", "port", f"Another program holds port {port}.", "End it, or set STREAMLIT_SERVER_PORT.")


def _answers(port: int) -> bool:
    base = os.environ.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    address = f"http://127.0.0.1:{port}/{base + '/' if base else ''}embedviz/health"
    try:
        with urllib.request.urlopen(address, timeout=ASK_S) as answer:
            return answer.read() == b"ok"
    except (OSError, urllib.error.URLError):
        return False


def _shared_findings(limits: HostLimits) -> Iterator[Finding]:
    if not os.environ.get("EMBEDVIZ_ALLOWED_HOSTS"):
        yield Finding(
            "warning",
            "hosts",
            "A request for any host name is answered.",
            "Set EMBEDVIZ_ALLOWED_HOSTS to the names under which visitors reach this server, with commas between them.",
        )
    if not os.environ.get("EMBEDVIZ_HOME"):
        yield Finding(
            "warning",
            "store",
            "The store lies in this user's own folder of data.",
            "Set EMBEDVIZ_HOME to a volume that is kept.",
        )
    yield from _upload(limits)
    yield from _memory(limits)
    if not os.environ.get("EMBEDVIZ_METRICS_TOKEN"):
        yield Finding("ok", "figures", "There are no Prometheus figures; EMBEDVIZ_METRICS_TOKEN would offer them.")


def _upload(limits: HostLimits) -> Iterator[Finding]:
    """Yield a warning where Streamlit holds more of an upload in memory than the limit lets through."""
    taken = float(os.environ.get("STREAMLIT_SERVER_MAX_UPLOAD_SIZE") or DEFAULT_UPLOAD_MB)
    if limits.upload_mb is not None and taken > limits.upload_mb:
        sentence = f"The server takes uploads of {taken:,.10g} MB into memory before the limit of {limits.upload_mb:,.10g} MB is applied."
        yield Finding("warning", "uploads", sentence, f"Set STREAMLIT_SERVER_MAX_UPLOAD_SIZE={limits.upload_mb:.0f}.")


def _memory(limits: HostLimits) -> Iterator[Finding]:
    """Yield how much memory the jobs may take together, beside what there is."""
    if limits.job_mb is None:
        yield Finding("warning", "memory", "A job may take all memory of this machine.", "Set EMBEDVIZ_LIMIT_JOB_MB.")
        return
    there = _memory_mb()
    needed = SERVER_MB + limits.job_mb
    sentence = f"A job may take {limits.job_mb:,.10g} MB beside some {SERVER_MB:,.0f} MB of the server; there are {there:,.0f} MB."
    if needed > there:
        yield Finding("warning", "memory", sentence, "Lower EMBEDVIZ_LIMIT_JOB_MB, or take a larger machine.")
    else:
        yield Finding("ok", "memory", sentence)
    if limits.memory_mb is not None and limits.memory_mb > there:
        sentence = f"Jobs begin until all processes take {limits.memory_mb:,.10g} MB; there are {there:,.0f} MB."
        yield Finding("warning", "memory", sentence, "Lower EMBEDVIZ_LIMIT_MEMORY_MB, or take a larger machine.")


def _memory_mb() -> float:
    """Return the memory of this container, or of the machine, in MB."""
    whole = psutil.virtual_memory().total
    try:
        limit = CGROUP_LIMIT.read_text(encoding="ascii").strip()
    except OSError:
        limit = "max"
    return min(whole, int(limit) if limit.isdigit() else whole) / 1e6
