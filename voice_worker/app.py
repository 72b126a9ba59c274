"""The worker, assembled: store, engines, admission, and the calls it holds."""

from __future__ import annotations

import asyncio
import functools
import hashlib
import logging
import platform
from collections.abc import Callable, Collection
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from config import Settings
from flows import Flow, FlowInvalid
from flows.load import stored_flow
from pipelines.build import hold_call
from pipelines.events import CallEvent, DispatchRequested, new_id
from pipelines.line import Line
from pipelines.plan import CallPlan
from voice_worker.admission import Admission
from voice_worker.call import CallLog, Known, start_of
from voice_worker.costs import PriceList, load_prices
from voice_worker.counted import counted
from voice_worker.delivery.outbox import Outbox
from voice_worker.demo import ensure_demo
from voice_worker.engines import EngineRoom
from voice_worker.errors import CallRefused, JournalFull
from voice_worker.knowledge import Indexing
from voice_worker.meter import ComputeMeter
from voice_worker.pressure import Pressure
from voice_worker.prompts import Prompts, manner_of
from voice_worker.recording import Recording, path_of
from voice_worker.store.calls import create_call, open_calls
from voice_worker.store.campaigns import Campaign, campaign_by_slug
from voice_worker.store.database import CALLER_SECONDS, Database, within
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.handoffs import until_claimed
from voice_worker.store.home import HomeLock
from voice_worker.store.journal import Journal
from voice_worker.store.migrate import migrate
from voice_worker.store.projection import Projector
from voice_worker.store.recorder import Recorder
from voice_worker.store.secrets import Keyring
from voice_worker.tokens import CallTokens, api_keys

if TYPE_CHECKING:
    from voice_worker.sip.switchboard import Switchboard

log = logging.getLogger(__name__)

Report = Callable[[str], None]
FLUSH_SECONDS = 10.0


@dataclass(frozen=True)
class MadeCall:
    """A call waiting for its caller."""

    call_id: UUID
    token: str
    campaign: Campaign


@dataclass(frozen=True)
class _Waiting:
    campaign: Campaign
    flow: Flow
    log: CallLog
    known: Known


class Worker:
    """`start()`, then `make_call` and `hold` for the edges, `stop()` in the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        home = settings.home
        self._lock = HomeLock(home)
        self._closing = AsyncExitStack()
        """What `stop` has to close of what was opened."""
        self.database: Database
        self.journal: Journal
        self.engines: EngineRoom
        self._recorder: Recorder
        self._outbox: Outbox
        self.admission = Admission(
            settings.calls.capacity,
            idle_seconds=settings.calls.idle_connect_seconds,
            most_wait_ms=settings.calls.refuse_above_wait_ms,
            wait_ms=lambda: self._pressure.wait_ms,
        )
        self.tokens: CallTokens
        self.api_keys: tuple[str, ...] = ()
        self._meter = ComputeMeter()
        self._waiting: dict[UUID, _Waiting] = {}
        self._holding: set[asyncio.Task[Any]] = set()
        # Stable over restarts, so that a worker finds the calls it left behind.
        mark = hashlib.sha256(str(home).encode()).hexdigest()[:8]
        self.switchboard: Switchboard | None = None
        self.name = f"{platform.node()}-{mark}"
        self.ready = False

    async def start(self, report: Report) -> None:
        """Bring everything up; `report` gets a line for each step that takes a while."""
        settings = self.settings
        closing = self._closing
        self._lock.acquire()
        closing.callback(self._lock.release)
        prices = load_prices(settings.costs.path)
        self.tokens = CallTokens(settings.home, ttl_seconds=settings.server.token_ttl_seconds)
        self.api_keys = api_keys(settings.server.api_keys, settings.home)
        self.engines = EngineRoom(settings)
        closing.push_async_callback(self.engines.stop)
        loading = asyncio.create_task(self.engines.start(report), name="engines")
        try:
            await self._open_store(prices, report)
            await loading
        except BaseException:
            loading.cancel()
            await asyncio.gather(loading, return_exceptions=True)
            raise
        self._indexing = Indexing(self.database, self.engines.local_knowledge)
        await self._indexing.catch_up(beside_calls=False)
        passages = sum(self._indexing.passages.values())
        report(f"knowledge indexed ({counted(passages, 'passage')})")
        closing.push_async_callback(self._indexing.stop)
        self._indexing.start()
        self.prompts = Prompts(self.database, self.engines.synthesiser)
        closing.push_async_callback(self.prompts.stop)
        await self.prompts.start(report)
        self._pressure = Pressure((self.engines.recogniser, self.engines.voice))
        closing.push_async_callback(self._pressure.stop)
        self._pressure.start()
        closing.push_async_callback(self._meter.stop)
        self._meter.start()
        if settings.sip.enabled:
            # Imported here: the stack is a library of native code that most workers never load.
            from voice_worker.sip.switchboard import Switchboard

            self.switchboard = Switchboard(self)
            closing.push_async_callback(self.switchboard.stop)
            await self.switchboard.start(report)
        self.ready = True

    async def _open_store(self, prices: PriceList, report: Report) -> None:
        settings = self.settings
        admin_url = worker_url = settings.database.url
        if not admin_url:
            postgres = EmbeddedPostgres(settings.home)
            self._closing.push_async_callback(postgres.stop)
            await postgres.start()
            admin_url = postgres.url("postgres")
            worker_url = postgres.url("voice_worker")
        applied = await migrate(admin_url)
        self.database = await Database.open(worker_url, pool_size=settings.database.pool_size)
        self._closing.push_async_callback(self.database.close)
        await ensure_demo(self.database)
        self._keyring = Keyring.load(settings.security.secret_keys, settings.home)
        self._outbox = Outbox(self.database, self._keyring, settings.delivery)
        self._closing.push_async_callback(self._outbox.stop)
        self.journal = Journal(settings.home / "journal.db")
        self._closing.callback(self.journal.close)
        self._recorder = Recorder(
            self.journal, self.database, Projector(prices), on_written=self._written
        )
        self._closing.push_async_callback(self._recorder.stop, patience_seconds=FLUSH_SECONDS)
        left = self.journal.depth
        await self._recorder.flush()
        abandoned = await self._close_left_calls()
        self._recorder.start()
        self._outbox.start()
        report(
            f"database ready ({counted(len(applied), 'migration')} applied"
            + (f", {counted(left, 'event')} recovered" if left else "")
            + (f", {counted(abandoned, 'interrupted call')} closed" if abandoned else "")
            + ")"
        )

    def _written(self, events: list[CallEvent]) -> None:
        if any(isinstance(event, DispatchRequested) for event in events):
            self._outbox.wake()

    async def _close_left_calls(self) -> int:
        """Calls that were open when this worker last died have no caller any more."""
        left = await open_calls(self.database, self.name)
        for call in left:
            record = CallLog(self.journal, call.account_id, call.id, next_seq=call.last_seq + 1)
            if call.status == "connecting":
                record.never_opened()
            else:
                record.worker_died(call.last_offset_ms, call.component or "", call.provider or "")
        await self._recorder.flush()
        return len(left)

    async def drain(self, report: Report) -> None:
        """Refuse new calls and let the ones in progress finish, within the drain time."""
        self.ready = False
        self.admission.draining = True
        for call_id in list(self._waiting):
            self._abandon(call_id)
        if self._holding:
            calls = counted(len(self._holding), "call")
            report(f"waiting for {calls} to finish (Ctrl-C again cuts what is left)")
            await asyncio.wait(self._holding, timeout=self.settings.calls.drain_seconds)
        self.cut_calls()
        await asyncio.gather(*self._holding, return_exceptions=True)

    def cut_calls(self) -> None:
        """End calls that are still going on; their records say that the worker stopped."""
        for task in self._holding:
            task.cancel()

    async def stop(self) -> None:
        """Close everything, last opened first; also after a start that failed half way."""
        self.ready = False
        await self._closing.aclose()

    async def make_call(
        self,
        slug: str,
        *,
        known: Known,
        metadata: dict[str, Any],
        transport: Literal["web", "sip", "media"] = "web",
        accounts: Collection[UUID] = (),
    ) -> MadeCall:
        """A new call of a campaign, waiting for its caller.

        `accounts`, when any are given, are those the campaign must be of: a call that came by an
        account's trunk reaches that account's campaigns alone.

        Raises:
            CallRefused: unknown or paused campaign, no place, or no room to record it.
            LOST (store/database.py): the database is away, or hangs.
        """
        made = self._make_call(slug, known, metadata, transport, accounts)
        return await within(CALLER_SECONDS, made)

    async def _make_call(
        self,
        slug: str,
        known: Known,
        metadata: dict[str, Any],
        transport: Literal["web", "sip", "media"],
        accounts: Collection[UUID],
    ) -> MadeCall:
        self.admission.check()
        try:
            self.journal.check_room()
        except JournalFull as error:
            raise CallRefused(error.code, str(error), status=503, retry_after_seconds=30) from error
        campaign = await campaign_by_slug(self.database, slug)
        if campaign is None:
            raise CallRefused("campaign_unknown", f"There is no campaign {slug}.", status=404)
        if accounts and campaign.account_id not in accounts:
            raise CallRefused(
                "trunk_of_another_account",
                f"Campaign {slug} belongs to another account than the trunk the call came by.",
                status=403,
            )
        if campaign.status != "active" or campaign.definition is None:
            raise CallRefused("campaign_paused", "This line is closed at the moment.", status=409)
        assert campaign.flow_id and campaign.flow_version
        try:
            flow = stored_flow(campaign.definition)
        except FlowInvalid as error:
            log.error("campaign %s: %s", slug, error, extra={"action": "flow_invalid"})
            raise CallRefused(
                "campaign_paused", "This line is closed at the moment.", status=409
            ) from error
        self.prompts.expect(campaign, flow)
        call_id = new_id()
        self.admission.reserve(call_id, lambda: self._abandon(call_id))
        try:
            await create_call(
                self.database,
                call_id=call_id,
                account_id=campaign.account_id,
                campaign_id=campaign.id,
                flow_id=campaign.flow_id,
                flow_version=campaign.flow_version,
                transport=transport,
                worker=self.name,
                metadata=metadata,
            )
        except BaseException:
            self.admission.leave(call_id)
            raise
        record = CallLog(self.journal, campaign.account_id, call_id)
        self._waiting[call_id] = _Waiting(campaign, flow, record, known)
        return MadeCall(call_id, self.tokens.issue(call_id), campaign)

    def _abandon(self, call_id: UUID) -> None:
        self.give_up(call_id, "never_connected")

    def give_up(
        self, call_id: UUID, outcome: str, *, status: Literal["abandoned", "failed"] = "abandoned"
    ) -> None:
        """A made call that will not be held: its place is free, its record says why."""
        self.admission.leave(call_id)
        if waiting := self._waiting.pop(call_id, None):
            waiting.log.never_opened(outcome, status)

    def take(self, call_id: UUID) -> CallLog:
        """The pen of a made call that is not held as a conversation."""
        return self._waiting.pop(call_id).log

    async def hold(self, call_id: UUID, line: Line) -> None:
        """Hold the call its caller has just connected to, until it ends."""
        waiting = self._waiting.pop(call_id, None)
        if waiting is None:
            return  # Given up while the phone rang, because the worker ends.
        task = asyncio.current_task()
        assert task is not None
        self._holding.add(task)
        try:
            try:
                plan = self._plan(call_id, waiting)
                engines = self.engines.of_campaign(waiting.campaign.settings)
            except Exception:
                # Nobody closes the record of a call that never became one.
                waiting.log.never_opened("internal_error", "failed")
                raise
            result = await hold_call(line, plan, engines)
            log.info(
                "call %s %s (%s) after %.1f s",
                call_id,
                result.status,
                result.outcome,
                result.duration_ms / 1000,
                extra={"action": "call_ended", "call_id": str(call_id)},
            )
        finally:
            self._meter.leave(call_id)
            self.admission.leave(call_id)
            self._holding.discard(task)

    def _plan(self, call_id: UUID, waiting: _Waiting) -> CallPlan:
        campaign = waiting.campaign
        return CallPlan(
            call_id=call_id,
            account_id=campaign.account_id,
            flow=waiting.flow,
            start=start_of(
                campaign,
                waiting.known,
                region=self.settings.calls.default_region,
                now=datetime.now(UTC),
            ),
            settings=self.settings,
            emit=waiting.log,
            worker=self.name,
            remote_voice=self.engines.remote_voice(campaign.settings.get("tts")),
            record=self._recorder_of(call_id, campaign),
            manner=manner_of(campaign.settings, waiting.flow.language),
            on_active=lambda: self._activated(call_id, waiting.log),
            before_end=lambda: self._meter.leave(call_id),
            deliver=functools.partial(self._outbox.settle, campaign.account_id),
            until_claimed=functools.partial(until_claimed, self.database, campaign.account_id),
        )

    def records(self, campaign: Campaign) -> bool:
        """Recording is on for a campaign whose settings say so, else as the worker's do."""
        return campaign.settings.get("record", self.settings.calls.record) is True

    def _recorder_of(self, call_id: UUID, campaign: Campaign) -> Callable[[int], Recording] | None:
        if not self.records(campaign):
            return None
        path = path_of(self.settings.home, call_id)
        return lambda rate: Recording(path, self._keyring, call_id, rate)

    def _activated(self, call_id: UUID, record: CallLog) -> None:
        record.activated()
        self._meter.join(call_id, record.charge_compute)
