"""What a call dispatched reaches its receivers: real HTTP and mail servers, a real outbox."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from itertools import repeat
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from config import load_settings
from config.settings import Delivery
from pipelines.events import CallActive, CallEnded, DispatchRequested, LeadFieldCaptured, LeadSaved
from tests.support.receivers import Receiver, http_receiver, mail_receiver
from tests.support.record import Tenant, make_tenant, record
from voice_worker.delivery.errors import DeliveryRefused
from voice_worker.delivery.http import public_address
from voice_worker.delivery.outbox import Outbox, wait_seconds
from voice_worker.store import deliveries, integrations
from voice_worker.store.database import Database
from voice_worker.store.owner import owner_connection
from voice_worker.store.secrets import Keyring

SECRET = "whsec_dGhpcyBpcyBhIHNlY3JldCBmb3IgdGVzdHM="


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with http_receiver() as running:
        yield running


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    return Keyring.load((), tmp_path)


@pytest.fixture
async def tenant(database: Database) -> Tenant:
    return await make_tenant(database)


def delivery_settings(**changes: Any) -> Delivery:
    return load_settings().delivery.model_copy(update={"allow_private_addresses": True, **changes})


@pytest.fixture
async def outbox(database: Database, keyring: Keyring) -> AsyncIterator[Outbox]:
    made = Outbox(database, keyring, delivery_settings(), chance=lambda: 0.5)
    yield made
    await made.stop()


class Account:
    """Adds integrations to one account, and holds calls that dispatch to them."""

    def __init__(self, database: Database, keyring: Keyring, tenant: Tenant, folder: Path) -> None:
        self.database, self.keyring, self.tenant, self.folder = database, keyring, tenant, folder

    async def connect(
        self, name: str, type: str, config: dict[str, Any], secrets: dict[str, str]
    ) -> None:
        await integrations.add_integration(
            self.database, self.keyring, self.tenant.account,
            name=name, type=type, config=config, secrets=secrets,
        )  # fmt: skip

    async def call(self, target: str = "", **changes: Any) -> UUID:
        """A call that takes a lead and dispatches; returns the request's id."""
        lead, request = uuid4(), uuid4()
        dispatch: dict[str, Any] = {
            "request_id": request, "kind": "integration", "lead_id": lead, "target": target,
            "priority": "high", "reason": "Call back", "payload": {"topic": "batteries"}, **changes,
        }  # fmt: skip
        events: list[tuple[Any, dict[str, Any]]] = [
            (CallActive, {"transport": "web", "worker": "w1"}),
            (LeadFieldCaptured, {"lead_id": lead, "field": "name", "value": "Jane <Stone>",
                                 "raw": "jane stone"}),
            (LeadFieldCaptured, {"lead_id": lead, "field": "email", "value": "jane@example.com",
                                 "raw": "jane at example dot com"}),
            (LeadSaved, {"lead_id": lead, "intent_summary": "wants a battery"}),
            (DispatchRequested, dispatch),
            (CallEnded, {"status": "completed", "outcome": "completed", "duration_ms": 900}),
        ]  # fmt: skip
        await record(self.database, self.folder, [
            kind(account_id=self.tenant.account, call_id=self.tenant.call, seq=seq, **fields)
            for seq, (kind, fields) in enumerate(events)
        ])  # fmt: skip
        return request

    async def listed(self) -> list[dict[str, Any]]:
        return await deliveries.list_deliveries(
            self.database, self.tenant.account, status=None, limit=50
        )


@pytest.fixture
def account(database: Database, keyring: Keyring, tenant: Tenant, tmp_path: Path) -> Account:
    return Account(database, keyring, tenant, tmp_path)


async def test_a_webhook_is_signed_and_tells_the_lead(
    account: Account, outbox: Outbox, receiver: Receiver
) -> None:
    await account.connect("hook", "webhook", {"url": f"{receiver.url}/in"}, {"secret": SECRET})
    request = await account.call("hook")
    assert await outbox.work() == 1
    (taken,) = receiver.taken
    assert taken.path == "/in"
    document = Webhook(SECRET).verify(taken.body, taken.headers)
    assert document["type"] == "call.dispatched"
    data = document["data"]
    assert data["lead"]["email"] == "jane@example.com"
    assert data["lead"]["intent_summary"] == "wants a battery"
    assert data["payload"] == {"topic": "batteries"}
    assert (data["reason"], data["priority"]) == ("Call back", "high")
    assert data["call_id"] == str(account.tenant.call)
    with pytest.raises(WebhookVerificationError):
        Webhook(SECRET).verify(taken.body.replace(b"Jane", b"Joan"), taken.headers)
    (row,) = await account.listed()
    assert (row["status"], row["attempts"], row["last_error"]) == ("delivered", 1, None)
    assert await outbox.settle(account.tenant.account, request, "hook") == ""
    assert await outbox.work() == 0


async def test_each_system_is_spoken_to_in_its_own_words(
    account: Account, outbox: Outbox, receiver: Receiver
) -> None:
    await account.connect("chat", "slack", {}, {"webhook_url": f"{receiver.url}/slack"})
    await account.connect(
        "tasks", "asana", {"project": "77", "url": f"{receiver.url}/asana"}, {"token": "t1"}
    )
    await account.connect(
        "crm", "crm", {"url": f"{receiver.url}/crm", "map.email": "EmailAddress"}, {"token": "t2"}
    )
    async with mail_receiver() as (port, mails):
        await account.connect(
            "mail", "email",
            {"host": "127.0.0.1", "port": str(port), "tls": "off", "from": "bot@example.com",
             "to": "team@example.com"},
            {},
        )  # fmt: skip
        await account.call()
        assert await outbox.work() == 4
    by_path = {taken.path: taken for taken in receiver.taken}
    text = by_path["/slack"].json["text"]
    assert "Jane &lt;Stone&gt;" in text and "jane@example.com" in text
    task = by_path["/asana"].json["data"]
    assert task["projects"] == ["77"] and "Jane <Stone>" in task["name"]
    assert by_path["/asana"].headers["authorization"] == "Bearer t1"
    contact = by_path["/crm"].json
    assert contact["EmailAddress"] == "jane@example.com" and contact["topic"] == "batteries"
    assert by_path["/crm"].headers["idempotency-key"] == contact["delivery_id"]
    (mail,) = mails
    assert mail["To"] == "team@example.com" and "Jane" in mail["Subject"]
    assert "email: jane@example.com" in str(mail.get_payload())
    assert {row["status"] for row in await account.listed()} == {"delivered"}


async def test_what_does_not_arrive_is_tried_again_with_the_same_id(
    account: Account, outbox: Outbox, receiver: Receiver, database_urls: tuple[str, str]
) -> None:
    receiver.answers = [503, 0]
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    request = await account.call("hook")
    for attempt in (1, 2, 3):
        assert await outbox.work() == 1
        assert await outbox.work() == 0, "not before its time"
        (row,) = await account.listed()
        assert row["attempts"] == attempt
        if attempt < 3:
            assert row["status"] == "pending" and row["last_error"]
            async with owner_connection(database_urls[0]) as owner:
                waits = await owner.fetchval(
                    "select extract(epoch from next_attempt_at - now()) from deliveries"
                )
                assert 0.9 < float(waits) / wait_seconds(attempt, 0.5) <= 1
                await owner.execute("update deliveries set next_attempt_at = now()")
    assert row["status"] == "delivered"
    assert len({taken.headers["webhook-id"] for taken in receiver.taken}) == 1
    assert await outbox.settle(account.tenant.account, request, "hook") == ""


@pytest.mark.parametrize("status", [400, 401, 404, 410, 307])
async def test_a_refusal_is_not_repeated_and_can_be_retried_by_hand(
    account: Account, outbox: Outbox, receiver: Receiver, status: int
) -> None:
    receiver.answers = [status]
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    request = await account.call("hook")
    await outbox.work()
    (row,) = await account.listed()
    assert row["status"] == "failed" and row["last_error"]
    assert await outbox.settle(account.tenant.account, request, "hook") == row["last_error"]
    assert await outbox.work() == 0
    await deliveries.retry(account.database, account.tenant.account, row["id"])
    await outbox.work()
    (row,) = await account.listed()
    assert (row["status"], row["attempts"]) == ("delivered", 1)


@pytest.mark.parametrize(
    "body", [repeat(b"no" * 5000), (b"\x00\xff\x00 no",), ()], ids=["endless", "no text", "empty"]
)
async def test_whatever_a_receiver_says_its_refusal_is_noted(
    account: Account, outbox: Outbox, receiver: Receiver, body: Iterable[bytes]
) -> None:
    receiver.answers, receiver.body = [500], body
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.call("hook")
    await outbox.work()
    (row,) = await account.listed()
    assert row["status"] == "pending" and "answered 500" in row["last_error"]


async def test_a_receiver_that_hangs_keeps_nobody_else_s_waiting(
    account: Account, outbox: Outbox, receiver: Receiver, keyring: Keyring, tmp_path: Path
) -> None:
    stranger = Account(
        account.database, keyring, await make_tenant(account.database), tmp_path / "other"
    )
    gate = threading.Event()

    def never() -> Iterator[bytes]:
        gate.wait()
        yield b""

    with http_receiver() as hanging:
        hanging.answers, hanging.body = [500], never()
        await account.connect("hook", "webhook", {"url": hanging.url}, {"secret": SECRET})
        await stranger.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
        try:
            await account.call("hook")
            outbox.start()
            while not hanging.taken:
                await asyncio.sleep(0.01)
            request = await stranger.call("hook")
            outbox.wake()
            assert await outbox.settle(stranger.tenant.account, request, "hook") == ""
            (row,) = await account.listed()
            assert row["status"] == "pending" and row["last_error"] is None
        finally:
            gate.set()


async def test_a_receiver_s_cookie_goes_to_no_other_account(
    account: Account, outbox: Outbox, receiver: Receiver, keyring: Keyring, tmp_path: Path
) -> None:
    receiver.cookie = "who=account"
    stranger = Account(
        account.database, keyring, await make_tenant(account.database), tmp_path / "other"
    )
    for one in (account, stranger):
        await one.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
        await one.call("hook")
        await outbox.work()
    assert [taken.headers.get("cookie") for taken in receiver.taken] == [None, None]


async def test_attempts_end_some_time(
    account: Account, keyring: Keyring, receiver: Receiver
) -> None:
    receiver.answers = [500]
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.call("hook")
    outbox = Outbox(account.database, keyring, delivery_settings(attempts=1))
    await outbox.work()
    (row,) = await account.listed()
    assert row["status"] == "failed"
    await outbox.stop()


async def test_two_workers_deliver_once(
    account: Account, outbox: Outbox, receiver: Receiver, keyring: Keyring
) -> None:
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.call("hook")
    other = Outbox(account.database, keyring, delivery_settings())
    assert sum(await asyncio.gather(outbox.work(), other.work())) == 1
    assert len(receiver.taken) == 1
    await other.stop()


async def test_an_integration_that_is_off_gets_its_mail_when_it_is_on_again(
    account: Account, outbox: Outbox, receiver: Receiver
) -> None:
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.call("hook")
    await integrations.set_active(account.database, account.tenant.account, "hook", False)
    assert await outbox.work() == 0
    why = await outbox.settle(account.tenant.account, uuid4(), "hook")
    assert "no active integration" in why
    await integrations.set_active(account.database, account.tenant.account, "hook", True)
    assert await outbox.work() == 1


async def test_another_account_s_integration_gets_nothing(
    account: Account, outbox: Outbox, receiver: Receiver, keyring: Keyring, tmp_path: Path
) -> None:
    stranger = Account(
        account.database, keyring, await make_tenant(account.database), tmp_path / "other"
    )
    await stranger.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.call("hook")
    assert await outbox.work() == 0 and not receiver.taken
    assert await stranger.listed() == [] and await account.listed() == []


async def test_our_own_network_is_no_receiver(
    account: Account, keyring: Keyring, receiver: Receiver
) -> None:
    outbox = Outbox(account.database, keyring, load_settings().delivery)
    port = receiver.url.rpartition(":")[2]
    await account.connect("hook", "webhook", {"url": receiver.url}, {"secret": SECRET})
    await account.connect("name", "slack", {}, {"webhook_url": f"https://localhost:{port}/"})
    await account.call()
    await outbox.work()
    assert not receiver.taken
    assert {row["status"] for row in await account.listed()} == {"failed"}
    await outbox.stop()


@pytest.mark.parametrize(
    "address", ["127.0.0.1", "10.1.2.3", "169.254.169.254", "::1", "fd00::1", "0.0.0.0"]
)
async def test_private_addresses_are_told_from_public_ones(address: str) -> None:
    with pytest.raises(DeliveryRefused):
        await public_address(address, 443)


async def test_a_public_address_is_taken() -> None:
    assert await public_address("93.184.216.34", 443) == "93.184.216.34"
