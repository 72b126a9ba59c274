"""Callers who want a person: who takes them, and what the waiting call learns of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest

from pipelines.events import CallActive, CallEnded, DispatchRequested, LeadFieldCaptured
from tests.support.patience import PATIENCE_SECONDS
from tests.support.record import Tenant, make_tenant, record
from voice_worker.errors import NotFound, RowRefused
from voice_worker.store import handoffs
from voice_worker.store.database import Database


class Desk:
    """The people of one account, and callers who want them."""

    def __init__(self, database: Database, tenant: Tenant, folder: Path) -> None:
        self._database = database
        self._tenant = tenant
        self._folder = folder
        self.campaign = tenant.campaign

    async def asked(
        self,
        request: UUID,
        *,
        transport: str = "sip",
        gone: bool = False,
        then: Sequence[tuple[str, str]] = (),
    ) -> UUID:
        """A caller wants a person, and is on the line unless they are `gone`; `then` they leave
        these details."""
        kinds: list[tuple[Any, dict[str, Any]]] = [
            (CallActive, {"transport": transport, "worker": "w1"}),
            (DispatchRequested, {"request_id": request, "kind": "handoff", "reason": "a question"}),
        ]
        lead = uuid4()
        for field, value in then:
            captured = {"lead_id": lead, "field": field, "value": value, "raw": value}
            kinds.append((LeadFieldCaptured, captured))
        if gone:
            end = {"status": "abandoned", "outcome": "abandoned", "duration_ms": 1}
            kinds.append((CallEnded, end))
        tenant = self._tenant
        await record(self._database, self._folder, [
            kind(account_id=tenant.account, call_id=tenant.call, seq=seq, **fields)
            for seq, (kind, fields) in enumerate(kinds)
        ])  # fmt: skip
        return request

    async def claim(self, request: UUID, connect_to: str = "") -> bool:
        return await handoffs.claim(self._database, self._tenant.account, request, connect_to)

    async def resolve(self, request: UUID) -> None:
        await handoffs.resolve(self._database, self._tenant.account, request)

    async def until_claimed(self, request: UUID) -> str:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await handoffs.until_claimed(self._database, self._tenant.account, request)

    async def names(self) -> list[str | None]:
        """Of the callers who are waited for."""
        found = await handoffs.list_handoffs(self._database, self._tenant.account, 10)
        return [row["name"] for row in found]

    async def list(self, *, resolved: bool = False) -> list[tuple[str, str | None]]:
        """Status and line of each."""
        found = await handoffs.list_handoffs(
            self._database, self._tenant.account, 10, resolved=resolved
        )
        return [(row["status"], row["on_the_line"]) for row in found]


@pytest.fixture
async def desk(database: Database, tmp_path: Path) -> Desk:
    return Desk(database, await make_tenant(database), tmp_path)


async def test_a_waiting_call_learns_who_took_it(desk: Desk) -> None:
    # The call may ask before its request is written.
    learning = asyncio.create_task(desk.until_claimed(request := uuid4()))
    await desk.asked(request)
    assert await desk.list() == [("pending", "sip")]
    assert await desk.claim(request, "+15035550142")
    assert await learning == "+15035550142"
    assert await desk.list() == [("claimed", "sip")]


async def test_a_name_that_is_left_after_a_person_was_asked_for_is_shown(desk: Desk) -> None:
    await desk.asked(uuid4(), then=[("name", "Jane Smith")])
    assert await desk.names() == ["Jane Smith"]


async def test_who_is_called_back_is_taken_without_a_number(desk: Desk) -> None:
    request = await desk.asked(uuid4(), gone=True)
    assert await desk.list() == [("pending", None)]
    assert not await desk.claim(request)
    assert await desk.until_claimed(request) == ""
    await desk.resolve(request)
    assert await desk.list() == []
    assert await desk.list(resolved=True) == [("resolved", None)]


async def test_of_two_who_take_a_caller_one_is_told_of_the_other(desk: Desk) -> None:
    request = await desk.asked(uuid4())
    numbers = [f"+1503555010{digit}" for digit in range(4)]
    claims = [desk.claim(request, number) for number in numbers]
    answers = await asyncio.gather(*claims, return_exceptions=True)
    (winner,) = [number for number, answer in zip(numbers, answers, strict=True) if answer is True]
    refused = [answer for answer in answers if answer is not True]
    assert all("claimed already" in str(error) for error in refused) and len(refused) == 3
    assert await desk.until_claimed(request) == winner


@pytest.mark.parametrize(
    ("caller", "connect_to", "why"),
    [
        ({"transport": "web"}, "+15035550142", "call them back"),
        ({"gone": True}, "+15035550142", "hung up"),
        ({}, "the front desk", "no number"),
        ({}, "sip:", "no number"),
    ],
)
async def test_who_can_t_be_put_through_is_left_as_they_were(
    desk: Desk, caller: dict[str, Any], connect_to: str, why: str
) -> None:
    request = await desk.asked(uuid4(), **caller)
    with pytest.raises(RowRefused, match=why):
        await desk.claim(request, connect_to)
    (listed,) = await desk.list()
    assert listed[0] == "pending"


async def test_a_queue_of_the_campaign_stands_for_its_number(
    desk: Desk, database_urls: tuple[str, str]
) -> None:
    admin = await asyncpg.connect(database_urls[0])
    await admin.execute(
        "update campaigns set settings = $1 where id = $2",
        '{"queues": {"sales": "+15035550150", "desk": "sip:desk@example.com"}}', desk.campaign,
    )  # fmt: skip
    await admin.close()
    request = await desk.asked(uuid4())
    with pytest.raises(RowRefused, match="queues are desk, sales"):
        await desk.claim(request, "repairs")
    assert await desk.claim(request, "sales")
    assert await desk.until_claimed(request) == "+15035550150"


async def test_only_what_was_claimed_is_closed(desk: Desk) -> None:
    with pytest.raises(RowRefused, match="pending, not claimed"):
        await desk.resolve(await desk.asked(uuid4()))
    with pytest.raises(NotFound, match="voice-worker handoffs"):
        await desk.resolve(uuid4())


async def test_another_account_finds_nothing_to_take(
    desk: Desk, database: Database, tmp_path: Path
) -> None:
    request = await desk.asked(uuid4())
    stranger = Desk(database, await make_tenant(database), tmp_path)
    assert await stranger.list() == []
    with pytest.raises(NotFound):
        await stranger.claim(request)
    assert await desk.list() == [("pending", "sip")]
