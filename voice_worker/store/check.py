"""Looks whether the database still is what the migrations made, and whether the books add up."""

from __future__ import annotations

from dataclasses import dataclass

from voice_worker.store.migrate import migrations
from voice_worker.store.owner import OwnerConnection

_OURS = "('public'::regnamespace, 'app_private'::regnamespace)"

# Each finds what should not be there: one text for each problem.
_QUERIES = {
    "row level security is enabled and forced on every table": f"""
        select oid::regclass::text from pg_class
        where relkind in ('r', 'p') and relnamespace in {_OURS}
          and not (relrowsecurity and relforcerowsecurity)""",
    "helper functions are not bound by policies, so they can't recurse": """
        select app_private.functions_that_could_recurse()""",
    "helper functions have a fixed search path": f"""
        select oid::regprocedure::text from pg_proc
        where pronamespace in {_OURS} and prosecdef
          and not exists (select from unnest(proconfig) s where s like 'search_path=%')""",
    "the worker's role bypasses nothing and owns nothing": f"""
        select 'voice_worker may bypass policies' from pg_roles
        where rolname = 'voice_worker' and (rolsuper or rolbypassrls)
        union all
        select 'voice_worker owns ' || c.oid::regclass from pg_class c
        join pg_roles r on r.oid = c.relowner
        where r.rolname = 'voice_worker' and c.relnamespace in {_OURS}""",
    "anonymous users may do nothing": f"""
        select 'anon may ' || verb || ' ' || c.oid::regclass
        from pg_class c, unnest(array['select', 'insert', 'update', 'delete', 'truncate']) verb
        where c.relkind in ('r', 'p', 'v') and c.relnamespace in {_OURS}
          and has_table_privilege('anon', c.oid, verb)""",
    "every foreign key has an index": f"""
        select c.conrelid::regclass || ' ' || c.conname from pg_constraint c
        where c.contype = 'f' and c.connamespace in {_OURS} and not exists (
          select from pg_index i where i.indrelid = c.conrelid and i.indpred is null
            and (i.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)""",
    "foreign keys and checks hold for every row": f"""
        select conrelid::regclass || ' ' || conname from pg_constraint
        where connamespace in {_OURS} and not convalidated""",
    "the minutes of every ended call add up to its cost": """
        select s.id || ': ' || sum(c.micro_dollars) || ' micro-dollars in minutes, '
          || s.cost_cents || ' cents on the call'
        from call_sessions s left join call_costs c
          on c.account_id = s.account_id and c.call_session_id = s.id
        where s.cost_cents is not null
        group by s.id, s.cost_cents
        having coalesce(sum(c.micro_dollars), 0) <> s.cost_cents * 10000""",
}


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what is wrong (nothing, when all is well)."""

    check: str
    problems: tuple[str, ...]


async def check(connection: OwnerConnection) -> list[Finding]:
    """All checks, in order."""
    found = [
        Finding(
            "all migrations are applied, and none was edited since",
            tuple(
                f"{item.name} is {item.state}"
                for item in await migrations(connection)
                if item.state != "applied"
            ),
        )
    ]
    if any("pending" in problem for problem in found[0].problems):
        # What is not there yet can't be asked.
        return found
    for name, query in _QUERIES.items():
        rows = await connection.fetch(query)
        found.append(Finding(name, tuple(str(row[0]) for row in rows)))
    return found
