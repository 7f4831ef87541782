"""Specs of jobs: typed, frozen values that say what is to be done, and the key that names the result."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import ClassVar


@dataclass(frozen=True)
class JobSpec:
    """Specification of a job. A subclass adds fields that JSON can hold; equal specs have equal keys.

    Attributes
    ----------
    kind : str
        Name of the job's declaration, the same for all specs of a class.
    """

    kind: ClassVar[str]

    @property
    def threads(self) -> int:
        """Threads that the job takes; 0 for as many as a training is given on this machine."""
        return 0

    def key(self) -> str:
        """Return the canonical hash of the spec: 32 hexadecimal digits.

        The hash covers the kind and every field, whatever the order of keys in dictionaries, and is the same in every
        process and on every machine.
        """
        values = {"kind": self.kind, "spec": asdict(self)}
        text = json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]
