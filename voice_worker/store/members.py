"""Who belongs to an account, and in which role; as the database's owner sees and sets it."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from voice_worker.errors import NotFound
from voice_worker.store.owner import OwnerConnection
from voice_worker.store.refusal import refusals_named

Role = Literal["agent", "member", "admin", "owner"]
"""Each may do what those before it may (docs/data-model.md)."""

_LIST = """
select u.email, u.name, m.role, m.created_at
from account_memberships m join users u on u.id = m.user_id
where m.account_id = $1 order by m.role desc, u.email
"""
# Of several logins with one address it is the eldest, as in add_member() for people themselves.
_SET = """
insert into account_memberships (account_id, user_id, role)
select $1, id, $3::account_role from users
where lower(email) = lower($2) and auth_user_id is not null order by created_at limit 1
on conflict (account_id, user_id) do update set role = excluded.role
returning id
"""
_REMOVE = """
delete from account_memberships m using users u
where u.id = m.user_id and m.account_id = $1 and lower(u.email) = lower($2)
returning m.id
"""


async def list_members(connection: OwnerConnection, account_id: UUID) -> list[dict[str, Any]]:
    """An account's members, those who may do most first."""
    return [dict(row) for row in await connection.fetch(_LIST, account_id)]


@refusals_named
async def set_member(connection: OwnerConnection, account_id: UUID, email: str, role: Role) -> None:
    """Make somebody who has signed up a member, or give a member another role.

    Raises:
        NotFound: nobody has signed up with this address. RowRefused: it is the last owner.
    """
    if not await connection.fetchval(_SET, account_id, email, role):
        raise NotFound(f"Nobody has signed up as {email}.")


@refusals_named
async def remove_member(connection: OwnerConnection, account_id: UUID, email: str) -> None:
    """Take somebody's membership away.

    Raises:
        NotFound: they are no member. RowRefused: it is the last owner.
    """
    if not await connection.fetchval(_REMOVE, account_id, email):
        raise NotFound(f"{email} is no member of this account.")
