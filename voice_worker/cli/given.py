"""What people give on the command line: ids, KEY=VALUE pairs, and secrets, which must not stand
there."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import typer

from voice_worker.errors import NotFound, RowRefused

ConfigOption = Annotated[
    list[str], typer.Option("--config", help="KEY=VALUE, for example url=https://example.com/hook.")
]
SecretOption = Annotated[
    list[str],
    typer.Option("--secret", help="Name of a secret; its value is asked for, or read from stdin."),
]


def row_id(text: str, noun: str, command: str) -> UUID:
    """The id of a call, a lead, … (`noun`); `command` is the one that lists them.

    Raises:
        NotFound: it is none.
    """
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(
            f"{text} is not a {noun}'s id. `voice-worker {command}` lists them."
        ) from error


def pairs(items: Sequence[str]) -> dict[str, str]:
    """KEY=VALUE items.

    Raises:
        RowRefused: one of them is none.
    """
    found: dict[str, str] = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals or not key:
            raise RowRefused(f"config: {item!r} is not KEY=VALUE.")
        found[key] = value
    return found


def secrets(names: Sequence[str]) -> dict[str, str]:
    """Secrets by name, asked for one by one.

    Raises:
        RowRefused: one was not given.
    """
    return {name: _secret(name) for name in names}


def _secret(name: str) -> str:
    # Never an argument: those stand in the process list and the shell's history.
    if sys.stdin.isatty():
        return str(typer.prompt(name, hide_input=True, err=True))
    value = sys.stdin.readline().rstrip("\r\n")
    if not value:
        raise RowRefused(f"secret: no value for {name} came on stdin.")
    return value
