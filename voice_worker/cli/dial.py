"""`voice-worker dial`: call somebody."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

import httpx
import typer

from config import Settings, load_settings
from voice_worker.cli import given
from voice_worker.cli.calls import print_call
from voice_worker.cli.output import JsonOption, note, print_json
from voice_worker.cli.store import open_database
from voice_worker.errors import NotFound, VoiceWorkerError
from voice_worker.store.calls import show_call
from voice_worker.store.campaigns import campaign_by_slug
from voice_worker.tokens import api_keys

POLL_SECONDS = 0.3
OPEN = ("connecting", "active")


class DialRefused(VoiceWorkerError):
    code = "dial_refused"


def dial_command(
    number: Annotated[str, typer.Argument(help="Whom to call, as +15035550142.")],
    campaign: Annotated[str, typer.Option(help="Slug of the campaign that speaks.")],
    field: Annotated[
        list[str], typer.Option(help="KEY=VALUE: a lead field that is known already.")
    ] = [],  # noqa: B006
    url: Annotated[str, typer.Option(help="The worker. Default: the settings' own address.")] = "",
    wait: Annotated[bool, typer.Option(help="Stay until the call is over.")] = True,
    as_json: JsonOption = False,
) -> None:
    """Call a number and let a campaign speak. The worker must be running with its telephone on.

    Refused when the number is on the do-not-call list, or when it is too early or too late where it
    is. Exit status 1 when nobody could be spoken to.
    """
    settings = load_settings()
    call_id = _place(settings, url or settings.server.url, campaign, number, given.pairs(field))
    note(f"calling {number} (call {call_id})")
    if not wait:
        if as_json:
            print_json({"call_id": call_id})
        return
    row = asyncio.run(_follow(settings, campaign, UUID(call_id)))
    if as_json:
        print_json(row)
    else:
        print_call(row)
    if row["status"] == "failed":
        raise DialRefused(f"Nobody was spoken to: {row['outcome']}.")


def _place(settings: Settings, url: str, campaign: str, number: str, fields: dict[str, str]) -> str:
    key = api_keys(settings.server.api_keys, settings.home)[0]
    try:
        answer = httpx.post(
            f"{url}/api/dial",
            json={"campaign": campaign, "number": number, "fields": fields},
            headers={"Authorization": f"Bearer {key}"},
            timeout=15,
        )
    except httpx.HTTPError as error:
        raise DialRefused(
            f"No worker answers at {url} ({error}). Start one with "
            "VOICE_WORKER__SIP__ENABLED=true voice-worker serve."
        ) from error
    if answer.status_code != 201:
        raise DialRefused(str(answer.json().get("message", f"status {answer.status_code}")))
    return str(answer.json()["call_id"])


async def _follow(settings: Settings, slug: str, call_id: UUID) -> dict[str, Any]:
    """The call's rows once it is over; its state is told as it changes."""
    told = ""
    async with open_database(settings) as database:
        campaign = await campaign_by_slug(database, slug)
        while True:
            row = await show_call(database, campaign.account_id, call_id) if campaign else None
            if row is None:
                raise NotFound("The call is made, but the worker has another database.")
            if row["status"] != told:
                told = row["status"]
                note(f"{told}{': ' + row['outcome'] if row['outcome'] else ''}")
            if told not in OPEN:
                return row
            await asyncio.sleep(POLL_SECONDS)
