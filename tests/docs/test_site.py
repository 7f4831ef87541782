"""The documentation site as it is built."""

import importlib.util
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

import embedviz

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """The folder of the built site; a warning of the build is an error, which --quiet would hide."""
    missing = [name for name in ("material", "mkdocstrings") if importlib.util.find_spec(name) is None]
    if missing:
        reason = "mkdocs is not installed: pip install -r requirements-docs.txt"
        pytest.fail(reason) if os.environ.get("CI") else pytest.skip(reason)
    folder = tmp_path_factory.mktemp("site")
    command = [
        sys.executable,
        "-m",
        "mkdocs",
        "build",
        "--strict",
        "-f",
        ROOT / "docs" / "site" / "mkdocs.yml",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(
        [*command, "-d", folder], capture_output=True, text=True, cwd=ROOT, env=environment, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


class Addresses(HTMLParser):
    """What a page loads, what it links to, and the names of its places."""

    def __init__(self):
        super().__init__()
        self.loaded, self.linked, self.places = [], [], set()

    def handle_starttag(self, tag, attrs):
        known = dict(attrs)
        if "id" in known:
            self.places.add(known["id"])
        if tag == "a" and known.get("href"):
            self.linked.append(known["href"])
        elif tag in ("img", "script", "iframe", "source") and known.get("src"):
            self.loaded.append(known["src"])
        elif tag == "link" and known.get("rel") not in ("canonical", "prev", "next") and known.get("href"):
            self.loaded.append(known["href"])


@pytest.fixture(scope="module")
def pages(site):
    found = {}
    for path in site.rglob("*.html"):
        parser = Addresses()
        parser.feed(path.read_text(encoding="utf-8"))
        found[path] = parser
    return found


def test_it_loads_nothing_from_another_host(site, pages):
    assert len(pages) > 15
    for path, page in pages.items():
        for address in page.loaded:
            assert not urlsplit(address).netloc, (path.name, address)
            assert (path.parent / unquote(urlsplit(address).path)).exists() or path.name == "404.html", (
                path.name,
                address,
            )
    for path in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", path.read_text(encoding="utf-8")), path.name


def test_its_links_lead_to_pages_and_places_that_exist(pages):
    for path, page in pages.items():
        for address in page.linked:
            parts = urlsplit(address)
            if parts.scheme or path.name == "404.html":
                continue
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            target = target / "index.html" if target.is_dir() else target
            assert target.exists(), (path.name, address)
            if parts.fragment and target in pages:
                assert unquote(parts.fragment) in pages[target].places, (path.name, address)


def test_the_api_and_every_command_are_on_it(site, pages):
    from typer.main import get_command

    from embedviz.cli import app

    places = pages[site / "api.html"].places
    for name in set(embedviz.__all__) - {"__version__"}:
        assert any(place.endswith(f".{name}") for place in places), name
    assert any(place.endswith("Run.predict") for place in places)
    commands = pages[site / "command-line.html"].places
    assert {f"embedviz-{name}" for name in get_command(app).commands} <= commands
