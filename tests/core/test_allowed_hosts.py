"""Names by which a server may be asked."""

import pytest

from embedviz.core.allowed_hosts import is_allowed_host


@pytest.mark.parametrize(
    ("host", "listens_at", "is_allowed"),
    [
        ("localhost:8501", "127.0.0.1", True),
        ("LOCALHOST", "127.0.0.1", True),
        ("app.localhost:1", "::1", True),
        ("127.0.0.1:8501", "127.0.0.1", True),
        ("[::1]:8501", "::1", True),
        ("evil.example:8501", "127.0.0.1", False),
        ("localhost.evil.example", "127.0.0.1", False),
        ("127.0.0.1.evil.example", "127.0.0.1", False),
        ("evil.example", "::1", False),
        ("", "127.0.0.1", False),
        ("user@localhost", "127.0.0.1", False),
        ("localhost/x", "127.0.0.1", False),
        ("localhost:http", "127.0.0.1", False),
        ("laptop.lan:8501", "192.168.1.2", True),
        ("anything", None, True),
    ],
)
def test_on_ones_own_machine_loopback_answers_to_localhost_and_addresses(host, listens_at, is_allowed):
    assert is_allowed_host(host, listens_at) is is_allowed


def test_a_shared_server_answers_to_any_name_until_some_are_listed(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    assert is_allowed_host("any.example", "127.0.0.1")
    monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "Demo.example.org, *.lab.example,[::1]")
    for host in ("demo.example.org", "DEMO.example.org.:443", "a.lab.example", "a.b.lab.example:80", "[::1]:8501"):
        assert is_allowed_host(host, "10.0.0.1"), host
    for host in ("any.example", "lab.example", "evillab.example", "demo.example.org.evil.example", "127.0.0.1", ""):
        assert not is_allowed_host(host, "10.0.0.1"), host


def test_a_list_counts_on_ones_own_machine_too(monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "hub.example.org")
    assert is_allowed_host("hub.example.org", "127.0.0.1")
    assert not is_allowed_host("localhost", "127.0.0.1")
    monkeypatch.setenv("EMBEDVIZ_ALLOWED_HOSTS", "*")
    assert is_allowed_host("anything", "127.0.0.1")
