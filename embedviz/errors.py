"""The errors of embedviz.core.errors, under the name they were first published by."""

from embedviz.core.errors import (
    ColumnError,
    DataError,
    DeviceError,
    EmbedvizError,
    HubError,
    JobFailedError,
    QueueFullError,
    QuotaError,
    RunError,
    SettingsError,
    SeveralFilesError,
    SeveralTensorsError,
    UnknownLabelError,
    UnknownSpaceError,
    VectorFormatError,
)

__all__ = [
    "ColumnError",
    "DataError",
    "DeviceError",
    "EmbedvizError",
    "HubError",
    "JobFailedError",
    "QueueFullError",
    "QuotaError",
    "RunError",
    "SettingsError",
    "SeveralFilesError",
    "SeveralTensorsError",
    "UnknownLabelError",
    "UnknownSpaceError",
    "VectorFormatError",
]
