"""Telephone calls at once: how soon they are answered, how evenly they sound, how many a second.

A worker with everything on is called by telephones (G.711) and, beside them, by browsers; every
caller hears the greeting, asks a question when the agent has finished and hears the answer.
Nothing is taken from the worker's own reports.

    flock LOCK python -m bench.sip --calls 1,4,8 --json sip.json

Words: *greeting* is the time from the INVITE (the browser: from the request for a call) to the
first audible sample; *answer* from the end of the question to the first audible sample of what
follows; *late* is the share of packets more than 20 ms behind the best of the second around them;
*MOS* is the E-model's (ITU-T G.107) for G.711 with the packet loss concealment of G.113, from lost
and late packets and 60 ms of buffer at the far end.
"""

from __future__ import annotations

import argparse
import asyncio
import math
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.report import percentile, report
from bench.servers import Server, launched
from voice_worker.audio import read_pcm
from voice_worker.client import Caller, CallFailed
from voice_worker.sip.handset import PACKET_SECONDS, RATE
from voice_worker.sip.phone import Leg, NoAnswer, Phone

AUDIBLE = 0.004
"""RMS (0..1) of 20 ms from which something is heard."""
QUIET_SECONDS = 0.9
TURN_SECONDS = 25.0
LATE_SECONDS = 0.02
BUFFER_MS = 60.0
SETUP_CALLS = 60
SETUP_AT_ONCE = 8
QUESTION = "How much does a battery cost?"


@dataclass
class Heard:
    """What one caller measured; seconds."""

    greeting: float = math.nan
    answer: float = math.nan
    packets: int = 0
    lost: int = 0
    late: int = 0
    failed: str = ""


def late_packets(times: list[float]) -> int:
    """Packets more than 20 ms behind the best of the 50 before and after them."""
    lag = np.array(times) - PACKET_SECONDS * np.arange(len(times))
    return sum(
        bool(lag[n] - lag[max(0, n - 50) : n + 51].min() > LATE_SECONDS) for n in range(len(lag))
    )


def mos(loss: float, delay_ms: float) -> float:
    """Mean opinion score, 1..4.5, for a share of lost packets and a one-way delay.

    G.107 with its default values and G.113's for G.711 (Ie 0, Bpl 25.1): R = 93.2 - Id - Ie,eff.
    """
    impairment = 95 * 100 * loss / (100 * loss + 25.1)
    late = 0.024 * delay_ms + (0.11 * (delay_ms - 177.3) if delay_ms > 177.3 else 0.0)
    r = max(0.0, min(100.0, 93.2 - late - impairment))
    return 1 + 0.035 * r + r * (r - 60) * (100 - r) * 7e-6


async def first_sound(leg: Leg, since: int) -> float:
    """When something became audible after so many packets."""
    async with asyncio.timeout(TURN_SECONDS):
        while True:
            for packet in leg.packets[since:]:
                since += 1
                if packet.type == 0 and loud(leg, since - 1):
                    return packet.at
            await asyncio.sleep(0.005)


def loud(leg: Leg, number: int) -> bool:
    pcm = np.frombuffer(bytes(leg.heard[number * 320 : number * 320 + 320]), dtype="<i2")
    return len(pcm) > 0 and float(np.sqrt(np.mean((pcm / 32768.0) ** 2))) > AUDIBLE


async def by_telephone(uri: str, question: bytes) -> Heard:
    """One conversation over SIP."""
    heard = Heard()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    try:
        async with Phone() as phone, phone.call(uri) as leg:
            if leg.answer is None or leg.answer.status != 200:
                heard.failed = leg.answer.start if leg.answer else "no answer"
                return heard
            heard.greeting = await first_sound(leg, 0) - begun
            await quiet(leg, 0)
            await leg.say(question)
            since, asked = len(leg.packets), loop.time()
            heard.answer = await first_sound(leg, since) - asked
            await quiet(leg, since)
            sequence = [packet.sequence for packet in leg.packets]
            heard.packets = len(sequence)
            heard.lost = max(0, (sequence[-1] - sequence[0]) % 65_536 + 1 - len(sequence))
            heard.late = late_packets([packet.at for packet in leg.packets])
    except (NoAnswer, TimeoutError) as error:
        heard.failed = str(error) or "silence"
    return heard


async def quiet(leg: Leg, since: int) -> None:
    async with asyncio.timeout(TURN_SECONDS):
        while len(leg.packets) - since < QUIET_SECONDS / PACKET_SECONDS or (
            leg.loudness(QUIET_SECONDS) > AUDIBLE
        ):
            await asyncio.sleep(0.05)


async def by_browser(url: str, question: bytes) -> Heard:
    """The same conversation over the WebSocket."""
    heard = Heard()
    loop = asyncio.get_running_loop()
    begun = loop.time()
    caller = Caller()
    try:
        async with caller.place(url, "demo"):
            conversation = caller.conversation
            await caller.wait_until(lambda: audible(conversation.heard, 0))
            heard.greeting = loop.time() - begun
            await caller.wait_for_turn()
            await caller.say(question)
            since, asked = len(conversation.heard), loop.time()
            await caller.wait_until(lambda: audible(conversation.heard, since))
            heard.answer = loop.time() - asked
            await caller.wait_for_turn()
            await caller.hang_up()
    except (CallFailed, TimeoutError) as error:
        heard.failed = str(error) or "silence"
    return heard


def audible(pcm: bytearray, since: int) -> bool:
    tail = np.frombuffer(bytes(pcm[since : len(pcm) // 2 * 2]), dtype="<i2")
    return len(tail) > 0 and float(np.abs(tail).max()) / 32768 > 3 * AUDIBLE


def trimmed(pcm: bytes) -> bytes:
    """Without the silence after the last word: the clock starts there."""
    loud_at = np.flatnonzero(np.abs(np.frombuffer(pcm, dtype="<i2").astype(int)) > 200)
    return pcm[: 2 * int(loud_at[-1]) + 2]


async def set_up(uri: str) -> float:
    """Calls answered a second, when they are hung up at once."""
    gate = asyncio.Semaphore(SETUP_AT_ONCE)
    loop = asyncio.get_running_loop()
    answered = 0

    async def one() -> None:
        nonlocal answered
        async with gate, Phone() as phone, phone.call(uri) as leg:
            answered += leg.answer is not None and leg.answer.status == 200

    begun = loop.time()
    async with asyncio.TaskGroup() as group:
        for _ in range(SETUP_CALLS):
            group.create_task(one())
    return answered / (loop.time() - begun)


async def measure(
    server: Server, uri: str, wire: str, count: int, questions: Any
) -> dict[str, Any]:
    """One row: `count` conversations at once."""
    cpu, loop = server.cpu_seconds(), asyncio.get_running_loop()
    begun = loop.time()
    calls = [
        by_telephone(uri, questions[0]) if wire == "sip" else by_browser(server.url, questions[1])
        for _ in range(count)
    ]
    heard = await asyncio.gather(*calls)
    good = [item for item in heard if not item.failed]
    row: dict[str, Any] = {"wire": wire, "calls": count, "failed": count - len(good)}
    for name in ("greeting", "answer"):
        values = [getattr(item, name) for item in good] or [math.nan]
        row[f"{name} p50 s"] = percentile(values, 0.5)
        row[f"{name} p95 s"] = percentile(values, 0.95)
    packets = sum(item.packets for item in good)
    if wire == "sip" and packets:
        loss = sum(item.lost for item in good) / packets
        late = sum(item.late for item in good) / packets
        row |= {"late %": 100 * late, "lost %": 100 * loss, "MOS": mos(loss + late, BUFFER_MS + 20)}
    else:
        row |= {"late %": "-", "lost %": "-", "MOS": "-"}
    row["CPU s a call-minute"] = 60 * (server.cpu_seconds() - cpu) / count / (loop.time() - begun)
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--calls", default="1,4,8", help="how many at once, one row each")
    parser.add_argument("--json", type=Path, help="where to write the figures")
    arguments = parser.parse_args()
    counts = [int(item) for item in arguments.calls.split(",")]
    with socket.socket() as http, socket.socket() as sip:
        http.bind(("127.0.0.1", 0))
        sip.bind(("127.0.0.1", 0))
        port, sip_port = http.getsockname()[1], sip.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        sound = Path(folder, "question.wav")
        subprocess.run(["espeak-ng", "-v", "en-us", "-s", "145", "-w", sound, QUESTION], check=True)
        questions = trimmed(read_pcm(sound, RATE)), trimmed(read_pcm(sound))
        with launched(
            "worker", ["voice_worker", "serve"], port, Path(folder, "worker.log"),
            VOICE_WORKER_HOME=str(Path(folder, "home")), VOICE_WORKER_PORT=str(port),
            VOICE_WORKER__SIP__ENABLED="true", VOICE_WORKER__SIP__PORT=str(sip_port),
            VOICE_WORKER__CALLS__CAPACITY=str(max(*counts, SETUP_AT_ONCE) + 4),
        ) as server:  # fmt: skip
            uri = f"sip:demo@127.0.0.1:{sip_port}"
            rows = [
                asyncio.run(measure(server, uri, wire, count, questions))
                for count in counts
                for wire in ("sip", "websocket")
            ]
            rate = asyncio.run(set_up(uri))
    report("Telephone calls at once", rows, arguments.json, calls_set_up_per_second=rate)
    print(f"calls set up per second: {rate:.1f}")


if __name__ == "__main__":
    main()
