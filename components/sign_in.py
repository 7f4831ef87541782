"""Identity by an OpenID provider, where EMBEDVIZ_LOGIN=1 asks for it: issuer and subject name the owner of runs."""

from __future__ import annotations

import importlib.util
import json
import os
from collections.abc import Mapping

from embedviz.core.errors import SettingsError
from embedviz.core.mode import is_shared
from embedviz.store.owner_tokens import owner_name

VARIABLE = "EMBEDVIZ_LOGIN"
ON, OFF = "1", ("", "0")
SIGN_IN_FIRST = "Sign in first: open this server's first page."


def asks_for_sign_in() -> bool:
    """Return True when visitors have to sign in."""
    return os.environ.get(VARIABLE) == ON


def check_sign_in() -> None:
    """Return if sign-in is off, or can work.

    Raises
    ------
    SettingsError
        When it is on and something is missing: a server that asks for it must not start without it.
    """
    if os.environ.get(VARIABLE, "") not in (ON, *OFF):
        raise SettingsError(f"{VARIABLE} is 1 or 0; got {os.environ[VARIABLE]!r}.")
    if asks_for_sign_in() and not is_shared():
        raise SettingsError(f"{VARIABLE}=1 needs EMBEDVIZ_MODE=shared: on a machine of your own all runs are yours.")
    if asks_for_sign_in() and importlib.util.find_spec("authlib") is None:
        raise SettingsError(f'{VARIABLE}=1 needs Authlib: pip install "streamlit[auth]".')


def owner_of_claims(claims: Mapping[str, object]) -> str | None:
    """Return the owner for the claims of an identity token; None for who is not signed in."""
    issuer, subject = claims.get("iss"), claims.get("sub")
    is_identified = isinstance(issuer, str) and isinstance(subject, str) and issuer and subject
    if claims.get("is_logged_in") is not True or not is_identified:
        return None
    return owner_name("sign-in", str(issuer), str(subject))


def owner_signed_in(cookies: Mapping[str, str]) -> str | None:
    """Return the owner whom Streamlit's signed cookie identifies; None for one that is missing, made up or expired."""
    from streamlit.auth_util import get_cookie_with_chunks
    from streamlit.web.server.server_util import get_cookie_secret
    from streamlit.web.server.starlette.starlette_app_utils import decode_signed_value
    from streamlit.web.server.starlette.starlette_server_config import USER_COOKIE_NAME

    def signed_part(name: str) -> bytes | None:
        value = cookies.get(name)
        return (
            None
            if value is None
            else decode_signed_value(get_cookie_secret(), name, value.encode("latin-1", "replace"))
        )

    content = get_cookie_with_chunks(signed_part, USER_COOKIE_NAME)
    try:
        claims = json.loads(content or b"null")
    except ValueError:
        return None
    return owner_of_claims(claims) if isinstance(claims, dict) else None
