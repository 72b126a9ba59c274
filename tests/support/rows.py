"""Rows for any table, made from what the catalogue says of its columns."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg

Connection: TypeAlias = "asyncpg.Connection[asyncpg.Record]"

_TABLES = """
select c.oid, n.nspname || '.' || c.relname as name
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname in ('public', 'app_private') and c.relkind in ('r', 'p') order by name
"""
_COLUMNS = """
select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required,
       atthasdef or attidentity <> '' or attgenerated <> '' as filled,
       (select array_agg(enumlabel order by enumsortorder) from pg_enum
        where enumtypid = atttypid) as labels
from pg_attribute where attrelid = $1 and attnum > 0 and not attisdropped order by attnum
"""
_CHECKS = """
select pg_get_constraintdef(oid) as rule from pg_constraint where conrelid = $1 and contype = 'c'
"""
_FOREIGN_KEYS = """
select n.nspname || '.' || t.relname as target,
  (select array_agg(attname order by ord) from unnest(conkey) with ordinality k (num, ord)
   join pg_attribute on attrelid = conrelid and attnum = num) as columns,
  (select array_agg(attname order by ord) from unnest(confkey) with ordinality k (num, ord)
   join pg_attribute on attrelid = confrelid and attnum = num) as target_columns
from pg_constraint
join pg_class t on t.oid = confrelid join pg_namespace n on n.oid = t.relnamespace
where conrelid = $1 and contype = 'f'
"""
_KEY = """
select attname as name, format_type(atttypid, atttypmod) as type
from pg_index join pg_attribute on attrelid = indrelid and attnum = any (indkey)
where indrelid = $1 and indisprimary order by attnum
"""


@dataclass(frozen=True)
class Column:
    type: str
    required: bool
    filled: bool
    labels: tuple[str, ...]


@dataclass(frozen=True)
class ForeignKey:
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


class Catalogue:
    """Tables, columns and keys of the schema as it is."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.tables: list[str] = []
        self.oids: dict[str, int] = {}
        self.columns: dict[str, dict[str, Column]] = {}
        self.foreign_keys: dict[str, list[ForeignKey]] = {}
        self._keys: dict[str, list[tuple[str, str]]] = {}

    @classmethod
    async def read(cls, connection: Connection) -> Catalogue:
        self = cls(connection)
        for table in await connection.fetch(_TABLES):
            name = table["name"]
            rules = [row["rule"] for row in await connection.fetch(_CHECKS, table["oid"])]
            self.tables.append(name)
            self.oids[name] = table["oid"]
            self.columns[name] = {
                row["name"]: Column(
                    row["type"], row["required"], row["filled"],
                    tuple(row["labels"] or _choices(row["name"], rules)),
                )
                for row in await connection.fetch(_COLUMNS, table["oid"])
            }  # fmt: skip
            self.foreign_keys[name] = [
                ForeignKey(tuple(row["columns"]), row["target"], tuple(row["target_columns"]))
                for row in await connection.fetch(_FOREIGN_KEYS, table["oid"])
            ]
            self._keys[name] = [
                (row["name"], row["type"]) for row in await connection.fetch(_KEY, table["oid"])
            ]
            assert self._keys[name], f"{name} has no primary key"
        return self

    def key(self, table: str) -> list[tuple[str, str]]:
        """Columns of the primary key, with their types."""
        return self._keys[table]

    async def rows_of(self, table: str, account: UUID) -> list[dict[str, Any]]:
        """What an account owns of a table; its users are its members."""
        owned = {
            "public.accounts": "id = $1",
            "public.users": "id in (select user_id from account_memberships where account_id = $1)",
        }.get(table, "account_id = $1")
        return [
            dict(row)
            for row in await self._connection.fetch(f"select * from {table} where {owned}", account)
        ]


def _choices(column: str, rules: list[str]) -> list[str]:
    for rule in rules:
        if found := re.match(rf"CHECK \(\(\(?{column}\)?(?:::text)? = ANY", rule):
            return re.findall(r"'([^']+)'", rule[found.end() :])
    return []


class RowMaker:
    """Makes rows as somebody whom no policy binds; parents are made on the way."""

    def __init__(self, connection: Connection, catalogue: Catalogue) -> None:
        self._connection = connection
        self.catalogue = catalogue

    async def values(self, table: str, account: UUID | None) -> dict[str, Any]:
        """A new row's values for the columns that must be given, tied to fresh parents."""
        columns = self.catalogue.columns[table]
        needed = [name for name, column in columns.items() if column.required and not column.filled]
        values: dict[str, Any] = {name: _sample(name, columns[name]) for name in needed}
        if account is not None and "account_id" in columns:
            values["account_id"] = account
        for key in self.catalogue.foreign_keys[table]:
            wanted = [
                column for column in key.columns if column in needed and column != "account_id"
            ]
            if not wanted:
                continue
            parent = await self.insert(key.target, account)
            for column, target in zip(key.columns, key.target_columns, strict=True):
                values[column] = parent[target]
        return values

    async def insert(self, table: str, account: UUID | None) -> dict[str, Any]:
        sql, *arguments = self.statement(table, await self.values(table, account))
        row = await self._connection.fetchrow(f"{sql} returning *", *arguments)
        assert row is not None
        return dict(row)

    def statement(self, table: str, values: dict[str, Any]) -> tuple[str, ...]:
        """An insert and its arguments."""
        if not values:
            return (f"insert into {table} default values",)
        types = self.catalogue.columns[table]
        # Through text, whatever the connection does to JSON.
        marks = ", ".join(
            f"${n}::text::jsonb" if types[name].type == "jsonb" else f"${n}::{types[name].type}"
            for n, name in enumerate(values, 1)
        )
        return (f"insert into {table} ({', '.join(values)}) values ({marks})", *values.values())


def _sample(name: str, column: Column) -> Any:
    if column.labels:
        return column.labels[0]
    kind = column.type.partition("(")[0]
    if name == "entity_type":
        return "leads"
    if name == "number":
        return f"+1503{random.randrange(10**7):07}"
    return {
        "uuid": uuid4(),
        "text": f"x{uuid4().hex[:20]}",
        "integer": random.randrange(1, 2**30),
        "bigint": random.randrange(1, 2**40),
        "numeric": 1,
        "boolean": True,
        "jsonb": '{"v": 1}',
        "timestamp with time zone": datetime.now(UTC),
        "bytea": b"x",
    }[kind]
