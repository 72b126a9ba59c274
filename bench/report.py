"""How a bench tells what it measured: a table for people, JSON for programs."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

FILE_WIDTH = 160
"""Columns of a table that goes into a file."""


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share (0..1) of the values lies; nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def report(title: str, rows: list[dict[str, Any]], path: Path | None, **facts: Any) -> None:
    """Print rows as a table; write them with what the machine was like."""
    table = Table(title=title, title_justify="left")
    for number, column in enumerate(rows[0]):
        table.add_column(column, justify="right" if number else "left", no_wrap=not number)
    for row in rows:
        table.add_row(*(f"{value:.3g}" if isinstance(value, float) else str(value)
                        for value in row.values()))  # fmt: skip
    console = Console()
    if not console.is_terminal:
        console.width = FILE_WIDTH
    console.print(table)
    if path:
        machine = {
            "cores": os.cpu_count(),
            "load": os.getloadavg()[0],
            "python": platform.python_version(),
            "at": datetime.now(UTC).isoformat(timespec="seconds"),
        }
        path.write_text(
            json.dumps({"title": title, **facts, "machine": machine, "rows": rows}, indent=2,
                       default=str) + "\n"
        )  # fmt: skip
