"""`voice-worker campaigns`: the lines callers reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from config import load_settings
from flows import load_flow
from voice_worker.address import PICTURES, line_url, qr_text, who_reaches_it, write_qr
from voice_worker.campaign_settings import changed
from voice_worker.cli import given
from voice_worker.cli.flow_versions import warn_of_languages
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, ask
from voice_worker.errors import NotFound, RowRefused
from voice_worker.store import campaigns
from voice_worker.store.database import Database
from voice_worker.store.flows import push_flow

SlugArgument = Annotated[str, typer.Argument(metavar="SLUG", help="The campaign's slug.")]

campaigns_app = typer.Typer(
    help="Campaigns: list them, add one, show its QR code, change its settings, pause it.",
    invoke_without_command=True,
)


@campaigns_app.callback()
def campaigns_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List an account's campaigns, the version of the flow they run, and their settings."""
    if context.invoked_subcommand:
        return
    print_rows(
        ask(account, campaigns.list_campaigns),
        ("slug", "name", "status", "flow_version", "settings"),
        empty="No campaigns yet.",
        as_json=as_json,
    )


@campaigns_app.command("add")
def add_command(
    slug: Annotated[
        str, typer.Argument(metavar="SLUG", help="Stands in the line's address: /c/SLUG.")
    ],
    flow: Annotated[
        Path, typer.Option(help="The flow it runs: YAML, JSON, or a ready one's name.")
    ],
    name: Annotated[str, typer.Option(help="What callers see.", show_default="the flow's")] = "",
    account: AccountSlug = "demo",
) -> None:
    """Add a campaign that takes calls at once, also from a worker that is running."""
    loaded = load_flow(flow)
    warn_of_languages(loaded)

    async def add(database: Database, account_id: UUID) -> None:
        await campaigns.new_campaign(database, account_id, name or loaded.name, slug)
        await push_flow(database, account_id, slug, loaded)

    ask(account, add)
    note(f"added {slug}: {line_url(load_settings(), slug)}")


@campaigns_app.command("qr")
def qr_command(
    slug: SlugArgument,
    output: Annotated[
        Path | None, typer.Option("-o", "--output", help="Write a picture: FILE.svg or FILE.png.")
    ] = None,
    account: AccountSlug = "demo",
) -> None:
    """Show the QR code that opens a campaign's page, or write it to a file, to be printed."""
    if output and output.suffix not in PICTURES:
        raise RowRefused(f"{output} is no picture: name it {' or '.join(PICTURES)}.")
    known = {row["slug"] for row in ask(account, campaigns.list_campaigns)}
    if slug not in known:
        raise NotFound(f"The account has no campaign {slug}.")
    settings = load_settings()
    url = line_url(settings, slug)
    if output:
        write_qr(url, output)
    else:
        typer.echo(qr_text(url))
    note(url if output is None else f"{output}: {url}")
    if hint := who_reaches_it(settings):
        note(hint)


@campaigns_app.command("set")
def set_command(
    slug: SlugArgument,
    pairs: Annotated[
        list[str],
        typer.Argument(metavar="KEY=VALUE…", help="For example record=true; KEY= unsets one."),
    ],
    account: AccountSlug = "demo",
) -> None:
    """Change a campaign's settings; calls that begin from now on have them.

    record, voice, speed, tts, recogniser, region, timezone, queues.NAME, and for calls it makes
    outbound.trunk, outbound.hours, outbound.machine, outbound.message.
    """
    wanted = given.pairs(pairs)
    ask(
        account,
        lambda database, account_id: campaigns.change_settings(
            database, account_id, slug, lambda settings: changed(settings, wanted)
        ),
    )
    note(f"{slug}: {', '.join(pairs)}")


@campaigns_app.command("pause")
def pause_command(slug: SlugArgument, account: AccountSlug = "demo") -> None:
    """Take no further calls; those going on are finished."""
    _set_status(account, slug, "paused")


@campaigns_app.command("resume")
def resume_command(slug: SlugArgument, account: AccountSlug = "demo") -> None:
    """Take calls again."""
    _set_status(account, slug, "active")


def _set_status(account: str, slug: str, status: str) -> None:
    ask(
        account,
        lambda database, account_id: campaigns.set_status(database, account_id, slug, status),
    )
    note(f"{slug} is {status}")
