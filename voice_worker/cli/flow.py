"""`voice-worker flow`: check a flow, draw it, hold it in text."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from config import load_settings
from flows import CallStarted, Flow, load_flow
from flows.check import examine
from flows.draw import mermaid
from flows.library import READY
from flows.load import stored_flow
from flows.reference import with_reference
from flows.replay import path_of
from flows.schema import json_schema_text
from flows.script import Conversation, knowledge_by_words, load_script, run_script
from flows.svg import svg
from flows.talk import Answerer, Line, TextConversation, region_for
from voice_worker.cli import given
from voice_worker.cli.flow_versions import (
    AccountOption,
    diff_command,
    load_any,
    pull_command,
    push_command,
    replay_command,
)
from voice_worker.cli.output import JsonOption, note, print_json
from voice_worker.cli.store import account_named, open_database
from voice_worker.errors import CheckFailed
from voice_worker.store.flows import recorded_call

app = typer.Typer(
    help="Flows: check, draw and hold them as files; push, pull, compare and replay them.",
    no_args_is_help=True,
)
FlowFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="A flow: YAML, JSON, or a ready one's name.",
        show_default=False,
    ),
]
app.command("push")(push_command)
app.command("pull")(pull_command)
app.command("diff")(diff_command)
app.command("replay")(replay_command)


DOCS = Path(__file__).parents[2] / "docs"


@app.command("reference")
def reference_command(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when they are stale.")
    ] = False,
) -> None:
    """Bring docs/flow.schema.json and the reference in docs/flows.md up to date."""
    page = DOCS / "flows.md"
    wanted = {
        DOCS / "flow.schema.json": json_schema_text(),
        page: with_reference(page.read_text("utf-8")),
    }
    for path, text in wanted.items():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        if check:
            raise CheckFailed(f"{path.name} is stale: run `voice-worker flow reference`.")
        path.write_text(text, "utf-8")
        note(f"wrote {path.name}")


class Format(StrEnum):
    MERMAID = "mermaid"
    SVG = "svg"


@app.command("check")
def check_command(file: FlowFile, as_json: JsonOption = False) -> None:
    """Find everything wrong with a flow before it runs; warnings don't fail it."""
    from flows import FlowInvalid

    try:
        flow = load_flow(file)
    except FlowInvalid as invalid:
        if as_json:
            problems = [vars(problem) for problem in invalid.problems]
            print_json({"valid": False, "problems": problems})
            raise typer.Exit(1) from None
        raise
    warnings = [problem for problem in examine(flow) if problem.severity == "warning"]
    if as_json:
        problems = [vars(problem) for problem in warnings]
        print_json({"valid": True, "problems": problems, "nodes": len(flow.nodes)})
        return
    for problem in warnings:
        note(str(problem))
    typer.echo(f"{file.name} is valid: {len(flow.nodes)} nodes.")


@app.command("draw")
def draw_command(
    flow: Annotated[
        str,
        typer.Argument(
            metavar="[FLOW]",
            help="A file, a ready flow (dental), or a campaign (demo, demo@3). Not with --call.",
        ),
    ] = "",
    call: Annotated[
        str, typer.Option("--call", help="Draw what this call ran, and mark the way it took.")
    ] = "",
    style: Annotated[
        Format | None, typer.Option("--format", help="By default told from the output's name.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="Write here instead of printing.")
    ] = None,
    account: AccountOption = "demo",
    as_json: JsonOption = False,
) -> None:
    """Draw a flow: Mermaid for documents, or SVG to look at."""
    if bool(flow) == bool(call):
        raise typer.BadParameter("name a flow, or a call with --call")
    found, path = _of_call(call, account) if call else (load_any(flow, account), ())
    wanted = style or _by_name(output)
    drawn = svg(found, path) if wanted is Format.SVG else mermaid(found, path) + "\n"
    if as_json:
        print_json({"format": wanted.value, "path": list(path), "drawing": drawn})
    if output:
        output.write_text(drawn, "utf-8")
        note(f"{output} written ({len(found.nodes)} nodes)")
    elif not as_json:
        typer.echo(drawn, nl=False)


def _by_name(output: Path | None) -> Format:
    suffix = output.suffix.casefold() if output else ""
    if suffix not in ("", ".svg", ".mmd", ".mermaid", ".md", ".txt"):
        raise typer.BadParameter(f"{suffix} can't be written: name an .svg or an .mmd file")
    return Format.SVG if suffix == ".svg" else Format.MERMAID


def _of_call(call: str, account: str) -> tuple[Flow, tuple[str, ...]]:
    wanted = given.row_id(call, "call", "calls")

    async def run() -> tuple[Flow, tuple[str, ...]]:
        async with open_database(load_settings()) as database:
            recorded = await recorded_call(database, await account_named(database, account), wanted)
        flow = stored_flow(recorded.definition)
        return flow, path_of(flow, recorded.steps)

    return asyncio.run(run())


@app.command("talk")
def talk_command(
    file: FlowFile,
    script: Annotated[
        Path | None,
        typer.Option(
            help="Read the caller's lines from this file; a .talks.yaml holds whole conversations "
            "with what is expected of them, and fails when they go another way."
        ),
    ] = None,
    knowledge: Annotated[
        Path | None,
        typer.Option(
            help="Question/answer pairs (YAML) to answer from, by shared words; left out, "
            "FLOW_knowledge.yaml beside the flow, if there is one."
        ),
    ] = None,
    language: Annotated[str, typer.Option(help="What the caller speaks first.")] = "",
    region: Annotated[
        str, typer.Option(help="Where numbers are dialled from (ISO 3166: DE).")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Hold the conversation in text: no audio, no models, no database.

    Type what the caller says. [silence], [hang up], [key 5], [enter email jane@example.com] and
    [fails] (the next hand-off does) stand for themselves. A caller who waits for a person is taken
    by [claims], or put through by [claims +15035550142].
    """
    flow = load_flow(file)
    found = file if file.exists() else READY.get(str(file), file)
    beside = found.with_name(f"{found.stem}_knowledge.yaml")
    answer = _answerer(knowledge or (beside if beside.exists() else None))
    if script and script.name.endswith((".talks.yaml", ".talks.yml")):
        _run_talks(flow, load_script(script), answer, as_json)
        return
    settings = load_settings()
    conversation = TextConversation(
        flow,
        answer=answer,
        start=CallStarted(
            facts={
                "campaign.name": flow.name,
                "account.name": flow.name,
                "call.date": date.today().isoformat(),
            },
            region=region or region_for(language or flow.language, settings.calls.default_region),
            language=language or flow.language,
            channels=("keypad", "page"),
        ),
    )
    _print(conversation.open(), as_json)
    lines = _script(script) if script else _keyboard()
    for line in lines:
        said = conversation.said(line)
        # What was typed stands on the screen already; what was read does not.
        typed = not script and sys.stdin.isatty()
        _print(said[1:] if typed else said, as_json)
        if conversation.ended:
            break
    if not conversation.ended:
        _print(conversation.said("[hang up]")[1:], as_json)


def _run_talks(
    flow: Flow, conversations: tuple[Conversation, ...], answer: Answerer, as_json: bool
) -> None:
    failed = 0
    for conversation in conversations:
        result = run_script(flow, conversation, answer, date.today())
        failed += bool(result.problems)
        if as_json:
            print_json(
                {
                    "name": conversation.name,
                    "passed": not result.problems,
                    "problems": list(result.problems),
                    "lines": [vars(line) for line in result.lines],
                }
            )
            continue
        typer.echo(f"{'ok  ' if not result.problems else 'FAIL'} {conversation.name}")
        if result.problems:
            _print(list(result.lines), as_json)
            for problem in result.problems:
                typer.echo(f"     ! {problem}")
    if failed:
        raise CheckFailed(f"{failed} of {len(conversations)} conversations went another way.")


def _script(path: Path) -> Iterator[str]:
    for line in path.read_text("utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line.strip()


def _keyboard() -> Iterator[str]:
    while True:
        if sys.stdin.isatty():
            sys.stderr.write("you: ")
            sys.stderr.flush()
        line = sys.stdin.readline()
        if not line:
            return
        if line.strip():
            yield line.strip()


def _answerer(path: Path | None) -> Answerer:
    if path is None:
        note("(no --knowledge given: questions find no answer)")
        return lambda question: None
    return knowledge_by_words(path)


def _print(lines: list[Line], as_json: bool) -> None:
    for line in lines:
        if as_json:
            print_json({"who": line.who, "text": line.text})
        elif line.who == "note":
            typer.echo(f"       · {line.text}")
        else:
            typer.echo(f"{line.who:>6}: {line.text}")
