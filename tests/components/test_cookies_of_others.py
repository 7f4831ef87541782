"""1,000 cookies that a visitor was not given: none is let in, neither as an owner nor at the routes of maps and exports."""

import random
import secrets
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from components.owner_cookie import COOKIE, NOBODY, owner_of, revoke, viewer_of
from components.routes import routes
from embedviz.exports.export_job import export_of
from embedviz.jobs.inline import run_inline
from embedviz.projection.settings import ProjectionSettings
from embedviz.store.dataset import Dataset
from embedviz.store.key_ring import DAY_S
from embedviz.store.maps import draw_pca
from embedviz.store.owner_tokens import issue_token
from embedviz.store.store import Store

pytestmark = pytest.mark.slow
KINDS = 10
OF_A_KIND = 100
TEXT = "the cat sat on the mat and the dog sat on the rug " * 50


def forged(token: str, owner: str, monkeypatch: pytest.MonkeyPatch, elsewhere) -> list[str]:
    """Return cookies of ten kinds, made by who has seen the owner's name on disk and an older cookie of theirs."""
    rng = random.Random(0)
    version, visitor_id, issued, signature = token.split(".")
    now = int(time.time())
    cookies = [rng.choice(["local", NOBODY, "null", "1", "*", "../local", owner]) for _ in range(OF_A_KIND)]
    cookies += [secrets.token_hex(16) for _ in range(OF_A_KIND)]
    cookies += [f"1.{secrets.token_hex(16)}.{now}.{secrets.token_hex(32)}" for _ in range(OF_A_KIND)]
    cookies += [token[: rng.randrange(len(token))] for _ in range(OF_A_KIND)]  # truncated
    cookies += [altered(token, rng.randrange(len(token)), rng) for _ in range(OF_A_KIND)]
    cookies += [f"{version}.{visitor_id}.{int(issued) + 1 + n}.{signature}" for n in range(OF_A_KIND)]  # made younger
    cookies += [f"{version}.{secrets.token_hex(16)}.{issued}.{signature}" for _ in range(OF_A_KIND)]  # of another
    expired = (now - 30 * DAY_S - 1 - n * 1000 for n in range(OF_A_KIND))
    cookies += [issue_token(visitor_id, now=past) for past in expired]
    with monkeypatch.context() as patch:  # the same visitor, signed with the key of another store
        patch.setenv("EMBEDVIZ_HOME", str(elsewhere))
        cookies += [issue_token(visitor_id, now=now - n) for n in range(OF_A_KIND)]
    replayed = [issue_token() for _ in range(OF_A_KIND)]
    for cookie in replayed:
        revoke({COOKIE: cookie})
    return cookies + replayed


def altered(token: str, place: int, rng: random.Random) -> str:
    return token[:place] + rng.choice([c for c in "0123456789abcdef." if c != token[place]]) + token[place + 1 :]


@pytest.fixture
def owned(monkeypatch):
    """A visitor's cookie, the owner, and what only that cookie gets: the export with the data of an own run, and a map that
    the visitor drew of the run of another."""
    token = issue_token()
    owner = owner_of({COOKIE: token})
    run, of_another = (trained(name) for name in (owner, owner_of({COOKIE: issue_token()})))
    export = run_inline(export_of(run, "again"))
    seen = Store().run(of_another.id, owner)
    drawn = draw_pca(seen, seen.space, ProjectionSettings.of(method="pca"))
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    addresses = [
        f"/embedviz/exports/{run.id}/{export.id}/{export.spec.name}",
        f"/embedviz/maps/{of_another.id}/{drawn.id}/points",
    ]
    return token, owner, addresses


def trained(owner: str):
    dataset = Dataset.upload(Store().uploads_folder, "text.txt", [TEXT.encode()], owner=owner)
    settings = {"dim": 4, "epochs": 1, "min_count": 1, "device": "cpu"}
    return run_inline(Store().create_training("skipgram", dataset, settings, owner=owner))


def test_none_of_a_thousand_cookies_is_let_in(owned, monkeypatch, tmp_path):
    token, owner, addresses = owned
    cookies = forged(token, owner, monkeypatch, tmp_path)
    assert len(cookies) == KINDS * OF_A_KIND
    client = TestClient(Starlette(routes=routes("")))

    def gets(cookie: str) -> list[bool]:
        return [client.get(address, headers={"cookie": f"{COOKIE}={cookie}"}).is_success for address in addresses]

    assert gets(token) == [True, True]
    let_in = [cookie for cookie in cookies if viewer_of({COOKIE: cookie}) != NOBODY or any(gets(cookie))]
    assert let_in == []
