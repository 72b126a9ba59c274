"""What a line hears of a network that is late, and which rates it takes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import numpy as np
import pytest

from tests.acceptance.conftest import free_port_pair
from tests.support.sip_end import SipEnd, StubWorker
from voice_worker.sip.phone import PACKET_SAMPLES, RATE, Leg, Phone, ulaw_encode


class _Listening(StubWorker):
    """Keeps what it hears, and the line it held."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port, 3)
        sip = self.settings.sip.model_copy(update={"rtp_timeout_seconds": 2})
        self.settings = self.settings.model_copy(update={"sip": sip})
        self.heard = bytearray()
        self.line: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    async def hold(self, call_id: Any, line: Any) -> None:
        self.line.set_result(line)
        while not line.left.is_set():
            self.heard += line.hear()
            await asyncio.sleep(0.02)
        self.admission.leave(call_id)


@pytest.fixture
async def listening() -> AsyncIterator[tuple[_Listening, str]]:
    port = free_port_pair()
    worker = _Listening(port)
    board = SipEnd(worker)  # type: ignore[arg-type]
    await board.start(lambda line: None)
    yield worker, f"sip:demo@127.0.0.1:{port}"
    await board.stop()


async def send_badly(leg: Leg, packets: int) -> None:
    """A ramp of steps, one a packet, with stalls of up to 400 ms and bursts after them."""
    for number in range(packets):
        step = np.full(PACKET_SAMPLES, 40 * (number % 200 + 1) * 4, dtype=np.int16)
        leg._send_packet(0, ulaw_encode(step), timestamp=number * PACKET_SAMPLES)
        if number % 40 == 39:
            await asyncio.sleep(0.4)
        elif number % 20 != 19:
            await asyncio.sleep(0.005)


async def test_nothing_that_comes_late_is_lost(listening: tuple[_Listening, str]) -> None:
    worker, uri = listening
    async with Phone() as phone, phone.call(uri) as leg:
        await worker.line
        leg.muted = True
        await asyncio.sleep(0.2)
        begun = len(worker.heard)
        await send_badly(leg, 200)
        async with asyncio.timeout(20):
            while len(worker.heard) - begun < 2 * 200 * PACKET_SAMPLES:
                await asyncio.sleep(0.05)
        steps = np.frombuffer(bytes(worker.heard[begun:]), dtype="<i2")[::PACKET_SAMPLES]
        assert len(steps) == 200 and np.all(np.diff(steps.astype(int)) >= 0)


async def test_a_caller_whose_packets_stop_is_hung_up_on(
    listening: tuple[_Listening, str],
) -> None:
    worker, uri = listening
    async with Phone() as phone, phone.call(uri) as leg:
        line = await worker.line
        leg.muted = True
        await leg.wait_ended(timeout_seconds=15)
        assert line.left.is_set()


@pytest.mark.parametrize(
    ("offer", "rate"),
    [
        ("RTP/AVP 0", RATE),
        ("RTP/AVP 8", RATE),
        ("RTP/AVP 9", 16_000),
        ("RTP/AVP 96\r\na=rtpmap:96 opus/48000/2", 16_000),
    ],
)
async def test_the_pipeline_s_rate_is_the_wire_s(
    listening: tuple[_Listening, str], offer: str, rate: int
) -> None:
    worker, uri = listening
    async with Phone() as phone:
        sdp = (
            "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\n"
            f"m=audio PORT {offer}\r\n"
        )
        async with phone.call(uri, sdp=sdp) as leg:
            assert leg.answer is not None and leg.answer.status == 200
            async with asyncio.timeout(20):
                line = await worker.line
            assert line.rate == rate
            assert await line.play(bytes(rate))
