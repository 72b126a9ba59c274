"""One caller leaving one detail: what they say goes over a line to the real recogniser, what it
makes of that to the real interpreter, and they answer what is asked until the flow ends."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from bench.callers import (
    YES,
    Detail,
    Speech,
    Voice,
    answer_to,
    part_spelled,
    spelled_out,
    through,
)
from bench.phone import Audio
from flows import CallerSaid, CallStarted, Flow, build_flow, initial_state, step
from flows.actions import Action, Listen
from flows.events import Event, FieldEntered, KeyPressed
from flows.nodes.doubt import asked_part
from flows.state import State
from pipelines.engine.client import Engine
from pipelines.errors import PipelineError
from pipelines.recogniser import LocalRecogniser, Recognition, RecognitionRequest
from voice_worker.audio import RATE

MAX_TURNS = 12
"""A caller who is still not understood gives up."""


@dataclass
class Dialogue:
    """One caller leaving one detail."""

    detail: Detail
    voice: Voice
    channel: str
    first: str | None = None
    """What was read back first, before anything was corrected."""
    at_once: bool = False
    """It was read back with nothing asked before."""
    value: str | None = None
    confirmed: bool = False
    rounds: int = 0
    """How often the caller had to say something again, spell it, or correct it."""
    spelled: bool = False
    """They were asked for the spelling before anything was read back."""
    denied: bool = False
    keyed: bool = False
    heard: tuple[str, ...] = ()

    @property
    def row(self) -> dict[str, Any]:
        return {
            "field": self.detail.kind, "channel": self.channel, "voice": self.voice.name,
            "truth": self.detail.value, "first": self.first, "at_once": self.at_once,
            "value": self.value, "confirmed": self.confirmed, "rounds": self.rounds,
            "spelled": self.spelled, "keyed": self.keyed, "heard": self.heard,
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
            RecognitionRequest(
                pcm.tobytes(),
                RATE,
                hints=listen.hints,
                expect=listen.expect,
                about=listen.about,
                alternatives=listen.alternatives,
                with_words=True,
            )
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
            if candidate and dialogue.first is None and not dialogue.denied:
                dialogue.first, dialogue.at_once = candidate.value, not dialogue.rounds
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
            self._dialogue.denied = True
            return "No."
        if part := asked_part(state.phase):
            self._dialogue.rounds += 1
            self._dialogue.spelled = True
            return part_spelled(detail, part)
        if state.phase == "confirm":
            if candidate == detail.value:
                return YES[turn % len(YES)]
            if state.page_field is not None:
                # The box is there, and this was misheard twice.
                self._type()
                return None
            self._dialogue.rounds += 1
            self._dialogue.denied = True
            return answer_to(detail, candidate, self._dialogue.rounds)
        if "digit by digit" in self._said_to_me() and not self._dialogue.rounds:
            self._dialogue.rounds += 1
            return spelled_out(detail, with_words=False)
        if self._offered_another_way():
            if self._dialogue.keyed:
                return None
            # Typed instead of said again.
            self._dialogue.rounds = max(1, self._dialogue.rounds)
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
        return self._state.page_field is not None or "keypad" in self._said_to_me()

    def _said_to_me(self) -> str:
        return " ".join(getattr(action, "text", "") for action in self._actions)

    def _type(self) -> None:
        self._dialogue.keyed = self._dialogue.denied = True
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
