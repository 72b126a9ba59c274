"""What a conversation asks of the world: look-ups, lead fields, hand-offs.

Each errand is written down before its answer goes back to the flow, so what was promised to the
caller is in the record.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flows import actions, events
from flows.matching import match_words
from pipelines import events as call_events
from pipelines.errors import PipelineError, TransferFailed
from pipelines.knowledge import Knowledge, KnowledgeAnswer
from pipelines.line import Line
from pipelines.plan import Deliver, UntilClaimed
from pipelines.reporter import Reporter

MEANING_SECONDS = 0.25
"""Longest an answer waits to learn which option it is like."""


@dataclass(frozen=True)
class Found:
    """What a look-up came to."""

    answer: KnowledgeAnswer | PipelineError
    duration_ms: int


class Errands:
    """Runs the errands of one call."""

    def __init__(
        self,
        account_id: UUID,
        knowledge: Knowledge,
        line: Line,
        report: Reporter,
        deliver: Deliver,
        until_claimed: UntilClaimed,
    ) -> None:
        self._account_id = account_id
        self._deliver = deliver
        self._until_claimed = until_claimed
        self._knowledge = knowledge
        self._line = line
        self._report = report
        self._lead_id: UUID | None = None

    def capture(self, action: actions.Capture) -> None:
        """A lead field was understood, or confirmed."""
        self._report.emit(
            call_events.LeadFieldCaptured,
            offset_ms=action.offset_ms,
            lead_id=self._lead(),
            field=action.field,
            value=action.value,
            raw=action.raw,
            confidence=action.confidence,
            confirmed=action.confirmed,
            denied=action.denied,
            parser=action.parser,
            details=action.details,
        )

    def save_lead(self, action: actions.SaveLead) -> None:
        """The lead is complete."""
        self._report.emit(
            call_events.LeadSaved, lead_id=self._lead(), intent_summary=action.intent_summary
        )

    def _lead(self) -> UUID:
        if self._lead_id is None:
            self._lead_id = call_events.new_id()
        return self._lead_id

    def dispatch(self, action: actions.Dispatch) -> UUID:
        """Ask people or systems to act; returns the request's id, under which it is recorded."""
        request_id = call_events.new_id()
        self._report.emit(
            call_events.DispatchRequested,
            request_id=request_id,
            kind=action.kind,
            lead_id=self._lead_id,
            target=action.target,
            priority=action.priority,
            reason=action.reason,
            payload=action.payload,
        )
        return request_id

    async def settle(
        self, action: actions.Dispatch, request_id: UUID
    ) -> events.DispatchDone | events.DispatchFailed:
        """What came of a dispatch."""
        # A hand-off is in the journal, so it will reach the people it is for.
        why = "" if action.kind == "handoff" else await self._deliver(request_id, action.target)
        if why:
            self._report.fault("dispatch_failed", why)
            return events.DispatchFailed(request_id=action.request_id, reason=why)
        return events.DispatchDone(request_id=action.request_id)

    async def claimed(self, request_id: UUID, wait_ms: int) -> events.HandoffClaimed | None:
        """Who waits on the line was taken; None when nobody did in time."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait_ms / 1000):
                return events.HandoffClaimed(connect_to=await self._until_claimed(request_id))
        return None

    async def look_up(self, action: actions.Retrieve) -> Found:
        """Ask the knowledge, without a trace; an engine that fails is an answer too."""
        started = self._report.now()
        answer: KnowledgeAnswer | PipelineError
        try:
            answer = await self._knowledge.ask(
                self._account_id, action.question, action.sources, action.threshold
            )
        except PipelineError as error:
            answer = error
        return Found(answer, round((self._report.now() - started) * 1000))

    @staticmethod
    def as_event(action: actions.Retrieve, found: Found) -> events.AnswerReady:
        """What was found, for the flow; a knowledge engine that failed has no answer."""
        if isinstance(found.answer, PipelineError):
            return events.AnswerReady(request_id=action.request_id)
        return events.AnswerReady(
            request_id=action.request_id,
            text=found.answer.text,
            score=found.answer.score,
            sources=found.answer.passage_ids,
        )

    def retrieved(self, action: actions.Retrieve, found: Found) -> events.AnswerReady:
        """Write down what was found for a question that was really asked."""
        answer = self.as_event(action, found)
        if isinstance(found.answer, PipelineError):
            self._report.fault(found.answer.code, str(found.answer))
        else:
            self._report.used("embedding", "cpu_second", found.answer.cpu_seconds)
        self._report.emit(
            call_events.Retrieved,
            question=action.question,
            answered=answer.text is not None,
            score=answer.score,
            passage_ids=answer.sources,
            duration_ms=found.duration_ms,
        )
        return answer

    async def get_ready(self, options: Mapping[str, tuple[str, ...]]) -> None:
        """Learn what options mean while they are being asked."""
        with contextlib.suppress(PipelineError):
            _, cpu_seconds = await self._knowledge.likeness("", options)
            self._report.used("embedding", "cpu_second", cpu_seconds)

    async def scores(self, text: str, options: Mapping[str, tuple[str, ...]]) -> dict[str, float]:
        """How alike in meaning the words are to each option; none when that would take too long.

        Only asked where the words themselves decide nothing, so a clear answer never waits.
        """
        if not options or not text or match_words(list(options.values()), text) is not None:
            return {}
        try:
            async with asyncio.timeout(MEANING_SECONDS):
                found, cpu_seconds = await self._knowledge.likeness(text, options)
        except (PipelineError, TimeoutError) as error:
            self._report.fault("meaning_unknown", f"No likeness by meaning: {error or 'too slow'}.")
            return {}
        self._report.used("embedding", "cpu_second", cpu_seconds)
        return found

    async def transfer(
        self, action: actions.Transfer
    ) -> events.DispatchDone | events.DispatchFailed:
        """Connect the caller to somebody else; a line that can't says why."""
        try:
            await self._line.transfer(action.target, action.mode)
        except TransferFailed as error:
            self._report.fault(error.code, str(error))
            return events.DispatchFailed(request_id=action.request_id, reason=str(error))
        return events.DispatchDone(request_id=action.request_id)
