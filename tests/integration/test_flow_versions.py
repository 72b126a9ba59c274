"""Flows in the database: only checked ones run, running calls keep theirs, and calls replay."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from flows import CallStarted, Flow, FlowInvalid, initial_state, load_flow, step
from flows.events import CallerSaid, Event
from flows.library import DEMO_FLOW
from flows.load import stored_flow
from flows.replay import path_of, replay
from pipelines.events import FlowStepped
from tests.support.record import Tenant, make_tenant, record
from voice_worker.demo import ACCOUNT_ID, CAMPAIGN_SLUG, ensure_demo
from voice_worker.errors import NotFound
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.store.database import Database
from voice_worker.store.flows import flow_version, flow_versions, push_flow, recorded_call
from voice_worker.store.migrate import SUPABASE, migrate

DEMO = load_flow(DEMO_FLOW)


def renamed(name: str) -> Flow:
    return DEMO.model_copy(update={"name": name})


async def test_flows_from_before_count_as_checked_by_the_first_check(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    (tmp_path / "migrations").mkdir()
    earlier = sorted((SUPABASE / "migrations").glob("*.sql"))
    earlier = [path for path in earlier if path.name < "0007"]
    admin = await asyncpg.connect(database_urls[0])
    await admin.execute("drop schema public cascade; create schema public")
    await admin.execute("drop schema app_private cascade; drop schema supabase_migrations cascade")
    for path in (*earlier, SUPABASE / "plain_shim.sql"):
        folder = tmp_path if path.name == "plain_shim.sql" else tmp_path / "migrations"
        (folder / path.name).write_text(path.read_text())
    await migrate(database_urls[0], folder=tmp_path)
    account, campaign = uuid4(), uuid4()
    await admin.execute("insert into accounts (id, name, slug) values ($1, 'A', 'a')", account)
    await admin.execute(
        "insert into campaigns (id, account_id, name, slug) values ($1, $2, 'C', 'c')",
        campaign, account,
    )  # fmt: skip
    await admin.executemany(
        "insert into flows (id, account_id, campaign_id, name, version, definition, checked_at)"
        " values ($1, $2, $3, 'f', $4, '{}', $5)",
        [(uuid4(), account, campaign, 1, datetime.now(UTC)),
         (uuid4(), account, campaign, 2, None)],
    )  # fmt: skip
    assert "0007_checked_flows.sql" in await migrate(database_urls[0])
    rows = await admin.fetch("select checker from flows order by version")
    assert [row["checker"] for row in rows] == [1, None]
    await admin.close()


async def add_unchecked(database: Database, tenant: Tenant) -> UUID:
    flow = uuid4()
    async with database.tenant(tenant.account) as connection:
        await connection.execute(
            "insert into flows (id, account_id, campaign_id, name, version, definition)"
            " values ($1, $2, $3, 'unchecked', 77, $4)",
            flow, tenant.account, tenant.campaign, {"nodes": {}},
        )  # fmt: skip
    return flow


async def run_on(database: Database, tenant: Tenant, sql: str, *arguments: Any) -> None:
    async with database.tenant(tenant.account) as connection:
        await connection.execute(sql, *arguments)


async def test_an_active_campaign_can_not_be_pointed_at_an_unchecked_flow(
    database: Database,
) -> None:
    tenant = await make_tenant(database)
    flow = await add_unchecked(database, tenant)
    with pytest.raises(asyncpg.CheckViolationError, match="version 77 of the flow was not checked"):
        await run_on(
            database, tenant, "update campaigns set primary_flow_id = $2 where id = $1",
            tenant.campaign, flow,
        )  # fmt: skip


async def test_a_campaign_with_an_unchecked_flow_can_not_be_activated(database: Database) -> None:
    tenant = await make_tenant(database)
    flow = await add_unchecked(database, tenant)
    set_up = "update campaigns set status = $3, primary_flow_id = $2 where id = $1"
    await run_on(database, tenant, set_up, tenant.campaign, flow, "paused")
    with pytest.raises(asyncpg.CheckViolationError, match="was not checked"):
        await run_on(
            database, tenant, "update campaigns set status = 'active' where id = $1",
            tenant.campaign,
        )  # fmt: skip


async def test_a_flow_that_was_checked_stays_checked_and_says_by_what(database: Database) -> None:
    tenant = await make_tenant(database)
    with pytest.raises(asyncpg.CheckViolationError, match="stays checked"):
        await run_on(database, tenant, "update flows set checked_at = null, checker = null")
    with pytest.raises(asyncpg.CheckViolationError, match="checked_by_something"):
        await run_on(database, tenant, "update flows set checker = null")


async def test_a_campaign_runs_no_other_campaigns_flow(database: Database) -> None:
    tenant = await make_tenant(database)
    other = uuid4()
    await run_on(
        database, tenant,
        "insert into campaigns (id, account_id, name, slug, status, settings)"
        " values ($1, $2, 'Other', $3, 'draft', '{}')",
        other, tenant.account, f"other-{other.hex[:8]}",
    )  # fmt: skip
    with pytest.raises(asyncpg.CheckViolationError, match="belongs to another campaign"):
        await run_on(
            database, tenant,
            "update campaigns set status = 'active', primary_flow_id = $2 where id = $1",
            other, tenant.flow,
        )  # fmt: skip


async def test_a_pushed_flow_is_a_new_version_and_the_same_one_is_not(database: Database) -> None:
    tenant = await make_tenant(database)
    first = await push_flow(database, tenant.account, tenant.slug, renamed("one"))
    same = await push_flow(database, tenant.account, tenant.slug, renamed("one"))
    second = await push_flow(database, tenant.account, tenant.slug, renamed("two"))
    back = await push_flow(database, tenant.account, tenant.slug, renamed("one"))
    assert [item.changed for item in (first, same, second, back)] == [True, False, True, True]
    assert [item.version for item in (first, same, second, back)] == [2, 2, 3, 4]
    now = await flow_version(database, tenant.account, tenant.slug, None)
    assert (now.version, now.name) == (4, "one")
    assert stored_flow(now.definition) == renamed("one")
    campaign = await campaign_by_slug(database, tenant.slug)
    assert campaign is not None and campaign.flow_version == 4


async def test_pushes_at_the_same_time_make_versions_of_their_own(database: Database) -> None:
    tenant = await make_tenant(database)
    pushes = [push_flow(database, tenant.account, tenant.slug, renamed(f"f{n}")) for n in range(3)]
    versions = sorted(item.version for item in await asyncio.gather(*pushes))
    assert versions == [2, 3, 4]


async def test_a_flow_with_problems_is_never_stored(database: Database) -> None:
    tenant = await make_tenant(database)
    broken = DEMO.model_copy(update={"start": "nowhere"})
    with pytest.raises(FlowInvalid, match="there is no node nowhere"):
        await push_flow(database, tenant.account, tenant.slug, broken)
    assert len(await flow_versions(database, tenant.account, tenant.slug)) == 1


async def test_what_does_not_exist_is_said_with_what_does(database: Database) -> None:
    tenant = await make_tenant(database)
    with pytest.raises(NotFound, match="no campaign nothing"):
        await push_flow(database, tenant.account, "nothing", DEMO)
    with pytest.raises(NotFound, match=r"no version 9 \(it has: 1\)"):
        await flow_version(database, tenant.account, tenant.slug, 9)
    with pytest.raises(NotFound, match="no call"):
        await recorded_call(database, tenant.account, uuid4())


async def test_a_recorded_call_replays_the_same_and_shows_where_another_flow_differs(
    database: Database, tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    state, steps = initial_state(DEMO), []
    happened: list[Event] = [
        CallStarted(facts={"campaign.name": "Line", "account.name": "Tenant"}),
        CallerSaid(text="call me back please"),
        CallerSaid(text="Jane Miller"),
    ]
    for seq, event in enumerate(happened):
        state = step(DEMO, state, event).state
        steps.append(
            FlowStepped(
                account_id=tenant.account, call_id=tenant.call, seq=seq, node=state.node,
                event=event.model_dump(mode="json"), state=state.model_dump(mode="json"),
            )
        )  # fmt: skip
    await record(database, tmp_path, steps)
    call = await recorded_call(database, tenant.account, tenant.call)
    assert not any(item.differences for item in replay(DEMO, call.steps))
    assert path_of(DEMO, call.steps) == ("greeting", "wish", "details")
    text = DEMO.model_dump_json().replace("What's your name, please?", "Who is calling?")
    told = replay(Flow.model_validate_json(text), call.steps)
    assert [bool(item.differences) for item in told] == [False, True, False]
    assert "last_said" in told[1].differences[0]


async def test_the_demo_flow_is_kept_up_to_date_unless_somebody_pushed_another(
    database: Database,
) -> None:
    await ensure_demo(database)
    await ensure_demo(database)
    assert [v.version for v in await flow_versions(database, ACCOUNT_ID, CAMPAIGN_SLUG)] == [1]
    await push_flow(database, ACCOUNT_ID, CAMPAIGN_SLUG, renamed("mine"))
    await ensure_demo(database)
    current = await flow_version(database, ACCOUNT_ID, CAMPAIGN_SLUG, None)
    assert (current.name, current.version) == ("mine", 2)
