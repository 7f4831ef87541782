"""Tokens of visitors: what is let in, renewal, keys that change, revocation."""

import json
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from embedviz.core.errors import EmbedvizError
from embedviz.store.key_ring import DAY_S, KeyRing
from embedviz.store.owner_tokens import TOKEN_LIFE_S, issue_token, owner_name, read_token, revoke_token

NOW = 1_900_000_000.0
ROOT = Path(__file__).resolve().parents[2]


def test_a_token_identifies_its_visitor_by_a_hash():
    token = issue_token(now=NOW)
    visitor = read_token(token, NOW)
    assert visitor.owner == owner_name("visitor", visitor.id)
    assert visitor.owner not in token
    assert read_token(issue_token(visitor.id, NOW + 5), NOW + 5).owner == visitor.owner
    assert read_token(issue_token(now=NOW), NOW).owner != visitor.owner


@pytest.mark.parametrize(
    ("age", "is_accepted"),
    [(0, True), (TOKEN_LIFE_S, True), (TOKEN_LIFE_S + 1, False), (-3600, True), (-2 * DAY_S, False)],
)
def test_a_token_lives_thirty_days_and_bears_a_clock_that_was_set_back(age, is_accepted):
    assert bool(read_token(issue_token(now=NOW), NOW + age)) is is_accepted


def test_no_character_of_a_token_may_change():
    token = issue_token(now=NOW)
    for place, character in enumerate(token):
        for other in {"0", "1", "f", ".", " ", "٣"} - {character}:
            assert read_token(token[:place] + other + token[place + 1 :], NOW) is None
    assert read_token(token + "\n", NOW) is None
    assert read_token(token.upper(), NOW) is None


@pytest.mark.parametrize("text", ["", "local", "nobody", "1..", "a" * 32, "1." + "0" * 32 + ".1900000000." + "0" * 64])
def test_what_is_made_up_is_refused(text):
    issue_token(now=NOW)
    assert read_token(text, NOW) is None


def test_a_token_of_another_store_is_refused(tmp_path, monkeypatch):
    token = issue_token(now=NOW)
    monkeypatch.setenv("EMBEDVIZ_HOME", str(tmp_path))
    assert read_token(token, NOW) is None
    issue_token(now=NOW)
    assert read_token(token, NOW) is None


def test_a_revoked_token_is_refused_with_all_of_its_visitor(own_home):
    token, other = issue_token(now=NOW), issue_token(now=NOW)
    visitor = read_token(token, NOW)
    later = issue_token(visitor.id, NOW + DAY_S)
    revoke_token(token, NOW + DAY_S)
    assert read_token(token, NOW + DAY_S) is read_token(later, NOW + DAY_S) is None
    assert read_token(other, NOW + DAY_S)
    assert visitor.id not in str(list(own_home.rglob("*")))


def test_a_revocation_is_kept_until_the_last_token_has_expired(own_home):
    revoke_token(issue_token(now=NOW), NOW)
    revoke_token(issue_token(now=NOW + TOKEN_LIFE_S), NOW + TOKEN_LIFE_S)
    assert len(list((own_home / "revoked").iterdir())) == 2
    late = NOW + TOKEN_LIFE_S + 2 * DAY_S
    revoke_token(issue_token(now=late), late)
    assert len(list((own_home / "revoked").iterdir())) == 2


def test_who_may_not_revoke_changes_nothing(own_home):
    revoke_token("../../local", NOW)
    assert not (own_home / "revoked").exists()


def test_the_key_is_its_owners_alone_and_no_token_is_on_disk(own_home):
    token = issue_token(now=NOW)
    (key,) = (own_home / "keys").iterdir()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert stat.S_IMODE(key.parent.stat().st_mode) == 0o700
    assert token.rpartition(".")[2] not in key.read_text()


def test_a_key_signs_for_thirty_days_and_is_accepted_until_its_tokens_have_expired(own_home):
    first = issue_token(now=NOW)
    issue_token(now=NOW + 29 * DAY_S)
    assert len(list((own_home / "keys").iterdir())) == 1
    late = issue_token(now=NOW + 29.9 * DAY_S)
    issue_token(now=NOW + 30 * DAY_S)
    assert len(list((own_home / "keys").iterdir())) == 2
    assert read_token(first, NOW + 30 * DAY_S)
    assert read_token(late, NOW + 59 * DAY_S)
    issue_token(now=NOW + 62 * DAY_S)
    assert sorted(path.name for path in (own_home / "keys").iterdir()) == ["2.json", "3.json"]


def test_a_damaged_key_does_not_stop_the_server(own_home):
    (own_home / "keys").mkdir()
    (own_home / "keys" / "1.json").write_text("{")
    assert read_token(issue_token(now=NOW), NOW)
    assert sorted(path.name for path in (own_home / "keys").iterdir()) == ["1.json", "2.json"]


def test_a_key_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "keys").write_text("a file")
    with pytest.raises(EmbedvizError, match="cannot be written"):
        KeyRing(tmp_path / "keys", TOKEN_LIFE_S).signing_key(NOW)


def test_a_key_that_another_server_made_is_seen_at_once(own_home):
    ours, theirs = (KeyRing(own_home / "keys", TOKEN_LIFE_S) for _ in range(2))
    assert ours.signing_key(NOW) == theirs.signing_key(NOW)
    new = theirs.signing_key(NOW + 31 * DAY_S)
    assert ours.accepted(NOW + 31 * DAY_S)[0] == new == ours.signing_key(NOW + 31 * DAY_S)


@pytest.mark.slow
def test_servers_that_start_at_once_agree_on_one_key(own_home):
    code = "from embedviz.store.owner_tokens import issue_token; print(issue_token())"
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, cwd=ROOT) for _ in range(6)
    ]
    tokens = [process.communicate(timeout=60)[0].strip() for process in started]
    assert all(read_token(token) for token in tokens)
    (key,) = (own_home / "keys").iterdir()
    assert json.loads(key.read_text())["secret"]
