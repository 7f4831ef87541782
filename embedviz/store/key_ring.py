"""The keys that sign the tokens of visitors: made at first use, replaced every 30 days, shared by the servers on a store."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass
from pathlib import Path

from embedviz.core.errors import EmbedvizError
from embedviz.core.files import create_once

DAY_S = 24 * 3600
KEY_LIFE_S = 30 * DAY_S  # after which a new key signs
KEY_BYTES = 32
ATTEMPTS = 5  # while other servers make keys


@dataclass(frozen=True)
class SigningKey:
    """A key with its place in the order of keys and the time it was made, in seconds since 1970."""

    number: int
    made: float
    secret: bytes


class KeyRing:
    """The keys in a folder, one file each, readable by their owner only.

    Parameters
    ----------
    folder : Path
        Where the keys lie; made when the first one is.
    token_life_s : float
        Seconds for which a token is accepted after it was signed. A key is dropped once all that it signed have expired.
    """

    def __init__(self, folder: Path, token_life_s: float):
        self._folder, self._token_life_s = folder, token_life_s
        self._read: tuple[int, list[SigningKey]] = (0, [])  # the folder's time of change, and what it then held

    def signing_key(self, now: float) -> bytes:
        """Return the key that signs now; a new one when the newest is 30 days old.

        Raises
        ------
        EmbedvizError
            When no key can be written.
        """
        for _ in range(ATTEMPTS):
            newest = max(self._keys(), key=lambda key: key.number, default=None)
            if newest is not None and abs(now - newest.made) < KEY_LIFE_S:
                return newest.secret
            self._make(now)
        raise EmbedvizError(
            f"The keys of this server in {self._folder} cannot be read. Delete the folder and try again."
        )

    def accepted(self, now: float) -> list[bytes]:
        """Return the keys that may have signed a token that is still alive, the newest first."""
        keys = sorted(self._keys(), key=lambda key: -key.number)
        replaced = [now, *(key.made for key in keys)]  # when the key at the same place stopped to sign
        return [
            key.secret for key, until in zip(keys, replaced, strict=False) if now - until < self._token_life_s + DAY_S
        ]

    def _make(self, now: float) -> None:
        """Make the next key, unless another server is quicker. A damaged file keeps its number."""
        content = json.dumps({"made": now, "secret": secrets.token_hex(KEY_BYTES)}).encode()
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            numbers = [int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdecimal()]
            create_once(self._folder / f"{max(numbers, default=0) + 1}.json", content)
            self._read = (0, [])
            self._remove_expired(now)
        except OSError as error:
            raise EmbedvizError(
                f"The key that signs visitors' cookies cannot be written to {self._folder}: {error.strerror or error}."
            ) from error

    def _remove_expired(self, now: float) -> None:
        living = self.accepted(now)
        for key in self._keys():
            if key.secret not in living:
                (self._folder / f"{key.number}.json").unlink(missing_ok=True)

    def _keys(self) -> list[SigningKey]:
        """Return the keys; they are read again when the folder has changed, by another server too."""
        try:
            changed = self._folder.stat().st_mtime_ns
        except OSError:
            return []
        if changed != self._read[0]:
            found = [key for path in self._folder.glob("*.json") if (key := _read_key(path))]
            self._read = (changed if found else 0, found)
        return self._read[1]


def _read_key(path: Path) -> SigningKey | None:
    """Return the key in a file; None when it is gone, damaged or still being written."""
    try:
        values = json.loads(path.read_bytes())
        key = SigningKey(int(path.stem), float(values["made"]), bytes.fromhex(values["secret"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return key if len(key.secret) == KEY_BYTES else None
