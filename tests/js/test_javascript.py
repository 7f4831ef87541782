"""The JavaScript of the map: its types, its style, its unit tests. Skipped without Node.js, a failure where CI is set."""

import os
from pathlib import Path

import pytest

from embedviz.figures.colors import MapColors
from embedviz.map_view.exchange import COLOR_CODES, CONSTANTS, POSITIONS
from embedviz.map_view.typedefs import EXCHANGE_FILE, generate
from embedviz.projection.packing import pack_points
from tests.js.node import ROOT, NodeMissingError, find_node

pytestmark = pytest.mark.slow

UNIT_TESTS = sorted(str(path.relative_to(ROOT)) for path in Path(__file__).parent.glob("*.test.js"))


def missing(error):
    pytest.fail(str(error)) if os.environ.get("CI") else pytest.skip(str(error))


@pytest.fixture(scope="module")
def node():
    try:
        return find_node()
    except NodeMissingError as error:
        missing(error)


@pytest.fixture(scope="module")
def tools(node):
    try:
        node.install()
    except NodeMissingError as error:
        missing(error)
    return node


def test_types(tools):
    outcome = tools.tool("typescript/bin/tsc", "--project", "tsconfig.json")
    assert outcome.returncode == 0, outcome.stdout


def test_style(tools):
    outcome = tools.tool("@biomejs/biome/bin/biome", "check", "--error-on-warnings")
    assert outcome.returncode == 0, outcome.stdout


def test_units(node):
    outcome = node.run("--test", "--test-reporter=spec", *UNIT_TESTS)
    assert outcome.returncode == 0, outcome.stdout
    assert "tests 0" not in outcome.stdout


def test_every_module_is_checked():
    for path in EXCHANGE_FILE.parent.glob("*.js"):
        assert path.read_text(encoding="utf-8").startswith("// @ts-check\n"), path.name


def test_the_exchange_is_the_same_in_javascript_as_in_python():
    assert EXCHANGE_FILE.read_text(encoding="utf-8") == generate(), "run: python -m embedviz.map_view.typedefs"


def test_buffers_have_the_layout_that_is_declared():
    import numpy as np

    coords = np.array([[0, 0], [1, 0.5], [0.25, 1]], np.float32)
    packed = pack_points(coords)
    assert len(packed) == len(coords) * CONSTANTS["BYTES_PER_POSITION"][0]
    x, y = np.frombuffer(packed, POSITIONS.dtype).reshape(-1, POSITIONS.per_point).T.astype(float)
    assert x[0] < x[2] < x[1] <= CONSTANTS["MAX_COORDINATE"][0]
    assert y[0] < y[1] < y[2] <= CONSTANTS["MAX_COORDINATE"][0]
    assert MapColors(np.zeros(3, COLOR_CODES.dtype), "number").codes.nbytes == 3 * COLOR_CODES.bytes_per_point
