"""How exactly contact details are captured: synthesised callers, or a folder of recordings.

    python -m bench.leads --json leads.json
    python -m bench.leads --folder RECORDINGS --json recordings.json

Callers of several voices and accents say emails, phone numbers and names over clean, telephone
(G.711 mu-law at 8 kHz) and noisy telephone lines. What they say is heard by the real recogniser and
answered by the real interpreter; they answer what is read back truthfully, by voice, over the same
line. *before* is the share of values that were exact when first read back, with nothing repeated or
corrected; a question between ("did you say gmail dot com?") is answered as it was asked, and a no
counts as a correction. *after* is the share that was exact at the end of the dialogue, *rounds* the
mean number of times a caller had to repeat or correct something; *keyed* is the share that was in
the end typed, on keys or on the page, which is offered after the second failure. A second table
tells voices made from recorded speech (Piper, flite) from those made by rule (espeak-ng).

A folder has a `manifest.tsv` with the columns path and text; its recordings are read as `hear`
reads them (letters, digits, dates, yes and no, told by their text), and scored as they are.

Needs espeak-ng and flite (`apt-get install espeak-ng flite`).
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import re
import shutil
import sys
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from rich.progress import Progress

from bench.callers import (
    CHANNELS,
    DETAILS,
    VOICES,
    YES,
    Detail,
    Speech,
    Voice,
    answer_to,
    spelled_out,
    through,
)
from bench.phone import RATE, Audio
from bench.report import report
from config import Settings, load_settings
from flows import CallerSaid, CallStarted, Expectation, Flow, build_flow, initial_state, step
from flows.actions import Action, Capture, Listen
from flows.events import Event, FieldEntered, KeyPressed
from flows.spoken.dates import parse_date
from flows.spoken.words import number_at
from flows.state import State
from pipelines.engine.client import Engine, Priority
from pipelines.errors import PipelineError
from pipelines.recogniser import LocalRecogniser, Recognition
from voice_worker.audio import read_pcm
from voice_worker.cli.speech import reading_of
from voice_worker.engines import recogniser_engine, voice_engine

MAX_TURNS = 12
"""A caller who is still not understood gives up."""
ENGINE_DEADLINE_MS = 60_000
TODAY = date(2000, 1, 1)


@dataclass
class Dialogue:
    """One caller leaving one detail."""

    detail: Detail
    voice: Voice
    channel: str
    first: str | None = None
    value: str | None = None
    confirmed: bool = False
    rounds: int = 0
    keyed: bool = False
    heard: tuple[str, ...] = ()

    @property
    def row(self) -> dict[str, Any]:
        return {
            "field": self.detail.kind, "channel": self.channel, "voice": self.voice.name,
            "truth": self.detail.value, "first": self.first, "value": self.value,
            "confirmed": self.confirmed, "rounds": self.rounds, "keyed": self.keyed,
            "heard": self.heard,
        }  # fmt: skip


def gate_for(kind: str) -> Flow:
    """A flow that asks for one field and reads it back."""
    return build_flow(
        {
            "name": "Lead",
            "start": "hello",
            "nodes": {
                "hello": {"type": "start", "say": "Hello.", "next": "lead"},
                "lead": {
                    "type": "lead_gate",
                    "fields": [
                        {"field": kind, "ask": f"What is your {kind}?", "confirm": "read_back"}
                    ],
                    "next": "bye",
                },
                "bye": {"type": "end", "say": "Thank you."},
            },
        }
    )  # fmt: skip


class Ear:
    """The worker's recogniser."""

    def __init__(self, engine: Engine) -> None:
        self._recogniser = LocalRecogniser(engine)

    async def hear(self, pcm: Audio, listen: Listen) -> CallerSaid:
        """The event a call would make of this turn.

        An engine that starved on a busy machine has been replaced: it is asked once more.
        """
        try:
            found = await self._recognised(pcm, listen)
        except PipelineError:
            found = await self._recognised(pcm, listen)
        return CallerSaid(
            text=found.text,
            words=found.words,
            alternatives=found.alternatives,
            confidence=found.confidence,
        )

    async def _recognised(self, pcm: Audio, listen: Listen) -> Recognition:
        return await self._recogniser.recognise(
            pcm.tobytes(),
            rate=RATE,
            language="en",
            hints=listen.hints,
            priority=Priority.FINAL,
            expect=listen.expect,
            about=listen.about,
            alternatives=listen.alternatives,
            with_words=True,
        )


class Caller:
    """Holds one dialogue with the interpreter."""

    def __init__(self, dialogue: Dialogue, speech: Speech, ear: Ear, voice: Engine) -> None:
        self._dialogue, self._speech, self._ear, self._piper = dialogue, speech, ear, voice
        self._flow = gate_for(dialogue.detail.kind)
        self._state: State = initial_state(self._flow)
        self._actions: tuple[Action, ...] = ()

    async def hold(self) -> Dialogue:
        """From the question to the end of the flow."""
        dialogue = self._dialogue
        self._take(CallStarted(channels=("keypad", "page")))
        said = dialogue.detail.said
        for turn in range(MAX_TURNS):
            if self._state.ended is not None:
                break
            event = await self._ear.hear(await self._spoken(said, turn), self._listen())
            dialogue.heard = (
                *dialogue.heard,
                f"{said} => {' | '.join((event.text, *event.alternatives))}",
            )
            self._take(event)
            candidate = self._state.candidate if self._state.phase == "confirm" else None
            if candidate and dialogue.first is None and not dialogue.rounds:
                dialogue.first = candidate.value
            said = self._reply(turn) or ""
            if not said:
                break
        stored = self._state.fields.get(dialogue.detail.kind)
        dialogue.value = stored.value if stored else None
        dialogue.confirmed = bool(stored and stored.confirmed)
        return dialogue

    def _reply(self, turn: int) -> str | None:
        """What the caller says next; None when there is nothing left to say."""
        state, detail = self._state, self._dialogue.detail
        if state.ended is not None:
            return None
        candidate = state.candidate.value if state.candidate else ""
        if state.phase == "suggest":
            if self._suggests_right():
                return "Yes."
            self._dialogue.rounds += 1
            return "No."
        if state.phase == "confirm":
            if candidate == detail.value:
                return YES[turn % len(YES)]
            if state.page_field is not None:
                # The box is there, and this was misheard twice.
                self._type()
                return None
            self._dialogue.rounds += 1
            return answer_to(detail, candidate, self._dialogue.rounds)
        if self._offered_another_way():
            self._type()
            return None if self._state.ended is not None else self._reply(turn)
        self._dialogue.rounds += 1
        spelling = self._dialogue.rounds > 1
        return (
            spelled_out(detail, with_words=self._dialogue.rounds > 2) if spelling else detail.said
        )

    def _suggests_right(self) -> bool:
        """Whether what is asked about is true: a domain, or the letters of a name."""
        candidate, truth = self._state.candidate, self._dialogue.detail.value
        if candidate is None or candidate.others:
            return candidate is not None and candidate.value == truth
        return candidate.value.partition("@")[2] == truth.partition("@")[2]

    def _offered_another_way(self) -> bool:
        said = " ".join(getattr(action, "text", "") for action in self._actions)
        return self._state.page_field is not None or "keypad" in said

    def _type(self) -> None:
        self._dialogue.keyed = True
        detail = self._dialogue.detail
        if self._state.page_field is not None:
            self._take(FieldEntered(field=detail.kind, value=detail.value))
            return
        for digit in detail.value.removeprefix("+1"):
            self._take(KeyPressed(key=digit))

    def _listen(self) -> Listen:
        return next(
            (item for item in reversed(self._actions) if isinstance(item, Listen)),
            self._state.last_listen or Listen(),
        )

    def _take(self, event: Event) -> None:
        result = step(self._flow, self._state, event)
        self._state, self._actions = result.state, result.actions
        for action in self._actions:
            if (
                isinstance(action, Capture)
                and self._dialogue.first is None
                and isinstance(event, CallerSaid)
            ):
                self._dialogue.first = action.value if not self._dialogue.rounds else None

    async def _spoken(self, text: str, turn: int) -> Audio:
        dialogue = self._dialogue
        if self._speech.missing(dialogue.voice, text):
            self._speech.add(text, await _piper(self._piper, text))
        pcm = self._speech.say(dialogue.voice, text, repeats=dialogue.rounds)
        return through(dialogue.channel, pcm, seed=turn + len(text))


async def _piper(engine: Engine, text: str) -> Audio:
    pieces = [
        value["pcm"]
        async for value, _ in engine.stream("speak", {"text": text, "rate": RATE})
        if "pcm" in value
    ]
    return np.frombuffer(b"".join(pieces), dtype="<i2")


async def synthetic(options: argparse.Namespace) -> None:
    """Every voice says every detail over every channel."""
    settings = _settings(options.model)
    recogniser, voice = recogniser_engine(settings), voice_engine(settings)
    await asyncio.gather(recogniser.start(), voice.start())
    dialogues = [
        Dialogue(detail, item, channel)
        for item in VOICES
        if not options.voices or item.name in options.voices
        for channel in options.channels
        for detail in _chosen(options)
    ]
    speech, ear = Speech({}), Ear(recogniser)
    done: list[Dialogue] = []
    try:
        with Progress(transient=True, disable=not sys.stderr.isatty()) as progress:
            task = progress.add_task("dialogues", total=len(dialogues))
            for dialogue in dialogues:
                done.append(await Caller(dialogue, speech, ear, voice).hold())
                progress.advance(task)
    finally:
        await asyncio.gather(recogniser.stop(), voice.stop())
    report("Leads: by how the voices are made", list(_by_family(done)), None)
    report(
        "Leads: exact capture by field and channel",
        list(_table(done)),
        options.json,
        model=settings.models.recogniser,
        voices=sorted({f"{one.voice.engine} {one.voice.name}, {one.voice.accent}" for one in done}),
        dialogues=[item.row for item in done],
        by_voice=list(_by_voice(done)),
        by_family=list(_by_family(done)),
    )  # fmt: skip


def _settings(model: str) -> Settings:
    """The worker's settings, without its haste: a bench may share the machine."""
    settings = load_settings()
    patient = settings.speech.model_copy(update={"engine_deadline_ms": ENGINE_DEADLINE_MS})
    models = settings.models.model_copy(update={"recogniser": model} if model else {})
    return settings.model_copy(update={"speech": patient, "models": models})


def _chosen(options: argparse.Namespace) -> list[Detail]:
    chosen: list[Detail] = []
    for kind in options.fields:
        chosen += [detail for detail in DETAILS if detail.kind == kind][: options.items]
    return chosen


def _table(done: list[Dialogue]) -> Iterable[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Dialogue]] = defaultdict(list)
    for item in done:
        groups[(item.detail.kind, item.channel)].append(item)
        groups[(item.detail.kind, "all")].append(item)
        groups[("all", item.channel)].append(item)
        groups[("all", "all")].append(item)
    for (kind, channel), items in groups.items():
        yield {"field": kind, "channel": channel, **_figures(items)}


def _by_family(done: list[Dialogue]) -> Iterable[dict[str, Any]]:
    groups: dict[tuple[str, str], list[Dialogue]] = defaultdict(list)
    for item in done:
        groups[(item.voice.family, item.channel)].append(item)
    for (family, channel), items in sorted(groups.items()):
        yield {"voices": family, "channel": channel, **_figures(items)}


def _by_voice(done: list[Dialogue]) -> Iterable[dict[str, Any]]:
    groups: dict[str, list[Dialogue]] = defaultdict(list)
    for item in done:
        groups[item.voice.name].append(item)
    for name, items in groups.items():
        yield {"voice": name, **_figures(items)}


def _figures(items: list[Dialogue]) -> dict[str, Any]:
    count = len(items)
    return {
        "n": count,
        "before %": round(100 * sum(i.first == i.detail.value for i in items) / count, 1),
        "after %": round(100 * sum(i.value == i.detail.value for i in items) / count, 1),
        "wrong but confirmed": sum(i.confirmed and i.value != i.detail.value for i in items),
        "rounds": round(sum(i.rounds for i in items) / count, 2),
        "keyed %": round(100 * sum(i.keyed for i in items) / count, 1),
    }


# --- recordings ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Recording:
    path: Path
    expect: Expectation
    truth: str


def recordings(folder: Path) -> list[Recording]:
    """What a manifest's texts say, as values `hear` should find; other recordings are left out."""
    found: list[Recording] = []
    with (folder / "manifest.tsv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            name = row.get("path") or row.get("file") or ""
            read = _truth(row.get("text") or row.get("transcript") or "")
            if read and (folder / name).is_file():
                found.append(Recording(folder / name, *read))
    return found


def _truth(text: str) -> tuple[Expectation, str] | None:
    words = re.findall(r"[a-z']+", text.casefold())
    if text.startswith("{") or not words:
        return None
    if words in (["yes"], ["no"]):
        return Expectation.YES_NO, words[0]
    day = parse_date(" ".join(words), TODAY) if len(words) <= 6 and len(words[0]) > 2 else None
    if day and any(parse_date(f"{word} first 1990", TODAY) for word in words):
        return Expectation.DATE, day.isoformat()
    characters, letters, index = "", 0, 0
    while index < len(words):
        digits, taken = number_at(words, index)
        if taken:
            characters, index = characters + digits, index + taken
            continue
        if len(words[index]) == 1:
            characters, letters = characters + words[index], letters + 1
        elif index or len(words) == 1:
            # A word that is neither spelled nor a command before a code.
            return None
        index += 1
    if not characters:
        return None
    return (Expectation.LETTERS if letters else Expectation.DIGITS), characters


async def from_folder(options: argparse.Namespace) -> None:
    """Recordings as they are, read as `hear` reads them."""
    settings = _settings(options.model)
    found = recordings(options.folder)
    if not found:
        sys.exit(f"{options.folder}: no recordings of letters, digits, dates or answers")
    recogniser = recogniser_engine(settings)
    await recogniser.start()
    ear = Ear(recogniser)
    rows: dict[tuple[str, str], list[bool]] = defaultdict(list)
    misses: list[dict[str, Any]] = []
    try:
        for item in found:
            pcm = np.frombuffer(read_pcm(item.path), dtype="<i2")
            for channel in options.channels:
                heard = await ear.hear(
                    through(channel, pcm, seed=len(pcm)),
                    Listen(expect=item.expect, alternatives=True),
                )
                value, _ = reading_of(item.expect, heard.text, "US", heard.alternatives)
                exact = value == item.truth
                rows[(item.expect.value, channel)].append(exact)
                rows[("all", channel)].append(exact)
                if not exact:
                    misses.append({"file": item.path.name, "channel": channel, "truth": item.truth,
                                   "heard": heard.text, "value": value})  # fmt: skip
    finally:
        await recogniser.stop()
    table = [
        {"kind": kind, "channel": channel, "n": len(hits), "exact": sum(hits),
         "exact %": round(100 * sum(hits) / len(hits), 1)}
        for (kind, channel), hits in sorted(rows.items())
    ]  # fmt: skip
    report("Recordings: exact values", table, options.json, misses=misses)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m bench.leads",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--channels", default="clean,g711,noisy", help="of clean, g711, noisy")
    parser.add_argument("--fields", default="email,phone,name", help="of email, phone, name")
    parser.add_argument("--items", type=int, default=5, help="details of each field (5 of 10)")
    parser.add_argument("--voices", default="", help=f"of {', '.join(v.name for v in VOICES)}")
    parser.add_argument("--model", default="", help="another recogniser than the settings' (base)")
    parser.add_argument("--folder", type=Path, help="recordings with a manifest.tsv")
    parser.add_argument("--json", type=Path, help="write every dialogue here")
    options = parser.parse_args()
    for name in ("channels", "fields", "voices"):
        setattr(options, name, [part for part in getattr(options, name).split(",") if part])
    if unknown := set(options.channels) - set(CHANNELS):
        parser.error(f"unknown channel {', '.join(sorted(unknown))}")
    if options.folder:
        asyncio.run(from_folder(options))
        return
    for program in ("espeak-ng", "flite"):
        if shutil.which(program) is None:
            parser.error(f"{program} is missing: apt-get install {program}")
    asyncio.run(synthetic(options))


if __name__ == "__main__":
    main()
