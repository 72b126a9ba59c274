"""How a call ends: who ends it, what is still said, and what the record says of it."""

from __future__ import annotations

import contextlib
from asyncio import timeout
from collections.abc import Awaitable, Callable
from typing import Literal

from pipecat.frames.frames import EndWorkerFrame

from flows import actions, events
from pipelines import events as call_events
from pipelines.conversation import Conversation
from pipelines.frames import UtterancePlayed
from pipelines.line import Line
from pipelines.page import Page
from pipelines.plan import CallPlan, CallResult
from pipelines.reporter import Reporter
from pipelines.runtime_prompts import runtime_prompts
from pipelines.speaking import Push, Speaking
from pipelines.tap import Tap

HANG_UP_SECONDS = 2.0
"""Longest the last steps of a call may take once the caller is gone."""


class Farewell:
    """Ends a call once, whoever asks for it first. Until somebody does, it was abandoned."""

    def __init__(
        self,
        *,
        plan: CallPlan,
        line: Line,
        report: Reporter,
        conversation: Conversation,
        speaking: Speaking,
        page: Page,
        tap: Tap,
        push: Push,
        interrupt: Callable[[], Awaitable[None]],
    ) -> None:
        self._plan = plan
        self._line = line
        self._report = report
        self._conversation = conversation
        self._speaking = speaking
        self._page = page
        self._tap = tap
        self._push = push
        self._interrupt = interrupt
        self._status: Literal["completed", "failed", "abandoned"] = "abandoned"
        self._outcome = actions.Outcome.ABANDONED.value
        self.begun = False
        """Nothing new is heard or asked from then on."""

    async def end(self, status: Literal["completed", "failed"], outcome: str) -> None:
        """Hang up after what is still to be said, so a goodbye is heard to its last sample."""
        if self.begun:
            return
        self._status, self._outcome, self.begun = status, outcome, True
        self._conversation.listen = None
        for frame in (self._page.farewell(status, outcome), EndWorkerFrame(reason=outcome)):
            frame.interruptible = False
            await self._push(frame)

    async def give_up(self, code: str) -> None:
        """Apologise for a fault and hang up."""
        if self.begun:
            return
        if self._speaking.utterances.waiting:
            # What has no sound by now would keep the apology waiting.
            await self._interrupt()
        await self._say(runtime_prompts(self._conversation.language).apology)
        await self.end("failed", code)

    async def time_is_up(self) -> None:
        """The call has lasted as long as a call may: say so and end it."""
        self._report.fault("call_too_long", "The call reached its maximum duration.")
        if self._speaking.utterances:
            # What is queued may take longer than the caller has.
            await self._interrupt()
        await self._say(runtime_prompts(self._conversation.language).time_is_up)
        await self.end("completed", "max_duration")

    async def _say(self, text: str) -> None:
        language = self._conversation.language
        await self._speaking.say(actions.Say(text=text, interruptible=False, language=language))

    def transferred(self) -> None:
        """The line went to somebody else: it closes before the flow's own end can count."""
        self._status, self._outcome = "completed", actions.Outcome.HANDED_OFF.value

    def fail(self, code: str, message: str) -> None:
        """Something outside the conversation ended the call."""
        self._report.fault(code, message)
        self._status, self._outcome = "failed", code

    async def caller_left(self) -> None:
        """The line is gone: let the flow know and wait until it has dealt with it."""
        if self.begun:
            return
        self.begun = True
        self._conversation.put(events.HungUp(offset_ms=self._report.offset_ms()))
        with contextlib.suppress(TimeoutError):
            async with timeout(HANG_UP_SECONDS):
                await self._conversation.settled()

    def record(self, cut_off: UtterancePlayed | None) -> CallResult:
        """Write down the end of the call; nothing comes after it.

        `cut_off` is what the agent was saying when the line closed.
        """
        self._plan.before_end()
        if cut_off:
            self._speaking.cut_off(cut_off)
        self._tap.close()
        duration_ms = self._report.offset_ms()
        self._report.used_line(self._line.component, self._line.provider, duration_ms)
        self._report.emit(
            call_events.CallEnded,
            status=self._status,
            outcome=self._outcome,
            duration_ms=duration_ms,
        )
        return CallResult(self._status, self._outcome, duration_ms)
