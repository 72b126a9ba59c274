"""`voice-worker call`: place a call to a running worker, as a browser would."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from config import load_settings
from voice_worker.audio import read_pcm, write_wav
from voice_worker.cli.calls import print_call
from voice_worker.cli.output import JsonOption, note, print_json
from voice_worker.cli.store import open_database
from voice_worker.client import CallFailed, Conversation, replay
from voice_worker.errors import NotFound, StoreError
from voice_worker.store.calls import show_call
from voice_worker.store.campaigns import campaign_by_slug

ROWS_SECONDS = 5.0


def call_command(
    audio: Annotated[
        list[Path], typer.Option(help="Audio of one turn of the caller; repeat it for more turns.")
    ],
    url: Annotated[str, typer.Option(help="The worker. Default: the settings' own address.")] = "",
    campaign: Annotated[str, typer.Option(help="Slug of the campaign to call.")] = "demo",
    record: Annotated[
        Path | None, typer.Option(help="Write what the caller heard to this WAV file.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Place a call and replay audio files as the caller's turns.

    Each file is played when the agent listens. Captions appear live; after the call its rows are
    shown, if this machine can see the worker's database.
    """
    settings = load_settings()
    turns = [read_pcm(path) for path in audio]

    def show(message: dict[str, Any]) -> None:
        if message["type"] == "caption":
            text = message.get("heard", message["text"])
            mark = " [interrupted]" if "heard" in message else ""
            note(f"{message['speaker']:>6}: {text}{mark}")

    conversation = asyncio.run(replay(url or settings.server.url, campaign, turns, show))
    if record:
        write_wav(record, bytes(conversation.heard))
        note(f"what the caller heard: {record}")
    rows = None
    try:
        rows = asyncio.run(_rows(conversation, campaign))
    except StoreError as error:
        # The call was held all the same.
        note(f"its rows can't be shown: {error}")
    if as_json:
        print_json({"call_id": conversation.call_id, "ended": conversation.ended, "rows": rows})
    elif rows:
        note("")
        print_call(rows)
    if conversation.cut:
        raise CallFailed("The line was cut: the worker died, or the network between failed.")


async def _rows(conversation: Conversation, slug: str) -> dict[str, Any]:
    """Once the recorder has seen the end, or as they are when that takes too long."""
    call_id = UUID(conversation.call_id)
    rows = None
    async with open_database(load_settings()) as database:
        if campaign := await campaign_by_slug(database, slug):
            for _ in range(int(ROWS_SECONDS / 0.2)):
                rows = await show_call(database, campaign.account_id, call_id)
                if rows and rows["ended_at"]:
                    break
                await asyncio.sleep(0.2)
    if rows is None:
        raise NotFound("the worker has another database.")
    return rows
