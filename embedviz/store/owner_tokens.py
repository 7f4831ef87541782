"""Tokens that identify the visitors of a shared server: signed, of limited life, and revocable.

A token holds a version, the visitor's random id, the time of issue, and a signature. The id leaves the token only as a hash,
which is the owner's name in the app and on disk: who reads the store cannot write a token.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import re
import secrets
import time
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from embedviz.core.home import home, home_path
from embedviz.store.key_ring import DAY_S, KeyRing

TOKEN_LIFE_S = 30 * DAY_S
RENEWAL_S = DAY_S  # a token older than this is issued again, for the same visitor
MAX_CLOCK_STEP_S = DAY_S  # by which a token may seem to come from the future
OWNER_LENGTH = 32  # hexadecimal digits
_TOKEN = re.compile(r"1\.([0-9a-f]{32})\.([0-9]{1,12})\.([0-9a-f]{64})", re.ASCII)
_CONTEXT = b"embedviz owner token:"


@dataclass(frozen=True)
class Visitor:
    """Whom a token identifies.

    Parameters
    ----------
    id : str
        Random id, which is kept to the token.
    issued : float
        When the token was issued, in seconds since 1970.
    """

    id: str
    issued: float

    @property
    def owner(self) -> str:
        """The owner's name on disk and in the app: a hash of the id."""
        return owner_name("visitor", self.id)


def owner_name(*identity: str) -> str:
    """Return the owner's name for an identity: a hash in the form of the store's ids, which "local" does not have."""
    text = "\0".join(identity)
    return hashlib.sha256(f"embedviz owner\0{text}".encode()).hexdigest()[:OWNER_LENGTH]


def issue_token(visitor_id: str | None = None, now: float | None = None) -> str:
    """Return a new token.

    Parameters
    ----------
    visitor_id : str, optional
        The visitor whom it is for; by default a new one.
    now : float, optional
        Seconds since 1970; by default the time it is.

    Raises
    ------
    EmbedvizError
        When the store cannot keep a key.
    """
    now = time.time() if now is None else now
    signed = f"1.{visitor_id or secrets.token_hex(16)}.{int(now)}"
    home()
    return f"{signed}.{_signature(_ring(home_path()).signing_key(now), signed)}"


def read_token(token: str, now: float | None = None) -> Visitor | None:
    """Return the visitor whom a token identifies; None for one that is made up, expired or revoked."""
    match = _TOKEN.fullmatch(token)
    if match is None:
        return None
    now = time.time() if now is None else now
    visitor = Visitor(match[1], float(match[2]))
    if not -MAX_CLOCK_STEP_S <= now - visitor.issued <= TOKEN_LIFE_S:
        return None
    signed = token.rpartition(".")[0]
    keys = _ring(home_path()).accepted(now)
    if not any(hmac.compare_digest(_signature(key, signed), match[3]) for key in keys):
        return None
    return None if _revocation(visitor).exists() else visitor


def revoke_token(token: str, now: float | None = None) -> None:
    """Refuse a token from now on, and all others of its visitor, on every server of the store.

    The visitor's hash is kept until the last of the tokens would have expired. A token that is not valid changes nothing.
    """
    now = time.time() if now is None else now
    visitor = read_token(token, now)
    if visitor is None:
        return
    entry = _revocation(visitor)
    entry.parent.mkdir(mode=0o700, exist_ok=True)
    entry.touch(mode=0o600)
    os.utime(entry, (now, now))
    for other in entry.parent.iterdir():
        if now - other.stat().st_mtime > TOKEN_LIFE_S + MAX_CLOCK_STEP_S:
            other.unlink(missing_ok=True)


def _revocation(visitor: Visitor) -> Path:
    return home_path() / "revoked" / visitor.owner


@lru_cache(maxsize=4)
def _ring(folder: Path) -> KeyRing:
    return KeyRing(folder / "keys", TOKEN_LIFE_S)


def _signature(key: bytes, signed: str) -> str:
    return hmac.new(key, _CONTEXT + signed.encode(), hashlib.sha256).hexdigest()
