"""Campaigns and what they know, from the command line: what a worker then finds."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any, cast
from uuid import UUID

from typer.testing import CliRunner

from flows.library import DEMO_FLOW
from pipelines.errors import EngineRefused
from pipelines.knowledge import LocalKnowledge
from rag.errors import RagError
from tests.support.record import make_tenant
from voice_worker.cli import app
from voice_worker.errors import VoiceWorkerError
from voice_worker.knowledge import Indexing
from voice_worker.store.campaigns import active_campaigns, campaign_by_slug
from voice_worker.store.database import Database
from voice_worker.store.knowledge import list_sources, put_source, source_versions
from voice_worker.store.owner import owner_connection


def command(url: str, *arguments: str) -> str:
    """What a command says, in this process: on stdout, on stderr, and why it failed."""
    environment = {"DATABASE_URL": url, "VOICE_WORKER_PORT": "8123"}
    done = CliRunner().invoke(app, arguments, env=environment)
    assert done.exception is None or isinstance(done.exception, VoiceWorkerError | RagError)
    return f"{done.output}{done.exception or ''}"


async def test_a_campaign_is_added_set_and_paused(
    database: Database, database_urls: tuple[str, str]
) -> None:
    tenant = await make_tenant(database)
    async with database.tenant(tenant.account) as connection:
        account = await connection.fetchval("select slug from accounts")

    async def campaigns(*arguments: str) -> str:
        return await asyncio.to_thread(
            command, database_urls[0], "campaigns", *arguments, "--account", account
        )

    assert "/c/garage" in await campaigns(
        "add", "garage", "--flow", str(DEMO_FLOW), "--name", "Garage"
    )
    await campaigns("set", "garage", "record=true", "speed=1.2")
    await campaigns("set", "garage", "speed=")
    campaign = await campaign_by_slug(database, "garage")
    assert campaign is not None and campaign.account_id == tenant.account
    assert (campaign.name, campaign.status, campaign.flow_version) == ("Garage", "active", 1)
    assert campaign.settings == {"record": True}

    assert "garage is paused" in await campaigns("pause", "garage")
    assert "garage" not in await active_campaigns(database)
    assert "garage is active" in await campaigns("resume", "garage")
    assert "garage" in await active_campaigns(database)

    again = await campaigns("add", "garage", "--flow", str(DEMO_FLOW))
    assert again.strip() == "slug: 'garage' is taken."
    assert "no campaign nope" in await campaigns("pause", "nope")
    rows = [json.loads(line) for line in (await campaigns("--json")).splitlines()]
    assert [row["slug"] for row in rows] == sorted({"garage", tenant.slug})


async def test_knowledge_is_added_and_replaced_under_its_name(
    database: Database, database_urls: tuple[str, str], tmp_path: Path
) -> None:
    tenant = await make_tenant(database)
    async with database.tenant(tenant.account) as connection:
        account = await connection.fetchval("select slug from accounts")

    async def add(name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        return await asyncio.to_thread(
            command, database_urls[0], "knowledge", "add", str(tmp_path / name),
            "--account", account,
        )  # fmt: skip

    pair = {"question": "How much is it?", "answer": "Five dollars."}
    assert "Prices: 1 pair;" in await add(
        "prices.yaml", json.dumps({"name": "Prices", "items": [pair]})
    )
    assert "about.md: 3 words" in await add("about.md", "We are old.")
    assert "about.md: 4 words" in await add("about.md", "We are very old.")
    assert "Item 1 has no answer" in await add(
        "prices.yaml", json.dumps({"name": "Prices", "items": [{"question": "How much is it?"}]})
    )
    assert "needs a name and a list of items" in await add("other.yaml", "just: words")
    found = await list_sources(database, tenant.account)
    assert {row["name"]: row["contents"] for row in found}.items() >= {
        "Prices": [pair], "about.md": "We are very old."
    }.items()  # fmt: skip
    ids = {row["id"] for row in found}
    assert {version.source_id for version in await source_versions(database)} >= ids


async def status_of(url: str, slug: str) -> str:
    """A campaign's status as an edge sees it."""
    database = await Database.open(url, pool_size=1)
    try:
        campaign = await campaign_by_slug(database, slug)
        assert campaign is not None
        return campaign.status
    finally:
        await database.close()


def test_a_new_account_gets_a_line_without_a_word_of_sql(
    database_urls: tuple[str, str], tmp_path: Path
) -> None:
    def worker(*arguments: str) -> str:
        return command(database_urls[0], *arguments)

    about = tmp_path / "about.md"
    about.write_text("We repair bicycles.")
    code = tmp_path / "code.svg"
    mine = ("--account", "garage")
    assert "There is no account garage. `voice-worker accounts`" in worker("campaigns", *mine)
    assert "added garage" in worker("accounts", "add", "garage", "--name", "The Garage")
    assert "slug: 'garage' is taken." in worker("accounts", "add", "garage", "--name", "Another")
    assert "slug: 'A B' must be" in worker("accounts", "add", "A B", "--name", "Another")
    assert "3 words" in worker("knowledge", "add", str(about), *mine)
    assert "/c/repairs" in worker("campaigns", "add", "repairs", "--flow", str(DEMO_FLOW), *mine)
    shown = worker("campaigns", "qr", "repairs", *mine, "-o", str(code))
    assert "http://127.0.0.1:8123/c/repairs" in shown and "Only this machine reaches it" in shown
    assert "<svg" in code.read_text()
    assert "garage is suspended" in worker("accounts", "suspend", "garage")
    assert asyncio.run(status_of(database_urls[1], "repairs")) == "paused"
    assert "garage is active" in worker("accounts", "resume", "garage")
    assert asyncio.run(status_of(database_urls[1], "repairs")) == "active"
    worker("accounts", "add", "other", "--name", "Others")
    assert "No campaigns yet." in worker("campaigns", "--account", "other")
    assert "no campaign repairs" in worker("campaigns", "qr", "repairs", "--account", "other")
    rows = [json.loads(line) for line in worker("accounts", "--json").splitlines()]
    assert [(row["slug"], row["name"], row["campaigns"], row["sources"]) for row in rows] == [
        ("garage", "The Garage", 1, 1), ("other", "Others", 0, 0),
    ]  # fmt: skip


class Shelf:
    """Takes texts as they are; `broken` as long as its index is away."""

    def __init__(self) -> None:
        self.taken: list[str] = []
        self.broken = False

    async def ingest(
        self, account: UUID, source: UUID, name: str, contents: Any, *, beside_calls: bool
    ) -> int:
        assert beside_calls
        if self.broken:
            raise EngineRefused("The index is away.")
        self.taken.append(name)
        return len(contents)


async def states(database: Database, account: UUID) -> dict[str, tuple[int | None, str | None]]:
    return {
        row["name"]: (row["passages"], row["problem"])
        for row in await list_sources(database, account)
    }


async def test_a_worker_takes_up_what_is_new_and_says_so(database: Database) -> None:
    tenant = await make_tenant(database)
    shelf = Shelf()
    indexing = Indexing(database, cast(LocalKnowledge, shelf))
    await put_source(database, tenant.account, "a", [{"question": "alone"}])
    await put_source(database, tenant.account, "b", "three words more")
    assert await states(database, tenant.account) == {"a": (None, None), "b": (None, None)}

    assert await indexing.catch_up()
    found = await states(database, tenant.account)
    assert found["b"] == (16, None) and found["a"][0] is None
    assert found["a"][1] == "Item 1 has no answer. Every item needs both."
    assert await indexing.catch_up() and shelf.taken == ["b"]

    await put_source(database, tenant.account, "b", "other words")
    assert (await states(database, tenant.account))["b"] == (None, None)
    shelf.broken = True
    assert not await indexing.catch_up()
    assert (await states(database, tenant.account))["b"] == (None, "The index is away.")
    shelf.broken = False
    assert await indexing.catch_up() and shelf.taken == ["b", "b"]
    assert (await states(database, tenant.account))["b"] == (11, None)
    # Another worker, with an index of its own.
    other = Shelf()
    assert await Indexing(database, cast(LocalKnowledge, other)).catch_up()
    assert other.taken == ["b"]
    assert await indexing.catch_up() and shelf.taken == ["b", "b"], "what a worker says is no news"


async def test_what_a_worker_says_of_a_source_is_no_change_of_it(
    database: Database, database_urls: tuple[str, str]
) -> None:
    tenant = await make_tenant(database)
    await put_source(database, tenant.account, "b", "three words more")
    (before,) = await list_sources(database, tenant.account)
    await Indexing(database, cast(LocalKnowledge, Shelf())).catch_up()
    (after,) = await list_sources(database, tenant.account)
    assert after["updated_at"] == before["updated_at"]
    await put_source(database, tenant.account, "b", "other words")
    async with owner_connection(database_urls[0]) as owner:
        logged = await owner.fetch(
            "select event_type, after from audit_logs where entity_type = 'knowledge_sources'"
            " order by seq"
        )
    assert [row["event_type"] for row in logged] == ["insert", "update"]
    assert "passages" not in logged[1]["after"]
