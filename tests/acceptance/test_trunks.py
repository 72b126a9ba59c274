"""Calls that come in by an account's trunk, in a house of several accounts."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from uuid import uuid4

import asyncpg
import pytest

from tests.acceptance.conftest import RunningWorker
from tests.acceptance.test_outbound import Dialling, configure
from tests.support.patience import PATIENCE_SECONDS
from voice_worker.sip.phone import Phone
from voice_worker.store.embedded_postgres import EmbeddedPostgres

NEIGHBOUR = "+15035550188"
"""The number of another account's campaign."""
CARRIER = "127.0.0.9"
_ACCOUNT = "insert into accounts (id, name, slug) values ($1, 'Neighbour', $2)"
_COPY = """
insert into {table} select (jsonb_populate_record(old, $1::jsonb)).* from {table} as old
where id = {old}
"""


@pytest.fixture
async def neighbour(worker: RunningWorker) -> AsyncIterator[str]:
    """Another account, whose campaign of the same slug answers a number."""
    owner = await asyncpg.connect(EmbeddedPostgres(worker.home).url("postgres"))
    account, campaign, flow = (str(uuid4()) for _ in range(3))
    slug = f"neighbour-{account[:8]}"
    demo = "(select id from campaigns where slug = 'demo')"
    demo_flow = "(select primary_flow_id from campaigns where slug = 'demo')"
    async with owner.transaction():
        await owner.execute(_ACCOUNT, account, slug)
        await owner.execute(
            _COPY.format(table="campaigns", old=demo),
            json.dumps(
                {
                    "id": campaign,
                    "account_id": account,
                    "slug": slug,
                    "status": "draft",
                    "primary_flow_id": None,
                    "settings": {"phone_numbers": [NEIGHBOUR], "outbound": {"hours": "always"}},
                }
            ),
        )
        await owner.execute(
            _COPY.format(table="flows", old=demo_flow),
            f'{{"id": "{flow}", "account_id": "{account}", "campaign_id": "{campaign}"}}',
        )
        await owner.execute(
            "update campaigns set primary_flow_id = $1, status = 'active' where id = $2",
            flow, campaign,
        )  # fmt: skip
    yield slug
    await owner.execute("update campaigns set status = 'archived' where id = $1", campaign)
    await owner.close()


async def status(phone: Phone, uri: str, **headers: str) -> int:
    """What a call is answered with, once the worker has the time for one."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            async with phone.call(uri, headers=named) as leg:
                assert leg.answer is not None
                if leg.answer.status != 503:
                    return leg.answer.status
            await asyncio.sleep(0.5)


async def test_a_trunk_reaches_the_campaigns_of_its_own_account_alone(
    worker: RunningWorker, neighbour: str
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
            carrier.refuse(await carrier.ring(timeout_seconds=PATIENCE_SECONDS), 486, "Busy Here")
            await dialling.outcome()

            assert await status(carrier, worker.sip) == 200
            assert await status(carrier, theirs) == 403
            log = worker.log.read_text()
            assert f"{NEIGHBOUR} by trunk ours refused: Campaign {neighbour} belongs" in log
            # By the shared proxy, which says what was dialled, and from anywhere else: by number.
            assert await status(carrier, theirs, X_Dialled=f"<sip:{NEIGHBOUR}@proxy>") == 200
            assert await status(elsewhere, theirs) == 200
        finally:
            assert worker.command("trunks", "remove", "ours").returncode == 0


async def test_each_account_calls_out_by_its_own_trunk(
    worker: RunningWorker, neighbour: str
) -> None:
    await configure(worker)
    async with Phone() as ours, Phone() as theirs:
        phones = {"demo": ours, neighbour: theirs}
        for account, phone in phones.items():
            added = worker.command(
                "trunks", "add", "line", "--account", account, "--kind", "address",
                "--config", f"host={phone.address}",
            )  # fmt: skip
            assert added.returncode == 0, added.stderr
        try:
            for account, phone in phones.items():
                dialling = Dialling(worker, campaign=account)
                phone.refuse(await phone.ring(timeout_seconds=PATIENCE_SECONDS), 603, "Decline")
                _, call, said = await dialling.outcome()
                assert (call["outcome"], call["metadata"]["trunk"]) == ("declined", "line"), said
            assert ours.rings.empty() and theirs.rings.empty()
        finally:
            for account in phones:
                removed = worker.command("trunks", "remove", "line", "--account", account)
                assert removed.returncode == 0, removed.stderr
            # Calls from here are the neighbour's until the worker has read its trunks again.
            async with asyncio.timeout(PATIENCE_SECONDS):
                while await status(ours, worker.sip) == 403:
                    await asyncio.sleep(0.5)
