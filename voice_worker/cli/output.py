"""How commands print: data on stdout (a table, or JSON), everything else on stderr."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON on stdout, nothing else.")]

GAP = 2
FOLDED = 24
"""Characters between columns, and the fewest a long text is folded to."""

notes = Console(stderr=True, highlight=False)


def note(line: str) -> None:
    """Progress and remarks, for people."""
    notes.print(line, markup=False, soft_wrap=True)


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
    titles = [column.replace("_", " ") for column in columns]
    cells = [[_cell(item.get(column)) for column in columns] for item in items]
    widths = [max(map(cell_len, column)) for column in zip(titles, *cells, strict=True)]
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, GAP, 0, 0))
    for title in titles:
        table.add_column(title, overflow="fold")
    for row in cells:
        table.add_row(*row)
    # What callers said is text, brackets and all.
    out = Console(highlight=False, markup=False)
    whole = sum(widths) + GAP * len(widths)
    # Ids, times and sums are read and copied: only the last column is folded, and never in a pipe.
    narrow = whole - max(0, widths[-1] - FOLDED)
    out.width = max(narrow, min(whole, out.width)) if out.is_terminal else whole
    out.print(table)


def print_facts(row: dict[str, Any], names: Sequence[str]) -> None:
    """What one row says, a line each."""
    titles = [name.replace("_", " ") for name in names]
    wide = max(map(len, titles)) + GAP
    for title, name in zip(titles, names, strict=True):
        typer.echo(f"{title:{wide}}{_cell(row.get(name))}")


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
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return " ".join(_pairs(value)) or "-"
    if isinstance(value, list):
        return ",".join(map(_cell, value))
    if hasattr(value, "strftime"):
        return str(value.strftime("%Y-%m-%d %H:%M:%S"))
    return str(value)


def _pairs(values: dict[str, Any], before: str = "") -> Iterator[str]:
    """KEY=VALUE, as commands take them."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _pairs(value, f"{before}{key}.")
        else:
            yield f"{before}{key}={_cell(value)}"
