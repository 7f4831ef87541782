"""What a server does whose environment says what cannot be."""

import subprocess
import sys

import pytest

from embedviz.core.app_files import app_root


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("EMBEDVIZ_LIMIT_EPOCHS", "many", "EMBEDVIZ_LIMIT_EPOCHS is a number of at least 0, or none; got 'many'."),
        ("EMBEDVIZ_LIMIT_EPOCH", "5", "There is no limit EMBEDVIZ_LIMIT_EPOCH. There are: data_mb, dim, "),
    ],
)
def test_a_server_does_not_start_with_a_wrong_limit(own_home, monkeypatch, variable, value, sentence):
    monkeypatch.setenv(variable, value)
    ran = subprocess.run(
        [sys.executable, "-c", "import app"], cwd=app_root(), capture_output=True, text=True, check=False
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith(sentence)
    assert ran.stderr.count("\n") == 1
