"""The worker's telephone exchange: one SIP stack, calls that come in, trunks they go out by.

The stack is a C library on a thread of its own, one per process, started only when settings.sip
says so. It answers retransmissions, cancels, holds and probes by itself; Python hears of a call
when it rings.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from uuid import UUID

from baresip import BaresipError, CallFailed, Config, Runtime, UserAgent

from pipelines.errors import TransferFailed
from pipelines.transports.sip import SipLine
from voice_worker.admission import RETRY_AFTER_SECONDS
from voice_worker.call import Known
from voice_worker.errors import CallRefused, SipFailed, VoiceWorkerError
from voice_worker.queues import place_of
from voice_worker.sip.message import parse, tag_of
from voice_worker.sip.numbers import EXPOSED_HEADERS, CallFacts, address, facts_of
from voice_worker.sip.outbound import Dialler
from voice_worker.sip.relay import put_in_order
from voice_worker.sip.stack import Refusal, Stack
from voice_worker.sip.trunks import TrunkLine, Trunks, endpoint
from voice_worker.sip.wellformed import refusal as malformed
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.store.database import CALLER_SECONDS, LOST, within
from voice_worker.store.secrets import Keyring
from voice_worker.store.trunks import accounts_with_trunks, active_trunks, slug_by_number
from voice_worker.upkeep import keep_at, say_if_broken

if TYPE_CHECKING:
    from voice_worker.app import MadeCall, Worker

log = logging.getLogger(__name__)
wire = logging.getLogger("voice_worker.sip.wire")

ESTABLISH_SECONDS = 32.0
"""A caller whose ACK has not come by then (timer H of RFC 3261) is gone."""
MEDIA_SECONDS = 2.0
TRUNKS_SECONDS = 30.0
"""How soon a trunk that was added or removed is noticed."""
_STEP_SECONDS = 0.005


class Switchboard:
    """`start()` takes calls for a worker until `stop()`."""

    def __init__(self, worker: Worker) -> None:
        self._worker = worker
        self._settings = worker.settings.sip
        self._runtime: Any = None
        self._stack = Stack.load()
        self._trunks: Trunks
        self.dialler = Dialler(worker, self)
        self._calls: set[asyncio.Task[None]] = set()
        self._reading: asyncio.Task[None] | None = None

    async def start(self, report: Callable[[str], None]) -> None:
        """Listen, and sign on at the trunks.

        Raises:
            SipFailed: the address is taken, or the certificate can't be read.
        """
        settings = self._settings
        _check_certificate(settings.certificate)
        self._runtime = Runtime()
        self._runtime.on_dead = self._died
        try:
            await self._runtime.start(self._config())
            for transport in ("udp", "tcp", "tls") if settings.certificate else ("udp", "tcp"):
                agent = await UserAgent.create(
                    self._runtime, endpoint(settings, transport), transfer_policy="reject"
                )
                agent.on_incoming(self._on_incoming)
        except BaresipError as error:
            raise SipFailed(
                f"SIP can't be served at {settings.host}:{settings.port}: {error}. Is another "
                "program there? Change VOICE_WORKER__SIP__PORT, or sip.host to an address of "
                "this machine."
            ) from error
        if self._stack:
            self._stack.guard(self._judge, wire.info if settings.trace else None)
        self._trunks = Trunks(self._runtime, settings)
        await self._read_trunks()
        for line in self._trunks.lines:
            report(f"trunk {line.trunk.name}: {line.state}")
        self._reading = asyncio.create_task(
            keep_at("the list of trunks", self._keep_trunks), name="trunks"
        )
        tls = f", TLS on {settings.port + 1}" if settings.certificate else ""
        report(f"telephone at sip:{settings.host}:{settings.port} (UDP, TCP{tls})")

    def _config(self) -> Config:
        settings = self._settings
        loopback_or_one = None if settings.host in ("0.0.0.0", "::") else settings.host
        extra = [
            f"sip_listen {settings.host}:{settings.port}",
            f"rtp_ports {settings.rtp_port_first}-{settings.rtp_port_last}",
            "audio_jitter_buffer_type off",
            "call_hold_other_calls no",
        ]
        if settings.certificate:
            extra.append(f"sip_certificate {os.path.abspath(settings.certificate)}")
        return Config(
            net_interface=loopback_or_one,
            expose_headers=EXPOSED_HEADERS,
            sip_trace=settings.trace and not self._stack,
            native_log_level="warning",
            # Ours is the limit that counts; this one only leaves room to refuse and to consult.
            max_concurrent_calls=4 + 3 * self._worker.settings.calls.capacity,
            rtp_timeout=settings.rtp_timeout_seconds,
            extra_config_text="\n".join(extra),
        )

    async def _read_trunks(self) -> None:
        """Take new trunks into use and drop those that are gone."""
        security = self._worker.settings.security
        keyring = Keyring.load(security.secret_keys, self._worker.settings.home)
        database = self._worker.database
        wanted = {
            trunk.id: trunk
            for account_id in await accounts_with_trunks(database)
            for trunk in await active_trunks(database, keyring, account_id)
            if trunk.kind in ("register", "address")
        }
        await self._trunks.drop_all_but(wanted.values())
        for trunk in wanted.values():
            if trunk in self._trunks:
                continue
            try:
                line = await self._trunks.open(trunk)
            except VoiceWorkerError as error:
                # One account's mistake must not keep the others from calling.
                log.error("%s", error, extra={"action": "trunk_failed"})
                continue
            line.agent.on_incoming(lambda call, line=line: self._on_incoming(call, line))

    async def _keep_trunks(self) -> None:
        await asyncio.sleep(TRUNKS_SECONDS)
        await self._read_trunks()

    def _died(self, *_: object) -> None:
        """The stack is gone and can't be started again in this process: let a supervisor do it."""
        log.critical("the SIP stack died; this worker takes no more calls")
        self._worker.admission.draining = True

    async def trunk_of(self, account_id: UUID, name: str = "") -> TrunkLine:
        """The trunk an account calls out by: the named one, or its only one.

        Raises:
            CallRefused: there is none, or it is not ready.
        """
        await self._read_trunks()
        found = self._trunks.of(account_id, name)
        if not found:
            raise CallRefused(
                "trunk_unknown",
                f"This account has no trunk{f' {name}' if name else ''}. Add one with "
                "`voice-worker trunks add`.",
                status=409,
            )
        ready = [line for line in found if line.ok]
        if not ready:
            raise CallRefused("trunk_down", found[0].state, status=503, retry_after_seconds=30)
        return ready[0]

    @property
    def trunks(self) -> list[TrunkLine]:
        return self._trunks.lines

    # calls that come in

    def _judge(self, request: bytes, datagram: bool) -> Refusal | None:
        """Answer what is malformed, and what comes while no call can be taken.

        Runs on the stack's thread, before anything rings.
        """
        if found := malformed(request, datagram=datagram):
            return found
        message = parse(request)
        if message is None or tag_of(message["to"]):
            return None
        # A probe is told when this worker ends, so that a proxy sends it no more calls.
        admission = self._worker.admission
        if message.method == "INVITE" or (message.method == "OPTIONS" and admission.draining):
            try:
                admission.check()
            except CallRefused as refused:
                return refusal_of(refused)
        return None

    def _on_incoming(self, call: Any, line: TrunkLine | None = None) -> None:
        task = asyncio.create_task(self._take(call, line), name="sip-call")
        self._calls.add(task)
        task.add_done_callback(self._calls.discard)
        task.add_done_callback(say_if_broken)

    async def _take(self, call: Any, line: TrunkLine | None) -> None:
        facts = facts_of(call.headers, call.peer or "", self._worker.settings.calls.default_region)
        if self._stack and (source := self._stack.source(call.call_id or "")):
            facts = replace(facts, sent_by=source)
        trunks = self._trunks.of_call(facts, line)
        try:
            made = await self._worker.make_call(
                await within(CALLER_SECONDS, self._slug(facts.dialled)),
                known=_known(facts),
                metadata={"direction": "inbound", "dialled": facts.dialled},
                transport="sip",
                accounts={trunk.trunk.account_id for trunk in trunks},
            )
        except CallRefused as refusal:
            names = ", ".join(trunk.trunk.name for trunk in trunks)
            by = f" to {facts.dialled} by trunk {names}" if trunks else ""
            log.warning("call%s refused: %s", by, refusal, extra={"action": refusal.code})
            await self._reject(call, refusal_of(refusal))
            return
        except LOST as error:
            log.error("call refused, the database is away: %s", error)
            await self._reject(call, _LATER)
            return
        try:
            # Without video=True this version sends a re-INVITE after every audio call's ACK.
            await call.answer(video=True)
            await call.wait_established(ESTABLISH_SECONDS)
        except BaresipError as error:
            log.info("caller gone before the answer: %s", error)
            self._worker.give_up(made.call_id, "caller_gave_up")
            return
        except Exception:
            # Whatever broke, the place is free again.
            self._worker.give_up(made.call_id, "internal_error", status="failed")
            raise
        account_id = made.campaign.account_id
        trunk = next((trunk for trunk in trunks if trunk.trunk.account_id == account_id), None)
        await self.converse(made, call, trunk)

    async def _reject(self, call: Any, refusal: Refusal) -> None:
        if self._stack and self._stack.reject(call.call_id or "", refusal):
            return
        with contextlib.suppress(BaresipError):
            await call.reject()  # 486 is all the binding knows

    async def _slug(self, dialled: str) -> str:
        """The campaign of a dialled number, or of a campaign's own name dialled as such."""
        database = self._worker.database
        if slug := await slug_by_number(database, dialled):
            return slug
        if dialled and await campaign_by_slug(database, dialled.lower()):
            return dialled.lower()
        if self._settings.default_campaign:
            return self._settings.default_campaign
        raise CallRefused(
            "number_unknown", f"No active campaign has the number {dialled}.", status=404
        )

    async def converse(
        self, made: MadeCall, call: Any, trunk: TrunkLine | None, line: SipLine | None = None
    ) -> None:
        """Hold a made call on an established SIP call, to its end."""
        try:
            line = line or await self.line(made, call, trunk)
            self._worker.admission.open(made.call_id)
            await self._worker.hold(made.call_id, line)
        except BaresipError as error:
            log.warning("call lost before it began: %s", error)
            self._worker.give_up(made.call_id, "no_media", status="failed")
        except Exception:
            self._worker.give_up(made.call_id, "internal_error", status="failed")
            raise
        finally:
            with contextlib.suppress(BaresipError):
                await call.hangup()

    async def line(self, made: MadeCall, call: Any, trunk: TrunkLine | None) -> SipLine:
        """A line on an established call, once its audio flows.

        Raises:
            BaresipError: it has no audio.
        """
        await _media(call)
        if self._stack:
            put_in_order(self._stack, call)
        account_id, queues = made.campaign.account_id, made.campaign.settings.get("queues", {})

        async def consult(target: str) -> Any:
            try:
                by = trunk or await self.trunk_of(account_id)
            except CallRefused as error:
                raise TransferFailed(
                    f"An attended transfer calls {target} first, by a trunk: {error}"
                ) from error
            return await by.dial(_place_of(target, queues), self._settings.ring_seconds)

        return SipLine(
            call,
            provider=trunk.trunk.provider if trunk else "sip",
            consult=consult,
            transfer_uri=lambda target: _uri(_place_of(target, queues), call, trunk),
            transfer_seconds=self._settings.transfer_seconds,
        )

    # the end

    async def stop(self) -> None:
        """Sign off and free the address; calls still ringing are given up."""
        if self._runtime is None:
            return
        await self.dialler.stop()
        if self._reading:
            self._reading.cancel()
        for task in list(self._calls):
            task.cancel()
        await asyncio.gather(*self._calls, return_exceptions=True)
        if hasattr(self, "_trunks"):
            await self._trunks.close()
        if self._stack:
            self._stack.unguard()
        with contextlib.suppress(BaresipError):
            await self._runtime.close()


def _check_certificate(path: str) -> None:
    if path and not os.path.isfile(path):
        raise SipFailed(f"sip.certificate names {path}, which is no file.")


_ANSWERS = {
    403: "Forbidden",
    404: "Not Found",
    480: "Temporarily Unavailable",
    503: "Service Unavailable",
}
"""Answers to a call that is refused, and their reason phrases (RFC 3261, 21)."""
_LATER = Refusal(503, _ANSWERS[503], (f"Retry-After: {RETRY_AFTER_SECONDS}",))


def refusal_of(refused: CallRefused) -> Refusal:
    """What a caller's phone is told when a call is refused: HTTP's status is SIP's, or 480."""
    status = refused.status if refused.status in _ANSWERS else 480
    wait = refused.retry_after_seconds
    return Refusal(status, _ANSWERS[status], (f"Retry-After: {wait}",) if wait else ())


async def _media(call: Any) -> None:
    """Wait until the call's audio flows in both directions."""
    for _ in range(int(MEDIA_SECONDS / _STEP_SECONDS)):
        with contextlib.suppress(BaresipError):
            info = call.audio.info()
            if info.tx_ready and info.rx_ready:
                return
        await asyncio.sleep(_STEP_SECONDS)
    raise CallFailed("the call has no audio")


def _known(facts: CallFacts) -> Known:
    told = {"call.dialled": facts.dialled}
    if facts.diverted_from:
        told["call.diverted_from"] = facts.diverted_from
    return Known(caller_number=facts.caller, facts=told, channels=("keypad",))


def _place_of(target: str, queues: Any) -> str:
    """A number or SIP address, or what the campaign's `queues` say a name stands for.

    Raises:
        TransferFailed: it is neither, or the queue has none.
    """
    place = place_of(target, queues)
    if place is None:
        raise TransferFailed(
            f"{target} is no number, and the campaign's setting `queues` gives it none."
        )
    return place


def _uri(target: str, call: Any, trunk: TrunkLine | None) -> str:
    """Where a transfer goes: by the trunk the call came by, or else to the caller's own side."""
    if trunk is not None:
        return trunk.uri(target)
    if target.lower().startswith(("sip:", "sips:")):
        return target
    party = address(call.peer or "", "US")
    return f"sip:{target}@{party.host if party else ''}"
