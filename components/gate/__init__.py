"""The gate that every request to the app passes before Streamlit sees it."""

from __future__ import annotations

from starlette.middleware import Middleware

from components.gate.figures import FiguresBehindToken
from components.gate.headers import SecurityHeaders
from components.gate.held_uploads import StreamlitUploads
from components.gate.hosts import AllowedHosts
from components.gate.sessions import SessionLimits
from components.gate.uploads import UploadLimits
from components.owner_cookie import owner_cookie
from components.sign_in import check_sign_in
from embedviz.core.limits import HostLimits
from embedviz.core.mode import is_shared


def gate(base: str) -> list[Middleware]:
    """Return the middleware, the outermost first.

    Parameters
    ----------
    base : str
        The server's base path, without slashes at its ends.

    Raises
    ------
    SettingsError
        When what the environment sets cannot be.
    """
    check_sign_in()
    limits = HostLimits.of_environment()
    everywhere = [
        Middleware(SecurityHeaders),
        Middleware(AllowedHosts, base=base),
        Middleware(FiguresBehindToken, base=base),
    ]
    if not is_shared():
        return everywhere
    return [
        *everywhere,
        Middleware(SessionLimits, base=base, limits=limits),
        *owner_cookie(),
        Middleware(UploadLimits, base=base, held=StreamlitUploads(), limits=limits),
    ]
