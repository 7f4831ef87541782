"""Exit codes, and the errors behind them."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended."""

    DONE = 0
    MISTAKE = 1  # one sentence on the error stream
    WRONG_CALL = 2  # an option or argument that is missing or unknown
    NOT_FINISHED = 3  # a training or an experiment failed, or was stopped
    BUG = 4  # with its traceback
    INTERRUPTED = 130  # 128 + SIGINT
    BROKEN_PIPE = 141  # 128 + SIGPIPE: the process that read the output has ended


EPILOG = (
    "Exit codes: 0 done; 1 a mistake, named in one sentence on the error stream; 2 a wrong call; 3 a training or an "
    "experiment failed or was stopped; 4 an unexpected error, with its traceback; 130 interrupted by Ctrl-C. "
    "With --json a command prints one JSON document; progress and remarks are on the error stream."
)
EXECUTED = ("training", "experiment", "baselines", "repeats")  # kinds of jobs that a command runs for their own sake
