"""Upload of a Hugging Face folder to the hub, or to a server of one's own that speaks its protocol, by huggingface_hub.

The token is handed to the library for this one upload. It is not written anywhere, and no message holds it.
"""

from __future__ import annotations

import importlib.util
import os
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from embedviz.core.errors import HubError, SettingsError
from embedviz.core.mode import is_shared
from embedviz.exports.files_together import Files, write_folder

DEFAULT_ENDPOINT, ENDPOINT = "https://huggingface.co", "HF_ENDPOINT"
MESSAGE = "Upload vectors with embedviz"
_REPOSITORY = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9][\w.-]{0,95}", re.ASCII)
_MAX_DETAIL = 200  # characters of a server's answer in a message


@dataclass(frozen=True)
class HubTarget:
    """Where an upload goes, and by whose leave.

    Attributes
    ----------
    repository : str
        "name/repository".
    endpoint : str
        The server's address, https unless it is on this machine.
    token : str
        The person's; it is not shown when the target is printed.
    """

    repository: str
    endpoint: str
    token: str = field(repr=False)


def hub_target(repository: str, token: str | None = None, endpoint: str | None = None) -> HubTarget:
    """Check where an upload goes.

    Parameters
    ----------
    repository : str
        "name/repository", of a user or an organisation.
    token : str, optional
        With write access. By default HF_TOKEN or the one that `hf auth login` keeps, where no endpoint is given here.
    endpoint : str, optional
        The server's address; by default HF_ENDPOINT, else https://huggingface.co.

    Raises
    ------
    SettingsError
        For another name or address than these, without a token, and where huggingface_hub is not installed.
    """
    if not _REPOSITORY.fullmatch(repository) or ".." in repository or "--" in repository:
        raise SettingsError(
            f"A repository is named name/repository, of letters, digits, hyphens, dots and underscores, not {repository!r}."
        )
    if is_shared() and (endpoint is not None or not token):
        raise SettingsError(
            "On a shared server an upload needs a token of one's own and goes to the server's own endpoint."
        )
    address = _checked_endpoint(endpoint or os.environ.get(ENDPOINT) or DEFAULT_ENDPOINT)
    _check_installed()
    given = (token or "").strip() or (kept_token() if endpoint is None else "")
    if not given:
        raise SettingsError(
            f"An upload needs a token with write access: make one at {address}/settings/tokens and pass it as token=… or in "
            f"HF_TOKEN."
        )
    if not given.isascii() or not given.isprintable() or " " in given:
        raise SettingsError("The token holds blanks or other characters that no token has. Copy it again.")
    return HubTarget(repository, address, given)


def upload(files: Files, target: HubTarget, *, private: bool = True) -> str:
    """Make the repository where it is missing, upload files in one commit, and return its address.

    Parameters
    ----------
    files : mapping
        Name to what writes it. Files of the same names in the repository are replaced, the model card too; others stay.
    target : HubTarget
        Where to.
    private : bool
        Whether a repository that is made is private; one that is there keeps what it is.

    Raises
    ------
    HubError
        When the hub refuses, or cannot be reached.
    """
    from huggingface_hub import HfApi

    api: Any = HfApi(endpoint=target.endpoint, token=target.token, library_name="embedviz")
    with tempfile.TemporaryDirectory(prefix="embedviz-") as folder:
        write_folder(files, Path(folder))

        def send() -> None:
            api.create_repo(target.repository, private=private, exist_ok=True)
            api.upload_folder(repo_id=target.repository, folder_path=folder, commit_message=MESSAGE)

        _in_one_sentence(send, target)
    return f"{target.endpoint}/{target.repository}"


def _in_one_sentence(send: Callable[[], None], target: HubTarget) -> None:
    """Send, and turn what the library raises into a sentence that says what to do."""
    from huggingface_hub.errors import HfHubHTTPError

    # The errors of the library that sends, whichever it is in this version, and OSError.
    network_errors: Any = HfHubHTTPError.__bases__
    try:
        send()
    except (*network_errors, OSError, RuntimeError, ValueError) as error:
        problem = _problem(error, target).replace(target.token, "…")
    else:
        return
    raise HubError(problem)  # without its cause, whose request holds the token


def _problem(error: BaseException, target: HubTarget) -> str:
    owner = target.repository.partition("/")[0]
    status = _status(error)
    if status == 401:
        return (
            f"{target.endpoint} does not accept the token: it is wrong, or has expired. Make one with write access at "
            f"{target.endpoint}/settings/tokens."
        )
    if status == 403:
        return f"The token may not write to {target.repository}: it needs write access to what {owner} owns."
    if status == 404:
        return f"{target.endpoint} has no {target.repository}, or no {owner} that this token may see. Check the name."
    if status is not None:
        return f"{target.endpoint} refused the upload to {target.repository} (HTTP {status}): {_detail(error)}"
    first = _first_cause(error)
    if isinstance(first, (ValueError, RuntimeError)) and not isinstance(first, OSError):
        return f"The upload to {target.repository} failed: {_detail(first)}"
    return f"{target.endpoint} cannot be reached, so nothing was uploaded ({_detail(first)}). Is this machine online?"


def _first_cause(error: BaseException) -> BaseException:
    """Return the error that the library raised others from."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _status(error: BaseException | None) -> int | None:
    """Return the HTTP status that an error, or what caused it, came with; None where no server answered."""
    while error is not None:
        response: Any = getattr(error, "response", None)
        if (status := getattr(response, "status_code", None)) is not None:
            return int(status)
        error = error.__cause__
    return None


def _detail(error: BaseException) -> str:
    text: str = getattr(error, "server_message", None) or str(error) or type(error).__name__
    line = " ".join(text.split())
    return line if len(line) <= _MAX_DETAIL else f"{line[:_MAX_DETAIL]}…"


def _checked_endpoint(endpoint: str) -> str:
    """Return an address without the slash at its end, which has to be one that a token may be sent to."""
    address = endpoint.strip().rstrip("/")
    if not _is_safe(address):
        raise SettingsError(
            f"The hub's address begins with https://, or with http:// on this machine alone, because the token goes there; got "
            f"{address!r}."
        )
    return address


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
    except ValueError:
        return False
    host = parts.hostname
    if not host or parts.username is not None or parts.query or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_local(host))


def _is_local(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _check_installed() -> None:
    if importlib.util.find_spec("huggingface_hub") is None:
        raise SettingsError('An upload needs huggingface_hub: pip install "embedviz[hub]".')


def kept_token() -> str:
    """Return HF_TOKEN or the token that `hf auth login` keeps; empty for none. SettingsError without huggingface_hub."""
    _check_installed()
    from huggingface_hub import get_token

    return get_token() or ""
