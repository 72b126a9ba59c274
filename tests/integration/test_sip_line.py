"""What a line hears of a network that is late, and which rates it takes."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from pipelines.events import new_id
from pipelines.speech import Manner
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from tests.support.sip_end import SipEnd, StubWorker
from voice_worker.sip.g711 import ulaw_encode
from voice_worker.sip.handset import PACKET_SAMPLES, PACKET_SECONDS, RATE
from voice_worker.sip.outbound import Dialler
from voice_worker.sip.phone import Leg, Phone, ask_options
from voice_worker.sip.rules import Outbound
from voice_worker.store.trunks import Trunk


class _Listening(StubWorker):
    """Keeps what it hears, and the line it held."""

    def __init__(self, port: int) -> None:
        super().__init__("127.0.0.1", port, 3)
        sip = self.settings.sip.model_copy(update={"rtp_timeout_seconds": 2})
        self.settings = self.settings.model_copy(update={"sip": sip})
        self.board: SipEnd
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
    worker.board = board
    yield worker, f"sip:demo@127.0.0.1:{port}"
    await board.stop()


STEPS = 200


def steps(leg: Leg) -> list[bytes]:
    """A ramp of steps, one a packet, none of them silence."""
    return [
        leg.packet(0, ulaw_encode(np.full(PACKET_SAMPLES, 120 * (n + 1), dtype=np.int16)),
                   timestamp=n * PACKET_SAMPLES)
        for n in range(STEPS)
    ]  # fmt: skip


async def with_stalls(leg: Leg) -> None:
    """Stalls of up to 400 ms, and bursts after them."""
    for number, packet in enumerate(steps(leg)):
        leg.put_on_the_wire(packet)
        if number % 40 == 39:
            await asyncio.sleep(0.4)
        elif number % 20 != 19:
            await asyncio.sleep(0.005)


async def out_of_order(leg: Leg) -> None:
    """Neighbours swapped, some 60 to 120 ms late, some twice."""
    chance = random.Random(7)
    due = []
    for number, packet in enumerate(steps(leg)):
        late = chance.choice((0, 0, 0, 0.03, 0.06, 0.1)) if number else 0
        due.append((number * PACKET_SECONDS + late, packet))
        if chance.random() < 0.1:
            due.append((number * PACKET_SECONDS + late + 0.03, packet))
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for when, packet in sorted(due):
        await asyncio.sleep(begun + when - loop.time())
        leg.put_on_the_wire(packet)


async def hears_the_ramp(worker: _Listening) -> None:
    """Every step is heard, once and in order, whatever silence is around them."""

    def heard() -> npt.NDArray[np.int16]:
        samples = np.frombuffer(bytes(worker.heard), dtype="<i2")
        return samples[np.abs(samples) > 60]

    async with asyncio.timeout(PATIENCE_SECONDS):
        while len(heard()) < STEPS * PACKET_SAMPLES:
            await asyncio.sleep(0.05)
    assert len(heard()) == STEPS * PACKET_SAMPLES
    assert np.all(np.diff(heard().astype(int)) >= 0)


@pytest.mark.parametrize("send", [with_stalls, out_of_order])
async def test_what_comes_late_or_in_disorder_is_heard_whole_and_in_order(
    listening: tuple[_Listening, str], send: Callable[[Leg], Awaitable[None]]
) -> None:
    worker, uri = listening
    async with Phone() as phone, phone.call(uri) as leg:
        await worker.line
        leg.muted = True
        await send(leg)
        await hears_the_ramp(worker)


async def test_so_is_a_callee(listening: tuple[_Listening, str]) -> None:
    worker, _ = listening
    async with Phone() as phone:
        trunk = Trunk(new_id(), new_id(), "acme", "address", {"host": phone.address})
        out = await worker.board._trunks.open(trunk)
        dialling = asyncio.create_task(out.dial("+15035550142", 10))
        leg = await phone.ring()
        leg.muted = True
        await phone.pick_up(leg)
        call = await dialling
        line = await worker.board.line(await worker.make_call(), call, out)
        holding = asyncio.create_task(worker.hold(new_id(), line))
        await out_of_order(leg)
        await hears_the_ramp(worker)
        await leg.hang_up()
        await holding


async def test_a_caller_whose_audio_moves_is_followed(listening: tuple[_Listening, str]) -> None:
    worker, uri = listening
    async with Phone() as phone, phone.call(uri) as leg:
        await worker.line
        leg.muted = True
        old = leg.media_port
        leg.close()
        new = await leg.open_media(phone.host)
        assert new != old
        assert (await leg.request("INVITE", phone.sdp(new))).status == 200
        await out_of_order(leg)
        await hears_the_ramp(worker)


async def test_a_full_worker_says_when_to_come_again(listening: tuple[_Listening, str]) -> None:
    worker, uri = listening
    worker.admission._capacity = 1
    async with Phone() as phone, phone.call(uri) as leg:
        assert leg.answer is not None and leg.answer.status == 200
        async with phone.call(uri) as more:
            assert more.answer is not None and more.answer.status == 503
            assert int(more.answer["retry-after"]) > 0
            # It never rang.
            assert [m.status for m in more.messages if m.status and m.status != 100] == [503]
        assert (await ask_options(uri)).status == 200
        worker.admission.draining = True
        assert (await ask_options(uri)).status == 503
        # The call that is there goes on.
        assert (await leg.request("INVITE", phone.sdp(leg.media_port))).status == 200
        assert (await leg.request("OPTIONS")).status == 200
        worker.admission.draining = False


async def test_a_caller_whose_packets_stop_is_hung_up_on(
    listening: tuple[_Listening, str],
) -> None:
    worker, uri = listening
    async with Phone() as phone, phone.call(uri) as leg:
        line = await worker.line
        leg.muted = True
        await leg.wait_ended()
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
            async with asyncio.timeout(PATIENCE_SECONDS):
                line = await worker.line
            assert line.rate == rate
            assert await line.play(bytes(rate))


class _Broken:
    """What a trunk, a call or a line is when something in it is not as anybody thought."""

    def __init__(self) -> None:
        self.hung_up = False

    async def dial(self, *_: object) -> _Broken:
        return self

    async def line(self, *_: object) -> _Broken:
        raise RuntimeError("nobody thought of this")

    async def hangup(self) -> None:
        self.hung_up = True


async def test_a_call_out_that_breaks_leaves_its_place_and_its_line() -> None:
    worker = StubWorker("127.0.0.1", 1, 1)
    made, broken = await worker.make_call(), _Broken()
    worker.admission.open(made.call_id)
    dialler: Any = Dialler(worker, broken)  # type: ignore[arg-type]
    with pytest.raises(RuntimeError, match="nobody thought"):
        await dialler._place(made, "+15035550142", broken, Outbound(), Manner())
    assert worker.admission.active == 0 and broken.hung_up
