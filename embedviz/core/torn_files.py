"""Files that a process which was killed left half-written, and that nobody will finish."""

from __future__ import annotations

import logging
import re
from pathlib import Path

from embedviz.core.write_marks import is_being_written

TORN_AGE_S = 30.0  # since the last byte was written, from which a file without a living writer is torn
PART_AGE_S = 86400.0  # a download that was cut goes on where it ended for a day
UNPACKED_AGE_S = 3600.0  # an archive of vectors that is unpacked, and a download whose checksum is computed
_TEMPORARY = re.compile(r"\..+\.(tmp|ids)")  # of `replacing`, leases and ids in a file
_OF_DOWNLOADS = {
    re.compile(r".+\.part(\.tag)?"): PART_AGE_S,
    re.compile(r".+\.unpacked|tmp[a-z0-9_]{8}"): UNPACKED_AGE_S,
}
logger = logging.getLogger(__name__)


def is_temporary(name: str) -> bool:
    """Return True for the name of a file that is renamed once it is whole.

    Examples
    --------
    >>> is_temporary(".spec.json.1f2e3d4c.tmp"), is_temporary("spec.json")
    (True, False)
    """
    return _TEMPORARY.fullmatch(name) is not None


def remove_torn_file(path: Path, now: float, is_download: bool = False) -> bool:
    """Remove a file if it is a temporary one of no living writer.

    Parameters
    ----------
    path : Path
        The file. No upload of a visitor has a name that begins with a dot, as those of temporary files do.
    now : float
        Seconds since 1970.
    is_download : bool, optional
        It lies where only downloads do, whose temporary files have other names as well.

    Returns
    -------
    bool
        True when it was removed.
    """
    age = _torn_age(path.name, is_download)
    if age is None:
        return False
    try:
        if now - path.stat().st_mtime <= age or is_being_written(path):
            return False
        path.unlink()
    except FileNotFoundError:  # its writer has just finished
        return False
    except OSError as error:
        logger.warning("%s was not removed: %s", path, error)
        return False
    return True


def _torn_age(name: str, is_download: bool) -> float | None:
    """Seconds after which a file of this name is torn; None for one that is not temporary."""
    if is_temporary(name):
        return TORN_AGE_S
    ages = [age for form, age in _OF_DOWNLOADS.items() if is_download and form.fullmatch(name)]
    return ages[0] if ages else None
