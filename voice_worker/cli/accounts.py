"""`voice-worker accounts`: whom campaigns, knowledge and calls belong to."""

from __future__ import annotations

import asyncio
from typing import Annotated

import typer

from config import load_settings
from voice_worker.cli.db import as_owner
from voice_worker.cli.members import members_app
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import ask, open_database
from voice_worker.store import accounts

SlugArgument = Annotated[
    str, typer.Argument(metavar="SLUG", help="What other commands take as --account.")
]

accounts_app = typer.Typer(
    help="Accounts: list them, add one, suspend it. Each sees what is its own only.",
    invoke_without_command=True,
)
accounts_app.add_typer(members_app, name="members")


@accounts_app.callback()
def accounts_command(context: typer.Context, as_json: JsonOption = False) -> None:
    """List all accounts, as the database's owner sees them."""
    if context.invoked_subcommand:
        return
    print_rows(
        as_owner(accounts.list_accounts),
        ("slug", "name", "status", "campaigns", "sources", "created_at"),
        empty="No accounts yet.",
        as_json=as_json,
    )


@accounts_app.command("add")
def add_command(
    slug: SlugArgument,
    name: Annotated[
        str, typer.Option(help="What callers see on the page, for example a company's name.")
    ],
) -> None:
    """Add an account. Next: `knowledge add` and `campaigns add`, both with --account SLUG."""

    async def run() -> None:
        async with open_database(load_settings()) as database:
            await accounts.new_account(database, name, slug)

    asyncio.run(run())
    note(f"added {slug}; `voice-worker campaigns add … --account {slug}` gives it a line")


@accounts_app.command("suspend")
def suspend_command(slug: SlugArgument) -> None:
    """Let none of an account's campaigns take calls; those going on are finished."""
    _set_status(slug, "suspended")


@accounts_app.command("resume")
def resume_command(slug: SlugArgument) -> None:
    """Let the account's campaigns take calls again, but those that are paused themselves."""
    _set_status(slug, "active")


def _set_status(slug: str, status: str) -> None:
    ask(
        slug,
        lambda database, account_id: accounts.set_status(database, account_id, slug, status),
    )
    note(f"{slug} is {status}")
