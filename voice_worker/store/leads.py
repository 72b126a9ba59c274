"""Leads, as the command line and later the console list them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from voice_worker.store.database import Database

_LIST = """
select l.id, c.slug as campaign, l.name, l.email, l.phone, l.company, l.status, l.intent_summary,
       l.fields, l.call_session_id, l.created_at, l.completed_at
from leads l join campaigns c on c.account_id = l.account_id and c.id = l.campaign_id
order by l.created_at desc, l.id desc limit $1
"""


async def list_leads(database: Database, account_id: UUID, limit: int) -> list[dict[str, Any]]:
    """Newest first."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST, limit)]
