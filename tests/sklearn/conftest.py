"""What the tests of estimators share."""

import numpy as np
import pytest


@pytest.fixture(autouse=True)
def store(tmp_path, monkeypatch):
    """A store that has to stay empty."""
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


@pytest.fixture(scope="module")
def topics(two_topics):
    return two_topics.splitlines(), np.array([0, 1] * 300)
