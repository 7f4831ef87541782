"""The server process: a socket, uvicorn, and the app."""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from embedviz.core.errors import SettingsError
from embedviz.serve.limits import Limits

if TYPE_CHECKING:
    from embedviz.serve.service import Service

INSTALL = 'embedviz serve needs FastAPI and uvicorn: pip install "embedviz[serve]"'
GRACE_S = 10  # that requests under way have to end after SIGTERM
KEEP_ALIVE_S = 30


def serve(
    service: Service,
    host: str = "127.0.0.1",
    port: int = 8600,
    *,
    limits: Limits | None = None,
    token: str = "",
    origins: Sequence[str] = (),
    on_start: Callable[[str], object] = print,
) -> None:
    """Serve until SIGTERM or SIGINT; requests under way are answered first. Called from the main thread.

    Parameters
    ----------
    service : Service
        What is served.
    host, port : str, int
        Where; port 0 takes a free one.
    limits, token, origins
        As for `create_app`.
    on_start : callable
        Called with the address once connections are taken.

    Raises
    ------
    SettingsError
        When FastAPI or uvicorn is not installed, or the port is taken.
    KeyboardInterrupt
        After SIGINT, once everything has ended.
    """
    try:
        import uvicorn

        from embedviz.serve.app import create_app
    except ImportError as error:
        raise SettingsError(INSTALL) from error
    app = create_app(service, limits, token, origins)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=GRACE_S,
    )
    with bound_socket(host, port) as bound:
        address = f"[{host}]" if ":" in host else host
        on_start(f"http://{address}:{bound.getsockname()[1]}")
        # uvicorn raises the signal that ended it once more, for the handler from before: SIGTERM is a server's usual end
        before = signal.signal(signal.SIGTERM, lambda number, frame: None)
        try:
            uvicorn.Server(config).run(sockets=[bound])
        finally:
            signal.signal(signal.SIGTERM, before)


def bound_socket(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address. SettingsError where it is taken or not this machine's.

    Its connections send at once: head and body of an answer are two writes, and the second would wait 40 ms for the
    client to acknowledge the first. asyncio sees to that only for the sockets that it makes.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        bound = socket.create_server((host, port), family=family, backlog=2048)
        bound.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return bound
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # the address once more
        raise SettingsError(
            f"Cannot listen at {host}:{port} ({reason}). Name another address by --host and --port."
        ) from error
