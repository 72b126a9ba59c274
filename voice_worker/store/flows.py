"""Versions of campaigns' flows: pushed once checked, pulled, and taken through recorded calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from flows import Flow
from flows.load import build_flow
from flows.replay import Recorded
from pipelines.events import new_id
from voice_worker.errors import NotFound
from voice_worker.store.campaigns import publish_flow
from voice_worker.store.database import Database

_CAMPAIGN = "select id, primary_flow_id from campaigns where account_id = $1 and slug = $2"
_VERSIONS = """
select f.id, f.version, f.name, f.definition, f.checked_at, f.checker, f.created_at,
       f.id = c.primary_flow_id as current
from flows f join campaigns c on c.account_id = f.account_id and c.id = f.campaign_id
where f.account_id = $1 and f.campaign_id = $2 order by f.version desc
"""
_FLOW_OF_CALL = """
select f.version, f.definition, c.slug as campaign
from call_sessions s
join flows f on f.account_id = s.account_id and f.id = s.flow_id
join campaigns c on c.account_id = s.account_id and c.id = s.campaign_id
where s.account_id = $1 and s.id = $2
"""
_STEPS_OF_CALL = """
select body from call_events
where account_id = $1 and call_session_id = $2 and type = 'flow_stepped' order by seq
"""


@dataclass(frozen=True)
class FlowVersion:
    id: UUID
    version: int
    name: str
    definition: dict[str, Any]
    checked_at: datetime | None
    checker: int | None
    created_at: datetime
    current: bool
    """True for the version new calls of the campaign run."""


@dataclass(frozen=True)
class Pushed:
    """`changed` is False when the campaign runs this definition already."""

    campaign: str
    version: int
    changed: bool


@dataclass(frozen=True)
class RecordedCall:
    """A call's steps, and the flow version it ran."""

    campaign: str
    version: int
    definition: dict[str, Any]
    steps: tuple[Recorded, ...]


async def push_flow(database: Database, account_id: UUID, campaign: str, flow: Flow) -> Pushed:
    """Check the flow once more and make it what new calls of the campaign run.

    Raises:
        FlowInvalid: it does not pass. NotFound: the account has no such campaign.
    """
    # What is stored is what was checked, defaults included: they may change, versions don't.
    definition = flow.model_dump(mode="json")
    checked = build_flow(definition)
    campaign_id = await _campaign_id(database, account_id, campaign)
    before = next(
        (
            item.version
            for item in await _versions(database, account_id, campaign_id)
            if item.current
        ),
        None,
    )
    version = await publish_flow(
        database,
        account_id,
        campaign_id,
        flow_id=new_id(),
        name=checked.name[:200],
        definition=definition,
        checked_at=datetime.now(UTC),
    )
    return Pushed(campaign, version, changed=version != before)


async def flow_versions(database: Database, account_id: UUID, campaign: str) -> list[FlowVersion]:
    """All versions, newest first.

    Raises:
        NotFound: the account has no such campaign.
    """
    return await _versions(database, account_id, await _campaign_id(database, account_id, campaign))


async def flow_version(
    database: Database, account_id: UUID, campaign: str, version: int | None
) -> FlowVersion:
    """One version; None for the one new calls run.

    Raises:
        NotFound: there is no such campaign or version; says which there are.
    """
    found = await flow_versions(database, account_id, campaign)
    for item in found:
        if item.current if version is None else item.version == version:
            return item
    if version is None:
        raise NotFound(f"The campaign {campaign} runs no flow yet: push one to it.")
    known = ", ".join(str(item.version) for item in found) or "none"
    raise NotFound(f"The campaign {campaign} has no version {version} (it has: {known}).")


async def recorded_call(database: Database, account_id: UUID, call_id: UUID) -> RecordedCall:
    """What a call went through.

    Raises:
        NotFound: the account has no such call.
    """
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_FLOW_OF_CALL, account_id, call_id)
        if row is None:
            raise NotFound(f"There is no call {call_id}. `voice-worker calls` lists them.")
        bodies = await connection.fetch(_STEPS_OF_CALL, account_id, call_id)
    steps = tuple(
        Recorded(
            event=item["body"]["event"],
            node=item["body"]["node"],
            state=item["body"]["state"],
            replaces=item["body"].get("replaces", 0),
        )
        for item in bodies
    )
    return RecordedCall(row["campaign"], row["version"], row["definition"], steps)


async def _versions(database: Database, account_id: UUID, campaign_id: UUID) -> list[FlowVersion]:
    async with database.tenant(account_id) as connection:
        rows = await connection.fetch(_VERSIONS, account_id, campaign_id)
    return [FlowVersion(**dict(row)) for row in rows]


async def _campaign_id(database: Database, account_id: UUID, slug: str) -> UUID:
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_CAMPAIGN, account_id, slug)
    if row is None:
        raise NotFound(f"The account has no campaign {slug}.")
    found: UUID = row["id"]
    return found
