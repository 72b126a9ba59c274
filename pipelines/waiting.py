"""Who waits for whom on a call, and for how long: the caller for an answer, the agent for words."""

from __future__ import annotations

import asyncio

from flows import actions, events
from pipelines.conversation import Conversation
from pipelines.ears import Ears
from pipelines.farewell import Farewell
from pipelines.line import Line
from pipelines.reporter import Reporter
from pipelines.runtime_prompts import runtime_prompts
from pipelines.speaking import Speaking
from pipelines.watchdog import Verdict, Watchdog

TICK_SECONDS = 0.1
STALLED_AUDIO_SECONDS = 0.6
"""With no audio for this long (a locked phone, a dead network) silence is assumed."""
LONGEST_PATIENCE_MS = 2000
"""Silence after which an open turn is no longer a pause: recognition is late."""


class Waiting:
    """Looks ten times a second whether somebody has waited long enough."""

    def __init__(
        self,
        *,
        answer_within_ms: int,
        line: Line,
        report: Reporter,
        ears: Ears,
        conversation: Conversation,
        speaking: Speaking,
        farewell: Farewell,
    ) -> None:
        self._line = line
        self._report = report
        self._ears = ears
        self._conversation = conversation
        self._speaking = speaking
        self._farewell = farewell
        self._watchdog = Watchdog(answer_within_ms / 1000)
        self._quiet_since = 0.0
        self._last_audio = 0.0

    def audio_came(self) -> None:
        """The line brought sound, or silence."""
        self._last_audio = self._report.now()

    def quiet(self) -> None:
        """From now on it is the caller who says nothing."""
        self._quiet_since = self._report.now()

    def owe(self, since: float | None = None) -> None:
        """The caller waits for a sound, from now on or since a monotonic second."""
        self._watchdog.owe(self._report.now() if since is None else since)

    def still_owe(self) -> None:
        """The agent has finished, but not the flow: the caller waits from now on."""
        if not self._watchdog.owed:
            self.owe()

    def filler_heard(self) -> None:
        """The caller heard that it goes on; the answer is still owed."""
        self._watchdog.filler_heard(self._report.now())

    def answered(self) -> None:
        """Nothing is owed any more."""
        self._watchdog.heard()

    async def look_forever(self) -> None:
        """What a call does beside all that happens on it."""
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self._look(self._report.now())

    async def _look(self, now: float) -> None:
        if self._ears.in_turn and now - self._last_audio > STALLED_AUDIO_SECONDS:
            self._ears.feed_silence(round(TICK_SECONDS * 1000))
        self._conversation.fire_timers(now)
        if self._ears.in_turn and not self._watchdog.owed and not self._speaking.utterances:
            silence_ms = self._ears.silence_ms
            if silence_ms >= LONGEST_PATIENCE_MS:
                # The words are long overdue: from here on the caller waits for us.
                self._watchdog.owe(now - silence_ms / 1000)
        match self._watchdog.check(now):
            case Verdict.WAIT:
                pass
            case Verdict.GIVE_UP if not self._conversation.dispatching:
                await self._farewell.give_up("no_answer")
            case _:
                self._report.fault(
                    "answer_late", f"No answer within {self._watchdog.bound_seconds} s."
                )
                language = self._conversation.language
                filler = runtime_prompts(language).fillers[self._watchdog.filler]
                await self._speaking.say(actions.Say(text=filler, language=language), filler=True)
        if self._caller_is_silent(now):
            self._conversation.listen = None
            self._watchdog.owe(now)
            self._conversation.put(events.CallerSilent(offset_ms=self._report.offset_ms()))

    def _caller_is_silent(self, now: float) -> bool:
        listen = self._conversation.listen
        return (
            listen is not None
            and not self._line.on_hold
            and not self._speaking.utterances
            and not self._ears.in_turn
            and self._conversation.idle
            and now - self._quiet_since >= listen.no_input_ms / 1000
        )
