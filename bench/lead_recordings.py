"""Recordings of letters, digits, dates and answers, read as `hear` reads them."""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from bench.callers import through
from bench.lead_calls import Ear
from flows import Expectation
from flows.actions import Listen
from flows.spoken.dates.days import parse_date
from flows.spoken.words import number_at
from voice_worker.audio import read_pcm
from voice_worker.cli.speech import reading_of

TODAY = date(2000, 1, 1)


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


async def scored(
    found: list[Recording], ear: Ear, channels: list[str]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """How many values are exact, by kind and channel; and what was missed."""
    rows: dict[tuple[str, str], list[bool]] = defaultdict(list)
    misses: list[dict[str, Any]] = []
    for item in found:
        pcm = np.frombuffer(read_pcm(item.path), dtype="<i2")
        for channel in channels:
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
    table = [
        {"kind": kind, "channel": channel, "n": len(hits), "exact": sum(hits),
         "exact %": round(100 * sum(hits) / len(hits), 1)}
        for (kind, channel), hits in sorted(rows.items())
    ]  # fmt: skip
    return table, misses
