"""The sample data: whether it is there, and as it was shipped."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from embedviz.core.errors import DataError
from embedviz.data.samples import SAMPLES, Sample
from embedviz.doctor.finding import Finding


def sample_findings() -> Iterator[Finding]:
    """Yield a finding about all samples, or one for each that is missing or changed."""
    wrong = [finding for sample in SAMPLES.values() if (finding := _finding(sample))]
    yield from wrong or [Finding("ok", "samples", f"All {len(SAMPLES)} samples are there, as they were shipped.")]


def _finding(sample: Sample) -> Finding | None:
    try:
        with open(sample.path, "rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except DataError as error:
        return Finding(
            "warning", "samples", str(error).split(". ")[0] + ".", "Set EMBEDVIZ_SAMPLES to the folder of samples."
        )
    except OSError as error:
        return Finding(
            "warning",
            "samples",
            f"The sample {sample.name!r} cannot be read: {error.strerror}.",
            "Install embedviz again.",
        )
    if digest != sample.sha256:
        return Finding(
            "warning", "samples", f"The sample {sample.name!r} is not as it was shipped.", "Install embedviz again."
        )
    return None
