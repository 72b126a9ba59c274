"""An account's trunks, the numbers its campaigns answer, and the numbers it must not call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import UUID

from pipelines.events import new_id
from voice_worker.errors import NotFound
from voice_worker.store.database import Database
from voice_worker.store.refusal import refusals_named
from voice_worker.store.secrets import Keyring

Kind = Literal["register", "address", "twilio", "telnyx", "plivo"]

_COLUMNS = "id, account_id, name, kind, config, active"
_ADD = """
insert into trunks (id, account_id, name, kind, config, secrets) values ($1, $2, $3, $4, $5, $6)
"""
_LIST = f"""
select {_COLUMNS}, secrets is not null as has_secrets, created_at from trunks order by name
"""
_ACTIVE = f"select {_COLUMNS}, secrets from trunks where active order by name"
_NUMBERS = "update campaigns set settings = settings || $2 where slug = $1 returning id"
_ANSWERED = """
select number, slug as campaign, status
from campaigns, jsonb_array_elements_text(
  case when jsonb_typeof(settings -> 'phone_numbers') = 'array'
       then settings -> 'phone_numbers' else '[]' end) as number
order by number, slug
"""
_BLOCK = """
insert into do_not_call (account_id, number, reason) values ($1, $2, $3) on conflict do nothing
"""

_BLOCKED = "select exists (select from do_not_call where number = $1)"


@dataclass(frozen=True)
class Trunk:
    """A way to the telephone network."""

    id: UUID
    account_id: UUID
    name: str
    kind: Kind
    config: dict[str, Any]
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def provider(self) -> str:
        """Key of the price sheet its minutes have."""
        default = self.kind if self.kind in ("twilio", "telnyx", "plivo") else "sip"
        return str(self.config.get("provider", default))


@refusals_named
async def add_trunk(
    database: Database,
    keyring: Keyring,
    account_id: UUID,
    *,
    name: str,
    kind: Kind,
    config: dict[str, Any],
    secrets: Mapping[str, str],
) -> UUID:
    """A new trunk, active; running workers notice within a minute.

    Raises:
        RowRefused: names the field that can't be stored.
    """
    trunk_id = new_id()
    sealed = keyring.seal(account_id, trunk_id, secrets)
    async with database.tenant(account_id) as connection:
        await connection.execute(_ADD, trunk_id, account_id, name, kind, config, sealed)
    return trunk_id


async def list_trunks(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """All of an account, by name, without their secrets."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST)]


async def active_trunks(database: Database, keyring: Keyring, account_id: UUID) -> list[Trunk]:
    """The trunks in use of an account, with their secrets.

    Raises:
        SecretsUnreadable: they were stored with another key.
    """
    async with database.tenant(account_id) as connection:
        rows = await connection.fetch(_ACTIVE)
    return [
        Trunk(
            row["id"], row["account_id"], row["name"], row["kind"], row["config"],
            keyring.open(account_id, row["id"], row["secrets"]),
        )
        for row in rows
    ]  # fmt: skip


async def accounts_with_trunks(database: Database) -> list[UUID]:
    """Accounts that have a trunk in use."""
    async with database.system() as connection:
        rows = await connection.fetch("select app_private.accounts_with_trunks() as id")
    return [row["id"] for row in rows]


async def slug_by_number(database: Database, number: str) -> str | None:
    """The campaign a dialled number reaches."""
    async with database.system() as connection:
        found: str | None = await connection.fetchval(
            "select slug from app_private.campaign_by_number($1)", number
        )
    return found


@refusals_named
async def set_numbers(
    database: Database, account_id: UUID, slug: str, numbers: tuple[str, ...]
) -> None:
    """The numbers a campaign answers, in E.164; they replace the ones before.

    Raises:
        NotFound: the account has no such campaign.
        RowRefused: another active campaign has one of them.
    """
    async with database.tenant(account_id) as connection:
        if not await connection.fetchval(_NUMBERS, slug, {"phone_numbers": list(numbers)}):
            raise NotFound(f"There is no campaign {slug} in this account.")


async def answered_numbers(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """The numbers an account's campaigns answer."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_ANSWERED)]


@refusals_named
async def block_number(database: Database, account_id: UUID, number: str, reason: str) -> None:
    """Never call this number again."""
    async with database.tenant(account_id) as connection:
        await connection.execute(_BLOCK, account_id, number, reason)


async def is_blocked(database: Database, account_id: UUID, number: str) -> bool:
    """True when the account must not call this number."""
    async with database.tenant(account_id) as connection:
        found: bool = await connection.fetchval(_BLOCKED, number)
        return found


async def blocked_numbers(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """The account's do-not-call list, newest first."""
    async with database.tenant(account_id) as connection:
        rows = await connection.fetch(
            "select number, reason, created_at from do_not_call order by created_at desc, number"
        )
    return [dict(row) for row in rows]
