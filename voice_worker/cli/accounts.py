"""`voice-worker accounts`: whom campaigns, knowledge and calls belong to."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

import typer

from config import load_settings
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import open_as_owner, open_database
from voice_worker.store import accounts

accounts_app = typer.Typer(
    help="Accounts: list them, add one. Each sees its own campaigns, knowledge and calls only.",
    invoke_without_command=True,
)


@accounts_app.callback()
def accounts_command(context: typer.Context, as_json: JsonOption = False) -> None:
    """List all accounts, as the database's owner sees them."""
    if context.invoked_subcommand:
        return

    async def run() -> list[dict[str, Any]]:
        async with open_as_owner(load_settings()) as connection:
            return await accounts.list_accounts(connection)

    print_rows(
        asyncio.run(run()),
        ("slug", "name", "status", "campaigns", "sources", "created_at"),
        empty="No accounts yet.",
        as_json=as_json,
    )


@accounts_app.command("add")
def add_command(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="What other commands take as --account.")
    ],
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
