"""`voice-worker db`: the schema, the audit log, and how long words are kept."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, TypeVar

import typer

from config import load_settings
from voice_worker import recording
from voice_worker.cli.output import JsonOption, note, print_json, print_rows, progress
from voice_worker.cli.store import account_id_of, open_as_owner, open_server
from voice_worker.counted import counted
from voice_worker.errors import CheckFailed
from voice_worker.store import audit, check, migrate, retention, typescript
from voice_worker.store.journal import forget_quarantined
from voice_worker.store.owner import OwnerConnection, owner_connection

Result = TypeVar("Result")

TYPES = migrate.SUPABASE.parent / "types" / "db.ts"

AccountOption = Annotated[
    str, typer.Option(help="Only this account (its slug).", show_default="all accounts")
]
YesOption = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask.")]

db_app = typer.Typer(
    help="The database: migrate it, check it, verify its audit log, purge what is old.",
    no_args_is_help=True,
)


def as_owner(query: Callable[[OwnerConnection], Awaitable[Result]]) -> Result:
    """Run a query on the whole record, its schema brought up to date where it is ours alone."""

    async def run() -> Result:
        async with open_as_owner(load_settings()) as connection:
            return await query(connection)

    return asyncio.run(run())


@db_app.command("migrate")
def migrate_command() -> None:
    """Apply the migrations that are missing. `serve` does it too."""

    async def run() -> list[str]:
        async with open_server(load_settings()) as server:
            return await migrate.migrate(server.owner_url)

    applied = asyncio.run(run())
    for name in applied:
        note(f"applied {name}")
    done = f"{counted(len(applied), 'migration')} applied"
    note(done if applied else "The schema is up to date.")


@db_app.command("status")
def status_command(as_json: JsonOption = False) -> None:
    """List migrations: applied, pending, edited since, or unknown to this program."""

    async def run() -> list[migrate.Migration]:
        async with (
            open_server(load_settings()) as server,
            owner_connection(server.owner_url) as connection,
        ):
            return await migrate.migrations(connection)

    found = asyncio.run(run())
    print_rows(
        [{"name": item.name, "state": item.state} for item in found],
        ("name", "state"),
        empty="There are no migrations.",
        as_json=as_json,
    )


@db_app.command("check")
def check_command(as_json: JsonOption = False) -> None:
    """Look whether tenants are kept apart, keys hold and costs add up; exit 1 when not."""
    findings = as_owner(check.check)
    if as_json:
        for finding in findings:
            print_json({"check": finding.check, "problems": finding.problems})
    else:
        for finding in findings:
            note(f"{'ok     ' if not finding.problems else 'PROBLEM'} {finding.check}")
            for problem in finding.problems:
                note(f"        {problem}")
    failed = sum(bool(finding.problems) for finding in findings)
    if failed:
        raise CheckFailed(f"{failed} of {len(findings)} checks failed.")


@db_app.command("types")
def types_command(
    only_check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when the file is stale.")
    ] = False,
    output: Annotated[Path, typer.Option("-o", "--output", help="Where to write.")] = TYPES,
) -> None:
    """Write types/db.ts: the live schema as TypeScript."""
    text = as_owner(typescript.generate)
    old = output.read_text() if output.is_file() else ""
    if old == text:
        note(f"{output} is up to date.")
        return
    if only_check:
        for line in list(difflib.unified_diff(old.splitlines(), text.splitlines(), "file", "schema",
                                              lineterm=""))[:40]:  # fmt: skip
            note(line)
        raise CheckFailed(f"{output} is stale: run `voice-worker db types` and commit it.")
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(text)
    note(f"wrote {output}")


@db_app.command("audit-verify")
def audit_verify_command(account: AccountOption = "", as_json: JsonOption = False) -> None:
    """Walk the audit log and find rows that were changed, removed or moved; exit 1 then.

    Keep the printed heads elsewhere: a chain whose head you know can't be rewritten unnoticed.
    """

    async def run(connection: OwnerConnection) -> list[audit.Chain]:
        return await audit.verify(connection, await account_id_of(connection, account))

    chains = as_owner(run)
    if as_json:
        for chain in chains:
            print_json(
                {"account": chain.account, "rows": chain.rows, "head": chain.head,
                 "problems": chain.problems}
            )  # fmt: skip
    else:
        for chain in chains:
            note(f"{chain.account}: {chain.rows} rows, head {chain.head[:16]}…")
            for problem in chain.problems:
                note(f"  {problem}")
        if not chains:
            note("The audit log is empty.")
    broken = [chain.account for chain in chains if chain.problems]
    if broken:
        raise CheckFailed(f"The audit log does not hold for {', '.join(broken)}.")


@db_app.command("purge")
def purge_command(
    older_than: Annotated[
        str, typer.Option("--older-than", help="For example 90d, 12 months, 2 years.")
    ],
    account: AccountOption = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only count.")] = False,
    yes: YesOption = False,
    as_json: JsonOption = False,
) -> None:
    """Erase words and contact data of calls that ended long ago; calls and costs stay."""
    settings = load_settings()
    journal = settings.home / "journal.db"

    async def run(connection: OwnerConnection) -> dict[str, int] | None:
        await account_id_of(connection, account)
        before = await retention.moment_before(connection, older_than)
        count = await retention.old_calls(connection, before, account or None)
        calls = counted(count, "call")
        note(f"{calls} ended before {before:%Y-%m-%d %H:%M} and still with what was said.")
        if dry_run or not count:
            return {"calls": count} if dry_run else {}
        if not yes:
            typer.confirm("Erase what was said on them, and by whom?", abort=True, err=True)
        with progress("erasing", count) as advance:

            def erased(calls: Any) -> None:
                advance(len(calls))
                forget_quarantined(journal, calls)
                recording.forget(settings.home, calls)

            return await retention.purge(connection, before, account or None, on_erased=erased)

    counts = as_owner(run)
    report_erased(counts or {}, as_json=as_json, done=not dry_run)


def report_erased(counts: dict[str, int], *, as_json: bool, done: bool = True) -> None:
    """What an erasure took away."""
    if as_json:
        print_json(counts)
    elif counts and done:
        note("erased: " + ", ".join(f"{count} {name.replace('_', ' ')}"
                                    for name, count in counts.items()))  # fmt: skip
