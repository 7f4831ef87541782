import subprocess
import sys
from pathlib import Path

import pytest

from embedviz.core.errors import RunError
from embedviz.jobs.registry import KINDS, declaration

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_declared_under_its_name(kind):
    found = declaration(kind)
    assert found.kind == found.spec_class.kind == kind
    assert found.lane in ("training", "interactive", "coordination")


def test_the_declarations_load_without_what_is_heavy():
    code = (
        "import sys; from embedviz.jobs.registry import KINDS, declaration; [declaration(kind) for kind in KINDS]; "
        "print([name for name in ('torch', 'umap', 'numba', 'sklearn', 'scipy') if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True).stdout
    assert out.strip() == "[]"


def test_a_kind_of_another_version_is_a_sentence():
    with pytest.raises(RunError, match="knows no jobs of the kind 'dream'"):
        declaration("dream")
