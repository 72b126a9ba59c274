"""The demo account: made on first start, so that a fresh worker has somebody to call."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import yaml

from flows import load_flow
from flows.library import DEMO_FLOW, DEMO_KNOWLEDGE
from voice_worker.store import accounts, campaigns, flows
from voice_worker.store.database import Database
from voice_worker.store.knowledge import put_source

_NAMESPACE = UUID("6f1c6a52-5d0e-4b0b-9f53-2c8a4f1f7f10")
ACCOUNT_ID = uuid5(_NAMESPACE, "account")
CAMPAIGN_ID = uuid5(_NAMESPACE, "campaign")
ACCOUNT_SLUG = "demo"
CAMPAIGN_SLUG = "demo"


async def ensure_demo(database: Database) -> None:
    """Make account, campaign, flow and knowledge source where they are missing."""
    await accounts.ensure_account(database, ACCOUNT_ID, "Northwind Solar", ACCOUNT_SLUG)
    await campaigns.add_campaign(
        database, ACCOUNT_ID, CAMPAIGN_ID, "Home solar line", CAMPAIGN_SLUG
    )
    await _ensure_flow(database)
    source = yaml.safe_load(DEMO_KNOWLEDGE.read_text("utf-8"))
    await put_source(database, ACCOUNT_ID, source["name"], source["items"])


async def _ensure_flow(database: Database) -> None:
    """Bring the demo flow up to date, but leave alone what somebody pushed in its place."""
    flow = load_flow(DEMO_FLOW)
    versions = await flows.flow_versions(database, ACCOUNT_ID, CAMPAIGN_SLUG)
    current = next((item for item in versions if item.current), None)
    if current and current.id != _flow_id(current.version, current.definition):
        return
    definition = flow.model_dump(mode="json")
    await campaigns.publish_flow(
        database,
        ACCOUNT_ID,
        CAMPAIGN_ID,
        flow_id=_flow_id(1 + max((item.version for item in versions), default=0), definition),
        name=flow.name,
        definition=definition,
        checked_at=datetime.now(UTC),
    )


def _flow_id(version: int, definition: dict[str, Any]) -> UUID:
    """What tells our own versions from pushed ones: an id made of what it says."""
    return uuid5(_NAMESPACE, f"flow {version} {json.dumps(definition, sort_keys=True)}")
