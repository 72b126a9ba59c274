"""Callers handed on to somebody else, and what the flow hears when that fails."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from types import SimpleNamespace
from typing import Any

import pytest

from pipelines.errors import TransferFailed
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from tests.support.sip_end import SipEnd, StubWorker
from voice_worker.sip.message import Message
from voice_worker.sip.phone import Leg, Phone
from voice_worker.store.trunks import Trunk

QUEUES = {"sales": "+15035550150"}


class _Transferring(StubWorker):
    """Transfers its one call as soon as it holds it, and keeps what came of it."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port, 3)
        self.target, self.mode = "", "blind"
        self.outcome: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.account = new_account()

    async def make_call(self, *args: object, **kwargs: object) -> Any:
        made = await super().make_call(*args, **kwargs)
        campaign = SimpleNamespace(account_id=self.account, settings={"queues": QUEUES})
        return SimpleNamespace(call_id=made.call_id, campaign=campaign)

    async def hold(self, call_id: Any, line: Any) -> None:
        try:
            await line.transfer(self.target, self.mode)
            self.outcome.set_result("done")
        except TransferFailed as error:
            self.outcome.set_result(str(error))
        await super().hold(call_id, line)


def new_account() -> Any:
    from pipelines.events import new_id

    return new_id()


@pytest.fixture
async def worker() -> AsyncIterator[_Transferring]:
    port = free_port_pair()
    made = _Transferring(port)
    board = SipEnd(made)  # type: ignore[arg-type]
    made.board = board  # type: ignore[attr-defined]
    made.uri = f"sip:demo@127.0.0.1:{port}"  # type: ignore[attr-defined]
    await board.start(lambda line: None)
    yield made
    await board.stop()


def reporting(status: str) -> Any:
    """A phone that tells of its new call's fate, as RFC 3515 wants it."""

    async def notify(leg: Leg, refer: Message) -> None:
        for text, state in (("SIP/2.0 100 Trying", "active"), (status, "terminated")):
            with contextlib.suppress(Exception):
                await leg.request("NOTIFY", f"{text}\r\n", {
                    "Event": "refer", "Subscription-State": state,
                    "Content-Type": "message/sipfrag;version=2.0"})  # fmt: skip

    tasks: list[asyncio.Task[None]] = []
    return lambda leg, refer: tasks.append(asyncio.ensure_future(notify(leg, refer)))


def referred_to(leg: Leg) -> str:
    (refer,) = (message for message in leg.messages if message.method == "REFER")
    return refer["refer-to"]


@pytest.mark.parametrize("target", ["+15035550150", "sales"])
async def test_a_caller_is_handed_on(worker: Any, target: str) -> None:
    worker.target = target
    async with Phone() as phone:
        phone.on_refer = reporting("SIP/2.0 200 OK")
        async with phone.call(worker.uri) as leg:
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert await worker.outcome == "done"
            await leg.wait_ended()
        assert "+15035550150" in referred_to(leg)


@pytest.mark.parametrize("status", ["SIP/2.0 486 Busy Here", "SIP/2.0 603 Decline"])
async def test_a_failed_transfer_says_why_and_the_caller_is_still_there(
    worker: Any, status: str
) -> None:
    worker.target = "+15035550150"
    async with Phone() as phone:
        phone.on_refer = reporting(status)
        async with phone.call(worker.uri) as leg:
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert status[8:11] in await worker.outcome
            heard = len(leg.heard)
            async with asyncio.timeout(PATIENCE_SECONDS):
                while len(leg.heard) < heard + 8000 or leg.loudness(0.2) < 0.01:
                    await asyncio.sleep(0.05)
            assert not leg.ended.is_set()


async def test_an_unknown_queue_and_a_missing_trunk_are_named(worker: Any) -> None:
    worker.target = "nobody"
    async with Phone() as phone, phone.call(worker.uri):
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert "queues" in await worker.outcome


async def attended(worker: Any, phone: Phone, target: Phone, *, answers: bool) -> tuple[Leg, Leg]:
    trunk = Trunk(new_account(), worker.account, "acme", "address", {"host": target.address})
    await worker.board._trunks.open(trunk)
    worker.target, worker.mode = "sales", "attended"
    phone.on_refer = reporting("SIP/2.0 200 OK")
    async with phone.call(worker.uri) as leg:
        consulted = await target.ring()
        if answers:
            await target.pick_up(consulted)
        else:
            target.refuse(consulted, 486, "Busy Here")
        async with asyncio.timeout(PATIENCE_SECONDS):
            await worker.outcome
        if answers:
            await leg.wait_ended()
    return leg, consulted


async def test_an_attended_transfer_calls_the_target_first(worker: Any) -> None:
    async with Phone() as phone, Phone() as target:
        leg, consulted = await attended(worker, phone, target, answers=True)
        assert worker.outcome.result() == "done"
        assert "Replaces" in referred_to(leg)
        assert consulted.answer is not None and "+15035550150" in consulted.answer.start


async def test_an_attended_transfer_to_a_busy_target_fails(worker: Any) -> None:
    async with Phone() as phone, Phone() as target:
        leg, _ = await attended(worker, phone, target, answers=False)
        assert "486" in worker.outcome.result()
        assert not [message for message in leg.messages if message.method == "REFER"]
