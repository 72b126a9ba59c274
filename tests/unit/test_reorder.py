"""Packets that change places on their way, come late, twice or never."""

from __future__ import annotations

import random

import pytest

from voice_worker.sip.reorder import HOLD_LEAST_SECONDS, HOLD_MOST_SECONDS, HOLD_SECONDS, Reorder

PTIME = 0.02


def packet(sequence: int, *, source: int = 1) -> bytes:
    return (
        b"\x80\x00" + (sequence & 0xFFFF).to_bytes(2, "big") + bytes(4) + bytes([0, 0, 0, source])
    )


def sequence_of(data: bytes) -> int:
    return int.from_bytes(data[2:4], "big")


class Listener:
    """Runs the clock: what came, when it was asked for, and when it was passed on."""

    def __init__(self) -> None:
        self.order = Reorder()
        self.heard: list[int] = []
        self.times: dict[int, float] = {}

    def arrive(self, at: float, data: bytes) -> None:
        self.wait(at)
        self._take(at, self.order.arrive(data, at))

    def wait(self, until: float) -> None:
        while (deadline := self.order.deadline) is not None and deadline <= until:
            self._take(deadline, self.order.due(deadline))

    def _take(self, at: float, passed: list[bytes]) -> None:
        for data in passed:
            self.heard.append(sequence_of(data))
            self.times[sequence_of(data)] = at


def hear(*arrivals: tuple[float, int]) -> Listener:
    listener = Listener()
    for at, sequence in sorted(arrivals):
        listener.arrive(at, packet(sequence))
    listener.wait(1e9)
    return listener


def steady(count: int, first: int = 0) -> dict[int, float]:
    return {first + n: n * PTIME for n in range(count)}


def arrivals(times: dict[int, float]) -> list[tuple[float, int]]:
    return [(at, sequence) for sequence, at in times.items()]


@pytest.mark.parametrize("first", [0, 65_520])
def test_packets_in_order_never_wait(first: int) -> None:
    listener = hear(*arrivals(steady(40, first)))
    assert listener.heard == [first + n & 0xFFFF for n in range(40)]
    assert [listener.times[n] for n in listener.heard] == [n * PTIME for n in range(40)]


@pytest.mark.parametrize("first", [100, 65_530])
@pytest.mark.parametrize("late", [0.021, 0.06, 0.119])
def test_a_late_packet_is_heard_in_its_place(first: int, late: float) -> None:
    times = steady(40, first)
    times[first + 12] += late
    listener = hear(*arrivals(times))
    assert listener.heard == [first + n & 0xFFFF for n in range(40)]
    # Only what stood behind it waited.
    assert listener.times[first + 11 & 0xFFFF] == pytest.approx(11 * PTIME)
    assert listener.times[first + 30 & 0xFFFF] == pytest.approx(30 * PTIME)


def test_two_copies_are_one() -> None:
    times = arrivals(steady(20))
    listener = hear(*times, (0.205, 10), (0.3, 3), (0.005, 0))
    assert listener.heard == list(range(20))


def test_what_never_comes_holds_the_rest_up_once_and_shorter_each_time() -> None:
    times = steady(900)
    for lost in range(50, 900, 50):
        del times[lost]
    listener = hear(*arrivals(times))
    assert listener.heard == sorted(times)
    waits = [listener.times[lost + 1] - times[lost + 1] for lost in range(50, 900, 50)]
    assert waits[0] == pytest.approx(HOLD_SECONDS)
    assert waits == sorted(waits, reverse=True) and waits[-1] == pytest.approx(HOLD_LEAST_SECONDS)


def test_what_comes_later_than_waited_for_is_heard_all_the_same_and_waited_for_from_then_on() -> (
    None
):
    times = steady(200)
    times[20] += 0.15
    times[120] += 0.15
    listener = hear(*arrivals(times))
    assert sorted(listener.heard) == list(range(200))
    assert listener.heard.index(20) > 20
    assert listener.heard[100:] == list(range(100, 200))
    assert listener.order.hold_seconds <= HOLD_MOST_SECONDS


def test_a_sender_that_begins_anew_is_followed() -> None:
    listener = Listener()
    for n in range(10):
        listener.arrive(n * PTIME, packet(n))
    for n in range(10):
        listener.arrive(1 + n * PTIME, packet(40_000 + n))
    for n in range(10):
        listener.arrive(2 + n * PTIME, packet(5 + n, source=2))
    assert listener.heard == [*range(10), *range(40_000, 40_010), *range(5, 15)]


@pytest.mark.parametrize("data", [b"", b"\x00\x01", bytes(40), b"\x80\xc8" + bytes(30)])
def test_what_is_no_audio_is_passed_on_at_once(data: bytes) -> None:
    order = Reorder()
    order.arrive(packet(1), 0.0)
    order.arrive(packet(3), 0.02)
    assert order.arrive(data, 0.03) == [data]


@pytest.mark.parametrize("seed", range(20))
def test_on_any_network_nothing_is_lost_or_doubled(seed: int) -> None:
    chance = random.Random(seed)
    sent = arrivals(steady(1500, 64_000))
    came = [
        (at + chance.choice((0, 0, 0.005, 0.03, 0.09, 0.3)) * chance.random(), n)
        for at, n in sent
        if chance.random() > 0.03
    ]
    came += [(at + chance.random() / 10, n) for at, n in came if chance.random() < 0.05]
    listener = hear(*came)
    assert sorted(listener.heard) == sorted({n & 0xFFFF for _, n in came})
