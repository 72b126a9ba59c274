"""Calls that come in by an account's trunk, in a house of several accounts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from tests.acceptance.conftest import RunningWorker
from tests.acceptance.test_outbound import Dialling, configure
from voice_worker.sip.phone import Phone
from voice_worker.store.embedded_postgres import EmbeddedPostgres

NEIGHBOUR = "+15035550188"
"""The number of another account's campaign."""
CARRIER = "127.0.0.9"
_ACCOUNT = "insert into accounts (id, name, slug) values ($1, 'Neighbour', 'neighbour')"
_COPY = """
insert into {table} select (jsonb_populate_record(old, $1::jsonb)).* from {table} as old
where id = {old}
"""


@pytest.fixture
async def neighbour(worker: RunningWorker) -> AsyncIterator[None]:
    """Another account, whose campaign answers a number."""
    owner = await asyncpg.connect(EmbeddedPostgres(worker.home).url("postgres"))
    account, campaign, flow = (str(uuid4()) for _ in range(3))
    demo = "(select id from campaigns where slug = 'demo')"
    demo_flow = "(select primary_flow_id from campaigns where slug = 'demo')"
    async with owner.transaction():
        await owner.execute(_ACCOUNT, account)
        await owner.execute(
            _COPY.format(table="campaigns", old=demo),
            f'{{"id": "{campaign}", "account_id": "{account}", "slug": "neighbour",'
            f' "primary_flow_id": null, "status": "draft",'
            f' "settings": {{"phone_numbers": ["{NEIGHBOUR}"]}}}}',
        )
        await owner.execute(
            _COPY.format(table="flows", old=demo_flow),
            f'{{"id": "{flow}", "account_id": "{account}", "campaign_id": "{campaign}"}}',
        )
        await owner.execute(
            "update campaigns set primary_flow_id = $1, status = 'active' where id = $2",
            flow, campaign,
        )  # fmt: skip
    yield
    await owner.execute("update campaigns set status = 'archived' where id = $1", campaign)
    await owner.close()


async def status(phone: Phone, uri: str, **headers: str) -> int:
    """What a call is answered with, once the worker has the time for one."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with asyncio.timeout(60):
        while True:
            async with phone.call(uri, headers=named) as leg:
                assert leg.answer is not None
                if leg.answer.status != 503:
                    return leg.answer.status
            await asyncio.sleep(0.5)


async def test_a_trunk_reaches_the_campaigns_of_its_own_account_alone(
    worker: RunningWorker, neighbour: None
) -> None:
    await configure(worker)
    theirs = worker.sip.replace("demo@", f"{NEIGHBOUR}@")
    async with Phone(CARRIER) as carrier, Phone() as elsewhere:
        added = worker.command(
            "trunks", "add", "ours", "--kind", "address", "--config", f"host={carrier.address}"
        )
        assert added.returncode == 0, added.stderr
        try:
            # A call out makes the worker read its trunks at once.
            dialling = Dialling(worker)
            carrier.refuse(await carrier.ring(timeout_seconds=60), 486, "Busy Here")
            await dialling.outcome()

            assert await status(carrier, worker.sip) == 200
            assert await status(carrier, theirs) == 403
            log = worker.log.read_text()
            assert f"call to {NEIGHBOUR} by trunk ours refused: Campaign neighbour belongs" in log
            # By the shared proxy, which says what was dialled, and from anywhere else: by number.
            assert await status(carrier, theirs, X_Dialled=f"<sip:{NEIGHBOUR}@proxy>") == 200
            assert await status(elsewhere, theirs) == 200
        finally:
            assert worker.command("trunks", "remove", "ours").returncode == 0
