"""Bad input: a clear error that names the field, and nothing half-written."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from typer.testing import CliRunner

from pipelines.events import CallEnded, CallerSpoke, LeadFieldCaptured, LeadSaved
from tests.support.record import make_tenant, record, whole_call
from voice_worker.cli import app
from voice_worker.errors import RowRefused, SecretsUnreadable
from voice_worker.store import accounts, campaigns
from voice_worker.store.calls import show_call
from voice_worker.store.database import Database
from voice_worker.store.integrations import (
    add_integration,
    list_integrations,
    secrets_of,
    set_active,
)
from voice_worker.store.secrets import Keyring

KEY = "dGhpcnR5LXR3byBieXRlcyBvZiBhIHRlc3Qga2V5ISE="
OTHER_KEY = "YW5vdGhlciBrZXkgdGhhdCBpcyAzMiBieXRlcyBsb24="

BAD_TEXT = [
    ("x" * 1_000_000, "1 to 200 characters"),
    ("", "1 to 200 characters"),
    ("Ann\0", "NUL"),
    ("half a \ud83d pair", "Unicode"),
]


@pytest.mark.parametrize(("name", "told"), BAD_TEXT)
async def test_a_bad_name_is_refused_by_name(
    database: Database, database_urls: tuple[str, str], name: str, told: str
) -> None:
    account = uuid4()
    with pytest.raises(RowRefused, match=f"^name: .*{told}"):
        await accounts.ensure_account(database, account, name, "good")
    tenant = await make_tenant(database)
    with pytest.raises(RowRefused, match=f"^name: .*{told}"):
        await campaigns.add_campaign(database, tenant.account, uuid4(), name, "good")
    with pytest.raises(RowRefused, match=f"^name: .*{told}"):
        await add_integration(
            database, Keyring([KEY]), tenant.account, name=name, type="webhook", config={},
            secrets={},
        )  # fmt: skip
    admin = await asyncpg.connect(database_urls[0])
    assert await admin.fetchval("select count(*) from accounts") == 1
    assert await admin.fetchval("select count(*) from campaigns") == 1
    assert await admin.fetchval("select count(*) from integrations") == 0
    await admin.close()


@pytest.mark.parametrize("slug", ["", "Upper", "with space", "x" * 64, "-dash", "ünicode"])
async def test_a_bad_slug_is_refused_by_name(database: Database, slug: str) -> None:
    with pytest.raises(RowRefused, match=r"^slug: .*lower-case"):
        await accounts.ensure_account(database, uuid4(), "Good", slug)


@pytest.mark.parametrize(
    ("definition", "told"),
    [
        ([], "JSON object"),
        ("text", "JSON object"),
        ({"say": "x" * 2_000_000}, "1 MB"),
        ({"say": "nul \0"}, "NUL"),
        ({"say": uuid4()}, "no JSON"),
    ],
)
async def test_a_bad_flow_is_refused_by_name(
    database: Database, definition: Any, told: str
) -> None:
    tenant = await make_tenant(database)
    with pytest.raises(RowRefused, match=f"^definition: .*{told}"):
        await campaigns.publish_flow(
            database, tenant.account, tenant.campaign, flow_id=uuid4(), name="f",
            definition=definition, checked_at=datetime.now(UTC),
        )  # fmt: skip
    async with database.tenant(tenant.account) as connection:
        assert await connection.fetchval("select primary_flow_id from campaigns") == tenant.flow
        assert await connection.fetchval("select count(*) from flows") == 1


async def test_an_unknown_type_and_a_taken_name_are_told(database: Database) -> None:
    tenant = await make_tenant(database)
    given: dict[str, Any] = {"name": "hook", "config": {}, "secrets": {}}
    with pytest.raises(RowRefused, match=r"^type: 'fax' is not one of the known types"):
        await add_integration(database, Keyring([KEY]), tenant.account, type="fax", **given)
    await add_integration(database, Keyring([KEY]), tenant.account, type="webhook", **given)
    with pytest.raises(RowRefused, match=r"^name: 'hook' is taken"):
        await add_integration(database, Keyring([KEY]), tenant.account, type="webhook", **given)


async def test_odd_events_cost_no_lead(database: Database, tmp_path: Path) -> None:
    """What a caller said is stored whatever it is; columns take what is in form."""
    tenant = await make_tenant(database)
    lead = uuid4()
    fields: list[tuple[str, str]] = [
        ("name", "n" * 3000), ("phone", "call me"), ("email", "a\0b@example.com"),
    ]  # fmt: skip
    kinds: list[tuple[Any, dict[str, Any]]] = [
        (CallerSpoke, {"text": "w" * 30_000}),
        (CallerSpoke, {"text": "nul \0 and \\u0000 and \u2028 and 🙂"}),
        *((LeadFieldCaptured, {"lead_id": lead, "field": field, "value": value, "raw": value})
          for field, value in fields),
        (LeadSaved, {"lead_id": lead, "intent_summary": "i" * 5000}),
        (CallEnded, {"status": "failed", "outcome": "o" * 500, "duration_ms": 1}),
    ]  # fmt: skip
    first, *_ = whole_call(tenant)
    events = [first] + [
        kind(account_id=tenant.account, call_id=tenant.call, seq=seq, **given)
        for seq, (kind, given) in enumerate(kinds, 1)
    ]
    await record(database, tmp_path, events)
    call = await show_call(database, tenant.account, tenant.call, with_events=True)
    assert call is not None and call["status"] == "failed"
    assert len(call["events"]) == len(events)
    assert len(call["events"][1]["body"]["text"]) == 30_000
    assert call["transcript"][1]["text"].endswith("🙂")
    (row,) = call["leads"]
    assert (len(row["name"]), row["phone"]) == (500, None)
    assert row["email"] == "ab@example.com"
    assert row["fields"]["phone"]["value"] == "call me"


async def test_a_value_the_caller_denied_is_kept_as_that_and_leaves_its_column(
    database: Database, tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    heard: dict[str, Any] = {"lead_id": uuid4(), "field": "email", "raw": "jane at example"}
    for seq, (value, denied, column) in enumerate(
        (
            ("jane@example.com", False, "jane@example.com"),
            ("jane@example.com", True, None),
            ("jean@example.com", False, "jean@example.com"),
        )
    ):
        event = LeadFieldCaptured(
            account_id=tenant.account, call_id=tenant.call, seq=seq,
            value=value, denied=denied, **heard,
        )  # fmt: skip
        await record(database, tmp_path, [event])
        call = await show_call(database, tenant.account, tenant.call, with_events=True)
        assert call is not None
        (row,) = call["leads"]
        assert row["email"] == column
        assert (row["fields"]["email"]["value"], row["fields"]["email"]["denied"]) == (
            value,
            denied,
        )


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"\xff\xfe\x00not text", "UTF-8"),
        (b"\x00" * 50, ""),
        (b"{not: [json", ""),
        (b"[1, 2, 3]", ""),
        (b"name: x\nstart: a\nnodes: {a: {type: teleport}}", "teleport"),
        (b"", ""),
    ],
)
def test_a_file_that_is_no_flow_is_told_so(tmp_path: Path, content: bytes, told: str) -> None:
    flow = tmp_path / "flow.yaml"
    flow.write_bytes(content)
    done = CliRunner().invoke(app, ["flow", "check", str(flow)])
    said = f"{done.output} {done.exception or ''}"
    assert done.exit_code != 0
    assert type(done.exception).__name__ in ("SystemExit", "FlowInvalid", "FlowUnreadable"), said
    assert told in said


async def test_secrets_are_ciphertext_and_stay_with_their_row(
    database: Database, database_urls: tuple[str, str]
) -> None:
    mine, other = await make_tenant(database), await make_tenant(database)
    old, both = Keyring([KEY]), Keyring([OTHER_KEY, KEY])
    secret = {"token": "xoxb-very-secret"}
    for tenant in (mine, other):
        await add_integration(
            database, old, tenant.account, name="slack", type="slack",
            config={"channel": "#leads"}, secrets=secret,
        )  # fmt: skip
    admin = await asyncpg.connect(database_urls[0])
    for table in ("integrations", "audit_logs"):
        rows = await admin.fetch(f"select t::text from {table} t")
        assert rows and "very-secret" not in "".join(row[0] for row in rows)
    (listed,) = await list_integrations(database, mine.account)
    assert listed["has_secrets"] and "very-secret" not in json.dumps(listed, default=str)

    assert await secrets_of(database, both, mine.account, "slack") == secret
    with pytest.raises(SecretsUnreadable, match="SECRET_KEYS"):
        await secrets_of(database, Keyring([OTHER_KEY]), mine.account, "slack")
    await admin.execute(
        "update integrations set secrets = (select secrets from integrations where account_id = $1)"
        " where account_id = $2", other.account, mine.account,
    )  # fmt: skip
    with pytest.raises(SecretsUnreadable, match="another integration"):
        await secrets_of(database, both, mine.account, "slack")
    await set_active(database, mine.account, "slack", False)
    assert [row["active"] for row in await list_integrations(database, mine.account)] == [False]
    assert [row["active"] for row in await list_integrations(database, other.account)] == [True]
    await admin.close()


def test_a_made_key_is_kept_private(tmp_path: Path) -> None:
    first = Keyring.load((), tmp_path / "home")
    sealed = first.seal(UUID(int=1), UUID(int=2), {"a": "b"})
    assert Keyring.load((), tmp_path / "home").open(UUID(int=1), UUID(int=2), sealed) == {"a": "b"}
    assert (tmp_path / "home" / "secret.key").stat().st_mode & 0o077 == 0
    with pytest.raises(SecretsUnreadable, match="openssl"):
        Keyring(["too short"])
