"""A campaign from the command line: added, set, paused, and what callers then find."""

from __future__ import annotations

import json

from flows.library import DEMO_FLOW
from tests.integration.test_command_line import run
from tests.support.record import make_tenant
from voice_worker.store.campaigns import active_campaigns, campaign_by_slug
from voice_worker.store.database import Database


async def test_a_campaign_is_added_set_and_paused(
    database: Database, database_urls: tuple[str, str]
) -> None:
    tenant = await make_tenant(database)
    async with database.tenant(tenant.account) as connection:
        account = await connection.fetchval("select slug from accounts")

    def campaigns(*arguments: str) -> str:
        done = run(
            "campaigns", *arguments, "--account", account, DATABASE_URL=database_urls[0]
        )  # fmt: skip
        assert "Traceback" not in done.stderr
        return done.stdout + done.stderr

    assert "/c/garage" in campaigns("add", "garage", "--flow", str(DEMO_FLOW), "--name", "Garage")
    campaigns("set", "garage", "record=true", "speed=1.2")
    campaigns("set", "garage", "speed=")
    campaign = await campaign_by_slug(database, "garage")
    assert campaign is not None and campaign.account_id == tenant.account
    assert (campaign.name, campaign.status, campaign.flow_version) == ("Garage", "active", 1)
    assert campaign.settings == {"record": True}

    assert "garage is paused" in campaigns("pause", "garage")
    assert "garage" not in await active_campaigns(database)
    assert "garage is active" in campaigns("resume", "garage")
    assert "garage" in await active_campaigns(database)

    assert campaigns("add", "garage", "--flow", str(DEMO_FLOW)).strip() == (
        "slug: 'garage' is taken."
    )
    assert "no campaign nope" in campaigns("pause", "nope")
    rows = [json.loads(line) for line in campaigns("--json").splitlines()]
    assert [row["slug"] for row in rows] == sorted({"garage", tenant.slug})
