"""How commands print: data on stdout (a table, or JSON), everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, nothing else.")]

notes = Console(stderr=True, highlight=False)
_out = Console(highlight=False)


def note(line: str) -> None:
    """Progress and remarks, for people."""
    notes.print(line, markup=False)


@contextmanager
def progress(title: str, total: int) -> Iterator[Callable[[int], None]]:
    """A bar on stderr for as long as the work goes on; call it with how much more is done."""
    with Progress(console=notes, transient=True) as bar:
        task = bar.add_task(title, total=total)
        yield lambda steps: bar.advance(task, steps)


def print_json(value: Any) -> None:
    """One JSON document (or one line of JSON lines)."""
    json.dump(value, sys.stdout, default=str, ensure_ascii=False)
    sys.stdout.write("\n")
    sys.stdout.flush()


def print_table(rows: Iterable[dict[str, Any]], columns: Sequence[str], *, empty: str) -> None:
    """Rows as a table; `empty` is said when there are none."""
    items = list(rows)
    if not items:
        note(empty)
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for item in items:
        table.add_row(*(_cell(item.get(column)) for column in columns))
    _out.print(table)


def print_rows(
    rows: Iterable[dict[str, Any]], columns: Sequence[str], *, empty: str, as_json: bool
) -> None:
    """Rows whole as JSON lines, or the named columns as a table."""
    if as_json:
        for row in rows:
            print_json(row)
    else:
        print_table(rows, columns, empty=empty)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M:%S"))
    return str(value)
