"""`voice-worker knowledge`: what an account's campaigns answer from."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer
import yaml

from rag.sources import manual_qna
from voice_worker.cli.output import JsonOption, note, print_rows
from voice_worker.cli.store import AccountSlug, ask
from voice_worker.counted import counted
from voice_worker.errors import RowRefused
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
    """List an account's sources, texts and pairs of question and answer."""
    if context.invoked_subcommand:
        return
    rows = ask(account, list_sources)
    for row in rows:
        row["holds"] = _size(row["contents"] or [])
    print_rows(rows, ("name", "holds", "updated_at"), empty="No knowledge yet.", as_json=as_json)


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

    A worker indexes them when it starts. A text is called as its file; it answers with the
    sentences that fit a question best, a pair with the answer as it was written.
    """
    name, contents = _read(file)
    ask(account, lambda database, account_id: put_source(database, account_id, name, contents))
    note(f"{name}: {_size(contents)}; a worker that is started now answers from them")


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
            # Only to find what is wrong: passages are made where they are indexed.
            manual_qna.passages(UUID(int=0), name, items)
            return name, items
    raise RowRefused(
        f"{file} needs a name and a list of items, as flows/library/demo_knowledge.yaml."
    )


def _size(contents: str | list[Any]) -> str:
    if isinstance(contents, str):
        return counted(len(contents.split()), "word")
    return counted(len(contents), "pair")
