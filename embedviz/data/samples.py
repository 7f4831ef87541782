"""The samples that come with the project: what each is, where it is from, and under which terms."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from embedviz.errors import DataError

FOLDER = Path(__file__).resolve().parents[2] / "sample_data"


@dataclass(frozen=True)
class Sample:
    """kind: "text", "table" or "vectors". rows: lines, rows or vectors. sha256: of the file as it is shipped."""

    name: str
    title: str
    file: str
    kind: str
    rows: int
    sha256: str
    licence: str
    source: str
    sentence: str

    @property
    def path(self) -> Path:
        """Where the file is; DataError when the samples were not installed beside the package."""
        path = Path(os.environ.get("EMBEDVIZ_SAMPLES") or FOLDER) / self.file
        if not path.is_file():
            raise DataError(f"The sample {self.title!r} is not at {path}. Set EMBEDVIZ_SAMPLES to the folder of samples.")
        return path


SAMPLES: dict[str, Sample] = {
    sample.name: sample
    for sample in (
@SAMPLES@
    )
}
