"""Works off the outbox: claims what is due, sends it, and tries again until it arrived.

At least once: a worker that dies between sending and writing so sends again. The delivery's id goes
with every attempt, so receivers can tell repeats.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import logging
import random
from collections import defaultdict
from collections.abc import Callable
from uuid import UUID

import httpx

from config.settings import Delivery
from voice_worker.delivery.channels import CHANNELS, Target
from voice_worker.delivery.errors import DeliveryFailed, DeliveryRefused
from voice_worker.delivery.http import http_client
from voice_worker.delivery.message import Message
from voice_worker.errors import SecretsUnreadable
from voice_worker.store import deliveries
from voice_worker.store.database import LOST, Database
from voice_worker.store.secrets import Keyring
from voice_worker.upkeep import keep_at, say_if_broken

log = logging.getLogger(__name__)

LOOK_SECONDS = 2.0
"""How often the outbox is looked at when nobody says that something is in it."""
AT_ONCE = 8
"""Attempts of one account: receivers of its that hang keep nobody else's waiting."""
ATTEMPT_SECONDS = 30.0
"""A receiver may take its time, but not send its answer forever."""
LEASE_SECONDS = 60.0
"""Longer than any attempt takes; a dead worker's deliveries are taken up after it."""
FIRST_WAIT_SECONDS = 10.0
LONGEST_WAIT_SECONDS = 6 * 3600.0
ASK_SECONDS = 0.2
"""Between looks at a delivery that a caller waits for."""


def wait_seconds(attempt: int, chance: float) -> float:
    """How long after failed attempt `attempt` (1, 2, …) to wait; `chance` 0..1 spreads the load.

    Ten seconds, then four times as long each time, up to six hours.
    """
    longest = min(LONGEST_WAIT_SECONDS, FIRST_WAIT_SECONDS * 4.0 ** (attempt - 1))
    return longest * (0.75 + 0.5 * chance)


class Outbox:
    """One worker's share of the deliveries; several workers may run at once."""

    def __init__(
        self,
        database: Database,
        keyring: Keyring,
        settings: Delivery,
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._database = database
        self._keyring = keyring
        self._settings = settings
        self._chance = chance
        self._client = http_client(allow_private_addresses=settings.allow_private_addresses)
        self._woken = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self._attempts: defaultdict[UUID, set[asyncio.Task[None]]] = defaultdict(set)
        """By account, those going on."""

    def start(self) -> None:
        self._task = asyncio.create_task(keep_at("the outbox", self._round), name="outbox")

    async def stop(self) -> None:
        """An attempt that is cut here is made again when its lease is over."""
        tasks = [*self._going_on(), *([self._task] if self._task else [])]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._client.aclose()

    def wake(self) -> None:
        """Something was put in."""
        self._woken.set()

    async def settle(self, account_id: UUID, request_id: UUID, target: str) -> str:
        """Wait for a request's deliveries; "" once all have arrived, or why they have not (yet).

        A delivery that is late goes on being tried: the caller is told, nothing is lost.
        """
        why = "it was not confirmed in time"
        with contextlib.suppress(TimeoutError, *LOST):
            async with asyncio.timeout(self._settings.wait_seconds):
                if not await deliveries.receivers(self._database, account_id, target):
                    return f"no active integration is called {target or 'anything'}"
                while True:
                    found = await deliveries.outcome(self._database, account_id, request_id)
                    why = next((error for _, error in found if error), why)
                    states = {status for status, _ in found}
                    if states and "pending" not in states:
                        return why if "failed" in states else ""
                    await asyncio.sleep(ASK_SECONDS)
        return why

    async def work(self) -> int:
        """Make every attempt that is due; returns how many were made."""
        begun = await self._begin()
        await asyncio.gather(*self._going_on())
        return begun

    async def _round(self) -> None:
        self._woken.clear()
        await self._begin()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                await self._woken.wait()

    async def _begin(self) -> int:
        """Begin the attempts that are due, as many as may go on at once; returns how many."""
        begun = 0
        for account_id in await deliveries.accounts_due(self._database):
            going_on = self._attempts[account_id]
            if len(going_on) >= AT_ONCE:
                continue
            claimed = await deliveries.claim(
                self._database, account_id,
                limit=AT_ONCE - len(going_on), lease_seconds=LEASE_SECONDS,
            )  # fmt: skip
            for item in claimed:
                task = asyncio.create_task(self._attempt(account_id, item), name="delivery")
                going_on.add(task)
                task.add_done_callback(functools.partial(self._done, account_id))
                task.add_done_callback(say_if_broken)
            begun += len(claimed)
        return begun

    def _going_on(self) -> list[asyncio.Task[None]]:
        return [task for tasks in self._attempts.values() for task in tasks]

    def _done(self, account_id: UUID, task: asyncio.Task[None]) -> None:
        self._attempts[account_id].discard(task)
        self.wake()

    async def _attempt(self, account_id: UUID, item: deliveries.Claimed) -> None:
        try:
            failure = await self._why_not(account_id, item)
            if failure is None:
                await deliveries.delivered(self._database, account_id, item.id)
                log.info("delivered %s to %s", item.id, item.name, extra={"action": "delivered"})
            else:
                await self._failed(account_id, item, failure)
        except LOST as error:
            # Made again when its lease is over.
            log.warning("delivery %s can't be noted (%s)", item.id, error,
                        extra={"action": "outbox_away"})  # fmt: skip

    async def _why_not(self, account_id: UUID, item: deliveries.Claimed) -> DeliveryFailed | None:
        """Send it; what went wrong, or None."""
        try:
            async with asyncio.timeout(ATTEMPT_SECONDS):
                await self._send(account_id, item)
        except DeliveryFailed as error:
            return error
        except TimeoutError:
            return DeliveryFailed(f"{item.name} was not done within {ATTEMPT_SECONDS:.0f} s")
        except Exception as error:
            # A receiver's answer nobody thought of must not stop the deliveries behind it.
            log.exception("delivery %s", item.id, extra={"action": "delivery_broke"})
            return DeliveryFailed(f"{type(error).__name__}: {error}")
        return None

    async def _send(self, account_id: UUID, item: deliveries.Claimed) -> None:
        try:
            secrets = self._keyring.open(account_id, item.integration_id, item.secrets)
        except SecretsUnreadable as error:
            # Another worker may have the right key, or this one after a restart.
            raise DeliveryFailed(str(error)) from error
        private = self._settings.allow_private_addresses
        target = Target(item.name, item.type, item.config, secrets, private)
        await send(self._client, target, message_of(item))

    async def _failed(
        self, account_id: UUID, item: deliveries.Claimed, error: DeliveryFailed
    ) -> None:
        final = isinstance(error, DeliveryRefused) or item.attempts >= self._settings.attempts
        if final:
            await deliveries.give_up(self._database, account_id, item.id, str(error))
        else:
            wait = wait_seconds(item.attempts, self._chance())
            await deliveries.postpone(self._database, account_id, item.id, str(error), wait)
        log.warning(
            "delivery %s to %s failed (attempt %d%s): %s",
            item.id, item.name, item.attempts, ", the last" if final else "", error,
            extra={"action": "delivery_failed"},
        )  # fmt: skip


async def send(client: httpx.AsyncClient, target: Target, message: Message) -> None:
    """Deliver a message through the channel its target asks for."""
    await CHANNELS[target.type].send(client, target, message)


def message_of(item: deliveries.Claimed) -> Message:
    """What a claimed delivery says."""
    return Message(
        id=item.id, at=item.created_at, account=item.account, campaign=item.campaign,
        call_id=item.call_session_id, reason=item.reason, priority=item.priority,
        payload=item.payload, lead=item.lead,
    )  # fmt: skip
