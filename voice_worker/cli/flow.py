"""`voice-worker flow`: check a flow, draw it, hold it in text."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer
import yaml

from config import load_settings
from flows import CallStarted, load_flow
from flows.draw import mermaid
from flows.talk import Answerer, Line, TextConversation
from voice_worker.cli.output import JsonOption, note, print_json

app = typer.Typer(help="Flows: check, draw, talk.", no_args_is_help=True)
FlowFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A flow as YAML or JSON.", show_default=False)
]


@app.command("check")
def check_command(file: FlowFile, as_json: JsonOption = False) -> None:
    """Find everything wrong with a flow before it runs."""
    from flows import FlowInvalid

    try:
        flow = load_flow(file)
    except FlowInvalid as invalid:
        if as_json:
            problems = [vars(problem) for problem in invalid.problems]
            print_json({"valid": False, "problems": problems})
            raise typer.Exit(1) from None
        raise
    if as_json:
        print_json({"valid": True, "problems": [], "nodes": len(flow.nodes)})
    else:
        typer.echo(f"{file.name} is valid: {len(flow.nodes)} nodes.")


@app.command("draw")
def draw_command(file: FlowFile) -> None:
    """Print the flow as a Mermaid diagram."""
    typer.echo(mermaid(load_flow(file)))


@app.command("talk")
def talk_command(
    file: FlowFile,
    script: Annotated[
        Path | None, typer.Option(help="Read the caller's lines from this file.")
    ] = None,
    knowledge: Annotated[
        Path | None,
        typer.Option(help="Question/answer pairs (YAML) to answer from, by shared words."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Hold the conversation in text: no audio, no models, no database.

    Type what the caller says. [silence], [hang up] and [key 5] stand for themselves.
    """
    settings = load_settings()
    conversation = TextConversation(
        load_flow(file),
        answer=_answerer(knowledge),
        start=CallStarted(
            facts={"campaign.name": "Demo", "account.name": "Demo"},
            region=settings.calls.default_region,
        ),
    )
    _print(conversation.open(), as_json)
    lines = _script(script) if script else _keyboard()
    for line in lines:
        said = conversation.said(line)
        # What was typed stands on the screen already; what was read does not.
        _print(said if script else said[1:], as_json)
        if conversation.ended:
            break
    if not conversation.ended:
        _print(conversation.said("[hang up]")[1:], as_json)


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
    from rag.retrieve import content_words

    items = yaml.safe_load(path.read_text("utf-8"))["items"] if path else []

    def answer(question: str) -> str | None:
        asked = content_words(question)
        best = max(
            items, key=lambda item: len(asked & content_words(item["question"])), default=None
        )
        if best is None or not asked & content_words(best["question"]):
            return None
        return str(best["answer"])

    if path is None:
        note("(no --knowledge given: questions find no answer)")
    return answer


def _print(lines: list[Line], as_json: bool) -> None:
    for line in lines:
        if as_json:
            print_json({"who": line.who, "text": line.text})
        elif line.who == "note":
            typer.echo(f"       · {line.text}")
        else:
            typer.echo(f"{line.who:>6}: {line.text}")
