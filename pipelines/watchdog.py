"""Silence is bounded: what to do when the agent owes the caller a sound and none has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

MOST_FILLERS = 2


class Verdict(Enum):
    WAIT = "wait"
    FILL = "fill"
    GIVE_UP = "give_up"


@dataclass
class Watchdog:
    """Counts how long an answer is owed. Times are monotonic seconds, given by the caller."""

    bound_seconds: float
    _due: float | None = None
    _fillers: int = 0

    def owe(self, since: float) -> None:
        """The caller finished (or the call opened) at `since` and waits for a sound."""
        self._due = since + self.bound_seconds

    @property
    def owed(self) -> bool:
        """True while the caller waits for a sound."""
        return self._due is not None

    def heard(self) -> None:
        """The agent answered, or nothing is owed any more."""
        self._due = None
        self._fillers = 0

    def filler_heard(self, now: float) -> None:
        """A filler was heard: the answer itself is still owed."""
        self._due = now + self.bound_seconds

    def check(self, now: float) -> Verdict:
        """What to do now; every verdict but WAIT restarts the bound."""
        if self._due is None or now < self._due:
            return Verdict.WAIT
        self._due = now + self.bound_seconds
        if self._fillers >= MOST_FILLERS:
            return Verdict.GIVE_UP
        self._fillers += 1
        return Verdict.FILL

    @property
    def filler(self) -> int:
        """Which filler to say after a FILL verdict, from 0; the last for one who still waits."""
        return self._fillers - 1
