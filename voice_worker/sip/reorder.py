"""RTP packets put back in order, without deleting what is late. Pure; time is given.

A listener that is a machine has no playout deadline, so packets in order go on at once. Only behind
a gap do packets wait, until the missing one comes or it is not to be expected any more. How long
that is adapts: it grows with what came later than waited for, and shrinks with what never came, so
that a line that loses packets is not one that lags. What comes after all that is passed on when it
comes, and a second copy of a packet is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass, field

HOLD_SECONDS = 0.12
"""How long a gap is waited for at first."""
HOLD_LEAST_SECONDS, HOLD_MOST_SECONDS = 0.04, 0.2
SHRINK, GROW = 0.75, 1.25
JUMP = 200
"""Packets (4 s) that can't be a gap: the sender has begun anew."""
EARLY = 20
"""Packets sent before the first that came, which may come after it."""
REMEMBERED = 512
"""Missing packets that are still known as such when they come."""


@dataclass
class Reorder:
    """One sender's stream. `deadline` says when `due()` wants to be asked, None for never."""

    hold_seconds: float = HOLD_SECONDS
    deadline: float | None = None
    _next: int | None = None
    _source: bytes = b""
    _held: dict[int, tuple[float, bytes]] = field(default_factory=dict)
    """Packets behind a gap: when each came, by sequence number."""
    _missing: dict[int, float] = field(default_factory=dict)
    """Sequence numbers given up, and since when they were missed."""

    def arrive(self, data: bytes, now: float) -> list[bytes]:
        """A packet came at `now` (seconds); returns what goes on, in order."""
        if not _is_rtp(data):
            return [data]
        sequence, source = int.from_bytes(data[2:4], "big"), data[8:12]
        if self._next is None or source != self._source:
            return self._begin_anew(data, sequence, source, now)
        ahead = (sequence - self._next + 0x8000 & 0xFFFF) - 0x8000
        if abs(ahead) > JUMP:
            return self._begin_anew(data, sequence, source, now)
        if ahead < 0:
            return self._late(data, sequence, now)
        self._held.setdefault(sequence, (now, data))
        return self._in_order() if ahead == 0 else self._set_deadline([])

    def due(self, now: float) -> list[bytes]:
        """What has waited long enough at `now`, in order; the gaps before it are given up."""
        passed: list[bytes] = []
        while self.deadline is not None and self.deadline <= now:
            since = min(came for came, _ in self._held.values())
            assert self._next is not None
            while self._next not in self._held:
                self._missing[self._next] = since
                self._next = self._next + 1 & 0xFFFF
            self.hold_seconds = max(HOLD_LEAST_SECONDS, SHRINK * self.hold_seconds)
            passed += self._in_order()
        while len(self._missing) > REMEMBERED:
            del self._missing[next(iter(self._missing))]
        return passed

    def _begin_anew(self, data: bytes, sequence: int, source: bytes, now: float) -> list[bytes]:
        passed = [held for _, (_, held) in sorted(self._held.items())]
        self._held, self.deadline = {}, None
        self._next, self._source = sequence + 1 & 0xFFFF, source
        # What was sent before the first that came may still come.
        self._missing = {sequence - n & 0xFFFF: now for n in range(1, EARLY + 1)}
        return [*passed, data]

    def _late(self, data: bytes, sequence: int, now: float) -> list[bytes]:
        missed_since = self._missing.pop(sequence, None)
        if missed_since is None:
            return []  # it has been here
        wanted = GROW * (now - missed_since)
        self.hold_seconds = min(HOLD_MOST_SECONDS, max(self.hold_seconds, wanted))
        return [data]

    def _in_order(self) -> list[bytes]:
        passed = []
        assert self._next is not None
        while (found := self._held.pop(self._next, None)) is not None:
            passed.append(found[1])
            self._next = self._next + 1 & 0xFFFF
        return self._set_deadline(passed)

    def _set_deadline(self, passed: list[bytes]) -> list[bytes]:
        came = [came for came, _ in self._held.values()]
        self.deadline = min(came) + self.hold_seconds if came else None
        return passed


def _is_rtp(data: bytes) -> bool:
    """False for RTCP on the same port (RFC 5761, 4), STUN and whatever else comes."""
    return len(data) >= 12 and data[0] >> 6 == 2 and not 192 <= data[1] <= 223
