"""Fixtures of the tests in this folder: jobs at work, and small data."""

import contextlib
import importlib.util
import os
import random

import pandas as pd
import pytest
from hypothesis import settings

from embedviz.core.jobs.lease import Heartbeat
from embedviz.core.jobs.status import Status, take_lease, write_status

# A slow machine is no mistake: what generated input finds counts, not how long it took.
settings.register_profile("embedviz", deadline=None)
settings.load_profile("embedviz")

# Beside other tests that are busy, a training that takes only what nobody else wants gets nothing.
os.environ.setdefault("EMBEDVIZ_WORKER_PRIORITY", "low")


def pytest_make_parametrize_id(val, argname):
    """Name bytes by their parameter: an archive holds the time, and every process has to collect the same names."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_modifyitems(items):
    """Skip what needs Ray where that is not installed; where CI is set it fails."""
    if importlib.util.find_spec("ray") is None and not os.environ.get("CI"):
        skip = pytest.mark.skip(reason="Ray is not installed: pip install -r requirements-extras.txt")
        for item in items:
            if item.get_closest_marker("cluster"):
                item.add_marker(skip)


@pytest.fixture
def hold():
    """A function that marks a job's folder as queued or running and keeps its lease alive, as its worker would."""
    with contextlib.ExitStack() as held:

        def hold(folder, state="running", **times):
            lease = take_lease(folder)
            write_status(folder, Status(state, lease=lease.generation, **times))
            held.enter_context(Heartbeat(lease))
            return lease

        yield hold


@pytest.fixture(scope="session")
def two_topics() -> str:
    """600 lines that speak either of animals or of tools, never of both: what a model has to find."""
    rng = random.Random(0)
    topics = (["cat", "dog", "horse", "cow", "sheep", "goat"], ["saw", "hammer", "nail", "drill", "screw", "plane"])
    return "\n".join(" ".join(rng.choice(topics[i % 2]) for _ in range(8)) for i in range(600))


@pytest.fixture(scope="session")
def many_topics() -> str:
    """1,500 lines of 8 words, each line of one of 20 topics with 20 words: too many to be learned in a moment."""
    rng = random.Random(0)
    return "\n".join(" ".join(f"t{i % 20}w{rng.randrange(20)}" for _ in range(8)) for i in range(1500))


@pytest.fixture(scope="session")
def tweets() -> pd.DataFrame:
    """600 short texts of three moods; the words of a mood tell it, the rest are everybody's. One text has no mood."""
    rng = random.Random(1)
    moods = {
        "happy": ["love", "great", "wonderful", "thanks", "sunny", "😀"],
        "angry": ["hate", "awful", "broken", "worst", "refund", "😡"],
        "neither": ["today", "bus", "meeting", "monday", "notes", "update"],
    }
    everybody = ["the", "this", "is", "was", "so", "at", "and", "my", "phone", "train"]
    rows = []
    for i in range(600):
        mood = list(moods)[i % 3]
        words = [rng.choice(everybody) for _ in range(rng.randint(3, 9))] + rng.sample(moods[mood], 2)
        rng.shuffle(words)
        rows.append({"tweet": " ".join(words), "mood": mood, "likes": rng.randint(0, 50)})
    rows[17]["mood"] = None
    return pd.DataFrame(rows)


@pytest.fixture(scope="session")
def film_ratings() -> pd.DataFrame:
    """60 people in two groups rate 40 films of two kinds from 1 to 10: a group likes its kind. One pair comes twice."""
    rng = random.Random(2)
    rows = []
    for person in range(60):
        for film in rng.sample(range(40), 20):
            liked = person % 2 == film % 2
            stars = min(10, max(1, round(rng.gauss(8 if liked else 3, 1))))
            rows.append((f"p{person}", f"Film {film}", stars, 1_000_000 + len(rows), ("left", "right")[film % 2]))
    rows.append((*rows[0][:2], 5, 2_000_000, rows[0][4]))
    return pd.DataFrame(rows, columns=["user_id", "film", "stars", "timestamp", "kind"])


@pytest.fixture(scope="session")
def cars() -> pd.DataFrame:
    """500 cars: make and doors tell the body, horse power helps; some cells are missing, one make is rare."""
    rng = random.Random(3)
    makes = {"Ferro": "sports", "Vulpa": "sports", "Bovis": "van", "Camelo": "van", "Urba": "city", "Mini": "city"}
    power = {"sports": 300, "van": 140, "city": 70}
    rows = []
    for i in range(500):
        make = rng.choice(list(makes))
        body = makes[make] if rng.random() < 0.9 else rng.choice(list(power))
        rows.append(
            {
                "make": make if i else "Unica",
                "colour": rng.choice(["red", "blue", "grey", None]),
                "horse power": round(rng.gauss(power[body], 25), 1) if rng.random() < 0.9 else None,
                "doors": 2 if body == "sports" else rng.choice([4, 5]),
                "body": body,
            }
        )
    return pd.DataFrame(rows)
