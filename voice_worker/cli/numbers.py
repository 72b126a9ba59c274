"""`voice-worker numbers`: which campaign a dialled number reaches, and who must not be called."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

import typer

from config import load_settings
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, account_id_of, ask, open_as_owner
from voice_worker.errors import NotFound, RowRefused
from voice_worker.sip.numbers import e164
from voice_worker.store import trunks

NumberArgument = Annotated[str, typer.Argument(help="A telephone number, as +15035550142.")]

numbers_app = typer.Typer(
    help="Numbers: which campaign they reach, and which must not be called.",
    invoke_without_command=True,
)


@numbers_app.callback()
def numbers_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List the numbers an account's campaigns answer."""
    if context.invoked_subcommand:
        return
    print_rows(
        ask(account, trunks.answered_numbers),
        ("number", "campaign", "status"),
        empty="No campaign answers a number yet.",
        as_json=as_json,
    )


@numbers_app.command("answer")
def answer_command(
    numbers: Annotated[list[str], typer.Argument(help="Numbers, as +15035550142.")],
    campaign: Annotated[str, typer.Option(help="Slug of the campaign they reach.")] = "demo",
    account: AccountSlug = "demo",
) -> None:
    """Let a campaign answer these numbers, instead of those it had before."""
    wanted = tuple(dict.fromkeys(_e164(number) for number in numbers))
    ask(
        account,
        lambda database, account_id: trunks.set_numbers(database, account_id, campaign, wanted),
    )
    note(f"{campaign} answers {', '.join(wanted)}")


@numbers_app.command("block")
def block_command(
    number: NumberArgument,
    reason: Annotated[str, typer.Option(help="Why, for those who ask later.")] = "",
    account: AccountSlug = "demo",
) -> None:
    """Never call this number again, for any campaign of the account."""
    blocked = _e164(number)
    ask(
        account,
        lambda database, account_id: trunks.block_number(database, account_id, blocked, reason),
    )
    note(f"{blocked} will not be called")


@numbers_app.command("blocked")
def blocked_command(account: AccountSlug = "demo", as_json: JsonOption = False) -> None:
    """List the numbers that must not be called."""
    rows: list[dict[str, Any]] = ask(account, trunks.blocked_numbers)
    print_rows(rows, ("number", "reason", "created_at"), empty="Nobody.", as_json=as_json)


@numbers_app.command("unblock")
def unblock_command(number: NumberArgument, account: AccountSlug = "demo") -> None:
    """Take a number off the list, when its owner says so."""
    blocked = _e164(number)

    async def run() -> None:
        async with open_as_owner(load_settings()) as connection:
            account_id: UUID | None = await account_id_of(connection, account)
            gone = await connection.execute(
                "delete from do_not_call where account_id = $1 and number = $2",
                account_id, blocked,
            )  # fmt: skip
            if gone == "DELETE 0":
                raise NotFound(f"{blocked} is not on the list.")

    asyncio.run(run())
    note(f"{blocked} may be called again")


def _e164(number: str) -> str:
    found = e164(number, load_settings().calls.default_region)
    if found is None:
        raise RowRefused(f"{number} is no telephone number. Write it as +15035550142.")
    return found
