"""The agent's words on their way to the caller: said, begun, heard. Pure bookkeeping."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines.heard import heard_text
from pipelines.prompt_cache import Words


@dataclass
class Utterance:
    """One thing the agent says; times are milliseconds since the call became active."""

    id: str
    text: str
    speech: str = ""
    """What is pronounced for it."""
    interruptible: bool = True
    filler: bool = False
    begun_ms: int | None = None
    revoked: bool = False
    """The agent was interrupted after it was given to the voice."""


@dataclass(frozen=True)
class Spoken:
    """How an utterance came out."""

    id: str
    text: str
    heard_text: str
    begun_ms: int
    duration_ms: int
    interrupted: bool


class Utterances:
    """Utterances in the order they were given to the voice, until each is played or cut."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._waiting: dict[str, Utterance] = {}

    def __bool__(self) -> bool:
        return bool(self._waiting)

    @property
    def interruptible(self) -> bool:
        """False while anything that must be heard to its end is under way."""
        return all(utterance.interruptible for utterance in self._waiting.values())

    @property
    def sounding(self) -> bool:
        """True once a sample of any of them was sent."""
        return any(utterance.begun_ms is not None for utterance in self._waiting.values())

    @property
    def waiting(self) -> bool:
        """True while one of them has no sound yet."""
        return any(utterance.begun_ms is None for utterance in self._waiting.values())

    def add(self, utterance: Utterance) -> None:
        self._waiting[utterance.id] = utterance

    def begin(self, utterance_id: str, now_ms: int) -> Utterance | None:
        """Its first sample went out."""
        if utterance := self._waiting.get(utterance_id):
            utterance.begun_ms = now_ms
        return utterance

    def finish(
        self, utterance_id: str, played: int, words: Words, *, complete: bool, now_ms: int
    ) -> Spoken | None:
        """It ended, or was cut after `played` samples; `words` tells when each word sounds."""
        utterance = self._waiting.pop(utterance_id, None)
        if utterance is None:
            return None
        if complete:
            # Without a single sample (synthesis failed) nothing was heard.
            heard = utterance.text if played else ""
        else:
            heard = heard_text(utterance.text, utterance.speech or utterance.text, words, played)
        return Spoken(
            id=utterance.id,
            text=utterance.text,
            heard_text=heard,
            begun_ms=utterance.begun_ms if utterance.begun_ms is not None else now_ms,
            duration_ms=played * 1000 // self._rate,
            interrupted=not complete,
        )

    def revoke(self) -> None:
        """The agent is interrupted: what was given so far is not said to its end, if it begins at
        all. What is given from now on is."""
        for utterance in self._waiting.values():
            utterance.revoked = utterance.interruptible

    def drop_unbegun(self, now_ms: int) -> list[Spoken]:
        """After an interruption: what was still waiting will not be said."""
        dropped = [u for u in self._waiting.values() if u.begun_ms is None and u.revoked]
        return [
            spoken
            for u in dropped
            if (spoken := self.finish(u.id, 0, (), complete=False, now_ms=now_ms))
        ]
