"""More callers than a worker carries: who is let in, what the others are told, who pays for it.

A worker set to carry 16 calls holds 16. Half way through, 14 more are offered, half of them from
web pages and half by telephone. Each is refused and comes back as soon as it was told to, as
patient callers do. The 16 talk on meanwhile: how long they wait for replies before and after is
measured by programs that hear what callers hear.

    python -m bench.overload --json overload.json
    python -m bench.overload --carried 8 --offered 20 --seconds 120

Words: *told after* is the time until a caller who is refused knows it; *let in* are callers
of the rush who were accepted: no more than places that had stayed free, when the worker refused one
of the first 16 for the pressure of their all beginning at once; *voice to voice*, *missed* and
*cut in* are those of `bench.voice2voice`.
"""

from __future__ import annotations

import argparse
import asyncio
import copy
import socket
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench import clips as speech
from bench.clips import Clips
from bench.phone import CallRefused, Phone
from bench.report import percentile, report
from bench.scripts import NAMES
from bench.servers import Server, server
from bench.voice2voice import TURN_SECONDS, Channel, Heard, hold, judge
from voice_worker.audio import RATE
from voice_worker.sip import phone as telephone

REDIAL_SECONDS = 10.0
"""How soon people ring again when a line is busy."""
SETTLE_SECONDS = 20.0
"""The greeting and the name, before turns are alike."""


@dataclass
class Rush:
    """What the callers who found no place saw."""

    told: dict[str, list[float]] = field(default_factory=lambda: {"web": [], "telephone": []})
    """Milliseconds until they knew, by wire."""
    answers: set[str] = field(default_factory=set)
    let_in: int = 0


async def by_web(http: httpx.AsyncClient, rush: Rush) -> float | None:
    """Ask for a call; returns after how many seconds to ask again."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    answer = await http.post("/api/calls", json={"campaign": "bench-short", "consent": True})
    rush.told["web"].append(1000 * (loop.time() - begun))
    if answer.status_code == 201:
        rush.let_in += 1
        return None
    wait = answer.headers.get("Retry-After")
    rush.answers.add(f"HTTP {answer.status_code}, retry after {wait or '-'} s")
    return float(wait) if wait else None


async def by_telephone(uri: str, rush: Rush, until: float) -> float | None:
    """Ring; returns after how many seconds to ring again. Who is let in stays."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    async with telephone.Phone() as phone, phone.call(uri) as leg:
        rush.told["telephone"].append(1000 * (loop.time() - begun))
        if leg.answer is None or leg.answer.status == 200:
            rush.let_in += leg.answer is not None
            await asyncio.sleep(max(0.0, until - loop.time()))
            return None
        wait = leg.answer["Retry-After"]
        rush.answers.add(f"SIP {leg.answer.status}, retry after {wait or '-'} s")
        return float(wait) if wait else REDIAL_SECONDS


async def offer(url: str, uri: str, callers: int, until: float) -> Rush:
    """Callers who try, are told when to come back, and come back then."""
    loop = asyncio.get_running_loop()
    rush = Rush()

    async def insist(number: int, http: httpx.AsyncClient) -> None:
        while True:
            wait = await (by_telephone(uri, rush, until) if number % 2 else by_web(http, rush))
            if wait is None or loop.time() + wait >= until:
                return
            await asyncio.sleep(wait)

    async with httpx.AsyncClient(base_url=url, timeout=30) as http:
        await asyncio.gather(*(insist(number, http) for number in range(callers)))
    return rush


def split(phone: Phone, at: float) -> tuple[Phone, Phone]:
    """A call before and after a moment of the loop's time."""
    began = asyncio.get_running_loop().time() - phone.now() / RATE
    border = (at - began) * RATE
    before, after = copy.copy(phone), copy.copy(phone)
    before.marks = [mark for mark in phone.marks if mark.onset < border]
    after.marks = [mark for mark in phone.marks if mark.onset >= border]
    return before, after


async def run(
    target: Server, uri: str, clips: Clips, carried: int, offered: int, seconds: float
) -> tuple[Heard, Heard, Rush, float]:
    """Hold `carried` calls and offer more half way; also the processor's share of a core."""
    loop = asyncio.get_running_loop()
    before, after = Heard(), Heard()

    async def caller(number: int) -> Phone | None:
        await asyncio.sleep(number * TURN_SECONDS / carried)
        try:
            return await hold(target.url, "turns", clips, number, seconds + TURN_SECONDS, Channel())
        except CallRefused:
            before.refused += 1
            return None

    cpu, begun = target.cpu_seconds(), loop.time()
    holding = asyncio.gather(*(caller(number) for number in range(carried)))
    await asyncio.sleep(TURN_SECONDS + SETTLE_SECONDS + (seconds - SETTLE_SECONDS) / 2)
    rushed_at = loop.time()
    rush = await offer(target.url, uri, offered, begun + TURN_SECONDS + seconds)
    for phone in await holding:
        if phone:
            for part, heard in zip(split(phone, rushed_at), (before, after), strict=True):
                judge(part, heard)
    return before, after, rush, (target.cpu_seconds() - cpu) / (loop.time() - begun)


def row(when: str, heard: Heard) -> dict[str, Any]:
    """One line of the table of those who are carried."""
    seconds = [wait / 1000 for wait in heard.waits] or [float("nan")]
    return {
        "calls on the line": when,
        "turns": heard.turns,
        "voice to voice p50 s": percentile(seconds, 0.5),
        "p95 s": percentile(seconds, 0.95),
        "missed": heard.misses,
        "cut in": f"{heard.cut_ins} of {heard.paused}",
        "refused": heard.refused,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--carried", type=int, default=16, help="places the worker has")
    parser.add_argument("--offered", type=int, default=30, help="callers in all")
    parser.add_argument("--seconds", type=float, default=120, help="length of a call")
    parser.add_argument("--folder", type=Path, help="recordings with a manifest.tsv (path, text)")
    parser.add_argument("--json", type=Path, help="write the results here")
    arguments = parser.parse_args()
    clips = asyncio.run(speech.load(arguments.folder, NAMES, 40))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    sip = {"VOICE_WORKER__SIP__ENABLED": "true", "VOICE_WORKER__SIP__PORT": str(port)}
    with (
        tempfile.TemporaryDirectory(prefix="overload-") as folder,
        server("worker", Path(folder), arguments.carried, **sip) as target,
    ):
        before, after, rush, busy = asyncio.run(
            run(target, f"sip:bench-short@127.0.0.1:{port}", clips, arguments.carried,
                arguments.offered - arguments.carried, arguments.seconds)
        )  # fmt: skip
    refused = {
        wire: {"refusals": len(told), "told after p50 ms": round(percentile(told, 0.5)),
               "worst ms": round(max(told))}
        for wire, told in rush.told.items() if told
    }  # fmt: skip
    rows = [row("before the rush", before), row("during it", after)]
    report(
        f"{arguments.offered} callers, a worker that carries {arguments.carried}", rows,
        arguments.json, refused=refused, told=sorted(rush.answers), let_in=rush.let_in,
        cores_busy=round(busy, 2),
    )  # fmt: skip
    for wire, facts in refused.items():
        print(f"{wire}: " + ", ".join(f"{name} {value}" for name, value in facts.items()))
    print(f"told: {'; '.join(sorted(rush.answers))}")
    print(
        f"let in: {rush.let_in}, places free before: {before.refused}; cores busy: {busy:.2f} of 2"
    )


if __name__ == "__main__":
    main()
