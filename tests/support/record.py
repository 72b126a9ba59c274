"""Accounts, calls and their events, for tests of the record."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from config import load_settings
from pipelines.events import (
    AgentSpoke,
    CallActive,
    CallEnded,
    CallerSpoke,
    DispatchRequested,
    LeadFieldCaptured,
    LeadSaved,
    Used,
)
from voice_worker.costs import load_prices
from voice_worker.store import accounts, campaigns
from voice_worker.store.calls import create_call
from voice_worker.store.database import Database
from voice_worker.store.journal import Journal
from voice_worker.store.projection import Projector
from voice_worker.store.recorder import Recorder


@dataclass
class Tenant:
    account: UUID
    campaign: UUID
    flow: UUID
    call: UUID
    slug: str


async def make_tenant(database: Database) -> Tenant:
    account, campaign, flow, call = (uuid4() for _ in range(4))
    slug = f"t-{account.hex[:12]}"
    await accounts.ensure_account(database, account, "Tenant", slug)
    await campaigns.add_campaign(database, account, campaign, "Line", slug)
    await campaigns.publish_flow(
        database, account, campaign, flow_id=flow, name="f", definition={"v": 1},
        checked_at=datetime.now(UTC),
    )  # fmt: skip
    await _open(database, account, campaign, flow, call)
    return Tenant(account, campaign, flow, call, slug)


async def make_call(database: Database, tenant: Tenant) -> Tenant:
    """Another call of the same account."""
    call = uuid4()
    await _open(database, tenant.account, tenant.campaign, tenant.flow, call)
    return replace(tenant, call=call)


async def _open(database: Database, account: UUID, campaign: UUID, flow: UUID, call: UUID) -> None:
    await create_call(
        database, call_id=call, account_id=account, campaign_id=campaign, flow_id=flow,
        flow_version=1, transport="web", worker="w1", metadata={"user_agent": "jane's phone"},
    )  # fmt: skip


def recorder(journal: Journal, database: Database) -> Recorder:
    return Recorder(journal, database, Projector(load_prices(load_settings().costs.path)))


def whole_call(tenant: Tenant) -> list[Any]:
    lead = uuid4()
    kinds: list[tuple[Any, dict[str, Any]]] = [
        (CallActive, {"transport": "web", "worker": "w1"}),
        (AgentSpoke, {"text": "Hello there", "heard_text": "Hello", "interrupted": True}),
        (CallerSpoke, {"text": "jane at example dot com", "confidence": 0.9, "offset_ms": 900}),
        (LeadFieldCaptured, {"lead_id": lead, "field": "email", "value": "jane@example.com",
                             "raw": "jane at example dot com", "confirmed": True}),
        (LeadSaved, {"lead_id": lead, "intent_summary": "call back"}),
        (DispatchRequested, {"request_id": uuid4(), "kind": "handoff", "lead_id": lead}),
        (Used, {"component": "stt", "provider": "local", "unit": "cpu_second",
                "quantity": Decimal("2.5"), "offset_ms": 61_000}),
        (CallEnded, {"status": "completed", "outcome": "completed", "duration_ms": 62_000}),
    ]  # fmt: skip
    return [
        kind(account_id=tenant.account, call_id=tenant.call, seq=seq, **fields)
        for seq, (kind, fields) in enumerate(kinds)
    ]


async def record(database: Database, tmp_path: Path, events: list[Any]) -> Journal:
    """Put events into a journal and drain it."""
    journal = Journal(tmp_path / "j.db")
    for event in events:
        journal.put(event)
    await recorder(journal, database).flush()
    journal.close()
    return journal
