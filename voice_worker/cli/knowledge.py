"""`voice-worker knowledge`: what an account's campaigns answer from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
import yaml

from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, ask
from voice_worker.counted import counted
from voice_worker.errors import RowRefused
from voice_worker.knowledge import check_contents
from voice_worker.store.knowledge import list_sources, put_source

TEXTS = (".txt", ".md")

knowledge_app = typer.Typer(
    help="Knowledge: list what an account's campaigns answer from, or add to it.",
    invoke_without_command=True,
)


@knowledge_app.callback()
def knowledge_command(
    context: typer.Context, account: AccountSlug = "demo", as_json: JsonOption = False
) -> None:
    """List an account's sources, texts and pairs of question and answer, and whether they are
    indexed: they wait until a worker runs and the account has a campaign that takes calls."""
    if context.invoked_subcommand:
        return
    rows = ask(account, list_sources)
    for row in rows:
        row["holds"] = _size(row["contents"] or [])
        row["state"] = _state(row["passages"], row["problem"])
    print_rows(
        rows, ("name", "holds", "updated_at", "state"), empty="No knowledge yet.", as_json=as_json
    )


@knowledge_app.command("add")
def add_command(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A text (.txt, .md), or YAML: `name`, and `items`, each with a `question` and an "
            "`answer`.",
        ),
    ],
    account: AccountSlug = "demo",
) -> None:
    """Add a text or questions and answers, or replace what was added under the same name.

    A worker that runs takes them up within seconds, any other when it starts. A text is called as
    its file; it answers with the sentences that fit a question best, a pair with the answer as it
    was written.
    """
    name, contents = _read(file)
    ask(account, lambda database, account_id: put_source(database, account_id, name, contents))
    note(f"{name}: {_size(contents)}; `voice-worker knowledge` tells when a worker has indexed it")


def _read(file: Path) -> tuple[str, str | list[Any]]:
    try:
        text = file.read_text("utf-8")
        if file.suffix in TEXTS:
            return file.name, text
        document = yaml.safe_load(text)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise RowRefused(f"{file} can't be read as text or YAML: {error}") from error
    match document:
        case {"name": str() as name, "items": list() as items, **others} if not others:
            check_contents(items)
            return name, items
    raise RowRefused(
        f"{file} needs a name and a list of items, as flows/library/demo_knowledge.yaml."
    )


def _size(contents: str | list[Any]) -> str:
    if isinstance(contents, str):
        return counted(len(contents.split()), "word")
    return counted(len(contents), "pair")


def _state(passages: int | None, problem: str | None) -> str:
    if problem is not None:
        return problem
    return "waiting" if passages is None else f"indexed, {counted(passages, 'passage')}"
