import pytest

from embedviz.core.jobs.reporter import Control, Interrupted, Reporter, StopRequested, TakenOver
from embedviz.core.progress import Progress


def steps(n):
    for step in range(n):
        yield Progress(step)
    return "value"


def test_events_go_where_they_are_wanted_with_what_is_added():
    heard = []
    reporter = Reporter(lambda progress, **more: heard.append((progress.step, progress.message, more)))
    reporter(Progress(1), probes=[])
    reporter.report("Reading", 2, 3)
    assert heard == [(1, "", {"probes": []}), (2, "Reading", {})]


def test_follow_reports_every_event_and_returns_the_value():
    heard = []
    assert Reporter(lambda progress, **more: heard.append(progress.step)).follow(steps(3)) == "value"
    assert heard == [0, 1, 2]


def test_follow_ends_at_the_event_after_which_a_stop_was_asked_for():
    control, heard = Control(), []

    def emit(progress, **more):
        heard.append(progress.step)
        if progress.step == 1:
            control.request_stop()

    with pytest.raises(StopRequested):
        Reporter(emit, control).follow(steps(5))
    with pytest.raises(StopRequested):
        Reporter(emit, control).follow_all(steps(5))
    assert heard == [0, 1, 0]


def test_check_raises_what_was_asked_for_the_most_pressing_first():
    control = Control()
    reporter = Reporter(control=control)
    reporter.check()
    control.request_stop()
    assert reporter.stop_requested
    with pytest.raises(StopRequested):
        reporter.check()
    control.request_interrupt("The server went away.")
    control.request_interrupt("Another reason.")
    with pytest.raises(Interrupted):
        reporter.check()
    assert control.reason == "The server went away."
    control.give_up()
    with pytest.raises(TakenOver):
        reporter.check()


def test_a_reporter_with_another_emit_is_stopped_with_the_first():
    control, heard = Control(), []
    part = Reporter(control=control).with_emit(lambda progress, **more: heard.append(progress.message))
    part.report("here")
    assert heard == ["here"]
    control.request_stop()
    with pytest.raises(StopRequested):
        part.check()
