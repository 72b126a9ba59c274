"""Walks the audit log's chains and says where they do not hold.

The hashes are computed here again, not by the database that may have been tampered with. A row's
hash is sha256 of the hash before it followed by its own fields (UTF-8, between unit separators);
what the row says of the entity (before, after) enters through a salted digest, which outlives an
erasure.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from uuid import UUID

import asyncpg

from voice_worker.store.owner import OwnerConnection

SEPARATOR = "\x1f"

_ROWS = """
select id, seq, actor, user_id, event_type, entity_type, entity_id,
       (extract(epoch from created_at) * 1000000)::bigint as micros,
       before::text as before, after::text as after, salt, body_digest, hash, erased_at
from audit_logs where account_id = $1 order by seq
"""
_ACCOUNTS = """
select account_id, a.slug, coalesce(h.seq, 0) as seq, coalesce(h.hash, '') as hash
from (select account_id from audit_logs union select account_id from app_private.audit_heads) k
join accounts a on a.id = account_id
left join app_private.audit_heads h using (account_id)
where $1::uuid is null or account_id = $1
order by a.slug
"""
_ERASED = """
select entity_type, entity_id, max(seq) as seq from audit_logs
where account_id = $1 and event_type = 'erase' group by entity_type, entity_id
"""


@dataclass(frozen=True)
class Chain:
    """One account's chain: how long, where it ends, and what is wrong with it."""

    account: str
    rows: int
    head: str
    """Hash of the last row, hexadecimal; kept elsewhere, it proves that nothing was rewritten."""
    problems: tuple[str, ...]


async def verify(connection: OwnerConnection, account_id: UUID | None = None) -> list[Chain]:
    """Every account's chain, or one account's; reads each row once, in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        accounts = await connection.fetch(_ACCOUNTS, account_id)
        return [await _verify_account(connection, account) for account in accounts]


async def _verify_account(connection: OwnerConnection, account: asyncpg.Record) -> Chain:
    account_id: UUID = account["account_id"]
    erased = {
        (row["entity_type"], row["entity_id"]): row["seq"]
        for row in await connection.fetch(_ERASED, account_id)
    }
    problems: list[str] = []
    previous, last, count = b"", 0, 0
    async for row in connection.cursor(_ROWS, account_id, prefetch=1000):
        count += 1
        name = f"row {row['seq']} (id {row['id']})"
        if row["seq"] != last + 1:
            span = f"{last + 1}" if row["seq"] == last + 2 else f"{last + 1} to {row['seq'] - 1}"
            problems.append(f"missing: rows {span}")
        elif row["hash"] != _hash(previous, account_id, row):
            problems.append(f"tampered: {name} is not what was written there")
        if row["erased_at"] is None:
            if row["salt"] is None or row["body_digest"] != _digest(row):
                problems.append(f"tampered: what {name} says of its {row['entity_type']} changed")
        elif row["before"] or row["after"]:
            problems.append(f"tampered: {name} was erased and says something again")
        elif erased.get((row["entity_type"], row["entity_id"]), 0) <= row["seq"]:
            problems.append(f"tampered: {name} was emptied, and no erasure is on record")
        previous, last = row["hash"], row["seq"]
    if (account["seq"], account["hash"]) != (last, previous):
        problems.append(
            f"missing: the chain ends at row {last}, but row {account['seq']} was written"
            if account["seq"] > last
            else f"tampered: row {last} is not the end that was written"
        )
    return Chain(account["slug"], count, previous.hex(), tuple(problems))


def _digest(row: asyncpg.Record) -> bytes:
    body = f"{row['before'] or ''}{SEPARATOR}{row['after'] or ''}"
    return hashlib.sha256(row["salt"] + body.encode()).digest()


def _hash(previous: bytes, account_id: UUID, row: asyncpg.Record) -> bytes:
    fields = (
        account_id,
        row["seq"],
        row["actor"],
        row["user_id"] or "",
        row["event_type"],
        row["entity_type"],
        row["entity_id"],
        row["micros"],
        row["body_digest"].hex(),
    )
    return hashlib.sha256(previous + SEPARATOR.join(map(str, fields)).encode()).digest()
