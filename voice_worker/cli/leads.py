"""`voice-worker leads`: who called, and forgetting them."""

from __future__ import annotations

from typing import Annotated

import typer

from config import load_settings
from voice_worker import recording
from voice_worker.cli import given
from voice_worker.cli.db import YesOption, as_owner, report_erased
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, LimitOption, ask
from voice_worker.counted import counted
from voice_worker.store import retention
from voice_worker.store.journal import forget_quarantined
from voice_worker.store.leads import list_leads
from voice_worker.store.owner import OwnerConnection

leads_app = typer.Typer(help="Leads: list them, or erase a person.", invoke_without_command=True)


@leads_app.callback()
def leads_command(
    context: typer.Context,
    account: AccountSlug = "demo",
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List leads, newest first, with the proof of each field in --json."""
    if context.invoked_subcommand:
        return
    print_rows(
        ask(account, lambda database, account_id: list_leads(database, account_id, limit)),
        ("id", "campaign", "name", "email", "phone", "status", "created_at"),
        empty="No leads yet.",
        as_json=as_json,
    )


@leads_app.command("erase")
def erase_command(
    lead_id: Annotated[str, typer.Argument(metavar="ID", help="The lead's id.")],
    account: AccountSlug = "demo",
    same_person: Annotated[
        bool,
        typer.Option("--same-person", help="Also the other leads with this email or phone."),
    ] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Erase a person: their words, contact data and recordings; the call's costs stay."""
    wanted = given.row_id(lead_id, "lead", "leads")
    home = load_settings().home

    async def run(connection: OwnerConnection) -> dict[str, int]:
        person = await retention.find_person(connection, account, wanted)
        leads = person.leads if same_person else {wanted: person.leads[wanted]}
        others = len(person.leads) - 1
        note(f"Lead {wanted}: {', '.join(person.contact) or 'no contact data'}")
        if others:
            fate = "erased too." if same_person else "--same-person erases as well."
            note(f"{counted(others, 'other lead')} of the same email or phone: {fate}")
        if not yes:
            typer.confirm(f"Erase {counted(len(leads), 'lead')} and what was said?",
                          abort=True, err=True)  # fmt: skip
        counts, calls = await retention.erase_leads(connection, person.account_id, leads)
        forget_quarantined(home / "journal.db", calls)
        recording.forget(home, calls)
        return counts

    report_erased(as_owner(run), as_json=as_json)
