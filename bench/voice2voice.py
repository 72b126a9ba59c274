"""How long a caller waits, and how well they can interrupt: the worker beside stock pipecat.

Programs that hear what a caller would hear hold calls in real time; nothing is taken from a
worker's own reports. Each system is started, measured and stopped in turn, with the same model
files, the same callers and the same replies.

    python -m bench.voice2voice --calls 1,8,16 --json voice2voice.json
    python -m bench.voice2voice --folder RECORDINGS --telephone --systems worker

Words: *voice to voice* is the time from the end of the caller's last speech sample sent to the
first audible sample of the reply; a *cut-in* is a turn with an inner pause of 0.3 to 0.9 s in which
the agent spoke over the caller, *spoken over* the same in a turn as it was recorded; a *miss* is a
turn without a reply within 12 s; a *false stop* is a reply that a cough, a "yeah" or the television
ended.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import math
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from bench import clips as speech
from bench.clips import Clip, Clips
from bench.phone import ROOM_SECONDS, CallRefused, Mark, Phone
from bench.report import percentile, report
from bench.scripts import NAMES
from bench.servers import Server, server
from voice_worker.audio import AUDIBLE, RATE, STEP, levels
from voice_worker.loadtest import MISS_SECONDS, SPOKEN_OVER_SECONDS

SYSTEMS = ("worker", "stock-timeout", "stock-smart")
SCENARIOS = ("turns", "interruption", "backchannel")
NAME_SECONDS = 2.5
OPENING_SECONDS = 12.0
"""A call's greeting and the caller's name, before its first turn."""
QUIET_SECONDS = 0.6
TURN_SECONDS = 8.0
"""A turn begins this long after the one before, when the agent is quiet: equal talk for all."""
FEWEST_TURNS = 20
"""A 95th percentile of fewer is only the longest."""
STOPPED_MS = 300
"""A silence this long in the agent's voice is a stop, not a pause between words."""
LOST_MS = 1000
"""After a backchannel: silence this long means the reply was given up."""


@dataclass
class Heard:
    """What the calls of one run came to; milliseconds."""

    waits: list[float] = field(default_factory=list)
    turns: int = 0
    misses: int = 0
    paused: int = 0
    cut_ins: int = 0
    """Turns with a pause put in that were spoken over."""
    spoken_over: int = 0
    """Turns as recorded that were."""
    stops: list[float] = field(default_factory=list)
    ducks: list[float] = field(default_factory=list)
    interruptions: int = 0
    backchannels: int = 0
    false_stops: list[str] = field(default_factory=list)
    gaps: int = 0
    """Backchannels after which the reply was silent for 0.2 s or more, and came back."""
    refused: int = 0
    talk_seconds: float = 0.0
    """Seconds of speech, callers' and agents'."""


def judge(phone: Phone, heard: Heard) -> None:
    """Read one call's audio."""
    audio = phone.device.as_heard()
    level = levels(audio)
    sounding = level > AUDIBLE
    heard.talk_seconds += float(np.sum(sounding)) * STEP / RATE
    heard.talk_seconds += sum(mark.end - mark.onset for mark in phone.marks) / RATE
    for mark in phone.marks:
        if not mark.end or mark.kind == "name":
            continue
        begin, end = mark.onset // STEP, mark.end // STEP
        if mark.kind in ("fluent", "paused"):
            _judge_turn(sounding, mark, begin, end, heard)
        elif begin < len(sounding) and np.any(sounding[max(0, begin - 20) : begin]):
            if mark.kind == "interruption":
                _judge_interruption(phone, sounding, mark, begin, heard)
            else:
                _judge_backchannel(sounding, mark, begin, heard)


def _judge_turn(sounding: np.ndarray, mark: Mark, begin: int, end: int, heard: Heard) -> None:
    heard.turns += 1
    heard.paused += mark.kind == "paused"
    over_seconds = int(np.sum(sounding[begin:end])) / 100
    if over_seconds >= SPOKEN_OVER_SECONDS:
        heard.cut_ins += mark.kind == "paused"
        heard.spoken_over += mark.kind == "fluent"
        return
    after = np.flatnonzero(sounding[end : end + round(MISS_SECONDS * 100)])
    if len(after):
        heard.waits.append(float(after[0]) * 10)
    else:
        heard.misses += 1


def _silence(sounding: np.ndarray, begin: int, milliseconds: int) -> int | None:
    """Steps from `begin` to the first silence of this length."""
    run = 0
    for step, sounds in enumerate(sounding[begin:]):
        run = 0 if sounds else run + 1
        if run * 10 >= milliseconds:
            return step + 1 - run
    remaining = len(sounding) - begin
    return remaining - run


def _judge_interruption(
    phone: Phone, sounding: np.ndarray, mark: Mark, begin: int, heard: Heard
) -> None:
    heard.interruptions += 1
    silent = _silence(sounding, begin, STOPPED_MS)
    if silent is not None:
        heard.stops.append(silent * 10.0)
    turned_down = [at for at, gain in phone.device.ducks if at >= mark.onset and gain < 1]
    if turned_down:
        heard.ducks.append((turned_down[0] - mark.onset) * 1000 / RATE)


def _judge_backchannel(sounding: np.ndarray, mark: Mark, begin: int, heard: Heard) -> None:
    heard.backchannels += 1
    window = sounding[begin : begin + 400]
    lost = _silence(window, 0, LOST_MS)
    if lost is not None and lost < 250:
        heard.false_stops.append(mark.clip)
    elif (gap := _silence(window, 0, 200)) is not None and gap < 150:
        heard.gaps += 1


def plan(scenario: str, clips: Clips, number: int) -> Iterator[tuple[str, Clip]]:
    """What a caller says, turn by turn; every caller starts elsewhere in the lists."""

    def from_(items: tuple[Clip, ...]) -> Iterator[Clip]:
        turned = number * 3 % len(items)
        return itertools.cycle(items[turned:] + items[:turned])

    fluent, paused = from_(clips.fluent), from_(clips.paused)
    aside = from_(clips.interruptions if scenario == "interruption" else clips.backchannels)
    for turn in itertools.count(number):
        if scenario == "turns":
            yield ("paused", next(paused)) if turn % 2 else ("fluent", next(fluent))
        else:
            yield scenario, next(aside)


@dataclass(frozen=True)
class Channel:
    """What lies between a caller's mouth and the worker."""

    telephone: bool = False
    """8 kHz G.711."""
    noise_db: float | None = None
    """Street noise so far below the voice; None is a quiet room."""

    def phone(self, number: int) -> Phone:
        """The caller's."""
        room = None
        if self.noise_db is not None:
            loud = speech.SPEECH_RMS * 10 ** (-self.noise_db / 20)
            room = speech.street(RATE * ROOM_SECONDS, loud, number)
        return Phone(speech.telephone if self.telephone else lambda pcm: pcm, number, room)

    def __str__(self) -> str:
        line = "8 kHz G.711" if self.telephone else "16 kHz"
        return line if self.noise_db is None else f"{line}, street noise at -{self.noise_db:g} dB"


async def hold(
    url: str, scenario: str, clips: Clips, number: int, seconds: float, channel: Channel
) -> Phone:
    """One caller's call."""
    loop = asyncio.get_running_loop()
    phone = channel.phone(number)
    campaign = "bench-short" if scenario == "turns" else "bench-long"
    name = number % len(NAMES)
    random = np.random.default_rng(number)
    async with phone.open(url, campaign, NAMES[name]):
        until = loop.time() + seconds
        await phone.audible(0, within=20)
        await phone.quiet(QUIET_SECONDS, within=20)
        await phone.say("name", NAMES[name], clips.names[name].pcm)
        # Not everybody answers to a name they have been given already.
        await phone.audible(phone.marks[-1].end, within=NAME_SECONDS)
        fluent = itertools.cycle(clips.fluent)
        for kind, clip in plan(scenario, clips, number):
            begun = loop.time()
            await phone.quiet(QUIET_SECONDS, within=20)
            if loop.time() >= until or phone.over.is_set():
                break
            if kind in ("fluent", "paused"):
                mark = await phone.say(kind, clip.name, clip.pcm)
                await phone.audible(mark.end, within=MISS_SECONDS)
            else:
                mark = await phone.say("prompt", "", next(fluent).pcm)
                if await phone.audible(mark.end, within=MISS_SECONDS):
                    await asyncio.sleep(1.0 + random.random())
                    await phone.say(kind, clip.name, clip.pcm)
                    await asyncio.sleep(4.0)
            if scenario == "turns":
                await asyncio.sleep(max(0.0, begun + TURN_SECONDS - loop.time()))
    return phone


async def run(
    target: Server, scenario: str, clips: Clips, calls: int, seconds: float, channel: Channel
) -> dict[str, Any]:
    """Hold calls and say what they heard."""
    heard = Heard()
    memory = target.pss_mb()
    cpu = target.cpu_by_part()
    began = asyncio.get_running_loop().time()

    async def caller(number: int) -> Phone | None:
        await asyncio.sleep(number * TURN_SECONDS / max(calls, 1))
        try:
            return await hold(target.url, scenario, clips, number, seconds, channel)
        except CallRefused:
            heard.refused += 1
            return None

    peak = memory

    async def watch() -> None:
        nonlocal peak
        while True:
            await asyncio.sleep(2)
            peak = max(peak, await asyncio.to_thread(target.pss_mb))

    watching = asyncio.create_task(watch())
    phones = await asyncio.gather(*(caller(number) for number in range(calls)))
    watching.cancel()
    # A process that came meanwhile began with nothing.
    spent = {part: used - cpu.get(part, 0.0) for part, used in target.cpu_by_part().items()}
    elapsed = asyncio.get_running_loop().time() - began
    minutes = 0.0
    for phone in phones:
        if phone:
            judge(phone, heard)
            minutes += max(phone.device.end, phone.marks[-1].end if phone.marks else 0) / RATE / 60
    return {
        "heard": heard,
        "cpu_per_minute": {
            part: used / minutes if minutes else 0.0 for part, used in spent.items()
        },
        "talk_share": heard.talk_seconds / 60 / minutes if minutes else 0.0,
        "busy": sum(spent.values()) / elapsed,
        "pss_before": memory,
        "pss_peak": peak,
    }


def _seconds(values: list[float], share: float) -> str:
    return f"{percentile(values, share) / 1000:.2f}" if values else "-"


def _p95(values: list[float]) -> str:
    """Few turns have no 95th percentile; their longest wait is given as such."""
    if len(values) >= FEWEST_TURNS:
        return _seconds(values, 0.95)
    return f"{max(values) / 1000:.2f} (longest of {len(values)})" if values else "-"


def _share(part: int, whole: int) -> str:
    return f"{part} of {whole}"


def row(system: str, scenario: str, calls: int, found: dict[str, Any]) -> dict[str, Any]:
    """One line of the table."""
    heard: Heard = found["heard"]
    columns: dict[str, Any] = {"system": system, "calls": calls}
    if scenario == "turns":
        columns |= {
            "turns": heard.turns,
            "p50 s": _seconds(heard.waits, 0.5),
            "p95 s": _p95(heard.waits),
            "missed": heard.misses,
            "cut in": _share(heard.cut_ins, heard.paused),
            "spoken over": _share(heard.spoken_over, heard.turns - heard.paused),
        }
    elif scenario == "interruption":
        columns |= {
            "interruptions": heard.interruptions,
            "ducked p50 s": _seconds(heard.ducks, 0.5),
            "silent p50 s": _seconds(heard.stops, 0.5),
            "silent p95 s": _seconds(heard.stops, 0.95),
        }
    else:
        columns |= {
            "backchannels": heard.backchannels,
            "false stops": _share(len(heard.false_stops), heard.backchannels),
            "gaps": heard.gaps,
            "by": ", ".join(sorted(set(heard.false_stops))) or "-",
        }
    return columns | {
        "CPU s / call-min": round(sum(found["cpu_per_minute"].values()), 1),
        "of it": ", ".join(
            f"{part} {used:.1f}" for part, used in sorted(found["cpu_per_minute"].items())
        ),
        "talk": f"{found['talk_share']:.0%}",
        "PSS MB": f"{found['pss_before']:.0f} → {found['pss_peak']:.0f}",
        "refused": heard.refused,
    }


def some_of(names: tuple[str, ...]) -> Callable[[str], tuple[str, ...]]:
    """An option's value: some of `names`, separated by commas."""

    def chosen(value: str) -> tuple[str, ...]:
        found = tuple(value.split(","))
        if unknown := set(found) - set(names):
            raise argparse.ArgumentTypeError(
                f"there is no {', '.join(sorted(unknown))}; there are {', '.join(names)}"
            )
        return found

    return chosen


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--folder", type=Path, help="recordings with a manifest.tsv (path, text)")
    parser.add_argument("--recordings", type=int, default=40, help="how many of them (default 40)")
    parser.add_argument("--calls", default="1,8,16", help="calls at once (default 1,8,16)")
    parser.add_argument("--seconds", type=float, default=60, help="length of a call (default 60)")
    parser.add_argument(
        "--turns", type=int, default=24, help="longer, for at least so many turns (default 24)"
    )
    parser.add_argument("--telephone", action="store_true", help="callers through 8 kHz G.711")
    parser.add_argument("--noise", type=float, help="street noise so many dB below the voice")
    for option, names in (("--systems", SYSTEMS), ("--scenarios", SCENARIOS)):
        parser.add_argument(
            option, type=some_of(names), default=names, help=f"some of {','.join(names)}"
        )
    parser.add_argument("--capacity", type=int, default=64, help="places the worker has")
    parser.add_argument("--json", type=Path, help="write the results here")
    arguments = parser.parse_args()
    channel = Channel(arguments.telephone, arguments.noise)
    clips = asyncio.run(speech.load(arguments.folder, NAMES, arguments.recordings))
    results: dict[str, list[dict[str, Any]]] = {}
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="voice2voice-")))
        for system in arguments.systems:
            with server(system, scratch, arguments.capacity) as target:
                for scenario in arguments.scenarios:
                    for calls in map(int, arguments.calls.split(",")):
                        seconds = arguments.seconds
                        if scenario == "turns":
                            each = math.ceil(arguments.turns / calls)
                            seconds = max(seconds, OPENING_SECONDS + each * TURN_SECONDS)
                        found = asyncio.run(run(target, scenario, clips, calls, seconds, channel))
                        line = row(system, scenario, calls, found)
                        facts = " ".join(f"{name}={value}" for name, value in line.items())
                        print(facts, flush=True)
                        results.setdefault(scenario, []).append(line)
    voice = "recordings" if arguments.folder else "synthesised voices"
    for scenario, rows in results.items():
        path = arguments.json
        if path and len(results) > 1:
            path = path.with_name(f"{path.stem}-{scenario}{path.suffix}")
        report(f"{scenario}: {voice}, {channel}", rows, path)


if __name__ == "__main__":
    main()
