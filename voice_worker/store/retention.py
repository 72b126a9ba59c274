"""Erasing a person, and everything older than a limit: words and contact data go, costs stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from uuid import UUID

import asyncpg

from voice_worker.errors import NotFound, StillOpen, StoreError
from voice_worker.store.owner import OwnerConnection

BATCH = 200
"""Calls erased in one transaction: short enough not to hold up the recorder."""

_LEAD = """
select l.id, l.account_id, l.name, l.email, l.phone, l.call_session_id, l.erased_at
from leads l join accounts a on a.id = l.account_id
where l.id = $1 and a.slug = $2
"""
_SAME_PERSON = """
select id, call_session_id from leads
where account_id = $1 and (id = $2 or email = $3 or phone = $4) order by created_at
"""
_CALLS_OF_LEADS = """
select id from call_sessions
where account_id = $1 and (lead_id = any($2::uuid[]) or id = any($3::uuid[]))
"""
_OLD = """
select s.id, s.account_id from call_sessions s join accounts a on a.id = s.account_id
where s.ended_at < $1 and s.erased_at is null and ($2::text is null or a.slug = $2)
order by s.account_id, s.ended_at limit $3
"""
_COUNT_OLD = """
select count(*) from call_sessions s join accounts a on a.id = s.account_id
where s.ended_at < $1 and s.erased_at is null and ($2::text is null or a.slug = $2)
"""


class Person:
    """A lead to erase, and the other leads that share its address or number."""

    def __init__(
        self, account_id: UUID, contact: tuple[str, ...], leads: dict[UUID, UUID], wanted: UUID
    ) -> None:
        self.account_id = account_id
        self.contact = contact
        self.leads = leads
        """Lead id → call id."""
        self.wanted = wanted


async def find_person(connection: OwnerConnection, account: str, lead_id: UUID) -> Person:
    """A lead of an account, with all leads of the same person.

    Raises:
        NotFound: the account has no such lead, or it was erased before.
    """
    lead = await connection.fetchrow(_LEAD, lead_id, account)
    if lead is None:
        raise NotFound(
            f"The account {account} has no lead {lead_id}. `voice-worker leads` lists them."
        )
    if lead["erased_at"]:
        raise NotFound(f"The lead {lead_id} was erased on {lead['erased_at']:%Y-%m-%d}.")
    same = await connection.fetch(
        _SAME_PERSON, lead["account_id"], lead_id, lead["email"] or None, lead["phone"] or None
    )
    contact = tuple(lead[column] for column in ("name", "email", "phone") if lead[column])
    leads = {row["id"]: row["call_session_id"] for row in same}
    return Person(lead["account_id"], contact, leads, lead_id)


async def erase_leads(
    connection: OwnerConnection, account_id: UUID, leads: dict[UUID, UUID]
) -> tuple[dict[str, int], list[UUID]]:
    """Erase leads with the calls they were made in; returns counts and the calls.

    Raises:
        StillOpen: one of the calls is going on.
    """
    rows = await connection.fetch(_CALLS_OF_LEADS, account_id, list(leads), list(leads.values()))
    calls = [row["id"] for row in rows]
    return await _erase(connection, account_id, calls, "person"), calls


async def old_calls(
    connection: OwnerConnection, before: datetime, account: str | None = None
) -> int:
    """How many calls ended before a moment and still have their words."""
    return int(await connection.fetchval(_COUNT_OLD, before, account))


async def purge(
    connection: OwnerConnection,
    before: datetime,
    account: str | None = None,
    *,
    on_erased: Callable[[Iterable[UUID]], object],
) -> dict[str, int]:
    """Erase all calls that ended before a moment, batch by batch; returns counts."""
    total: Counter[str] = Counter()
    while rows := await connection.fetch(_OLD, before, account, BATCH):
        by_account: dict[UUID, list[UUID]] = {}
        for row in rows:
            by_account.setdefault(row["account_id"], []).append(row["id"])
        for account_id, calls in by_account.items():
            total.update(await _erase(connection, account_id, calls, "retention"))
            on_erased(calls)
    return dict(total)


async def _erase(
    connection: OwnerConnection, account_id: UUID, calls: list[UUID], reason: str
) -> dict[str, int]:
    try:
        counts: dict[str, int] = await connection.fetchval(
            "select app_private.erase_calls($1, $2, $3)", account_id, calls, reason
        )
        return counts
    except asyncpg.ObjectNotInPrerequisiteStateError as error:
        raise StillOpen(f"{error}.") from error


async def moment_before(connection: OwnerConnection, age: str) -> datetime:
    """The moment an age (90d, 12 months) ago, in Postgres' own words for durations.

    Raises:
        StoreError: it is no duration, or none that lies in the past.
    """
    try:
        moment, past = await connection.fetchrow(
            "select now() - $1::text::interval, $1::text::interval > interval '0'", age
        )  # type: ignore[misc]
    except (asyncpg.DataError, asyncpg.PostgresSyntaxError) as error:
        raise StoreError(f"{age!r} is not a duration: write 90d, 12 months or 2 years.") from error
    if not past:
        raise StoreError(f"{age!r} is not a duration in the past: write 90d or 12 months.")
    return moment  # type: ignore[no-any-return]
