"""Erasing a person and purging what is old: words go, costs stay, the log holds."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from tests.support.record import Tenant, make_call, make_tenant, record, whole_call
from tests.support.rows import Catalogue
from voice_worker.errors import NotFound, StillOpen, StoreError
from voice_worker.store.audit import verify
from voice_worker.store.calls import show_call
from voice_worker.store.check import check
from voice_worker.store.database import Database
from voice_worker.store.journal import Journal, forget_quarantined
from voice_worker.store.owner import OwnerConnection, owner_connection
from voice_worker.store.retention import (
    erase_leads,
    find_person,
    moment_before,
    old_calls,
    purge,
)


@pytest.fixture
async def owner(database_urls: tuple[str, str]) -> AsyncIterator[OwnerConnection]:
    async with owner_connection(database_urls[0]) as connection:
        yield connection


async def everything(owner: OwnerConnection) -> str:
    """All rows of all tables, as text."""
    catalogue = await Catalogue.read(owner)
    found: list[str] = []
    for table in catalogue.tables:
        found += [row[0] for row in await owner.fetch(f"select t::text from {table} t")]
    return "\n".join(found)


async def lead_of(owner: OwnerConnection, tenant: Tenant) -> Any:
    return await owner.fetchval("select id from leads where call_session_id = $1", tenant.call)


async def test_nothing_of_an_erased_person_is_left_but_costs(
    database: Database, owner: OwnerConnection, tmp_path: Path
) -> None:
    tenant, other = await make_tenant(database), await make_tenant(database)
    events = whole_call(tenant)
    await record(database, tmp_path, events)
    await record(database, tmp_path, whole_call(other))
    before = await show_call(database, tenant.account, tenant.call)
    assert before is not None and before["leads"]
    await owner.execute(
        "update leads set intent_summary = 'jane wants it' where account_id = $1", tenant.account
    )

    person = await find_person(owner, tenant.slug, await lead_of(owner, tenant))
    counts, calls = await erase_leads(owner, person.account_id, person.leads)
    assert calls == [tenant.call]
    assert (counts["leads"], counts["transcript_lines"], counts["handoffs"]) == (1, 2, 1)

    kept = await everything(owner)
    lines = [line for line in kept.splitlines() if str(tenant.account) in line]
    assert lines
    assert not [line for line in lines if "jane" in line.lower() or "Hello" in line]
    assert "jane@example.com" in kept, "the other account's lead is not ours to erase"

    after = await show_call(database, tenant.account, tenant.call, with_events=True)
    assert after is not None
    for column in ("status", "outcome", "duration_ms", "cost_cents", "costs"):
        assert after[column] == before[column]
    assert after["transcript"] == []
    assert {event["type"] for event in after["events"]} == {"call_active", "used", "call_ended"}
    assert not [chain for chain in await verify(owner) if chain.problems]
    assert not [finding for finding in await check(owner) if finding.problems]
    erasure = await owner.fetch(
        "select entity_type from audit_logs where account_id = $1 and event_type = 'erase'",
        tenant.account,
    )
    assert {row["entity_type"] for row in erasure} == {"leads", "call_sessions", "handoff_requests"}
    assert (
        await owner.fetchval(
            "select count(*) from audit_logs where entity_type = 'erasures' and account_id = $1",
            tenant.account,
        )
        == 1
    )

    with pytest.raises(NotFound, match="was erased"):
        await find_person(owner, tenant.slug, person.wanted)

    # A journal that is drained late brings nothing back.
    await record(database, tmp_path, events)
    assert "jane" not in "\n".join(
        line for line in (await everything(owner)).splitlines() if str(tenant.account) in line
    )


async def test_leads_of_the_same_person_are_found(
    database: Database, owner: OwnerConnection, tmp_path: Path
) -> None:
    tenant, other = await make_tenant(database), await make_tenant(database)
    again = await make_call(database, tenant)
    for who in (tenant, again, other):
        await record(database, tmp_path, whole_call(who))
    person = await find_person(owner, tenant.slug, await lead_of(owner, tenant))
    assert set(person.leads.values()) == {tenant.call, again.call}


async def test_a_call_that_goes_on_is_not_erased(
    database: Database, owner: OwnerConnection, tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    await record(database, tmp_path, whole_call(tenant)[:-1])
    person = await find_person(owner, tenant.slug, await lead_of(owner, tenant))
    with pytest.raises(StillOpen, match="still going on"):
        await erase_leads(owner, person.account_id, person.leads)
    call = await show_call(database, tenant.account, tenant.call)
    assert call is not None and len(call["transcript"]) == 2
    assert call["leads"][0]["email"] == "jane@example.com"


async def test_only_the_lead_of_the_account_is_found(
    database: Database, owner: OwnerConnection, tmp_path: Path
) -> None:
    tenant, other = await make_tenant(database), await make_tenant(database)
    await record(database, tmp_path, whole_call(other))
    with pytest.raises(NotFound, match="has no lead"):
        await find_person(owner, tenant.slug, await lead_of(owner, other))


async def test_purge_takes_what_is_old_and_leaves_what_is_not(
    database: Database, owner: OwnerConnection, tmp_path: Path
) -> None:
    old, young, running = [await make_tenant(database) for _ in range(3)]
    for events in (whole_call(old), whole_call(young), whole_call(running)[:-1]):
        await record(database, tmp_path, events)
    await owner.execute("update call_sessions set ended_at = now() - interval '100 days'"
                        " where id = $1", old.call)  # fmt: skip
    before = await moment_before(owner, "90d")
    assert await old_calls(owner, before) == 1
    assert await old_calls(owner, before, young.slug) == 0
    erased: list[Any] = []
    counts = await purge(owner, before, on_erased=erased.extend)
    assert counts["calls"] == 1 and erased == [old.call]
    assert await purge(owner, before, on_erased=erased.extend) == {}
    left = await owner.fetch("select distinct call_session_id as id from call_transcripts")
    assert {row["id"] for row in left} == {young.call, running.call}
    assert not [chain for chain in await verify(owner) if chain.problems]


async def test_durations_are_postgres_durations(owner: OwnerConnection) -> None:
    for text, days in (("90d", 90), ("2 weeks", 14), ("36 hours", 1.5)):
        age = datetime.now(UTC) - await moment_before(owner, text)
        assert abs(age - timedelta(days=days)) < timedelta(hours=2)
    for text in ("soon", "", "-3 days", "0d", "90d; drop table leads"):
        with pytest.raises(StoreError, match="not a duration"):
            await moment_before(owner, text)


async def test_set_aside_events_of_a_person_go_too(database: Database, tmp_path: Path) -> None:
    tenant, other = await make_tenant(database), await make_tenant(database)
    path = tmp_path / "journal.db"
    journal = Journal(path)
    for position, event in enumerate([*whole_call(tenant), *whole_call(other)], 1):
        journal.put(event)
        journal.quarantine(position, event, "refused")
    assert forget_quarantined(path, [tenant.call, uuid4()]) == 8
    assert forget_quarantined(tmp_path / "none.db", [tenant.call]) == 0
    journal.close()
    rows = sqlite3.connect(path).execute("select body from quarantine").fetchall()
    assert len(rows) == 8 and not any(str(tenant.call) in row[0] for row in rows)
