"""What row level security costs: a tenant's page of a transcript, in a table of a million rows.

The same query as the table's owner (no policy), as a signed-in user and as the worker; the plan
and the time of each, and the ratio to the first. "Every row it may see" counts without naming an
account, which only the policy can narrow.

    python -m bench.rls --json rls.json
"""

from __future__ import annotations

import argparse
import asyncio
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from bench.report import percentile, report
from voice_worker.store.embedded_postgres import EmbeddedPostgres
from voice_worker.store.migrate import migrate
from voice_worker.store.owner import OwnerConnection, owner_connection

LINES_PER_CALL = 40
CALLS_PER_ACCOUNT = 25

_FILL = """
create temp table a as select gen_random_uuid() as id, n from generate_series(1, {accounts}) n;
insert into accounts (id, name, slug) select id, 'Account ' || n, 'account-' || n from a;
insert into campaigns (id, account_id, name, slug) select id, id, 'Line', 'line-' || n from a;
insert into flows (id, account_id, campaign_id, name, version, definition)
  select id, id, id, 'f', 1, '{{}}' from a;
insert into call_sessions (id, account_id, campaign_id, flow_id, flow_version, transport)
  select gen_random_uuid(), id, id, id, 1, 'web' from a, generate_series(1, {calls});
insert into call_transcripts (id, account_id, call_session_id, seq, speaker, text, offset_ms)
  select gen_random_uuid(), account_id, id, seq,
    case when seq % 2 = 0 then 'ai_agent' else 'caller' end, 'what was said, line ' || seq,
    seq * 3000
  from call_sessions, generate_series(1, {lines}) seq;
"""
_PAGE = """
select seq, speaker, text, offset_ms from call_transcripts
where account_id = '{account}' and call_session_id = '{call}' order by seq limit 50
"""
_SEEN = "select count(*) from call_transcripts"


@dataclass(frozen=True)
class Viewer:
    """Somebody who looks, and how the session says so."""

    name: str
    role: str
    settings: dict[str, str]


async def measure(
    connection: OwnerConnection, viewer: Viewer, query: str, runs: int
) -> tuple[float, str, int]:
    """(median ms by the server's own clock, how it was found, rows) of a query."""
    times: list[float] = []
    async with connection.transaction():
        await connection.execute(f"set local role {viewer.role}")
        for name, value in viewer.settings.items():
            await connection.execute("select set_config($1, $2, true)", name, value)
        for _ in range(runs):
            told = await connection.fetchval(f"explain (analyze, timing off, format json) {query}")
            plan = json.loads(told)[0] if isinstance(told, str) else told[0]
            times.append(plan["Planning Time"] + plan["Execution Time"])
        rows = len(await connection.fetch(query))
    return percentile(times, 0.5), scan_of(plan["Plan"]), rows


def scan_of(plan: dict[str, Any]) -> str:
    """The node that reads the transcripts."""
    if plan.get("Relation Name") == "call_transcripts":
        return f"{plan['Node Type']} {plan.get('Index Name', '')}".strip()
    found = (scan_of(child) for child in plan.get("Plans", ()))
    return next((scan for scan in found if scan), "")


async def fill(connection: OwnerConnection, rows: int) -> tuple[UUID, UUID, UUID]:
    """A million lines; returns (account, one of its calls, the login of a member of three)."""
    accounts = max(3, rows // (LINES_PER_CALL * CALLS_PER_ACCOUNT))
    await connection.execute(
        _FILL.format(accounts=accounts, calls=CALLS_PER_ACCOUNT, lines=LINES_PER_CALL)
    )
    login = uuid4()
    await connection.execute("insert into auth.users (id, email) values ($1, 'a@b.example')", login)
    await connection.execute(
        "insert into account_memberships (account_id, user_id, role)"
        " select a.id, u.id, 'agent' from users u, (select id from accounts limit 3) a"
        " where u.auth_user_id = $1", login,
    )  # fmt: skip
    await connection.execute("analyze")
    account = await connection.fetchval("select account_id from account_memberships limit 1")
    call = await connection.fetchval(
        "select id from call_sessions where account_id = $1 limit 1", account
    )
    return account, call, login


async def main(arguments: argparse.Namespace) -> None:
    table: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedPostgres(Path(folder))
        await server.start()
        try:
            await migrate(server.url("postgres"))
            async with owner_connection(server.url("postgres")) as connection:
                print(f"writing {arguments.rows} transcript lines", flush=True)
                account, call, login = await fill(connection, arguments.rows)
                viewers = (
                    Viewer("owner, no policy", "postgres", {}),
                    Viewer("signed-in user", "authenticated",
                           {"request.jwt.claims": json.dumps({"sub": str(login)})}),
                    Viewer("worker", "voice_worker", {"app.account_id": str(account)}),
                )  # fmt: skip
                queries = {
                    "a call's page": _PAGE.format(account=account, call=call),
                    "every row it may see": _SEEN,
                }
                for query, sql in queries.items():
                    plain = 0.0
                    for viewer in viewers:
                        runs = 1 + (arguments.runs if query == "a call's page" else 4)
                        took, scan, rows = await measure(connection, viewer, sql, runs)
                        plain = plain or took
                        figures = {"ms": took, "ratio": took / plain, "rows": rows}
                        table.append({"query": query, "as": viewer.name, **figures, "plan": scan})
        finally:
            await server.stop()
    report("Reading transcripts with and without policies", table, arguments.json,
           transcript_rows=arguments.rows)  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--rows", type=int, default=1_000_000, help="transcript lines in all")
    parser.add_argument("--runs", type=int, default=50, help="how often the page is read")
    parser.add_argument("--json", type=Path, help="write the figures here")
    asyncio.run(main(parser.parse_args()))
