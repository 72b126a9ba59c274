"""Signing on at a real registrar: digest, refresh, sign-off, and a wrong password."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from config import load_settings
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from tests.support.sip_end import SipEnd, StubWorker
from voice_worker.sip.checkup import check_trunk
from voice_worker.sip.phone import NoAnswer, ask_options
from voice_worker.store.trunks import Trunk

PASSWORD = "opensesame"
REGISTRAR = """#!KAMAILIO
debug=2
log_stderror=yes
children=1
disable_tcp=yes
auto_aliases=no
listen=udp:127.0.0.1:PORT
loadmodule "sl.so"
loadmodule "tm.so"
loadmodule "pv.so"
loadmodule "xlog.so"
loadmodule "usrloc.so"
loadmodule "registrar.so"
loadmodule "auth.so"
modparam("registrar", "min_expires", 1)
modparam("auth", "nonce_expire", 2)
request_route {
  if ($rm != "REGISTER") {
    sl_send_reply("200", "OK");
    exit;
  }
  if (!pv_www_authenticate("$td", "PASSWORD", "0")) {
    xlog("L_WARN", "asked $hdr(Contact)\\n");
    www_challenge("$td", "1");
    exit;
  }
  xlog("L_WARN", "registered $au for $hdr(Contact)\\n");
  save("location");
}
"""


@dataclass
class Registrar:
    """kamailio as a carrier's registrar, with one password for everybody."""

    port: int
    log: Path

    def trunk(self, password: str, **config: str) -> Trunk:
        config = {"host": f"127.0.0.1:{self.port}", "user": "4711", "domain": "127.0.0.1", **config}
        return Trunk(uuid4(), uuid4(), "acme", "register", config, {"password": password})

    def registrations(self) -> list[int]:
        """Seconds asked for in every registration taken; 0 is a sign-off."""
        found = re.findall(r"registered 4711 for .*?;expires=([0-9]+)", self.log.read_text())
        return [int(seconds) for seconds in found]

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                await asyncio.sleep(0.05)


@pytest.fixture
async def registrar(tmp_path: Path) -> AsyncIterator[Registrar]:
    made = Registrar(free_port_pair(), tmp_path / "kamailio.log")
    config = tmp_path / "registrar.cfg"
    config.write_text(REGISTRAR.replace("PORT", str(made.port)).replace("PASSWORD", PASSWORD))
    with made.log.open("wb") as log:
        running = await asyncio.create_subprocess_exec(
            "kamailio", "-DD", "-E", "-f", config, "-Y", tmp_path, "-P", tmp_path / "pid",
            stdout=log, stderr=log,
        )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while True:
                assert running.returncode is None, made.log.read_text()[-2000:]
                try:
                    await ask_options(f"sip:127.0.0.1:{made.port}", timeout_seconds=1)
                except (NoAnswer, OSError):
                    continue
                break
        yield made
    finally:
        running.terminate()
        await running.wait()


async def test_a_trunk_stays_signed_on_and_signs_off(registrar: Registrar) -> None:
    port = free_port_pair()
    board = SipEnd(StubWorker("127.0.0.1", port, 1))  # type: ignore[arg-type]
    await board.start(lambda line: None)
    try:
        line = await board._trunks.open(registrar.trunk(PASSWORD, expires="4"))
        # The password is asked for anew each time, as the registrar's nonces live for two seconds.
        await registrar.wait_for(lambda: len(registrar.registrations()) >= 3)
        await registrar.wait_for(lambda: line.ok)
        assert line.state == "signed on"
    finally:
        await board.stop()
    taken = registrar.registrations()
    assert taken[-1] == 0 and set(taken[:-1]) == {4}
    assert registrar.log.read_text().count("asked <sip:4711@") >= 3


async def test_a_wrong_password_is_said_and_the_trunk_is_not_ready(registrar: Registrar) -> None:
    settings = load_settings(sip={"host": "127.0.0.1"})
    good, bad = [
        {finding.check: finding for finding in await check_trunk(registrar.trunk(word), settings)}
        for word in (PASSWORD, "wrong")
    ]
    assert good["signs on"].ok, good["signs on"].detail
    assert bad["reachable"].ok and not bad["signs on"].ok
    assert "user or password is wrong" in bad["signs on"].detail
    assert "wrong (" in bad["signs on"].detail and PASSWORD not in repr(bad)

    board = SipEnd(StubWorker("127.0.0.1", free_port_pair(), 1))  # type: ignore[arg-type]
    await board.start(lambda line: None)
    try:
        line = await board._trunks.open(registrar.trunk("wrong"))
        await registrar.wait_for(lambda: line.state != "signing on")
        assert not line.ok and "user or password is wrong" in line.state
    finally:
        await board.stop()
