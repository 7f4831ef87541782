"""What `embedviz doctor` checks: the store, the workers, what is installed, and how this host is set up."""

from __future__ import annotations

from collections.abc import Iterator

from embedviz.doctor.finding import Finding
from embedviz.doctor.host import host_findings
from embedviz.doctor.packages import package_findings
from embedviz.doctor.samples import sample_findings
from embedviz.doctor.stored import store_findings
from embedviz.doctor.workers import worker_findings

__all__ = ["Finding", "examine"]


def examine() -> Iterator[Finding]:
    """Yield a finding for each thing that was looked at. Workers come last: one takes seconds to start."""
    yield from package_findings()
    stored = list(store_findings())
    yield from stored
    yield from sample_findings()
    yield from host_findings()
    if any(finding.level == "problem" for finding in stored):
        yield Finding("warning", "workers", "Workers were not tried, for they need the store.", "Mend the store first.")
    else:
        yield from worker_findings()
