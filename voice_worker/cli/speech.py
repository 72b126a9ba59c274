"""`voice-worker hear` and `voice-worker say`: the worker's ears and voice on files."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import typer

from config import load_settings
from flows import Expectation, Word
from flows.spoken.fields import FIELD_KINDS, Reading, best_reading, read
from flows.spoken.letters.spelled import spelled_letters
from flows.spoken.phone.numbers import spoken_digits
from flows.spoken.yesno import parse_yes_no
from pipelines.recogniser import LocalRecogniser, Recogniser, Recognition, RecognitionRequest
from pipelines.spoken_form import spoken_form
from voice_worker.audio import RATE, read_pcm, write_wav
from voice_worker.cli.output import JsonOption, note, print_json, print_table
from voice_worker.engines import recogniser_engine, unhurried, voice_engine

LONGEST_PIECE_SECONDS, SHORTEST_PIECE_SECONDS = 25, 15
"""What is longer is heard in pieces; the model's window is 30 s."""
QUIET_MS = 200
"""A piece ends in the middle of the quietest stretch this long."""


def hear_command(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Audio files.")],
    expect: Annotated[
        Expectation, typer.Option(help="What the words should be; decides how they are read.")
    ] = Expectation.OPEN,
    region: Annotated[str, typer.Option(help="Region for phone numbers.")] = "US",
    as_json: JsonOption = False,
) -> None:
    """Recognise audio files as the worker would hear them in a call."""
    rows = asyncio.run(_hear(files, expect, region, as_json))
    if not as_json:
        read = () if expect is Expectation.OPEN else ("value", "valid")
        print_table(rows, ("file", "text", *read, "confidence"), empty="")


async def _hear(
    files: list[Path], expect: Expectation, region: str, as_json: bool
) -> list[dict[str, Any]]:
    settings = load_settings()
    audio = [(path, read_pcm(path)) for path in files]
    engine = recogniser_engine(unhurried(settings))
    note(f"loading the recogniser {settings.models.recogniser}")
    await engine.start()
    rows: list[dict[str, Any]] = []
    try:
        recogniser = LocalRecogniser(engine)
        for path, pcm in audio:
            heard = [
                (begin, await _recognise(recogniser, pcm[2 * begin : 2 * end], expect))
                for begin, end in pieces(np.frombuffer(pcm, dtype="<i2"))
            ]
            text = " ".join(found.text for _, found in heard if found.text)
            readings = heard[0][1].alternatives if len(heard) == 1 else ()
            value, valid = reading_of(expect, text, region, readings)
            row = {
                "file": str(path),
                "text": text,
                "words": [
                    _later(word, begin * 1000 // RATE).model_dump()
                    for begin, found in heard
                    for word in found.words
                ],
                "value": value,
                "valid": valid,
                "confidence": round(min(found.confidence for _, found in heard), 3),
            }
            rows.append(row)
            if as_json:
                print_json(row)
    finally:
        await engine.stop()
    return rows


async def _recognise(recogniser: Recogniser, pcm: bytes, expect: Expectation) -> Recognition:
    return await recogniser.recognise(
        RecognitionRequest(pcm, RATE, expect=expect, alternatives=True, with_words=True)
    )


def _later(word: Word, milliseconds: int) -> Word:
    return word.model_copy(
        update={
            "start_ms": word.start_ms + milliseconds,
            "end_ms": word.end_ms + milliseconds,
        }
    )


def pieces(audio: npt.NDArray[np.int16]) -> list[tuple[int, int]]:
    """Where to cut `audio` (16 kHz) so that no piece is too long: first sample and end of each."""
    cuts, quiet = [0], QUIET_MS * RATE // 1000
    while len(audio) - cuts[-1] > LONGEST_PIECE_SECONDS * RATE:
        first = cuts[-1] + SHORTEST_PIECE_SECONDS * RATE
        searched = audio[first : cuts[-1] + LONGEST_PIECE_SECONDS * RATE].astype(np.float64)
        energy = np.cumsum(searched**2)
        calmest = int(np.argmin(energy[quiet:] - energy[:-quiet]))
        cuts.append(first + calmest + quiet // 2)
    return list(pairwise([*cuts, len(audio)]))


def reading_of(
    expect: Expectation, text: str, region: str, alternatives: tuple[str, ...] = ()
) -> tuple[str | None, bool]:
    """The value the words hold, as the flow's parsers read it, and whether it is a whole one."""
    readings = [(_reading(expect, said, region), said) for said in (text, *alternatives)]
    best, _ = best_reading(expect.value, readings)
    return best.value, best.valid


def _reading(expect: Expectation, text: str, region: str) -> Reading:
    if expect.value in FIELD_KINDS:
        return read(expect.value, text, region, today=date.today())
    match expect:
        case Expectation.YES_NO:
            answer = parse_yes_no(text)
            value = None if answer is None else ("yes" if answer else "no")
        case Expectation.DIGITS:
            value = spoken_digits(text).strip("+") or None
        case Expectation.LETTERS:
            value = spelled_letters(text) or None
        case _:
            value = text or None
    return Reading(value, value is not None)


def say_command(
    text: Annotated[str, typer.Argument(help="What to say.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="WAV file to write.")],
    rate: Annotated[int, typer.Option(min=8000, max=48_000, help="Samples per second.")] = RATE,
    speed: Annotated[
        float, typer.Option(min=0.5, max=2.0, help="1 is the voice's own pace.")
    ] = 1.0,
    as_json: JsonOption = False,
) -> None:
    """Speak a text into a WAV file with the worker's voice."""
    seconds = asyncio.run(_say(text, output, rate, speed))
    if as_json:
        print_json({"file": str(output), "seconds": round(seconds, 3), "rate": rate})
    else:
        note(f"{output}: {seconds:.1f} s")


async def _say(text: str, output: Path, rate: int, speed: float) -> float:
    (pcm,) = await spoken([text], rate, speed)
    write_wav(output, pcm, rate)
    return len(pcm) / 2 / rate


async def spoken(texts: Sequence[str], rate: int = RATE, speed: float = 1.0) -> list[bytes]:
    """Texts in the worker's voice, loaded for them: 16-bit PCM."""
    settings = load_settings()
    engine = voice_engine(unhurried(settings))
    note(f"loading the voice {settings.models.voice}")
    await engine.start()
    try:
        found = []
        for text in texts:
            pcm = bytearray()
            request = {"text": spoken_form(text).text, "rate": rate, "speed": speed}
            async for value, _ in engine.stream("speak", request):
                pcm += value.get("pcm", b"")
            found.append(bytes(pcm))
        return found
    finally:
        await engine.stop()
