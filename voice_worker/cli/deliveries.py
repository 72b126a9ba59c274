"""`voice-worker deliveries`: what went to integrations, what waits, what failed and why."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from voice_worker.cli import given
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, LimitOption, ask
from voice_worker.store import deliveries


class Status(StrEnum):
    pending = "pending"
    delivered = "delivered"
    failed = "failed"


deliveries_app = typer.Typer(
    help="Deliveries to integrations: list them, or try one again.", invoke_without_command=True
)


@deliveries_app.callback()
def deliveries_command(
    context: typer.Context,
    account: AccountSlug = "demo",
    status: Annotated[Status | None, typer.Option(help="Only these.")] = None,
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List deliveries, newest first, with the last error of those that have not arrived, and when
    they are tried again."""
    if context.invoked_subcommand:
        return
    wanted = status.value if status else None
    print_rows(
        ask(
            account,
            lambda database, account_id: deliveries.list_deliveries(
                database, account_id, status=wanted, limit=limit
            ),
        ),
        ("id", "integration", "status", "attempts", "created_at", "next_attempt_at", "last_error"),
        empty="No deliveries yet.",
        as_json=as_json,
    )


@deliveries_app.command("retry")
def retry_command(
    delivery_id: Annotated[str, typer.Argument(metavar="ID", help="The delivery's id.")],
    account: AccountSlug = "demo",
) -> None:
    """Try a delivery again now; the running worker makes the attempt."""
    wanted = given.row_id(delivery_id, "delivery", "deliveries")
    ask(account, lambda database, account_id: deliveries.retry(database, account_id, wanted))
    note(f"{wanted} is due now")
