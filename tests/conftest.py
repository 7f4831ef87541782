"""What tests share: a store of their own, and small texts."""

import random

import pytest
from hypothesis import settings

# A slow machine is no mistake: what generated input finds counts, not how long it took.
settings.register_profile("embedviz", deadline=None)
settings.load_profile("embedviz")


@pytest.fixture(autouse=True)
def own_home(tmp_path_factory, monkeypatch):
    """Every test has an empty store, and none finds another's runs."""
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("EMBEDVIZ_HOME", str(folder))
    monkeypatch.delenv("EMBEDVIZ_MODE", raising=False)
    return folder


@pytest.fixture(scope="session")
def two_topics() -> str:
    """600 lines that speak either of animals or of tools, never of both: what a model has to find."""
    rng = random.Random(0)
    topics = (["cat", "dog", "horse", "cow", "sheep", "goat"], ["saw", "hammer", "nail", "drill", "screw", "plane"])
    return "\n".join(" ".join(rng.choice(topics[i % 2]) for _ in range(8)) for i in range(600))
