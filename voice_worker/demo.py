"""The demo account: made on first start, so that a fresh worker has somebody to call."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import yaml

from flows import load_flow
from flows.library import DEMO_FLOW, DEMO_KNOWLEDGE
from pipelines.events import new_id
from pipelines.knowledge import LocalKnowledge
from voice_worker.store import campaigns
from voice_worker.store.database import Database

_NAMESPACE = UUID("6f1c6a52-5d0e-4b0b-9f53-2c8a4f1f7f10")
ACCOUNT_ID = uuid5(_NAMESPACE, "account")
CAMPAIGN_ID = uuid5(_NAMESPACE, "campaign")
SOURCE_ID = uuid5(_NAMESPACE, "knowledge")
ACCOUNT_SLUG = "demo"
CAMPAIGN_SLUG = "demo"


async def ensure_demo(database: Database) -> None:
    """Make account, campaign, flow and knowledge source where they are missing."""
    await campaigns.add_account(database, ACCOUNT_ID, "Northwind Solar", ACCOUNT_SLUG)
    await campaigns.add_campaign(
        database, ACCOUNT_ID, CAMPAIGN_ID, "Home solar line", CAMPAIGN_SLUG
    )
    flow = load_flow(DEMO_FLOW)
    await campaigns.publish_flow(
        database,
        ACCOUNT_ID,
        CAMPAIGN_ID,
        flow_id=new_id(),
        name=flow.name,
        definition=flow.model_dump(mode="json"),
        checked_at=datetime.now(UTC),
    )
    source = _knowledge()
    async with database.tenant(ACCOUNT_ID) as connection:
        await campaigns.add_qna_source(
            connection,
            source_id=SOURCE_ID,
            account_id=ACCOUNT_ID,
            campaign_id=CAMPAIGN_ID,
            name=source["name"],
            config={"items": source["items"]},
        )


async def ingest_demo(knowledge: LocalKnowledge) -> int:
    """Index the demo knowledge; what is indexed already is left alone."""
    source = _knowledge()
    return await knowledge.ingest_qna(ACCOUNT_ID, SOURCE_ID, source["name"], source["items"])


def _knowledge() -> dict[str, Any]:
    document: dict[str, Any] = yaml.safe_load(DEMO_KNOWLEDGE.read_text("utf-8"))
    return document
