"""False cut-offs against latency: our turn policy, silence timers and smart-turn, side by side.

    python -m bench.turns --folder RECORDINGS [--half 1] [--every 3] [--ending FILE] [--json FILE]

Every recording is heard as it is, and with a pause of 0.3 to 0.9 s put where it is quietest near
the middle or between two of its words; clean and through a telephone. At each silence the bench
asks what each policy would do with what it could know by then, in audio time: recognition is given
its processor time.

latency: from the end of the last sound to the commit.   cut-off: a commit while more was to come.
"""

from __future__ import annotations

import argparse
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pipecat.audio.turn.smart_turn.local_smart_turn_v3 import LocalSmartTurnAnalyzerV3
from rich.progress import track

from bench.ending import LINES, PRE_ROLL, quietest, word_gaps
from bench.recordings import Audio, Recording, recordings, room, telephone
from bench.report import percentile, report
from config import load_settings
from config.models import resolve
from flows import Expectation
from flows.spoken.complete import completeness
from pipelines.engine.recognition.ending import Ending
from pipelines.engine.whisper import Whisper
from pipelines.recogniser import ALPHABETS
from pipelines.turns import WINDOW_MS, Evidence, VoiceActivity, patience_ms
from pipelines.vad import SharedSilero
from voice_worker.audio import RATE

SILENCE_SECONDS = 3
SMART_TURN_MS = 200
"""pipecat asks smart-turn after this silence, and waits three seconds when it says no."""
SMART_TURN_WAIT_MS = 3000
DIGITS = frozenset(
    ["zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
)


@dataclass(frozen=True)
class Silence:
    """What could be known in one silence of an utterance; times in ms of audio."""

    began_ms: float
    lasted_ms: float
    """Infinite for the last one."""
    text: str
    finished: float | None
    words_after_ms: float
    """From the beginning of the silence until its words were there."""
    smart_turn: float


@dataclass(frozen=True)
class Utterance:
    name: str
    kind: str
    pause: str
    """Where one was put in: "middle", "words" or nowhere ("")."""
    line: str
    expect: Expectation
    end_ms: float
    silences: tuple[Silence, ...]


def expectation(recording: Recording) -> Expectation:
    """What a flow would have asked for to get this answer."""
    words = recording.text.lower().split()
    if recording.kind.startswith("fsdd_phone"):
        return Expectation.PHONE
    if len(words) > 1 and all(len(word) == 1 for word in words):
        return Expectation.LETTERS
    if all(word in DIGITS for word in words):
        return Expectation.DIGITS
    if words in (["yes"], ["no"]):
        return Expectation.YES_NO
    return Expectation.OPEN


def with_pause(recording: Recording, at: int, seconds: float) -> Recording:
    """The recording with room noise put between two words."""
    audio = recording.audio.copy()
    audio[max(0, at - 160) : at] *= np.linspace(1, 0, min(160, at))
    audio[at : at + 160] *= np.linspace(0, 1, 160)
    gap = np.zeros(int(seconds * RATE), dtype=np.float32)
    return replace(recording, audio=np.concatenate([audio[:at], gap, audio[at:]]))


class Listener:
    """Hears utterances as a call's ears would, with everything a policy may want to know."""

    def __init__(self, ending: Path | None) -> None:
        settings = load_settings()
        self._speech = settings.speech
        name = settings.models.recogniser
        self._whisper = Whisper(
            resolve(name, "recogniser", settings.home),
            settings.speech.recogniser_threads,
            Ending.load(ending) if ending else Ending.of_model(name),
        )
        self._silero = SharedSilero(settings.home)
        self._smart_turn = LocalSmartTurnAnalyzerV3()
        self._random = np.random.default_rng(5)

    def gaps(self, recording: Recording) -> list[int]:
        return word_gaps(recording, self._whisper)

    def hear(self, recording: Recording, *, pause: str, line: str) -> Utterance | None:
        begin, end = recording.speech
        begin = max(0, begin - 1600)
        speech = recording.audio[begin:end]
        lead = RATE // 2
        audio = np.concatenate([
            np.zeros(lead), speech, np.zeros(SILENCE_SECONDS * RATE)
        ]).astype(np.float32)  # fmt: skip
        audio += room(len(audio), 10 ** (self._random.uniform(-72, -55) / 20), self._random)
        if line == "G.711":
            audio = telephone(audio)
        expect = expectation(recording)
        silences = tuple(self._silences(audio, expect))
        if not silences:
            return None
        end_ms = (lead + len(speech)) / RATE * 1000
        return Utterance(recording.name, recording.kind, pause, line, expect, end_ms, silences)

    def _silences(self, audio: Audio, expect: Expectation) -> list[Silence]:
        speech = self._speech
        activity = VoiceActivity(
            speech.vad_start_ms, speech.vad_stop_ms, speech.vad_confidence, speech.vad_min_rms
        )
        vad = self._silero.listener(RATE)
        window = vad.window_samples
        pcm = (np.clip(audio, -1, 1) * 32767).astype(np.int16)
        turn_from: int | None = None
        open_: Silence | None = None
        found: list[Silence] = []
        for number, (probability, loudness) in enumerate(vad.feed(pcm)):
            now_ms = (number + 1) * WINDOW_MS
            edge = activity.feed(probability, loudness, in_turn=turn_from is not None)
            if edge is True:
                if open_:
                    # The turn does not end in its first window of speech either.
                    lasted_ms = now_ms - WINDOW_MS - open_.began_ms
                    found.append(replace(open_, lasted_ms=lasted_ms))
                    open_ = None
                if turn_from is None:
                    turn_from = max(0, (number + 1) * window - PRE_ROLL - activity.start_ms * 16)
            elif edge is False and turn_from is not None:
                open_ = self._silence(audio, turn_from, (number + 1) * window, now_ms, expect)
        return [*found, open_] if open_ else found

    def _silence(
        self, audio: Audio, begin: int, now: int, now_ms: float, expect: Expectation
    ) -> Silence:
        stop_ms = self._speech.vad_stop_ms
        started = time.process_time()
        heard = self._whisper.recognise(audio[begin:now], alphabet=ALPHABETS.get(expect, ""))
        took_ms = (time.process_time() - started) * 1000
        later = now + (SMART_TURN_MS - stop_ms) * RATE // 1000
        smart_turn = self._smart_turn._predict_endpoint(audio[max(begin, later - 8 * RATE) : later])
        return Silence(
            began_ms=now_ms - stop_ms,
            lasted_ms=float("inf"),
            text=heard["text"],
            finished=heard["finished"],
            words_after_ms=stop_ms + took_ms,
            smart_turn=float(smart_turn["probability"]),
        )


Policy = Callable[[Utterance, Silence], float]
"""Silence (ms) after which this policy would end the turn."""


def ours(scale: float = 1.0, *, known: bool = True, ear: bool = True) -> Policy:
    """The worker's policy with all its patience multiplied; `known`: what was asked is known."""

    def patience(utterance: Utterance, silence: Silence) -> float:
        expect = utterance.expect if known else Expectation.OPEN
        evidence = Evidence(
            silence.text,
            completeness(expect, silence.text, "US"),
            silence.finished if ear else None,
        )
        return max(scale * patience_ms(expect, evidence), silence.words_after_ms)

    return patience


def timer(milliseconds: float) -> Policy:
    return lambda utterance, silence: max(milliseconds, silence.words_after_ms)


def smart_turn(threshold: float) -> Policy:
    def patience(utterance: Utterance, silence: Silence) -> float:
        if silence.smart_turn >= threshold:
            return max(SMART_TURN_MS + 100, silence.words_after_ms)
        return SMART_TURN_WAIT_MS

    return patience


def outcome(utterance: Utterance, policy: Policy) -> float | None:
    """Latency (ms), or None when the caller was cut off."""
    for silence in utterance.silences:
        patience = policy(utterance, silence)
        # The commit happens at a window's end, after the last sound as the detector saw it.
        if patience < silence.lasted_ms:
            committed = silence.began_ms + patience
            return committed - utterance.end_ms if committed >= utterance.end_ms - 60 else None
    return None


def row(name: str, policy: Policy, utterances: list[Utterance]) -> dict[str, Any]:
    results = [(utterance, outcome(utterance, policy)) for utterance in utterances]
    latencies = [ms for _, ms in results if ms is not None]

    def cut_off(pause: str) -> float:
        """Of the utterances with such a pause, percent."""
        those = [ms is None for utterance, ms in results if utterance.pause == pause]
        return 100 * sum(those) / max(1, len(those))

    return {
        "policy": name,
        "cut off, middle %": cut_off("middle"),
        "between words %": cut_off("words"),
        "as recorded %": cut_off(""),
        "p50 ms": percentile(latencies, 0.5) if latencies else 0,
        "p90 ms": percentile(latencies, 0.9) if latencies else 0,
        "p95 ms": percentile(latencies, 0.95) if latencies else 0,
        "mean ms": sum(latencies) / max(1, len(latencies)),
    }


def heard(arguments: argparse.Namespace) -> list[Utterance]:
    if arguments.keep and arguments.keep.is_file():
        kept: list[Utterance] = pickle.loads(arguments.keep.read_bytes())
        return kept
    listener = Listener(arguments.ending)
    random = np.random.default_rng(3)
    found: list[Utterance | None] = []
    chosen = [
        one for one in recordings(arguments.folder)
        if arguments.half is None or one.half == arguments.half
    ][:: arguments.every]  # fmt: skip
    for recording in track(chosen, "hearing"):
        places = {"middle": quietest(recording)} if recording.may_pause else {}
        if gaps := listener.gaps(recording):
            places["words"] = int(random.choice(gaps))
        for line in LINES:
            found.append(listener.hear(recording, pause="", line=line))
            for pause, at in places.items():
                paused = with_pause(recording, at, random.uniform(0.3, 0.9))
                found.append(listener.hear(paused, pause=pause, line=line))
    utterances = [one for one in found if one]
    if arguments.keep:
        arguments.keep.write_bytes(pickle.dumps(utterances))
    return utterances


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", type=Path, required=True, help="recordings with manifest.tsv")
    parser.add_argument("--half", type=int, choices=(0, 1), help="report on these speakers only")
    parser.add_argument("--every", type=int, default=1, help="hear every so many-th recording")
    parser.add_argument("--ending", type=Path, help="weights to use (bench.ending --half 0)")
    parser.add_argument("--keep", type=Path, help="file to keep what was heard in, to sweep again")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    arguments = parser.parse_args()
    utterances = heard(arguments)
    rows = [row(f"ours x{scale:g}", ours(scale), utterances)
            for scale in (0.6, 0.8, 1.0, 1.25, 1.5)]  # fmt: skip
    rows += [
        row("ours, question not known", ours(known=False), utterances),
        row("ours, words only", ours(ear=False), utterances),
    ]
    rows += [row(f"timer {ms} ms", timer(ms), utterances) for ms in (300, 500, 600, 800, 1000)]
    rows += [row(f"smart-turn > {share:g}", smart_turn(share), utterances)
             for share in (0.3, 0.5, 0.7, 0.9)]  # fmt: skip
    report(
        f"{len(utterances)} utterances, {sum(bool(one.pause) for one in utterances)} with a pause "
        "of 0.3 to 0.9 s put in",
        rows,
        arguments.json,
    )
    groups = [
        (str(key), [one for one in utterances if key in (one.expect, one.line)])
        for key in dict.fromkeys((*LINES, *(one.expect for one in utterances)))
    ]
    by_group = [{**row(key, ours(), some), "utterances": len(some)} for key, some in groups]
    report("ours, by line and by what was asked", by_group, None)


if __name__ == "__main__":
    main()
