"""Programs that folders without the right to write keep out, as they keep out anybody but root."""

import os
import shutil

import pytest


def unprivileged() -> list[str]:
    """Return the words before a command that take the right to write everywhere from it, where we are root; skip without them."""
    if os.name != "posix" or os.geteuid() != 0:
        return []
    if shutil.which("setpriv") is None:
        pytest.skip("Root may write to every folder, and there is no setpriv to take that right away.")
    return ["setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override"]
