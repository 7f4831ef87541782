"""The undo stack of a map: earlier and undone states, each as the words of the address and the view it was left at."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from embedviz.map_view.exchange import View

MAX_STEPS = 100

Direction = Literal["undo", "redo"]


@dataclass(frozen=True)
class Step:
    """A state of the map, and the view when it was left."""

    words: dict[str, str]
    view: View | None


@dataclass
class UndoStack:
    """States before and after the current one. The first state that is recorded is no step."""

    current: dict[str, str] | None = None
    past: list[Step] = field(default_factory=list)
    future: list[Step] = field(default_factory=list)

    def record(self, words: dict[str, str], view: View | None) -> None:
        """Make this the current state; when it is another one, the state before becomes a step."""
        if self.current is not None and words != self.current:
            self.past = [*self.past, Step(self.current, view)][-MAX_STEPS:]
            self.future = []
        self.current = words

    def take(self, direction: Direction, view: View | None) -> Step | None:
        """Return the state to go to, None when there is none; the current one goes onto the other side."""
        source, target = (self.past, self.future) if direction == "undo" else (self.future, self.past)
        if not source:
            return None
        target.append(Step(self.current or {}, view))
        return source.pop()

    def direction_to(self, words: dict[str, str]) -> Direction | None:
        """Return the step that leads to these words, None when neither does."""
        if self.past and self.past[-1].words == words:
            return "undo"
        return "redo" if self.future and self.future[-1].words == words else None
