"""Large files over https: with progress, resumed where they were cut off, verified by their checksum."""

from __future__ import annotations

import logging
import os
import shutil
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urljoin, urlsplit

from embedviz.core.errors import DataError
from embedviz.core.progress import Progress, ignore_progress

if TYPE_CHECKING:
    import requests

CHUNK = 1 << 18  # bytes
MAX_FAILURES = 4  # connections in a row that bring nothing new
RETRY_INTERVAL_S = 1.0
TIMEOUT_S = 30  # without a byte
PROGRESS_INTERVAL_S = 0.25
MAX_REDIRECTS = 10
LOCAL_HOSTS = ("127.0.0.1", "localhost", "::1")


def download(
    url: str,
    folder: Path,
    file_name: str,
    *,
    sha256: str | None = None,
    title: str = "",
    instead: str = "open a file of vectors",
    max_bytes: int | None = None,
    on_progress: Callable[[Progress], None] = ignore_progress,
) -> Path:
    """Download a file, or return it at once when it is in the folder and its checksum is right.

    pooch places and verifies it; the transfer is ours, for pooch's own restarts when a connection is cut.

    Parameters
    ----------
    url : str
        Over https; so are the addresses that it leads to.
    folder : Path
        Where the file is kept.
    file_name : str
        What it is called there.
    sha256 : str, optional
        Its checksum, where it is known.
    title : str
        What to call it in messages; by default the file's name.
    instead : str
        What a person can do where it cannot be downloaded.
    max_bytes : int, optional
        The largest file that is taken.
    on_progress : callable, optional
        Called with a Progress in bytes.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    DataError
        Without a network, when the server refuses, the file is too large, the disk is full or the checksum is another.
    """
    import pooch
    import requests

    pooch.get_logger().setLevel(logging.WARNING)  # it logs each download to standard error
    title, host = title or file_name, urlsplit(url).hostname
    transfer = _Transfer(folder / f"{file_name}.part", title, on_progress, max_bytes)
    try:
        path = pooch.retrieve(
            url,
            f"sha256:{sha256}" if sha256 else None,
            file_name,
            str(folder),
            downloader=transfer,
        )
        return Path(path)
    except requests.exceptions.HTTPError as error:
        raise DataError(
            f"{host} refused {title} (status {error.response.status_code if error.response is not None else 'unknown'}). Try again later, or "
            f"{instead}."
        ) from error
    except requests.exceptions.RequestException as error:
        raise DataError(
            f"{title} could not be downloaded from {host}: {connection_reason(error)}. The part that arrived is kept; check the "
            f"network and try again, or {instead}."
        ) from error
    except ValueError as error:  # pooch's error for a wrong checksum
        raise DataError(
            f"The file that {host} sent as {title} is not the expected file: its SHA-256 checksum differs. It was deleted. "
            f"Try again, and if it fails again choose other vectors."
        ) from error
    except OSError as error:
        raise DataError(_not_written(title, folder, error)) from error


@contextmanager
def exclusive_access(
    folder: Path, file_name: str, title: str, on_progress: Callable[[Progress], None]
) -> Generator[None]:
    """Wait until no other process or thread downloads the same file: two that write one part would spoil it.

    Raises
    ------
    DataError
        When the folder cannot be written.
    """
    from filelock import FileLock, Timeout

    locks = folder / "locks"
    try:
        locks.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(_not_written(title, folder, error)) from error
    lock = FileLock(locks / file_name)
    while True:
        try:
            lock.acquire(timeout=RETRY_INTERVAL_S)
            break
        except Timeout:
            on_progress(Progress(message=f"{title} is being downloaded already; waiting for it"))
    try:
        yield
    finally:
        lock.release()


def _not_written(title: str, folder: Path, error: OSError) -> str:
    return f"{title} could not be written to {folder}: {error.strerror or error}. Make room, or set EMBEDVIZ_HOME."


class _Transfer:
    """A pooch downloader that keeps what arrived in `part` and asks for the rest (RFC 9110, section 14: ranges)."""

    def __init__(self, part: Path, title: str, on_progress: Callable[[Progress], None], max_bytes: int | None = None):
        self.part, self.title, self.on_progress, self.max_bytes = part, title, on_progress, max_bytes
        self.tag = part.with_name(f"{part.name}.tag")  # which version of the file the part is of

    def __call__(self, url: str, output_file: str, pooch: object) -> None:
        import requests

        failed = 0
        while True:
            before = self._size()
            try:
                self._fetch(url)
                break
            except requests.exceptions.HTTPError:
                raise
            except requests.exceptions.RequestException:
                failed = 0 if self._size() > before else failed + 1
                if failed >= MAX_FAILURES:
                    raise
                time.sleep(RETRY_INTERVAL_S)
        os.replace(self.part, output_file)
        self.tag.unlink(missing_ok=True)

    def _size(self) -> int:
        return self.part.stat().st_size if self.part.exists() else 0

    def _fetch(self, url: str) -> None:
        """Append what is missing to the part, or restart where the server has no ranges or another version."""
        import requests

        have, headers = self._size(), dict[str, str]()
        if have and self.tag.exists():
            headers = {"Range": f"bytes={have}-", "If-Range": self.tag.read_text()}
        with responded(url, headers) as response:
            if response.status_code == 416:  # the part is as long as the file, or longer
                if response.headers.get("Content-Range", "").rpartition("/")[2] == str(have):
                    return  # it was cut after the last byte
                self.part.unlink()
                raise requests.exceptions.ConnectionError("the part did not fit the file")
            response.raise_for_status()
            resumes = response.status_code == 206
            length = announced_bytes(response)
            total = (have if resumes else 0) + length
            self._check_size(total)
            free = shutil.disk_usage(self.part.parent).free
            if length > free:
                raise DataError(
                    f"{self.title} needs {length / 1e6:,.0f} MB more, and {self.part.parent} has {free / 1e6:,.0f} free."
                )
            self.tag.write_text(response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
            if not self.tag.read_text() or self.tag.read_text().startswith("W/"):
                self.tag.unlink()  # nothing to tell versions by (a weak tag is none): restart after a cut
            done, reported = have if resumes else 0, 0.0
            with open(self.part, "ab" if resumes else "wb") as file:
                for chunk in response.iter_content(CHUNK):
                    file.write(chunk)
                    done += len(chunk)
                    self._check_size(done)
                    if time.monotonic() - reported > PROGRESS_INTERVAL_S:
                        reported = time.monotonic()
                        self.on_progress(Progress(done, total, message=f"Downloading {self.title}: {_megabytes(done)}"))
            if length and done != total:
                self.part.unlink()
                raise requests.exceptions.ConnectionError("the length is not the announced one")
            self.on_progress(Progress(done, total, message=f"Downloaded {self.title}: {_megabytes(done)}"))

    def _check_size(self, size: int) -> None:
        if self.max_bytes is not None and size > self.max_bytes:
            self.part.unlink(missing_ok=True)
            raise DataError(
                f"{self.title} is larger than {_megabytes(self.max_bytes)}, which is the limit here. "
                f"EMBEDVIZ_LIMIT_DATA_MB allows more."
            )


def announced_bytes(response: requests.Response) -> int:
    """Return the length that a server announces; 0 where it announces none, or something that is no number."""
    length = response.headers.get("Content-Length", "")
    return int(length) if length.isdecimal() else 0


def responded(url: str, headers: Mapping[str, str]) -> requests.Response:
    """Ask for an address and follow its redirects, each checked before it is followed; the body is not read yet.

    Raises
    ------
    DataError
        For an address without encryption, other than one of this machine from this machine.
    """
    import requests

    is_local = address_parts(url).hostname in LOCAL_HOSTS
    for _ in range(MAX_REDIRECTS):
        parts = address_parts(url)
        if not parts.hostname or (
            parts.scheme != "https" and not (parts.scheme == "http" and is_local and parts.hostname in LOCAL_HOSTS)
        ):
            raise DataError(
                f"{url} is not an https address, so it is not opened: without encryption anyone on the way can change it."
            )
        asked = {"Accept-Encoding": "identity", **headers}
        try:
            response = requests.get(url, headers=asked, stream=True, timeout=TIMEOUT_S, allow_redirects=False)
        except requests.exceptions.RequestException:
            raise
        except ValueError as error:  # of urllib, by which requests reads where a redirect leads
            raise DataError(f"{url} leads to what is no address: {error}.") from error
        if not response.is_redirect:
            return response
        response.close()
        url = urljoin(url, response.headers["Location"])
    raise DataError(f"{url} leads from address to address without an end. Give the address of the file itself.")


def address_parts(url: str) -> SplitResult:
    """Return the parts of an address. DataError where it is none."""
    try:
        return urlsplit(url)
    except ValueError as error:
        raise DataError(f"{url} is not an address: {error}. Check the spelling.") from error


def _megabytes(size: int) -> str:
    return f"{size / 1e6:,.0f} MB"


def connection_reason(error: Exception) -> str:
    """Return why a connection failed, as the end of a sentence."""
    import requests

    if isinstance(error, requests.exceptions.SSLError):
        return "its certificate is not valid"
    if isinstance(error, requests.exceptions.InvalidURL):
        return "the address is not valid"
    if isinstance(error, requests.exceptions.Timeout):
        return "the server does not answer"
    return "no connection, or it was cut"
