"""Names by which a server may be asked: EMBEDVIZ_ALLOWED_HOSTS.

A page of another site can point a name of its own at this machine (DNS rebinding), and would then read what a server without
passwords answers. It cannot choose the Host header, which holds that name.
"""

from __future__ import annotations

import ipaddress
import os
from urllib.parse import urlsplit

from embedviz.core.mode import is_shared

VARIABLE = "EMBEDVIZ_ALLOWED_HOSTS"
LOCALHOST = ("localhost", "*.localhost")
REFUSAL = (
    "This server does not answer under this name. "
    f"If it should, list the name in the environment variable {VARIABLE} where the server is started."
)


def is_allowed_host(host: str, listens_at: str | None) -> bool:
    """Return True when a request may be answered.

    Without EMBEDVIZ_ALLOWED_HOSTS, every name is allowed, but on one's own machine a connection over loopback has to name
    localhost or an address.

    Parameters
    ----------
    host : str
        The Host header.
    listens_at : str or None
        The address of this machine at which the connection arrived, when it is known.
    """
    allowed = [name.strip().lower() for name in os.environ.get(VARIABLE, "").split(",") if name.strip()]
    if not allowed and (is_shared() or not _is_loopback(listens_at)):
        return True
    name = _name_in(host)
    if name is None:
        return False
    if not allowed:
        return _is_address(name) or _matches(name, LOCALHOST)
    return _matches(name, allowed)


def _matches(name: str, patterns: list[str] | tuple[str, ...]) -> bool:
    return any(
        name.endswith(pattern[1:]) if pattern.startswith("*.") else pattern in ("*", name, f"[{name}]")
        for pattern in patterns
    )


def _name_in(host: str) -> str | None:
    """Return the name in a Host header, without its port; None where it has another form."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return None
    if parts.hostname is None or parts.netloc != host or "@" in host:
        return None
    return parts.hostname.lower().rstrip(".")


def _is_loopback(address: str | None) -> bool:
    return address is not None and _is_address(address) and ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.partition("%")[0])
    except ValueError:
        return False
    return True
