"""`voice-worker handoffs`: callers who want a person, and taking them."""

from __future__ import annotations

from typing import Annotated

import typer

from voice_worker.cli import given
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, LimitOption, ask
from voice_worker.store import handoffs

HandoffId = Annotated[str, typer.Argument(metavar="ID", help="The hand-off's id.")]

handoffs_app = typer.Typer(
    help="Hand-offs: list callers who want a person, take one, or close one.",
    invoke_without_command=True,
)


@handoffs_app.callback()
def handoffs_command(
    context: typer.Context,
    account: AccountSlug = "demo",
    everything: Annotated[bool, typer.Option("--all", help="Also those that are closed.")] = False,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List hand-offs that are open, newest first.

    `on_the_line` says how a caller who is still there is connected: one on sip can be put through.
    """
    if context.invoked_subcommand:
        return
    print_rows(
        ask(
            account,
            lambda database, account_id: handoffs.list_handoffs(
                database, account_id, limit, resolved=everything
            ),
        ),
        ("id", "status", "priority", "reason", "name", "phone", "on_the_line", "created_at"),
        empty="No hand-offs are open.",
        as_json=as_json,
    )


@handoffs_app.command("claim")
def claim_command(
    handoff_id: HandoffId,
    to: Annotated[
        str,
        typer.Option(
            metavar="NUMBER",
            help="Put a waiting caller through to this number, SIP address or queue.",
        ),
    ] = "",
    account: AccountSlug = "demo",
) -> None:
    """Take a hand-off, so that nobody else does.

    A caller who waits on the line is told that somebody will be in touch, or with --to is put
    through by the worker that holds the call.
    """
    wanted = given.row_id(handoff_id, "hand-off", "handoffs")
    there = ask(
        account,
        lambda database, account_id: handoffs.claim(database, account_id, wanted, to),
    )
    if to:
        note(f"{wanted} is claimed: its caller is being put through to {to}")
    else:
        note(f"{wanted} is claimed" + (": its caller is still on the line" if there else ""))


@handoffs_app.command("resolve")
def resolve_command(handoff_id: HandoffId, account: AccountSlug = "demo") -> None:
    """Close a hand-off that was claimed."""
    wanted = given.row_id(handoff_id, "hand-off", "handoffs")
    ask(account, lambda database, account_id: handoffs.resolve(database, account_id, wanted))
    note(f"{wanted} is resolved")
