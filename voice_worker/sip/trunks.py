"""Trunks as the SIP stack knows them: accounts, addresses, who is signed on."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from baresip import Account, BaresipError, Runtime, UserAgent

from config.settings import Sip
from voice_worker.errors import TrunkFailed
from voice_worker.sip.numbers import CallFacts
from voice_worker.sip.trunk_settings import REFRESH_SECONDS, check_trunk_settings
from voice_worker.store.trunks import Trunk

log = logging.getLogger(__name__)

CODECS = {"pcmu": "pcmu", "pcma": "pcma", "g722": "g722/16000/1", "opus": "opus/48000/2"}
"""The stack's names; a bare one means 8 kHz."""
REGISTER_SECONDS = 10.0
RETRY_FIRST_SECONDS, RETRY_LAST_SECONDS = 5.0, 300.0
RESOLVE_SECONDS = 2.0


def endpoint(settings: Sip, transport: str) -> Account:
    """Whoever is called at this address, registered or not.

    One for each transport: the stack matches a request's transport with the account's.
    """
    srtp = ("mediaenc=srtp-mand",) if transport == "tls" else ()
    return Account(
        user="voice-worker",
        domain=f"{settings.host}:{settings.port}",
        password="",
        reg_interval=0,
        transport=transport,
        audio_codecs=codecs(settings),
        extra_params=("catchall=yes", *srtp),
    )


def codecs(settings: Sip) -> tuple[str, ...]:
    """The stack's codec list, best first."""
    return tuple(CODECS[name] for name in settings.codecs)


def account_of(trunk: Trunk, settings: Sip) -> Account:
    """The stack's account for a trunk.

    Raises:
        TrunkFailed: what is missing or can't be used, by name.
    """
    config = trunk.config
    check_trunk_settings(trunk.name, trunk.kind, config, trunk.secrets)
    host = str(config["host"])
    registers = trunk.kind == "register"
    transport = str(config.get("transport", "udp"))
    try:
        return Account(
            user=str(config.get("user") or config.get("caller_id") or "voice-worker"),
            domain=str(config.get("domain") or host),
            password=trunk.secrets.get("password", ""),
            registrar=f"sip:{host};transport={transport}",
            reg_interval=int(config.get("expires", REFRESH_SECONDS)) if registers else 0,
            transport=transport,
            audio_codecs=codecs(settings),
            auth_user=str(config["auth_user"]) if config.get("auth_user") else None,
            extra_params=("mediaenc=srtp-mand",) if transport == "tls" else (),
        )
    except (ValueError, TypeError) as error:
        raise TrunkFailed(f"Trunk {trunk.name}: {error}.") from error


@dataclass
class TrunkLine:
    """A trunk in use. `state` says in words how it stands."""

    trunk: Trunk
    agent: Any
    state: str = "ready"
    ok: bool = True
    hosts: frozenset[str] = frozenset()
    """The carrier's name and addresses."""

    def uri(self, target: str) -> str:
        """A number (or a whole SIP address) as this trunk's carrier wants it."""
        if target.lower().startswith(("sip:", "sips:")):
            return target
        config = self.trunk.config
        if config.get("plus", "yes") == "no":
            target = target.removeprefix("+")
        transport = str(config.get("transport", "udp"))
        suffix = "" if transport == "udp" else f";transport={transport}"
        return f"sip:{config.get('prefix', '')}{target}@{config['host']}{suffix}"

    async def dial(self, target: str, ring_seconds: float) -> Any:
        """Call, and return the call once it is answered.

        Raises:
            BaresipError: it was not; `CallFailed` and its kin say why.
        """
        early: list[Any] = []
        note = early.append
        self.agent.on(note)
        try:
            call = await self.agent.dial(self.uri(target), headers=self.headers)
        finally:
            self.agent.off(note)
        # A near peer answers before this version of the library listens to its new call.
        for event in early:
            if event.call == call.handle:
                call._on_stack_event(event)
        await call.wait_established(ring_seconds)
        return call

    @property
    def headers(self) -> dict[str, str]:
        """Who we say we are, for carriers that take the number from there (RFC 3325)."""
        number = self.trunk.config.get("caller_id")
        host = self.trunk.config.get("domain") or self.trunk.config["host"]
        return {"P-Asserted-Identity": f"<sip:{number}@{host}>"} if number else {}


class Trunks:
    """The trunks of this worker; keeps those signed on that register."""

    def __init__(self, runtime: Runtime, settings: Sip) -> None:
        self._runtime = runtime
        self._settings = settings
        self.lines: list[TrunkLine] = []
        self._tasks: set[asyncio.Task[None]] = set()

    async def open(self, trunk: Trunk) -> TrunkLine:
        """Take a trunk into use; signing on goes on in the background.

        Raises:
            TrunkFailed: its settings can't be used.
        """
        try:
            agent = await UserAgent.create(
                self._runtime, account_of(trunk, self._settings), transfer_policy="reject"
            )
        except BaresipError as error:
            raise TrunkFailed(f"Trunk {trunk.name}: {error}.") from error
        line = TrunkLine(trunk, agent, hosts=await _hosts(str(trunk.config["host"])))
        self.lines.append(line)
        if trunk.kind == "register":
            line.state, line.ok = "signing on", False
            agent.on(lambda event: self._refreshed(line, event))
            task = asyncio.create_task(self._sign_on(line), name=f"trunk-{trunk.name}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return line

    def _refreshed(self, line: TrunkLine, event: Any) -> None:
        """The stack refreshes by itself; here only what came of it is noted."""
        if event.event.name == "REGISTER_OK":
            line.state, line.ok = "signed on", True
        elif event.event.name == "REGISTER_FAIL":
            line.state, line.ok = why_refused(line.trunk, event.text or "no reason given"), False

    async def _sign_on(self, line: TrunkLine) -> None:
        wait = RETRY_FIRST_SECONDS
        while True:
            try:
                await line.agent.register(timeout=REGISTER_SECONDS)
                log.info("trunk %s is signed on", line.trunk.name, extra={"action": "trunk_up"})
                return
            except BaresipError as error:
                line.state = why_refused(line.trunk, str(error))
                log.error("%s", line.state, extra={"action": "trunk_down"})
            await asyncio.sleep(wait)
            if line not in self.lines:
                return
            wait = min(2 * wait, RETRY_LAST_SECONDS)

    def __contains__(self, trunk: Trunk) -> bool:
        return any(line.trunk == trunk for line in self.lines)

    def of(self, account_id: UUID, name: str = "") -> list[TrunkLine]:
        """An account's trunks, or the one of a name."""
        return [
            line
            for line in self.lines
            if line.trunk.account_id == account_id and name in ("", line.trunk.name)
        ]

    def of_call(self, facts: CallFacts, line: TrunkLine | None) -> list[TrunkLine]:
        """The trunks a call may have come by; none when it came by the shared proxy.

        `line` is the one whose user it was addressed to. Where nobody signs on that proves nothing:
        the user is a number, which others may dial too.
        """
        if facts.by_proxy:
            return []
        if line and line.trunk.kind == "register":
            return [line]
        return [known for known in self.lines if facts.sent_by in known.hosts]

    async def drop_all_but(self, wanted: Iterable[Trunk]) -> None:
        """Sign off from trunks that are gone or were changed."""
        kept = list(wanted)
        for line in [line for line in self.lines if line.trunk not in kept]:
            self.lines.remove(line)
            await self._sign_off(line)

    async def _sign_off(self, line: TrunkLine) -> None:
        if line.trunk.kind == "register" and line.ok:
            try:
                await line.agent.unregister(timeout=2.0)
            except BaresipError as error:
                log.warning("trunk %s did not sign off: %s", line.trunk.name, error)

    async def close(self) -> None:
        """Sign off everywhere."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.drop_all_but(())


async def _hosts(host: str) -> frozenset[str]:
    """A carrier's name with what it resolves to now; `host` may have a port."""
    name = host.partition(":")[0].lower()
    found = {name}
    with contextlib.suppress(OSError, TimeoutError):
        async with asyncio.timeout(RESOLVE_SECONDS):
            loop = asyncio.get_running_loop()
            found |= {str(item[4][0]) for item in await loop.getaddrinfo(name, None)}
    return frozenset(found)


_ADVICE = {
    "401": "the user or password is wrong",
    "403": "the carrier refuses this account; it may be blocked, or the user may be wrong",
    "404": "the carrier does not know this user",
    "407": "the user or password is wrong",
    "408": "the carrier did not answer; check host and firewall",
    "423": "the carrier wants a longer registration; set --config expires=3600",
    "503": "the carrier is overloaded or down",
    "timed out": "the carrier did not answer; check host, transport and firewall",
    "no registration outcome": "the carrier did not answer; check host, transport and firewall",
    "refused": "nothing listens there; check host, port and transport",
}


def why_refused(trunk: Trunk, reason: str) -> str:
    """A registrar's answer in words."""
    advice = next((said for mark, said in _ADVICE.items() if mark in reason), "")
    detail = f" ({reason})" if advice else ""
    return (
        f"Trunk {trunk.name} can't sign on at {trunk.config.get('host')}: "
        f"{advice or reason}{detail}."
    )
