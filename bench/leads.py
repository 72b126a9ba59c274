"""How exactly contact details are captured: synthesised callers, or a folder of recordings.

    python -m bench.leads --json leads.json
    python -m bench.leads --folder RECORDINGS --json recordings.json

Callers of several voices and accents say emails, phone numbers and names over clean, telephone
(G.711 mu-law at 8 kHz) and noisy telephone lines. What they say is heard by the real recogniser and
answered by the real interpreter; they answer what is asked and what is read back truthfully, by
voice, over the same line.

*before* is the share of values that were exact when first read back, before anything was corrected;
what the gate asked on its own until then (the spelling of an uncommon name, "did you say gmail dot
com?", to say it again) was answered as it was asked. *at once* is the share that was exact with
nothing asked before. *after* is the share that was exact at the end of the dialogue; *rounds* the
mean number of times a caller said something again, spelled or corrected it; *spelled* the share
asked for a spelling before the read-back; *keyed* the share that was in the end typed on keys or
on the page, which is offered after the second failure. A second table tells voices made from
recorded speech (Piper, flite) from those made by rule (espeak-ng).

A folder has a `manifest.tsv` with the columns path and text; its recordings are read as `hear`
reads them (letters, digits, dates, yes and no, told by their text), and scored as they are.

Needs espeak-ng and flite (`apt-get install espeak-ng flite`).
"""

from __future__ import annotations

import argparse
import asyncio
import shutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from rich.progress import Progress

from bench.callers import CHANNELS, DETAILS, VOICES, Detail, Speech
from bench.lead_calls import Caller, Dialogue, Ear
from bench.lead_recordings import recordings, scored
from bench.report import report
from config import Settings, load_settings
from voice_worker.engines import recogniser_engine, voice_engine

ENGINE_DEADLINE_MS = 60_000


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
        "at once %": _share(items, lambda one: one.at_once and one.first == one.detail.value),
        "before %": _share(items, lambda one: one.first == one.detail.value),
        "after %": _share(items, lambda one: one.value == one.detail.value),
        "wrong but confirmed": sum(i.confirmed and i.value != i.detail.value for i in items),
        "rounds": round(sum(i.rounds for i in items) / count, 2),
        "spelled %": _share(items, lambda one: one.spelled),
        "keyed %": _share(items, lambda one: one.keyed),
    }


def _share(items: list[Dialogue], holds: Callable[[Dialogue], bool]) -> float:
    return round(100 * sum(map(holds, items)) / len(items), 1)


async def from_folder(options: argparse.Namespace) -> None:
    """Recordings as they are, read as `hear` reads them."""
    found = recordings(options.folder)
    if not found:
        sys.exit(f"{options.folder}: no recordings of letters, digits, dates or answers")
    recogniser = recogniser_engine(_settings(options.model))
    await recogniser.start()
    try:
        table, misses = await scored(found, Ear(recogniser), options.channels)
    finally:
        await recogniser.stop()
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
