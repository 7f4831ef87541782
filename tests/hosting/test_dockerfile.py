"""The Dockerfile's steps, run as a script: its files are copied, its packages are installed, and its command serves, read-only."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
import urllib.request
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from tests.browser.conftest import ROOT, free_port, wait_until
from tests.unprivileged import unprivileged

HOSTING = ROOT / "hosting"


def instructions(dockerfile: Path) -> list[tuple[str, str]]:
    """Return the instructions of a Dockerfile with their arguments; lines that end in a backslash are joined."""
    text = re.sub(r"^\s*#.*\n", "", dockerfile.read_text(encoding="utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    return [(line.split(maxsplit=1)[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def arguments(dockerfile: Path, name: str) -> list[str]:
    return [argument for instruction, argument in instructions(dockerfile) if instruction == name]


def variables(dockerfile: Path) -> dict[str, str]:
    pairs = [word.split("=", 1) for argument in arguments(dockerfile, "ENV") for word in shlex.split(argument)]
    return dict(pairs)


def copied(target: Path) -> None:
    """Copy what the build would send and `COPY . .` would take, by the rules of the .dockerignore."""
    rules = (HOSTING / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    left_out = [rule.removeprefix("**/") for rule in rules if rule.startswith("**/")]
    for path in kept:
        assert (ROOT / path).exists(), path
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / path).is_dir():
            shutil.copytree(ROOT / path, target / path, ignore=shutil.ignore_patterns(*left_out))
        else:
            shutil.copy(ROOT / path, target / path)


@pytest.mark.parametrize("name", ["Dockerfile", "huggingface/Dockerfile"])
def test_it_runs_without_rights_from_an_exec_form_with_a_health_check(name):
    dockerfile = HOSTING / name
    names = [instruction for instruction, _ in instructions(dockerfile)]
    assert arguments(dockerfile, "USER") == ["1000"]
    assert names.index("USER") < names.index("CMD")
    assert json.loads(arguments(dockerfile, "CMD")[0])[0] == "python"
    check = arguments(dockerfile, "HEALTHCHECK")[0]
    assert json.loads(check[check.index("CMD") + 3 :])[0] == "python"
    assert variables(dockerfile)["EMBEDVIZ_MODE"] == "shared"
    assert variables(dockerfile)["STREAMLIT_SERVER_ADDRESS"] == "0.0.0.0"
    assert arguments(dockerfile, "EXPOSE") == [variables(dockerfile)["STREAMLIT_SERVER_PORT"]]
    steps = " ".join(arguments(dockerfile, "RUN"))
    assert "download.pytorch.org/whl/cpu" in steps
    assert "pip install -r requirements.txt -c requirements.lock" in steps


def test_its_python_is_one_that_the_project_allows():
    version = re.search(r"python:(3\.\d+)-slim", (HOSTING / "Dockerfile").read_text(encoding="utf-8"))[1]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"Programming Language :: Python :: {version}" in project["classifiers"]
    assert Requirement(f"python{project['requires-python']}").specifier.contains(f"{version}.0")


def test_the_image_has_no_tests_secrets_or_caches():
    rules = (HOSTING / "Dockerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    kept = [rule[1:] for rule in rules if rule.startswith("!")]
    assert "*" in rules
    for path in ("tests", ".git", ".venv", ".embedviz", "docs", "build"):
        assert not any(fnmatch(path, rule) for rule in kept), path


def test_the_step_that_installs_pytorch_takes_the_pinned_cpu_build():
    (step,) = [step for step in arguments(HOSTING / "Dockerfile", "RUN") if "whl/cpu" in step]
    words = step.replace("pip install", "echo", 1)
    said = subprocess.run(["sh", "-c", words], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    pin = re.search(r"^torch==(\S+)", (ROOT / "requirements.txt").read_text(encoding="utf-8"), re.MULTILINE)[1]
    assert said.split()[-1] == f"torch=={pin}+cpu"


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_what_it_copies_serves_from_folders_that_it_cannot_write_to(tmp_path):
    """Packages are those of this environment: the steps that install them would download a gigabyte."""
    dockerfile = HOSTING / "Dockerfile"
    app, data, scratch = tmp_path / "app", tmp_path / "data", tmp_path / "tmp"
    for folder in (app, data, scratch):
        folder.mkdir()
    copied(app)
    port = str(free_port())
    inside = {
        name: re.sub("^/(data|tmp)", lambda match: str({"data": data, "tmp": scratch}[match[1]]), value)
        for name, value in variables(dockerfile).items()
    }
    environment = {"PATH": os.environ["PATH"], "TMPDIR": str(scratch), **inside, "STREAMLIT_SERVER_PORT": port}
    before = tree(app)
    for path in [app, *app.rglob("*")]:
        path.chmod(path.stat().st_mode & ~0o222)
    command = json.loads(arguments(dockerfile, "CMD")[0])
    check = arguments(dockerfile, "HEALTHCHECK")[0]
    health = [sys.executable, *json.loads(check[check.index("CMD") + 3 :])[1:]]

    def is_healthy() -> bool:
        return subprocess.run(health, cwd=app, env=environment, capture_output=True, check=False).returncode == 0

    assert not is_healthy()
    with open(tmp_path / "log", "wb") as log:
        server = subprocess.Popen(
            [*unprivileged(), sys.executable, *command[1:]], cwd=app, env=environment, stdout=log, stderr=log
        )
    try:
        wait_until(is_healthy, 90, "the server was not healthy")
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=10) as answer:
            assert b"<html" in answer.read()
        wait_until((data / "workers.log").exists, 120, "no worker was started")
    finally:
        server.terminate()
        server.wait(90)  # a server that is still starting its workers lets them come up first
        for path in [app, *app.rglob("*")]:
            path.chmod(path.stat().st_mode | 0o200)
    assert tree(app) == before
    assert "Traceback" not in (tmp_path / "log").read_text(encoding="utf-8")
    assert (data / "runs").is_dir() or (data / "workers.log").is_file()


def tree(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
