"""Calls that go out: whom and when, who answered, what is left on a machine."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

import numpy as np
from baresip import BaresipError, CallBusy, CallDeclined, CallFailed, CallTimeout

from pipelines import events as call_events
from pipelines.answering import Greeting, ToneDetector, Verdict, machine_says
from pipelines.errors import PipelineError
from pipelines.line import CHUNK_MS
from pipelines.recogniser import RecognitionRequest
from pipelines.reporter import Reporter
from pipelines.speech import Manner
from pipelines.transports.sip import SipLine
from voice_worker.call import Known
from voice_worker.errors import CallRefused
from voice_worker.prompts import manner_of
from voice_worker.sip.numbers import e164
from voice_worker.sip.rules import Outbound, outbound_of, wait_for_hours
from voice_worker.sip.trunks import TrunkLine
from voice_worker.store.campaigns import Campaign, campaign_by_slug
from voice_worker.store.database import CALLER_SECONDS, within
from voice_worker.store.trunks import is_blocked
from voice_worker.upkeep import say_if_broken

if TYPE_CHECKING:
    from voice_worker.app import MadeCall, Worker
    from voice_worker.sip.switchboard import Switchboard

log = logging.getLogger(__name__)

TONE_SECONDS = 30.0
"""Longest a greeting may take until its tone."""
HUSH_MS = 2_400
"""A greeting that ends without a tone has ended after this much silence."""
WORDS_SECONDS = 0.6
"""Longest the recogniser may take over a greeting; the callee is waiting."""
_OUTCOMES = {
    404: "number_unknown", 484: "number_unknown", 604: "number_unknown",
    408: "no_answer", 480: "no_answer", 487: "no_answer",
    600: "busy", 607: "declined", 608: "declined",
    401: "trunk_refused", 403: "trunk_refused", 407: "trunk_refused",
    500: "trunk_failed", 502: "trunk_failed", 503: "trunk_failed", 504: "trunk_failed",
}  # fmt: skip


def outcome_of(error: BaresipError) -> str:
    """Why a call was not answered, as the record says it."""
    match error:
        case CallBusy():
            return "busy"
        case CallDeclined():
            return "declined"
        case CallTimeout():
            return "no_answer"
        case CallFailed(status=int(status)):
            return _OUTCOMES.get(status, f"refused_{status}")
        case _:
            return "trunk_failed"


@dataclass(frozen=True)
class _Answered:
    machine: bool
    how: str


class Dialler:
    """Places calls for campaigns."""

    def __init__(self, worker: Worker, switchboard: Switchboard) -> None:
        self._worker = worker
        self._switchboard = switchboard
        self._calls: set[asyncio.Task[None]] = set()

    async def dial(self, slug: str, number: str, fields: Mapping[str, str]) -> UUID:
        """Start a call; its record tells how it went.

        Raises:
            CallRefused: this number must not be called, not now, or can't be.
            LOST (store/database.py): the database is away, or hangs.
        """
        callee = e164(number, self._worker.settings.calls.default_region)
        if callee is None:
            raise CallRefused(
                "number_invalid",
                f"{number} is no telephone number. Write it as +15035550142.",
                status=422,
            )
        campaign, rules, trunk = await within(CALLER_SECONDS, self._allowed(slug, callee))
        made = await self._worker.make_call(
            slug,
            known=Known(
                fields=fields, caller_number=callee,
                facts={"call.direction": "outbound"}, channels=("keypad",),
            ),
            metadata={"direction": "outbound", "dialled": callee, "trunk": trunk.trunk.name},
            transport="sip",
        )  # fmt: skip
        manner = manner_of(campaign.settings, (campaign.definition or {}).get("language", "en"))
        # The place is kept for as long as it rings: the callee is not late, we are asking.
        self._worker.admission.open(made.call_id)
        task = asyncio.create_task(
            self._place(made, callee, trunk, rules, manner), name=f"dial-{made.call_id}"
        )
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        task.add_done_callback(say_if_broken)
        return made.call_id

    async def _allowed(self, slug: str, callee: str) -> tuple[Campaign, Outbound, TrunkLine]:
        """The campaign that may call a number now, its rules and its trunk.

        Raises:
            CallRefused: it may not.
        """
        database = self._worker.database
        campaign = await campaign_by_slug(database, slug)
        if campaign is None:
            raise CallRefused("campaign_unknown", f"There is no campaign {slug}.", status=404)
        rules = outbound_of(campaign.settings)
        if await is_blocked(database, campaign.account_id, callee):
            raise CallRefused(
                "do_not_call", f"{callee} is on the account's do-not-call list.", status=403
            )
        _check_hours(rules, callee)
        return campaign, rules, await self._switchboard.trunk_of(campaign.account_id, rules.trunk)

    async def _place(
        self, made: MadeCall, callee: str, trunk: TrunkLine, rules: Outbound, manner: Manner
    ) -> None:
        call_id, call = made.call_id, None
        try:
            call = await trunk.dial(callee, self._worker.settings.sip.ring_seconds)
            line = await self._switchboard.line(made, call, trunk)
            listen = rules.machine != "converse"
            answered = await self._listen(line) if listen else _Answered(False, "whoever")
        except BaresipError as error:
            outcome = outcome_of(error)
            log.info("call to %s: %s (%s)", callee, outcome, error, extra={"action": outcome})
            self._worker.give_up(call_id, outcome, status="failed")
            return
        except asyncio.CancelledError:
            self._worker.give_up(call_id, "worker_stopped", status="failed")
            raise
        except Exception:
            # Whatever broke, the place is free again.
            self._worker.give_up(call_id, "internal_error", status="failed")
            if call:
                with contextlib.suppress(BaresipError):
                    await call.hangup()
            raise
        log.info("answered by %s", answered.how, extra={"action": "answered"})
        if answered.machine:
            await self._leave_message(call_id, line, rules, manner)
        else:
            await self._switchboard.converse(made, call, trunk, line)

    async def _listen(self, line: SipLine) -> _Answered:
        """Hear the first seconds out: a person or a machine?"""
        detector = self._worker.engines.shared.silero.listener(line.rate)
        confidence = self._worker.settings.speech.vad_confidence
        greeting, tone = Greeting(), ToneDetector(line.rate)
        heard = bytearray()
        line.hear()
        while not line.left.is_set():
            pcm = await _next(line)
            heard += pcm
            if tone.feed(pcm):
                return _Answered(True, "a tone")
            for probability, _ in detector.feed(np.frombuffer(pcm, dtype="<i2")):
                match greeting.feed(probability >= confidence):
                    case Verdict.HUMAN:
                        return _Answered(False, "a person")
                    case Verdict.MACHINE:
                        return _Answered(True, "a long greeting")
                    case Verdict.WORDS:
                        machine = machine_says(await self._words(bytes(heard), line.rate))
                        return _Answered(machine, "a machine's words" if machine else "a person")
        return _Answered(False, "nobody")

    async def _words(self, pcm: bytes, rate: int) -> str:
        try:
            async with asyncio.timeout(WORDS_SECONDS):
                found = await self._worker.engines.shared.recogniser.recognise(
                    RecognitionRequest(pcm, rate)
                )
        except (PipelineError, TimeoutError) as error:
            log.warning("a greeting was not understood: %s", error)
            return ""
        return found.text

    async def _leave_message(
        self, call_id: UUID, line: SipLine, rules: Outbound, manner: Manner
    ) -> None:
        """Say the campaign's message after the tone, or hang up; either way the record says so."""
        emit = self._worker.take(call_id)
        report = Reporter(emit)
        report.begin()
        report.emit(
            call_events.CallActive, offset_ms=0, transport=line.transport, worker=self._worker.name,
            component=line.component, provider=line.provider,
        )  # fmt: skip
        outcome = "answering_machine"
        try:
            if rules.machine == "message" and await self._hear_out(line):
                begun = report.offset_ms()
                await self._say(line, rules.message, manner)
                if not line.left.is_set():
                    outcome = "message_left"
                    report.emit(
                        call_events.AgentSpoke, offset_ms=begun, text=rules.message,
                        heard_text=rules.message, duration_ms=report.offset_ms() - begun,
                    )  # fmt: skip
            await line.finish()
        finally:
            duration = report.offset_ms()
            report.used_line(line.component, line.provider, duration)
            report.emit(
                call_events.CallEnded, status="completed", outcome=outcome, duration_ms=duration
            )
            self._worker.admission.leave(call_id)

    async def _hear_out(self, line: SipLine) -> bool:
        """Wait for the tone, or for silence where there is none; False when the line closed."""
        detector = self._worker.engines.shared.silero.listener(line.rate)
        tone, quiet_ms = ToneDetector(line.rate), 0
        loop = asyncio.get_running_loop()
        give_up = loop.time() + TONE_SECONDS
        while not line.left.is_set() and loop.time() < give_up and quiet_ms < HUSH_MS:
            pcm = await _next(line)
            if tone.feed(pcm):
                break
            for probability, _ in detector.feed(np.frombuffer(pcm, dtype="<i2")):
                quiet_ms = 0 if probability >= 0.5 else quiet_ms + 32
        return not line.left.is_set()

    async def _say(self, line: SipLine, text: str, manner: Manner) -> None:
        size = 2 * line.rate * CHUNK_MS // 1000
        speech = self._worker.engines.shared.synthesiser.speak(
            text, rate=line.rate, manner=manner, cacheable=True
        )
        async with aclosing(speech) as pieces:
            async for piece in pieces:
                for begin in range(0, len(piece.pcm), size):
                    if not await line.play(piece.pcm[begin : begin + size]):
                        return

    async def stop(self) -> None:
        """Give up what is ringing."""
        for task in list(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)


async def _next(line: SipLine) -> bytes:
    """What arrives during the next 20 ms; silence when nothing does, so that time passes."""
    await asyncio.sleep(CHUNK_MS / 1000)
    return line.hear() or bytes(2 * line.rate * CHUNK_MS // 1000)


def _check_hours(rules: Outbound, callee: str) -> None:
    wait: Any = wait_for_hours(rules.hours, callee, datetime.now(UTC))
    if wait is None:
        raise CallRefused(
            "hours_unknown",
            f"Nobody can tell what time it is for {callee}. Set outbound.hours to always if you "
            "may call it at any time.",
            status=409,
        )
    if wait:
        raise CallRefused(
            "outside_hours",
            f"It is outside {rules.hours} where {callee} is.",
            status=409,
            retry_after_seconds=round(wait.total_seconds()),
        )
