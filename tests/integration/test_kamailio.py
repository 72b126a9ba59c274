"""The proxy in front of two workers: who gets which call, and what happens when one goes away."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest

from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from voice_worker.sip.message import uri_of
from voice_worker.sip.phone import Leg, Phone

CONFIG = Path(__file__).parent.parent.parent / "deploy" / "kamailio" / "kamailio.cfg"
CAPACITY = 3


class House:
    """kamailio and the SIP ends of two workers."""

    def __init__(self, folder: Path, *, capacity: int = CAPACITY) -> None:
        self.folder = folder
        self.capacity = capacity
        self.port = free_port_pair()
        self.workers = {name: free_port_pair() for name in ("w1", "w2")}
        self.ends: dict[str, subprocess.Popen[str]] = {}
        self.uri = f"sip:+15035550142@127.0.0.1:{self.port}"
        self._control = folder / "ctl"
        self._kamailio: subprocess.Popen[bytes]

    def start(self, *defines: str) -> None:
        for name in self.workers:
            self.start_end(name)
        workers = self.folder / "workers.list"
        workers.write_text(
            "".join(
                f"1 sip:127.0.0.1:{port} 0 0 duid={name};maxload={self.capacity}\n"
                for name, port in self.workers.items()
            )
        )
        carriers = self.folder / "carriers.list"
        carriers.write_text("")
        defined = [
            f"LISTEN=udp:127.0.0.1:{self.port}", f'WORKERS="{workers}"', f'CARRIERS="{carriers}"',
            f'CONTROL="unix:{self._control}"', *defines,
        ]  # fmt: skip
        with (self.folder / "kamailio.log").open("wb") as log:
            self._kamailio = subprocess.Popen(
            ["kamailio", "-DD", "-E", "-f", CONFIG, "-Y", self.folder, "-P", self.folder / "pid",
             *(part for item in defined for part in ("-A", item))],
            stdout=log, stderr=log,
        )  # fmt: skip
        self.wait_for(lambda: len(self.states()) == 2 and set(self.states().values()) == {"AP"})

    def start_end(self, name: str) -> None:
        address = f"127.0.0.1:{self.workers[name]}"
        end = subprocess.Popen(
            [sys.executable, "-m", "tests.support.sip_end", address, str(self.capacity)],
            stdout=subprocess.PIPE, text=True, cwd=CONFIG.parent.parent.parent,
        )  # fmt: skip
        assert end.stdout is not None and end.stdout.readline() == "ready\n"
        end.stdout.close()
        self.ends[name] = end

    def states(self) -> dict[str, str]:
        """How the proxy sees each worker: AP active, IP inactive, DX drained."""
        asked = self.control("dispatcher.list")
        return {
            "w1" if f":{self.workers['w1']}" in block else "w2": block.split("FLAGS: ")[1][:2]
            for block in asked.split("URI: ")[1:]
        }

    def control(self, *command: str) -> str:
        done = subprocess.run(
            ["kamcmd", "-s", f"unix:{self._control}", *command],
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        return done.stdout

    def set_state(self, name: str, state: str) -> None:
        self.control("dispatcher.set_state", state, "1", f"sip:127.0.0.1:{self.workers[name]}")

    def log(self) -> str:
        return (self.folder / "kamailio.log").read_text()

    def wait_for(self, condition: object) -> None:
        give_up = time.monotonic() + PATIENCE_SECONDS
        while not condition():  # type: ignore[operator]
            said = f"{self.control('dispatcher.list')}\n{self.log()[-2000:]}"
            assert time.monotonic() < give_up, said
            time.sleep(0.1)

    def worker_of(self, leg: Leg) -> str:
        assert leg.answer is not None
        contact = uri_of(leg.answer["contact"])
        return next(name for name, port in self.workers.items() if f":{port}" in contact)

    def stop(self) -> None:
        self._kamailio.terminate()
        self._kamailio.wait(timeout=PATIENCE_SECONDS)
        for end in self.ends.values():
            if end.poll() is None:
                end.kill()
                end.wait()


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    made = House(tmp_path)
    try:
        made.start()
        yield made
    finally:
        made.stop()


async def calls(house: House, phone: Phone, stack: AsyncExitStack, count: int) -> list[Leg]:
    return [await stack.enter_async_context(phone.call(house.uri)) for _ in range(count)]


def statuses(legs: list[Leg]) -> list[int]:
    return [leg.answer.status for leg in legs if leg.answer]


async def test_calls_are_shared_and_a_full_house_says_when_to_come_again(house: House) -> None:
    async with Phone() as phone, AsyncExitStack() as stack:
        legs = await calls(house, phone, stack, 4)
        assert statuses(legs) == [200] * 4
        assert Counter(map(house.worker_of, legs)) == {"w1": 2, "w2": 2}
        more = await calls(house, phone, stack, 3)
        assert statuses(more) == [200, 200, 503]
        refused = more[2].answer
        assert refused is not None and int(refused["retry-after"]) > 0
        await legs[0].hang_up()
        # The worker's own place is free a moment after its BYE.
        async with asyncio.timeout(PATIENCE_SECONDS):
            while statuses([(again := (await calls(house, phone, stack, 1))[0])]) != [200]:
                await asyncio.sleep(0.1)
        # Requests within a call go through the proxy to the right worker.
        assert (await again.request("OPTIONS")).status == 200


async def test_a_drained_worker_finishes_its_calls_and_gets_no_new_ones(house: House) -> None:
    async with Phone() as phone, AsyncExitStack() as stack:
        legs = await calls(house, phone, stack, 2)
        (staying,) = (leg for leg in legs if house.worker_of(leg) == "w1")
        house.set_state("w1", "dx")
        house.ends["w1"].send_signal(signal.SIGTERM)
        new = await calls(house, phone, stack, 2)
        assert [house.worker_of(leg) for leg in new] == ["w2", "w2"]
        heard = len(staying.heard)
        async with asyncio.timeout(PATIENCE_SECONDS):
            while len(staying.heard) < heard + 8000 or staying.loudness(0.2) < 0.01:
                await asyncio.sleep(0.05)
        assert house.ends["w1"].poll() is None
        await staying.hang_up()
        assert await asyncio.to_thread(house.ends["w1"].wait, PATIENCE_SECONDS) == 0
        house.start_end("w1")
        house.set_state("w1", "ap")
        await asyncio.to_thread(house.wait_for, lambda: house.states()["w1"] == "AP")
        (back,) = await calls(house, phone, stack, 1)
        assert house.worker_of(back) == "w1"


async def test_calls_go_on_when_a_worker_is_killed(house: House) -> None:
    async with Phone() as phone, AsyncExitStack() as stack:
        (one, other) = await calls(house, phone, stack, 2)
        lost, kept = (one, other) if house.worker_of(one) == "w1" else (other, one)
        house.ends["w1"].kill()
        house.ends["w1"].wait()
        # At once, before any probe has noticed.
        new = await calls(house, phone, stack, 2)
        assert statuses(new) == [200, 200]
        assert {house.worker_of(leg) for leg in new} == {"w2"}
        assert kept.loudness(0.2) > 0.01
        await asyncio.to_thread(house.wait_for, lambda: house.states()["w1"][0] == "I")
        lost.ended.set()  # nobody is there to say goodbye to
        house.start_end("w1")
        await asyncio.to_thread(house.wait_for, lambda: house.states()["w1"] == "AP")


async def test_what_is_no_call_is_turned_away(house: House) -> None:
    async with Phone() as phone:
        scanners = []
        for agent in ("friendly-scanner", "sipvicious"):
            leg = phone.leg(house.uri)
            invite = leg.compose("INVITE", 1, phone.sdp(4000), {"User-Agent": agent})
            phone.send(invite, leg.peer)
            scanners.append(leg)
        leg = phone.leg(house.uri)
        register = leg.compose("REGISTER", 1)
        phone.send(register, leg.peer)
        assert (await leg.final(register)).status == 405
        leg = phone.leg(house.uri)
        late = leg.compose("INVITE", 1, phone.sdp(4000))
        late.headers[1] = ("Max-Forwards", "0")
        phone.send(late, leg.peer)
        assert (await leg.final(late)).status == 483
        stray = phone.leg(house.uri)
        stray.remote += ";tag=unknown"
        bye = stray.compose("BYE", 2)
        phone.send(bye, stray.peer)
        assert (await stray.final(bye)).status == 481
        # All of these came later and have their answers.
        await asyncio.to_thread(house.wait_for, lambda: house.log().count("scanner from") == 2)
        assert not [message for leg in scanners for message in leg.messages]


async def test_video_is_turned_off_in_an_offer_and_its_place_is_kept(house: House) -> None:
    async with Phone() as phone:
        video = phone.sdp(0).replace("m=audio 0", "m=audio PORT") + (
            "m=video 4002 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n"
        )
        async with phone.call(house.uri, sdp=video) as leg:
            assert leg.answer is not None and leg.answer.status == 200
            assert "a=inactive" in leg.answer.body.partition("m=video")[2]
            assert not [message for message in leg.messages if message.method == "INVITE"
                        and not message.status]  # fmt: skip


async def test_a_flood_is_dropped_and_does_not_keep_carriers_out(house: House) -> None:
    # Another address of this machine, so that our own phone is not held for the flood.
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        flood.bind(("127.0.0.9", 0))
        async with Phone("127.0.0.9") as from_there, Phone() as phone:
            for number in range(400):
                leg = from_there.leg(house.uri)
                flood.sendto(leg.compose("OPTIONS", number + 1).encode(), leg.peer)
            await asyncio.to_thread(house.wait_for, lambda: "flood from" in house.log())
            leg = from_there.leg(house.uri)
            from_there.send(leg.compose("OPTIONS", 1), leg.peer)
            async with phone.call(house.uri) as call:
                assert call.answer is not None and call.answer.status == 200
            # The other's probe came before that call, which has its answer.
            assert not leg.messages
            assert house.log().count("flood from") == 1


def test_the_figures_for_operators_are_there(house: House) -> None:
    listed = house.control("dispatcher.list")
    assert listed.count("MAXLOAD: 3") == 2 and "DLGLOAD: 0" in listed
    assert "DUID: w1" in listed
