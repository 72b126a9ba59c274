"""`types/db.ts`: the live schema as TypeScript.

The shape supabase-js expects (`Database` with Row, Insert, Update), with a named interface for
every table, a union for every enum and checked list of words, and the joins applications ask for.
Numbers are what PostgREST sends: `bigint` and `numeric` arrive as JSON numbers.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice_worker.store.owner import OwnerConnection

_TABLES = """
select oid, relname as name, obj_description(oid) as comment from pg_class
where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') order by relname
"""
_COLUMNS = """
select attname as name, t.typname as type, attnotnull as required,
       atthasdef or attidentity <> '' as filled, attidentity = 'a' as generated
from pg_attribute a join pg_type t on t.oid = atttypid
where attrelid = $1 and attnum > 0 and not attisdropped order by attnum
"""
_CHECKS = """
select pg_get_constraintdef(oid) as rule from pg_constraint
where conrelid = $1 and contype = 'c' order by conname
"""
_FOREIGN_KEYS = """
select conname as name, confrelid::regclass::text as target,
  (select array_agg(attname order by ord) from unnest(conkey) with ordinality k (num, ord)
   join pg_attribute on attrelid = conrelid and attnum = num) as columns,
  (select array_agg(attname order by ord) from unnest(confkey) with ordinality k (num, ord)
   join pg_attribute on attrelid = confrelid and attnum = num) as target_columns
from pg_constraint where conrelid = $1 and contype = 'f'
  and confrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace)
order by conname
"""
_ENUMS = """
select typname as name, array_agg(enumlabel order by enumsortorder) as labels
from pg_type join pg_enum on enumtypid = pg_type.oid
where typnamespace = 'public'::regnamespace group by typname order by typname
"""
_FUNCTIONS = """
select proname as name, obj_description(p.oid) as comment, proretset as many,
       r.typname as returns, coalesce(proargnames, '{}') as arguments,
       array(select t.typname from unnest(proargtypes) with ordinality a (type, ord)
             join pg_type t on t.oid = a.type order by ord) as types
from pg_proc p join pg_type r on r.oid = prorettype
where pronamespace = 'public'::regnamespace
  and has_function_privilege('authenticated', p.oid, 'execute')
order by proname
"""

_TYPES = {
    "uuid": "string",
    "text": "string",
    "timestamptz": "string",
    "bytea": "string",
    "bool": "boolean",
    "int4": "number",
    "int8": "number",
    "float4": "number",
    "numeric": "number",
    "jsonb": "Json",
}

_HEAD = """\
// Generated from the live schema by `voice-worker db types`. Do not edit: change a migration.

export type Json = string | number | boolean | null | { [key: string]: Json | undefined } | Json[];
"""


@dataclass(frozen=True)
class Join:
    """A row with the rows it belongs to or that belong to it, under the names applications use."""

    name: str
    table: str
    one: tuple[tuple[str, str], ...] = ()
    """(property, column that points to the other row)."""
    many: tuple[tuple[str, str], ...] = ()
    """(property, table whose rows point here)."""


JOINS = (
    Join("CampaignWithFlow", "campaigns", one=(("flow", "primary_flow_id"),)),
    Join("FlowWithCampaign", "flows", one=(("campaign", "campaign_id"),)),
    Join("KnowledgeSourceWithDocuments", "knowledge_sources",
         many=(("documents", "knowledge_documents"),)),
    Join("CallSessionWithTranscript", "call_sessions",
         one=(("lead", "lead_id"),), many=(("transcript", "call_transcripts"),)),
    Join("CallSessionWithCosts", "call_sessions", many=(("costs", "call_costs"),)),
    Join("LeadWithCall", "leads", one=(("call_session", "call_session_id"),)),
    Join("HandoffRequestWithLead", "handoff_requests",
         one=(("lead", "lead_id"), ("call_session", "call_session_id"))),
    Join("AccountMembershipWithUser", "account_memberships", one=(("user", "user_id"),)),
    Join("DeliveryWithIntegration", "deliveries", one=(("integration", "integration_id"),)),
)  # fmt: skip


@dataclass(frozen=True)
class _Column:
    name: str
    type: str
    required: bool
    filled: bool
    generated: bool

    @property
    def row_type(self) -> str:
        return self.type if self.required else f"{self.type} | null"


@dataclass(frozen=True)
class _Key:
    name: str
    columns: tuple[str, ...]
    target: str
    target_columns: tuple[str, ...]


@dataclass(frozen=True)
class _Table:
    name: str
    comment: str | None
    columns: tuple[_Column, ...]
    unions: tuple[tuple[str, tuple[str, ...]], ...]
    keys: tuple[_Key, ...]

    @property
    def type(self) -> str:
        return _singular(self.name)


async def generate(connection: OwnerConnection) -> str:
    """The file's text; the same schema gives the same text."""
    enums = {row["name"]: tuple(row["labels"]) for row in await connection.fetch(_ENUMS)}
    tables = [
        await _table(connection, row["oid"], row["name"], row["comment"], enums)
        for row in await connection.fetch(_TABLES)
    ]
    by_name = {table.name: table for table in tables}
    parts = [_HEAD]
    parts += [_union(_pascal(name), labels) for name, labels in enums.items()]
    for table in tables:
        parts += [_union(name, labels) for name, labels in table.unions]
        parts.append(_interfaces(table))
    parts += [_join(join, by_name) for join in JOINS]
    functions = [
        _function(row["name"], row["comment"], row["returns"], row["many"], row["arguments"],
                  row["types"], enums, by_name)
        for row in await connection.fetch(_FUNCTIONS)
    ]  # fmt: skip
    parts.append(_database(tables, functions, enums))
    return "\n".join(parts)


async def _table(
    connection: OwnerConnection,
    oid: int,
    name: str,
    comment: str | None,
    enums: dict[str, tuple[str, ...]],
) -> _Table:
    unions: dict[str, tuple[str, tuple[str, ...]]] = {}
    for row in await connection.fetch(_CHECKS, oid):
        if found := re.match(r"CHECK \(\((\w+) = ANY \(ARRAY\[(.+)\]\)\)\)$", row["rule"]):
            labels = tuple(re.findall(r"'([^']*)'::text", found[2]))
            unions[found[1]] = (_singular(name) + _pascal(found[1]), labels)
    columns = tuple(
        _Column(
            row["name"],
            unions[row["name"]][0] if row["name"] in unions else _type(row["type"], enums),
            row["required"],
            row["filled"],
            row["generated"],
        )
        for row in await connection.fetch(_COLUMNS, oid)
    )
    keys = tuple(
        _Key(row["name"], tuple(row["columns"]), row["target"], tuple(row["target_columns"]))
        for row in await connection.fetch(_FOREIGN_KEYS, oid)
    )
    in_order = tuple(unions[column.name] for column in columns if column.name in unions)
    return _Table(name, comment, columns, in_order, keys)


def _type(name: str, enums: dict[str, tuple[str, ...]]) -> str:
    return _pascal(name) if name in enums else _TYPES[name]


def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _singular(table: str) -> str:
    stem = f"{table[:-3]}y" if table.endswith("ies") else table.removesuffix("s")
    return _pascal(stem)


def _union(name: str, labels: tuple[str, ...]) -> str:
    return f"export type {name} = {' | '.join(_quoted(label) for label in labels)};\n"


def _quoted(text: str) -> str:
    return f'"{text}"'


def _comment(text: str | None, indent: str = "") -> str:
    return f"{indent}/** {text} */\n" if text else ""


def _interfaces(table: _Table) -> str:
    row = "".join(f"  {column.name}: {column.row_type};\n" for column in table.columns)
    given = [column for column in table.columns if not column.generated]
    insert = "".join(
        f"  {column.name}{'' if column.required and not column.filled else '?'}: "
        f"{column.row_type};\n"
        for column in given
    )
    return (
        f"{_comment(table.comment)}export interface {table.type} {{\n{row}}}\n\n"
        f"export interface {table.type}Insert {{\n{insert}}}\n\n"
        f"export type {table.type}Update = Partial<{table.type}Insert>;\n"
    )


def _join(join: Join, tables: dict[str, _Table]) -> str:
    base = tables[join.table]
    fields: list[str] = []
    for name, column in join.one:
        (key,) = [key for key in base.keys if column in key.columns and key.target in tables]
        (pointer,) = [item for item in base.columns if item.name == column]
        null = "" if pointer.required else " | null"
        fields.append(f"  {name}: {tables[key.target].type}{null};\n")
    for name, other in join.many:
        if not any(key.target == join.table for key in tables[other].keys):
            raise LookupError(f"{join.name}: no foreign key of {other} points to {join.table}")
        fields.append(f"  {name}: {tables[other].type}[];\n")
    return f"export interface {join.name} extends {base.type} {{\n{''.join(fields)}}}\n"


def _function(
    name: str,
    comment: str | None,
    returns: str,
    many: bool,
    arguments: list[str],
    types: list[str],
    enums: dict[str, tuple[str, ...]],
    tables: dict[str, _Table],
) -> str:
    given = "; ".join(
        f"{argument}: {_type(kind, enums)}"
        for argument, kind in zip(arguments, types, strict=False)
    )
    result = tables[returns].type if returns in tables else _type(returns, enums)
    return (
        f"{_comment(comment, '      ')}      {name}: {{ "
        f"Args: {f'{{ {given} }}' if given else 'Record<PropertyKey, never>'}; "
        f"Returns: {result}{'[]' if many else ''} }};\n"
    )


def _database(tables: list[_Table], functions: list[str], enums: dict[str, tuple[str, ...]]) -> str:
    lines: list[str] = []
    for table in tables:
        relations = "".join(
            f"          {{ foreignKeyName: {_quoted(key.name)}; "
            f"columns: [{', '.join(map(_quoted, key.columns))}]; isOneToOne: false; "
            f"referencedRelation: {_quoted(key.target)}; "
            f"referencedColumns: [{', '.join(map(_quoted, key.target_columns))}] }},\n"
            for key in table.keys
        )
        # supabase-js asks for types, which are open to indexing; interfaces are not.
        lines.append(
            f"      {table.name}: {{\n"
            f"        Row: Pick<{table.type}, keyof {table.type}>;\n"
            f"        Insert: Pick<{table.type}Insert, keyof {table.type}Insert>;\n"
            f"        Update: {table.type}Update;\n"
            f"        Relationships: [\n{relations}        ];\n      }};\n"
        )
    listed = "".join(f"      {name}: {_pascal(name)};\n" for name in enums)
    return (
        "export interface Database {\n  public: {\n"
        f"    Tables: {{\n{''.join(lines)}    }};\n"
        "    Views: Record<never, never>;\n"
        f"    Functions: {{\n{''.join(functions)}    }};\n"
        f"    Enums: {{\n{listed}    }};\n"
        "    CompositeTypes: Record<never, never>;\n  };\n}\n"
    )
