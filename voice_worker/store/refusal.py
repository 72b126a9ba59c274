"""Input that Postgres would refuse, told by the name of the field it came in."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Awaitable, Callable
from typing import Any, ParamSpec, TypeVar

import asyncpg

from voice_worker.errors import RowRefused
from voice_worker.store.database import without_nul

Given = ParamSpec("Given")
Result = TypeVar("Result")

_SHOWN = 60


def refusals_named(
    write: Callable[Given, Awaitable[Result]],
) -> Callable[Given, Awaitable[Result]]:
    """For functions that write what people gave: what can't be stored is refused by name.

    Parameters must be called as their columns are. Nothing is written when this raises.

    Raises:
        RowRefused: names the field, what is wrong with it, and how it began.
    """
    signature = inspect.signature(write)

    @functools.wraps(write)
    async def named(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        given = signature.bind(*args, **kwargs).arguments
        for field, value in given.items():
            if isinstance(value, str | dict | list):
                _check_text(field, value)
        try:
            return await write(*args, **kwargs)
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError) as error:
            raise _named(error, given) from error

    return named


def _check_text(field: str, value: Any) -> None:
    try:
        text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        text.encode()
    except UnicodeEncodeError as error:
        raise RowRefused(f"{field}: is not valid Unicode text.") from error
    except (TypeError, ValueError) as error:
        raise RowRefused(f"{field}: is no JSON ({error}).") from error
    if "\0" in text or without_nul(text) != text:
        raise RowRefused(f"{field}: contains a NUL character, which can't be stored.")


def _named(error: asyncpg.PostgresError, given: dict[str, Any]) -> RowRefused:
    table = getattr(error, "table_name", None) or ""
    constraint = getattr(error, "constraint_name", None) or ""
    field = getattr(error, "column_name", None) or next(
        (name for name in given if constraint == f"{table}_{name}_check"), ""
    )
    if isinstance(error, asyncpg.UniqueViolationError):
        # Constraints are named table_column_…_key; the account is never what is taken.
        named = [name for name in given if f"_{name}_" in constraint and name != "account_id"]
        field = field or next(iter(named), table)
        return RowRefused(f"{field}: {_shown(given.get(field))} is taken.")
    # A trigger, which has no constraint's name, says itself what is wrong.
    if isinstance(error, asyncpg.CheckViolationError) and field and constraint:
        return RowRefused(f"{field}: {_shown(given.get(field))} {_rule(table, field)}.")
    return RowRefused(f"{field or table or 'input'}: {error}.")


def _shown(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, default=str)
    return f"{text[:_SHOWN]!r}{f'… ({len(text)} characters)' if len(text) > _SHOWN else ''}"


def _rule(table: str, field: str) -> str:
    return {
        "name": "must have 1 to 200 characters",
        "slug": "must be 1 to 63 lower-case letters, digits or hyphens",
        "definition": "must be a JSON object of at most 1 MB",
        "type": "is not one of the known types",
        "status": "is not one of the known states",
    }.get(field, f"is not what {table} takes")
