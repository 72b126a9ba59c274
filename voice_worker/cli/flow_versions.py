"""Flows in the database: push, pull, compare, and take recorded calls through them again."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from config import load_settings
from flows import Flow, load_flow
from flows.diff import differences
from flows.dump import to_document, to_yaml
from flows.library import DEMO_FLOW, READY
from flows.load import stored_flow
from flows.replay import replay
from voice_worker.cli import given
from voice_worker.cli.output import JsonOption, note, print_json
from voice_worker.cli.store import ask
from voice_worker.errors import CheckFailed, NotFound
from voice_worker.store import flows

AccountOption = Annotated[str, typer.Option("--account", help="The account's slug.")]
CampaignOption = Annotated[str, typer.Option("--campaign", help="The campaign's slug.")]
_FLOW_HELP = "A file, or a campaign's flow: demo, or demo@3 for its third version."


def push_command(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A flow: YAML, JSON, or a ready one's name.")
    ],
    campaign: CampaignOption = "demo",
    account: AccountOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Check a flow and let new calls of a campaign run it, as a new version.

    Calls that are going on keep the version they began with.
    """
    flow = load_flow(file)
    warn_of_languages(flow)
    pushed = ask(
        account,
        lambda database, account_id: flows.push_flow(database, account_id, campaign, flow),
    )
    if as_json:
        print_json(vars(pushed))
    elif pushed.changed:
        typer.echo(f"{campaign} now runs version {pushed.version}.")
    else:
        typer.echo(f"{campaign} runs this already (version {pushed.version}).")


def warn_of_languages(flow: Flow) -> None:
    """A flow is said and asked in any language; whether callers are understood is another thing."""
    recogniser = load_settings().models.recogniser
    others = [name for name in (flow.language, *flow.languages) if name != "en"]
    if others and recogniser.endswith(".en"):
        note(
            f"The recogniser {recogniser} knows English only: callers who speak "
            f"{', '.join(others)} need another, as VOICE_WORKER__MODELS__RECOGNISER="
            f"{recogniser.removesuffix('.en')}, or the campaign's own."
        )


def pull_command(
    campaign: CampaignOption = "demo",
    version: Annotated[
        int | None, typer.Option(min=1, help="By default the one new calls run.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of printing.")
    ] = None,
    versions: Annotated[bool, typer.Option("--list", help="List the versions instead.")] = False,
    account: AccountOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Print a campaign's flow as YAML, ready to be edited and pushed again."""
    if versions:
        _list_versions(campaign, account, as_json)
        return
    found = ask(
        account,
        lambda database, account_id: flows.flow_version(database, account_id, campaign, version),
    )
    flow = stored_flow(found.definition)
    if as_json:
        print_json({"campaign": campaign, "version": found.version, "flow": to_document(flow)})
    if output:
        output.write_text(to_yaml(flow), "utf-8")
        note(f"{output} written (version {found.version} of {campaign})")
    elif not as_json:
        typer.echo(to_yaml(flow), nl=False)


def _list_versions(campaign: str, account: str, as_json: bool) -> None:
    found = ask(
        account, lambda database, account_id: flows.flow_versions(database, account_id, campaign)
    )
    for item in found:
        if as_json:
            print_json({**vars(item), "definition": None})
        else:
            mark = "*" if item.current else " "
            checked = (
                f"checked {item.checked_at:%Y-%m-%d %H:%M}" if item.checked_at else "unchecked"
            )
            typer.echo(f"{mark} {item.version:>4}  {checked}  {item.name}")


def diff_command(
    before: Annotated[str, typer.Argument(metavar="BEFORE", help=_FLOW_HELP)],
    after: Annotated[str, typer.Argument(metavar="AFTER", help=_FLOW_HELP)],
    account: AccountOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Say in words what is different between two flows."""
    changes = differences(load_any(before, account), load_any(after, account))
    if as_json:
        print_json({"same": not changes, "changes": [vars(change) for change in changes]})
        return
    for change in changes:
        typer.echo(change.words)
    if not changes:
        note("no difference")


def replay_command(
    call: Annotated[str, typer.Argument(metavar="CALL_ID", help="The call's id.")],
    against: Annotated[
        str,
        typer.Option("--flow", help=f"Another flow to take the call through. {_FLOW_HELP}"),
    ] = "",
    account: AccountOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Take a recorded call's events through the interpreter again; any difference fails.

    By default with the very version the call ran: that must give the same, on any worker.
    """
    wanted = given.row_id(call, "call", "calls")
    recorded = ask(
        account, lambda database, account_id: flows.recorded_call(database, account_id, wanted)
    )
    if not recorded.steps:
        raise NotFound(f"The call {call} has no recorded steps (never opened, or erased).")
    flow = load_any(against, account) if against else stored_flow(recorded.definition)
    steps = replay(flow, recorded.steps)
    changed = sum(bool(item.differences) for item in steps)
    if as_json:
        print_json(
            {
                "call_id": str(wanted),
                "flow": against or f"{recorded.campaign}@{recorded.version}",
                "same": not changed,
                "steps": [vars(item) for item in steps],
            }
        )
    else:
        for item in steps:
            typer.echo(f"{item.number:>3}  {item.node:<16} {item.event}")
            for line in item.said:
                typer.echo(f"       agent: {line}")
            for difference in item.differences:
                typer.echo(f"     ! {difference}")
    if changed:
        raise CheckFailed(f"{changed} of {len(steps)} steps are not as they were recorded.")
    note(f"{len(steps)} steps, all as they were recorded")


def load_any(name: str, account: str) -> Flow:
    """A flow from a file or, by its name, of the library; else from the database.

    "demo" is the campaign of that name.

    Raises:
        FlowInvalid: the file is no flow that could run. NotFound: there is neither.
    """
    path = Path(name)
    ready = name in READY and name != DEMO_FLOW.stem
    if path.exists() or ready or path.suffix in (".yaml", ".yml", ".json"):
        return load_flow(path)
    campaign, at, version = name.partition("@")
    if at and not version.isdigit():
        raise NotFound(f"{name}: a version is a number, as in {campaign}@3.")
    found = ask(
        account,
        lambda database, account_id: flows.flow_version(
            database, account_id, campaign, int(version) if at else None
        ),
    )
    return stored_flow(found.definition)
