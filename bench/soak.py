"""Hundreds of short calls as fast as they go: what of them stays in memory?

Callers open a call, hear the greeting, say their name and a sentence, hear the answer and hang up;
the next one takes their place at once. Memory (PSS, so that what processes share counts once), open
files and threads are read from outside every hundred calls, when it has been quiet for a moment.

    python -m bench.soak --json soak.json
    python -m bench.soak --calls 2000 --at-once 12
"""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import clips as speech
from bench.clips import Clips
from bench.phone import CallRefused, Phone
from bench.report import report
from bench.scripts import NAMES
from bench.servers import Server, server

HEAR_SECONDS = 12.0
TAKEN_SECONDS = 1.5
QUIET_SECONDS = 0.4
EVERYBODY = {"VOICE_WORKER__CALLS__REFUSE_ABOVE_WAIT_MS": "60000"}
"""Calls that begin all at once are held, however long they wait."""
REST_SECONDS = 6.0
"""Engines give back what long requests needed after two seconds without one."""


async def short_call(url: str, clips: Clips, number: int) -> str:
    """One call; what went wrong, or nothing."""
    name = number % len(NAMES)
    phone = Phone(lambda pcm: pcm, seed=number)
    try:
        async with phone.open(url, "bench-short", NAMES[name]):
            if not await phone.audible(0, within=HEAR_SECONDS):
                return "no greeting"
            await phone.quiet(QUIET_SECONDS, within=HEAR_SECONDS)
            mark = await phone.say("name", NAMES[name], clips.names[name].pcm)
            # With a name it knew from the page it may have nothing to say.
            await phone.audible(mark.end, within=TAKEN_SECONDS)
            await phone.quiet(QUIET_SECONDS, within=HEAR_SECONDS)
            clip = clips.fluent[number % len(clips.fluent)]
            mark = await phone.say("fluent", clip.name, clip.pcm)
            if not await phone.audible(mark.end, within=HEAR_SECONDS):
                return "no answer"
    except CallRefused as refusal:
        return f"refused: {refusal}"
    return ""


async def batch(url: str, clips: Clips, calls: range, at_once: int) -> list[str]:
    """Hold these calls, so many at a time; what went wrong."""
    gate = asyncio.Semaphore(at_once)

    async def one(number: int) -> str:
        async with gate:
            return await short_call(url, clips, number)

    wrong = await asyncio.gather(*(one(number) for number in calls))
    return [reason for reason in wrong if reason]


def row(target: Server, calls: int, seconds: float, failed: int) -> dict[str, Any]:
    """What the worker and its engines hold now."""
    held = target.holdings()
    by_name: dict[str, float] = {}
    for one in held:
        by_name[one.name] = by_name.get(one.name, 0.0) + one.pss_mb
    return {
        "calls": calls,
        "PSS MB": round(sum(by_name.values())),
        **{f"{name} MB": round(size) for name, size in by_name.items()},
        "files": sum(one.files for one in held),
        "threads": sum(one.threads for one in held),
        "failed": failed,
        "seconds": round(seconds),
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--calls", type=int, default=500, help="how many calls (default 500)")
    parser.add_argument("--at-once", type=int, default=8, help="calls at a time (default 8)")
    parser.add_argument("--every", type=int, default=100, help="calls between two readings")
    parser.add_argument("--json", type=Path, help="write the results here")
    arguments = parser.parse_args()
    clips = asyncio.run(speech.load(None, NAMES, 0))
    with (
        tempfile.TemporaryDirectory(prefix="soak-") as folder,
        server("worker", Path(folder), arguments.at_once + 2, **EVERYBODY) as target,
    ):
        begun = time.monotonic()
        rows = [row(target, 0, 0.0, 0)]
        reasons: list[str] = []
        for first in range(0, arguments.calls, arguments.every):
            numbers = range(first, min(arguments.calls, first + arguments.every))
            reasons += asyncio.run(batch(target.url, clips, numbers, arguments.at_once))
            time.sleep(REST_SECONDS)
            rows.append(row(target, numbers.stop, time.monotonic() - begun, len(reasons)))
            print(" ".join(f"{name}={value}" for name, value in rows[-1].items()), flush=True)
    report(
        f"{arguments.calls} short calls, {arguments.at_once} at a time", rows, arguments.json,
        failures=sorted(set(reasons)),
    )  # fmt: skip


if __name__ == "__main__":
    main()
