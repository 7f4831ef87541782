"""Every mistake a person can make has a class here, and its message says what was wrong, where, and what to do.

EmbedvizError
├── DataError                what was read is not what was expected: file, line, column
│   ├── SeveralFilesError    an archive with more than one file: `.names` says which
│   ├── SeveralTensorsError  a file of vectors with more than one matrix: `.names` says which
│   └── VectorFormatError    a file of vectors that does not hold what its format promises
├── ColumnError              a column that is missing, or cannot play the role it was given
├── SettingsError            a setting out of its range, or two that contradict each other
├── UnknownLabelError        a word, user or value the space does not hold: `.suggestions` are the nearest spellings
├── UnknownSpaceError        a space that the run does not have
├── DeviceError              a device that is not there
├── HubError                 an upload that a hub refused, or that did not reach it
└── RunError                 a run that is missing, is not yours, or cannot do that in its state
    ├── JobFailedError       a training, or another job of this process, that failed: `.kind` says which
    ├── QueueFullError       too many runs are waiting
    └── QuotaError           the disk that a visitor, or all together, may take is used up

Anything else that is raised is a bug of ours.
"""


class EmbedvizError(Exception):
    """A mistake that the message lets a person mend. The message is plain text and safe to show.

    Examples
    --------
    >>> import embedviz as ev
    >>> try:
    ...     ev.read_table(b"", name="empty.csv")
    ... except ev.EmbedvizError as error:
    ...     print(error)
    empty.csv is empty...
    """


class HubError(EmbedvizError):
    """An upload that a hub refused, or that did not reach it."""


class DataError(EmbedvizError):
    """Data that cannot be used: unreadable, missing or unsuitable."""


class SeveralFilesError(DataError):
    """An archive holds several files; name one of them."""

    def __init__(self, message: str, names: list[str]):
        super().__init__(message)
        self.names = names


class SeveralTensorsError(DataError):
    """A file holds several matrices that could be the vectors; name one of them."""

    def __init__(self, message: str, shapes: dict[str, tuple[int, int]]):
        super().__init__(message)
        self.shapes = shapes

    @property
    def names(self) -> list[str]:
        """The names of the matrices, in the order of the file."""
        return list(self.shapes)


class VectorFormatError(DataError):
    """A file of vectors that does not hold what its format promises."""


class ColumnError(EmbedvizError):
    """A column that is missing, or that cannot play the role it was given."""


class SettingsError(EmbedvizError):
    """A setting out of its range, or two that contradict each other."""


class UnknownLabelError(EmbedvizError, KeyError):
    """A label that the space does not hold."""

    def __init__(self, message: str, label: str, suggestions: list[str]):
        super().__init__(message)
        self.label = label
        self.suggestions = suggestions

    __str__ = Exception.__str__  # KeyError would print the message in quotation marks


class UnknownSpaceError(EmbedvizError, KeyError):
    """A space that the run does not have."""

    __str__ = Exception.__str__


class DeviceError(EmbedvizError):
    """A device that this machine does not have."""


class RunError(EmbedvizError):
    """A run that is missing, belongs to somebody else, or cannot do what was asked in its state."""


class JobFailedError(RunError):
    """A job of this process that failed; the message is its reason."""

    def __init__(self, message: str, kind: str):
        super().__init__(message)
        self.kind = kind


class QueueFullError(RunError):
    """Too many runs are waiting already; `.limit` names the limit."""

    def __init__(self, message: str, limit: str = "waiting"):
        super().__init__(message)
        self.limit = limit


class QuotaError(RunError):
    """The disk that a visitor, or all visitors together, may take of a server is used up."""
