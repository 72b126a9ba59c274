"""`voice-worker accounts members`: the people who may see and change what is an account's."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, TypeVar
from uuid import UUID

import typer

from voice_worker.cli.db import as_owner
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, account_id_of
from voice_worker.store import members
from voice_worker.store.owner import OwnerConnection

Result = TypeVar("Result")

EmailArgument = Annotated[str, typer.Argument(metavar="EMAIL", help="The address they log in by.")]

members_app = typer.Typer(
    help="People with a login and their role in an account: list, add, remove.",
    invoke_without_command=True,
)


@members_app.callback()
def members_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List an account's members: owners, admins, members, agents."""
    if context.invoked_subcommand:
        return
    print_rows(
        _of(account, members.list_members),
        ("email", "name", "role", "created_at"),
        empty=f"{account} has no members yet. `accounts members add` makes somebody its owner.",
        as_json=as_json,
    )


@members_app.command("add")
def add_command(
    email: EmailArgument,
    role: Annotated[members.Role, typer.Option(help="What they may do: docs/data-model.md.")],
    account: AccountSlug = "demo",
) -> None:
    """Make somebody who has signed up a member, or give a member another role."""
    _of(account, lambda connection, of: members.set_member(connection, of, email, role))
    note(f"{email} is {role} of {account}")


@members_app.command("remove")
def remove_command(email: EmailArgument, account: AccountSlug = "demo") -> None:
    """Take somebody's membership away; what they did stays theirs."""
    _of(account, lambda connection, of: members.remove_member(connection, of, email))
    note(f"{email} is no member of {account} any more")


def _of(slug: str, query: Callable[[OwnerConnection, UUID], Awaitable[Result]]) -> Result:
    async def ask(connection: OwnerConnection) -> Result:
        account_id = await account_id_of(connection, slug)
        assert account_id is not None
        return await query(connection, account_id)

    return as_owner(ask)
