"""What a reader left out of a file: how many lines or vectors, and why the first of them."""

from __future__ import annotations

from dataclasses import dataclass, field

from embedviz.core.errors import VectorFormatError

MAX_REASONS = 3  # named in a note


@dataclass
class LeftOut:
    """Lines or vectors of a file that could not be read.

    Attributes
    ----------
    name : str
        The file's, for messages.
    unit : str
        What is counted: "line" or "vector".
    count : int
        How many were left out.
    """

    name: str
    unit: str = "line"
    count: int = 0
    _reasons: list[str] = field(default_factory=list)

    def add(self, number: int, reason: str) -> None:
        """Leave out a line or vector, counted from 1 in the file."""
        self.count += 1
        if len(self._reasons) < MAX_REASONS:
            self._reasons.append(f"{self.unit} {number:,}: {reason}")

    def check(self, read: int) -> None:
        """Raise VectorFormatError when more were left out than the `read` that were not."""
        if self.count <= read:
            return
        if self.count == 1:
            raise VectorFormatError(f"{self.name}, {self._reasons[0]}.")
        many = (
            f"only {read:,} of {read + self.count:,} {self.unit}s" if read else f"none of {self.count:,} {self.unit}s"
        )
        raise VectorFormatError(f"{self.name}: {many} could be read; {self._reasons[0]}.")

    def notes(self, read: int) -> list[str]:
        """Return a sentence such as "3,018 of 3,022 lines were read; line 17: …", or nothing when all were read."""
        if not self.count:
            return []
        rest = self.count - len(self._reasons)
        parts = [*self._reasons, *([f"and {rest:,} more"] if rest else [])]
        return [f"{read:,} of {read + self.count:,} {self.unit}s were read; {'; '.join(parts)}."]
