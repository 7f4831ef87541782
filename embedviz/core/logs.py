"""Logs of the server: JSON lines on the error stream, and a file of errors in the store, in which their ids are found.

Neither holds a secret or what a visitor brought: a visitor is a short hash, and on a shared server the message of an
unexpected exception, which may quote data, is left out of its traceback.
"""

from __future__ import annotations

import datetime
import hashlib
import json
import logging
import os
import sys
import traceback
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import TextIO

from embedviz.core.home import home, home_path
from embedviz.core.mode import is_shared

FILE = "errors.log"  # in the store
MAX_FILE_BYTES = 1_000_000
KEPT_FILES = 3
LOGGERS = ("embedviz", "components")
HASH_LENGTH = 8
LOCAL = "local"  # the owner of all runs on one's own machine


class JsonFormatter(logging.Formatter):
    """A record as a JSON object on one line: time, level, logger, message, the fields of the event, the traceback."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the line."""
        time = datetime.datetime.fromtimestamp(record.created, datetime.UTC)
        line: dict[str, object] = {
            "time": time.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info and record.exc_info[1]:
            line["traceback"] = traceback_text(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=str)


def log_event(logger: logging.Logger, message: str, **fields: object) -> None:
    """Log something that happened, with fields such as run, job, visitor and state; those that are None are left out."""
    logger.info(message, extra={"fields": {name: value for name, value in fields.items() if value is not None}})


def log_error(logger: logging.Logger, error: BaseException, error_id: str, **fields: object) -> None:
    """Log an unexpected exception with its traceback, under an id that `find_error` finds."""
    logger.error(
        "Unexpected error %s", error_id, exc_info=error, extra={"fields": {"error": error_id, **fields}}, stacklevel=2
    )


def visitor_hash(owner: str) -> str:
    """Return a visitor's short name in logs, from which the owner cannot be derived.

    Examples
    --------
    >>> visitor_hash("local"), len(visitor_hash("0" * 32))
    ('local', 8)
    """
    return owner if owner == LOCAL else hashlib.sha256(owner.encode()).hexdigest()[:HASH_LENGTH]


def traceback_text(error: BaseException) -> str:
    """Return the traceback of an exception and of its causes; on a shared server without their messages."""
    if not is_shared():
        return "".join(traceback.format_exception(error))
    parts: list[str] = []
    seen: set[int] = set()
    following: BaseException | None = error
    while following is not None and id(following) not in seen:
        seen.add(id(following))
        frames = "".join(traceback.format_tb(following.__traceback__))
        parts.append(f"Traceback (most recent call last):\n{frames}{type(following).__qualname__}\n")
        following = following.__cause__ or (None if following.__suppress_context__ else following.__context__)
    return "\nwhich was raised while this was handled, or by it:\n\n".join(parts)


def set_up_logs() -> None:
    """Send the events of this server to the error stream as JSON where that is wanted, and its errors to the store's file.

    To be called once, by a server as it starts. EMBEDVIZ_LOG is json or text; without it a shared server writes JSON.
    """
    handlers: list[logging.Handler] = [_ErrorFile()]
    if wants_json():
        stream = logging.StreamHandler(sys.stderr)
        stream.setFormatter(JsonFormatter())
        handlers.append(stream)
    for name in LOGGERS:
        logger = logging.getLogger(name)
        for handler in handlers:
            logger.addHandler(handler)
        if wants_json():
            logger.setLevel(logging.INFO)
            logger.propagate = False  # what is above would write the line a second time, as text


def wants_json() -> bool:
    """Return True where events are written as JSON."""
    return (os.environ.get("EMBEDVIZ_LOG") or ("json" if is_shared() else "text")) == "json"


def find_error(error_id: str) -> str | None:
    """Return what the store's file of errors says under an id; None where it has nothing (any more)."""
    for path in sorted(home_path().glob(f"{FILE}*")):
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if error_id in text and (line := _parsed(text)) and line.get("error") == error_id:
                return f"{line.get('time')} {line.get('message')}\n{line.get('traceback', '')}".rstrip()
    return None


def _parsed(text: str) -> dict[str, object] | None:
    try:
        return json.loads(text)
    except ValueError:  # a line that a full disk cut
        return None


class _ErrorFile(RotatingFileHandler):
    """Errors only, in a file that its owner alone may read. It is made with the first of them."""

    def __init__(self) -> None:
        path = home_path() / FILE
        super().__init__(path, maxBytes=MAX_FILE_BYTES, backupCount=KEPT_FILES, encoding="utf-8", delay=True)
        self.setLevel(logging.ERROR)
        self.setFormatter(JsonFormatter())

    def _open(self) -> TextIO:  # type: ignore[override]
        home()
        return os.fdopen(
            os.open(Path(self.baseFilename), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8"
        )

    def handleError(self, record: logging.LogRecord) -> None:
        """Name the file that cannot be written in one line; logging itself would print a traceback for each record."""
        sys.stderr.write(f"{self.baseFilename} cannot be written: {sys.exception()}\n")
