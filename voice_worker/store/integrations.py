"""An account's integrations; their secrets go in and never come out in a listing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from pipelines.events import new_id
from voice_worker.errors import NotFound
from voice_worker.store.database import Database
from voice_worker.store.refusal import refusals_named
from voice_worker.store.secrets import Keyring

_ADD = """
insert into integrations (id, account_id, name, type, config, secrets)
values ($1, $2, $3, $4, $5, $6)
"""
_LIST = """
select id, name, type, active, config, secrets is not null as has_secrets, created_at
from integrations order by name
"""
_SET_ACTIVE = "update integrations set active = $2 where name = $1"
_SECRETS = "select id, secrets from integrations where name = $1"


@refusals_named
async def add_integration(
    database: Database,
    keyring: Keyring,
    account_id: UUID,
    *,
    name: str,
    type: str,
    config: dict[str, Any],
    secrets: Mapping[str, str],
) -> UUID:
    """A new integration, active.

    Raises:
        RowRefused: names the field that can't be stored.
    """
    integration_id = new_id()
    sealed = keyring.seal(account_id, integration_id, secrets)
    async with database.tenant(account_id) as connection:
        await connection.execute(_ADD, integration_id, account_id, name, type, config, sealed)
    return integration_id


async def list_integrations(database: Database, account_id: UUID) -> list[dict[str, Any]]:
    """All of an account, by name, without their secrets."""
    async with database.tenant(account_id) as connection:
        return [dict(row) for row in await connection.fetch(_LIST)]


async def set_active(database: Database, account_id: UUID, name: str, active: bool) -> None:
    """Switch an integration on or off.

    Raises:
        NotFound: the account has none of that name.
    """
    async with database.tenant(account_id) as connection:
        if await connection.execute(_SET_ACTIVE, name, active) == "UPDATE 0":
            raise NotFound(
                f"There is no integration {name}. `voice-worker integrations` lists them."
            )


async def secrets_of(
    database: Database, keyring: Keyring, account_id: UUID, name: str
) -> dict[str, str]:
    """An integration's secrets, for whoever delivers to it.

    Raises:
        NotFound: the account has none of that name.
        SecretsUnreadable: they were stored with another key.
    """
    async with database.tenant(account_id) as connection:
        row = await connection.fetchrow(_SECRETS, name)
    if row is None:
        raise NotFound(f"There is no integration {name}.")
    return keyring.open(account_id, row["id"], row["secrets"])
