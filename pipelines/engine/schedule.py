"""Who is served next: by priority, and among equals each call in its turn. Pure."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Iterator
from enum import IntEnum
from typing import Generic, TypeVar

Job = TypeVar("Job")


class Priority(IntEnum):
    """Lower goes first."""

    FINAL = 0
    SPEECH = 1
    SPECULATIVE = 2
    BACKGROUND = 3


class Schedule(Generic[Job]):
    """Waiting jobs. A call with many of them delays another call's by at most one."""

    def __init__(self) -> None:
        self._waiting: dict[Priority, OrderedDict[str, deque[Job]]] = {
            priority: OrderedDict() for priority in Priority
        }

    def put(self, job: Job, priority: Priority, call: str, *, first: bool = False) -> None:
        """Queue a job; `first` puts it before the call's others and the call before all others."""
        calls = self._waiting[priority]
        jobs = calls.setdefault(call, deque())
        if first:
            jobs.appendleft(job)
            calls.move_to_end(call, last=False)
        else:
            jobs.append(job)

    def take(self) -> Job | None:
        """The next job, or None when none waits."""
        for calls in self._waiting.values():
            for call, jobs in calls.items():
                job = jobs.popleft()
                calls.move_to_end(call)
                if not jobs:
                    del calls[call]
                return job
        return None

    def withdraw(self, job: Job) -> bool:
        """Forget a job; False when it is not waiting."""
        for calls in self._waiting.values():
            for call, jobs in calls.items():
                if job in jobs:
                    jobs.remove(job)
                    if not jobs:
                        del calls[call]
                    return True
        return False

    def ahead_of(self, priority: Priority) -> Iterator[Job]:
        """Jobs that a new one of this priority may have to wait for."""
        for other, calls in self._waiting.items():
            if other <= priority:
                for jobs in calls.values():
                    yield from jobs

    def __iter__(self) -> Iterator[Job]:
        return self.ahead_of(Priority.BACKGROUND)

    def __len__(self) -> int:
        return sum(1 for _ in self)
