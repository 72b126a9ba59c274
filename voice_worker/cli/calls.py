"""`voice-worker calls`: what the worker recorded."""

from __future__ import annotations

import wave
from pathlib import Path
from typing import Annotated, Any

import typer

from config import load_settings
from voice_worker import recording
from voice_worker.cli import given
from voice_worker.cli.output import (
    JsonOption,
    note,
    print_facts,
    print_json,
    print_rows,
    print_table,
)
from voice_worker.cli.store import AccountSlug, LimitOption, ask
from voice_worker.errors import NotFound
from voice_worker.store.calls import list_calls, show_call
from voice_worker.store.secrets import Keyring
from voice_worker.timeline import timeline, waterfall
from voice_worker.timeline_page import page

calls_app = typer.Typer(help="Calls: list them, or show one whole.", invoke_without_command=True)


@calls_app.callback()
def calls_command(
    context: typer.Context,
    account: AccountSlug = "demo",
    limit: LimitOption = 20,
    as_json: JsonOption = False,
) -> None:
    """List calls, newest first."""
    if context.invoked_subcommand:
        return

    print_rows(
        ask(account, lambda database, account_id: list_calls(database, account_id, limit)),
        ("id", "campaign", "status", "outcome", "created_at", "duration_ms", "cost_cents"),
        empty="No calls yet.",
        as_json=as_json,
    )


@calls_app.command("show")
def show_command(
    call_id: Annotated[str, typer.Argument(metavar="ID", help="The call's id.")],
    account: AccountSlug = "demo",
    events: Annotated[bool, typer.Option("--events", help="Also every call event.")] = False,
    as_timeline: Annotated[
        bool, typer.Option("--timeline", help="When everything happened, and where waits went.")
    ] = False,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Draw the timeline as a page.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """One call: transcript, leads, hand-offs and costs; or its timeline."""
    wanted = given.row_id(call_id, "call", "calls")
    with_events = events or as_timeline or html is not None
    call = ask(
        account,
        lambda database, account_id: show_call(
            database, account_id, wanted, with_events=with_events
        ),
    )
    if call is None:
        raise NotFound(f"The account {account} has no call {call_id}.")
    if html is not None:
        html.write_text(page(call, timeline(call["events"])), "utf-8")
        note(f"{html} written")
    if as_timeline:
        rows = waterfall(timeline(call["events"]))
        print_rows(rows, ("at", "what", "ms", "said"), empty="No events.", as_json=as_json)
    elif html is not None:
        return
    elif as_json:
        print_json(call)
    else:
        print_call(call)


@calls_app.command("recording")
def recording_command(
    call_id: Annotated[str, typer.Argument(metavar="ID", help="The call's id.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="WAV file to write.")],
    account: AccountSlug = "demo",
    as_json: JsonOption = False,
) -> None:
    """A recorded call as a WAV file: the caller on the left, the agent on the right.

    Calls are recorded when `calls.record`, or their campaign's `record` setting, says so. Of a call
    whose worker died in it there is what was said until then.
    """
    wanted = given.row_id(call_id, "call", "calls")
    settings = load_settings()
    if ask(account, lambda database, account_id: show_call(database, account_id, wanted)) is None:
        raise NotFound(f"The account {account} has no call {call_id}.")
    keyring = Keyring.load(settings.security.secret_keys, settings.home)
    rate, segments = recording.read(recording.path_of(settings.home, wanted), keyring, wanted)
    with wave.open(str(output), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        try:
            for segment in segments:
                file.writeframes(segment)
            whole = True
        except recording.RecordingUnfinished as error:
            note(str(error))
            whole = False
        seconds = file.getnframes() / rate
    if as_json:
        print_json(
            {"file": str(output), "seconds": round(seconds, 3), "rate": rate, "whole": whole}
        )
    else:
        note(f"{output}: {seconds:.1f} s")


def print_call(call: dict[str, Any]) -> None:
    """A call for people to read."""
    facts = ("id", "campaign", "status", "outcome", "duration_ms", "cost_cents", "lead_id")
    print_facts(call, facts)
    note("")
    for line in call["transcript"]:
        line["said"] = line["heard_text"] if line["interrupted"] else line["text"]
        line["said"] = (line["said"] or "") + (" [interrupted]" if line["interrupted"] else "")
    print_table(call["transcript"], ("offset_ms", "speaker", "said"), empty="Nothing was said.")
    for part, columns in (
        ("leads", ("id", "name", "email", "phone", "intent_summary", "completed_at")),
        ("handoffs", ("id", "status", "priority", "reason")),
        ("costs", ("minute", "component", "provider", "quantity", "unit", "micro_dollars")),
    ):
        if call[part]:
            note("")
            print_table(call[part], columns, empty="")
