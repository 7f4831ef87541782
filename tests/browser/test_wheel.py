"""The wheel, installed into a fresh environment away from the checkout: the package, the app, the samples, the command."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import pytest
from playwright.sync_api import expect

from embedviz.core.version import VERSION
from tests.browser.acting import press, visit
from tests.browser.conftest import ROOT, free_port, wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]
MAX_BYTES = 20_000_000
UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


def environment() -> dict[str, str]:
    """Return this process's environment without what leads back to the checkout; uv looks where pip is told to look."""
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "VIRTUAL_ENV")}
    return {"UV_FIND_LINKS": kept.get("PIP_FIND_LINKS", ""), "UV_NO_PROGRESS": "1", **kept}


def not_to_be_had(reason: str) -> None:
    """Skip with the reason, or fail where CI is set."""
    pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)


@pytest.fixture(scope="module")
def torch_pin() -> str:
    """The very PyTorch of this environment: on Linux its CPU build, or the fresh environment would download 3 GB."""
    pin = f"torch=={version('torch')}"
    if sys.platform == "linux" and "+cpu" not in pin:
        not_to_be_had(f"{pin} is not a CPU build: a fresh environment would download about 3 GB.")
    return pin


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, torch_pin, tmp_path_factory) -> Path:
    """The bin folder of an environment that holds the wheel and what it requires, by the app's pins."""
    if UV is None:
        not_to_be_had("uv is not installed: pip install -r requirements-dev.txt")
    folder = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([UV, "venv", "--quiet", "--python", sys.executable, str(folder)], check=True, env=environment())
    command = [UV, "pip", "install", "--quiet", "--python", str(folder / "bin" / "python")]
    command += ["--constraint", str(ROOT / "requirements.txt"), str(wheel), torch_pin]
    done = subprocess.run(command, env=environment(), capture_output=True, text=True)
    if done.returncode:
        not_to_be_had(f"The wheel could not be installed: {done.stderr[-2000:]}")
    return folder / "bin"


@pytest.fixture
def away(tmp_path, own_home):
    """A function that runs a command of the installed package in an empty folder and returns its output."""

    def call(program: Path, *words: str) -> str:
        done = subprocess.run([program, *words], cwd=tmp_path, env=environment(), capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout

    return call


def test_the_wheel_is_small_and_adds_one_package(wheel):
    assert wheel.stat().st_size <= MAX_BYTES
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names} == {"embedviz", f"embedviz-{VERSION}.dist-info"}
    assert {"embedviz/py.typed", "embedviz/_app/app.py", "embedviz/_app/.streamlit/config.toml"} <= set(names)
    assert not [name for name in names if "__pycache__" in name or "/tests/" in name or name.endswith(".map")]


def test_it_holds_every_file_of_the_app_and_the_package(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", "app.py", "pages", "components", "sample_data", "embedviz"], cwd=ROOT, capture_output=True, text=True
    )  # fmt: skip
    if listed.returncode:
        not_to_be_had("The checkout is not a git repository, so its files cannot be listed.")
    for file in listed.stdout.split():
        if (ROOT / file).is_file():
            assert (file if file.startswith("embedviz/") else f"embedviz/_app/{file}") in names


def test_it_stands_apart_from_the_checkout(installed, away):
    code = "import embedviz, embedviz.core.app_files as files; print(embedviz.__file__); print(files.app_root())"
    for path in away(installed / "python", "-c", code).splitlines():
        assert Path(path).is_relative_to(installed.parent)


def test_it_trains_on_a_sample_by_its_command(installed, away, tmp_path):
    away(installed / "embedviz", "train", "ratings", "ratings", "--dim", "4", "--out", "run", "--device", "cpu")
    assert json.loads((tmp_path / "run" / "status.json").read_text())["state"] == "done"
    assert "label" in away(
        installed / "embedviz", "neighbors", "run", "The Guilty Inspector", "--space", "item", "-k", "3"
    )


def test_every_command_explains_itself(installed, away):
    assert away(installed / "embedviz", "--version").strip() == VERSION
    listed = away(installed / "embedviz", "--help")
    for command in ("train", "convert", "experiment"):
        assert command in listed
        assert "Usage" in away(installed / "embedviz", command, "--help")


@pytest.mark.browser
def test_its_command_alone_opens_the_app(installed, tmp_path, own_home, chromium):
    port = free_port()
    server = subprocess.Popen(
        [installed / "embedviz", "--no-browser", "--port", str(port)], cwd=tmp_path, env=environment(),
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        page = chromium.new_page()

        def answers() -> bool:
            try:
                return page.goto(f"http://127.0.0.1:{port}/").ok
            except Exception as error:
                assert "ERR_CONNECTION_REFUSED" in str(error)
                return False

        wait_until(answers, 120, "the app did not answer")
        expect(page.get_by_role("heading", name="Words: king, queen and table")).to_be_visible(timeout=60_000)
        visit(page, "Data")
        press(page, "Bird strikes")
        expect(page.get_by_text("First rows").first).to_be_visible(timeout=60_000)
        expect(page).to_have_title("Data · embedviz")
    finally:
        server.terminate()
        server.wait(60)
    assert list(own_home.iterdir()), "the store named by EMBEDVIZ_HOME is used"


def test_uvx_runs_it_in_one_line(wheel, torch_pin, tmp_path):
    uvx = UV and shutil.which("uvx", path=str(Path(UV).parent))
    if not uvx:
        not_to_be_had("uvx is not installed: pip install -r requirements-dev.txt")
    pins = tmp_path / "pins.txt"
    pins.write_text(f"{torch_pin}\n")
    command = [
        uvx,
        "--quiet",
        "--python",
        sys.executable,
        "--constraints",
        str(pins),
        "--from",
        str(wheel),
        "embedviz",
        "--version",
    ]
    done = subprocess.run(command, cwd=tmp_path, env=environment(), capture_output=True, text=True)
    if done.returncode and "torch" in done.stderr:
        not_to_be_had(f"The CPU build of PyTorch cannot be had by uvx: {done.stderr[-500:]}")
    assert done.stdout.strip() == VERSION, done.stderr
