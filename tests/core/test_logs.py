"""JSON lines of a server, and the file in which errors are found by their ids."""

import io
import json
import logging
import os
import stat
import sys

import pytest

from embedviz.core.logs import (
    FILE,
    LOGGERS,
    JsonFormatter,
    find_error,
    log_error,
    log_event,
    set_up_logs,
    visitor_hash,
    wants_json,
)

SECRET = "0123456789abcdef" * 2
logger = logging.getLogger("embedviz.test")


@pytest.fixture
def stream(monkeypatch):
    """Logs set up as a shared server does, and what it writes to the error stream; all is as before afterwards."""
    monkeypatch.setenv("EMBEDVIZ_MODE", "shared")
    before = {name: (logging.getLogger(name).handlers[:], logging.getLogger(name).level) for name in LOGGERS}
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    set_up_logs()
    yield written
    for name, (handlers, level) in before.items():
        one = logging.getLogger(name)
        for handler in one.handlers[:]:
            if handler not in handlers:
                one.removeHandler(handler)
                handler.close()
        one.setLevel(level)
        one.propagate = True


def raised(text: str) -> ValueError:
    try:
        try:
            raise KeyError(text)
        except KeyError as inner:
            raise ValueError(text) from inner
    except ValueError as error:
        return error


def lines(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_of_json_with_its_fields(stream):
    log_event(logger, "job ended", run="a" * 32, visitor=visitor_hash(SECRET), seconds=1.5, peak_mb=None)
    (line,) = lines(stream)
    assert line["time"].endswith("+00:00")
    assert {name: line[name] for name in ("level", "logger", "message", "run", "seconds")} == {
        "level": "info",
        "logger": "embedviz.test",
        "message": "job ended",
        "run": "a" * 32,
        "seconds": 1.5,
    }
    assert "peak_mb" not in line
    assert SECRET not in stream.getvalue()


def test_a_message_of_several_lines_stays_one_line(stream):
    logger.warning("one\ntwo\n%s", "three")
    assert [line["message"] for line in lines(stream)] == ["one\ntwo\nthree"]


def test_an_error_is_found_by_its_id_in_a_file_that_its_owner_alone_reads(stream, own_home):
    log_error(logger, raised("first"), "11111111")
    log_error(logger, raised("second"), "22222222")
    found = find_error("22222222")
    assert found is not None
    assert "22222222" in found
    assert "in raised" in found
    assert "KeyError" in found
    assert "ValueError" in found
    assert "11111111" not in found
    assert find_error("33333333") is None
    assert stat.S_IMODE((own_home / FILE).stat().st_mode) == 0o600


def test_on_a_shared_server_what_a_visitor_typed_is_in_no_log(stream, own_home):
    log_error(logger, raised("a visitor's own words"), "44444444", visitor=visitor_hash(SECRET))
    kept = (own_home / FILE).read_text(encoding="utf-8")
    assert "44444444" in kept
    for text in (kept, stream.getvalue()):
        assert "a visitor's own words" not in text
        assert SECRET not in text


def test_on_ones_own_machine_the_message_is_kept(monkeypatch):
    monkeypatch.delenv("EMBEDVIZ_MODE", raising=False)
    record = logging.LogRecord("x", logging.ERROR, "f", 1, "m", (), None)
    error = raised("my own words")
    record.exc_info = (type(error), error, error.__traceback__)
    assert "my own words" in json.loads(JsonFormatter().format(record))["traceback"]


def test_errors_alone_are_kept_in_the_file(stream, own_home):
    log_event(logger, "job begun")
    logger.warning("something")
    assert not (own_home / FILE).exists()


def test_the_file_is_rotated_and_an_older_error_still_found(stream, own_home, monkeypatch):
    monkeypatch.setattr(
        "logging.handlers.RotatingFileHandler.shouldRollover", lambda self, record: self.stream is not None
    )
    for number in range(3):
        log_error(logger, raised("x"), f"{number:08}")
    assert sorted(path.name for path in own_home.glob(f"{FILE}*")) == [FILE, f"{FILE}.1", f"{FILE}.2"]
    assert "00000000" in (find_error("00000000") or "")
    assert {stat.S_IMODE(path.stat().st_mode) for path in own_home.glob(f"{FILE}*")} == {0o600}


def test_a_file_that_cannot_be_written_is_named_once_a_record_without_a_traceback(stream, own_home, capsys):
    os.mkdir(own_home / FILE)  # in the place of the file
    log_error(logger, raised("x"), "55555555")
    last = capsys.readouterr().err.splitlines()
    assert any(line.startswith(f"{own_home / FILE} cannot be written") for line in last)
    assert not any(line.startswith("Traceback") for line in last)


@pytest.mark.parametrize(
    ("mode", "log", "is_json"),
    [("local", "", False), ("shared", "", True), ("local", "json", True), ("shared", "text", False)],
)
def test_a_shared_server_writes_json_and_a_variable_decides(mode, log, is_json, monkeypatch):
    monkeypatch.setenv("EMBEDVIZ_MODE", mode)
    monkeypatch.setenv("EMBEDVIZ_LOG", log)
    assert wants_json() is is_json
