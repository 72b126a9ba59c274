"""Hard messages, of RFC 4475 and of no RFC, at the proxy's door and at a worker's own."""

from __future__ import annotations

import asyncio
import contextlib
import random
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.integration.test_kamailio import House
from tests.support.patience import PATIENCE_SECONDS
from tests.support.ports import free_port_pair
from tests.support.sip_end import SipEnd, StubWorker
from tests.support.torture import TORTURES, Torture
from voice_worker.sip.message import Message, parse
from voice_worker.sip.phone import Leg, Phone, ask_options

SILENCE_SECONDS = 0.6
"""How long an answer is waited for where none is as good."""
SEED = 4475
EXCEPTIONS: dict[str, set[str]] = {
    # White space inside a Via is more than its parser takes: dropped.
    "proxy": {"wsinv"},
    # A Via without a branch, as RFC 2543 had it, is more than the stack can read: dropped.
    "worker": {"inv2543"},
}


class Tormentor(asyncio.DatagramProtocol):
    """Sends a message and keeps what comes back."""

    def __init__(self) -> None:
        self.answers: asyncio.Queue[Message] = asyncio.Queue()
        self.transport: asyncio.DatagramTransport

    def connection_made(self, transport: asyncio.DatagramTransport) -> None:  # type: ignore[override]
        self.transport = transport

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        if (message := parse(data)) is not None and message.status:
            self.answers.put_nowait(message)

    @classmethod
    @asynccontextmanager
    async def open(cls) -> AsyncIterator[Tormentor]:
        transport, protocol = await asyncio.get_running_loop().create_datagram_endpoint(
            cls, local_addr=("127.0.0.1", 0)
        )
        try:
            yield protocol
        finally:
            transport.close()

    async def ask(self, torture: Torture, port: int, *, owed: bool) -> int:
        """The first answer's status, 0 when none comes; waited for patiently where one is owed."""
        host, own_port = self.transport.get_extra_info("sockname")
        datagram = torture.make(f"{host}:{own_port}", port)
        self.transport.sendto(datagram, ("127.0.0.1", port))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE_SECONDS if owed else SILENCE_SECONDS):
                while True:
                    answer = await self.answers.get()
                    # Late answers to earlier messages, and their repetitions, come here too.
                    if answer["call-id"].startswith(f"{torture.name}.") or (
                        f"-{torture.name}" in answer["via"] + answer["from"]
                    ):
                        return answer.status
        return 0


@asynccontextmanager
async def undisturbed(port: int) -> AsyncIterator[Leg]:
    """A call that goes on meanwhile; all of its audio must arrive, in order."""
    async with Phone() as phone, phone.call(f"sip:demo@127.0.0.1:{port}") as leg:
        assert leg.answer is not None and leg.answer.status == 200
        yield leg
        begun = leg.packets[0].sequence
        expected = list(range(begun, begun + len(leg.packets)))
        assert [packet.sequence for packet in leg.packets] == [n & 0xFFFF for n in expected]
        assert leg.loudness(0.2) > 0.01
        assert not leg.ended.is_set()


def random_datagrams(count: int) -> list[bytes]:
    """Noise, and messages with a few bytes changed or cut off."""
    chance = random.Random(SEED)
    made = []
    for _ in range(count):
        if chance.random() < 0.3:
            made.append(chance.randbytes(chance.randrange(1, 1200)))
            continue
        data = bytearray(chance.choice(TORTURES).make("127.0.0.1:9", 5060))
        for _ in range(chance.randrange(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        made.append(bytes(data[: chance.randrange(1, len(data) + 1)]))
    return made


@pytest.fixture(scope="module")
def torture_house(tmp_path_factory: pytest.TempPathFactory) -> object:
    house = House(tmp_path_factory.mktemp("torture"), capacity=200)
    try:
        house.start("REQUESTS_IN_2_SECONDS=100000", 'CALLS_PER_SECOND="1:TAILDROP:1000"')
        yield house
    finally:
        house.stop()


@pytest.fixture
async def listener_with_tls(tmp_path: Path) -> AsyncIterator[tuple[str, int, int]]:
    """A worker's SIP end with its TCP and TLS ports."""
    made = await asyncio.create_subprocess_exec(
        "openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=127.0.0.1",
        "-days", "1", "-keyout", tmp_path / "key.pem", "-out", tmp_path / "cert.pem",
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    assert await made.wait() == 0
    both = tmp_path / "both.pem"
    both.write_text((tmp_path / "key.pem").read_text() + (tmp_path / "cert.pem").read_text())
    port = free_port_pair()
    stub = StubWorker("127.0.0.1", port, 5)
    sip = stub.settings.sip.model_copy(update={"certificate": str(both)})
    stub.settings = stub.settings.model_copy(update={"sip": sip})
    board = SipEnd(stub)  # type: ignore[arg-type]
    await board.start(lambda line: None)
    yield "127.0.0.1", port, port + 1
    await board.stop()


@pytest.mark.parametrize("door", ["proxy", "worker"])
async def test_each_message_of_rfc_4475_gets_an_answer_it_may_get(
    torture_house: House, door: str
) -> None:
    port = torture_house.port if door == "proxy" else torture_house.workers["w1"]
    wrong = []
    async with undisturbed(port), Tormentor.open() as tormentor:
        for torture in TORTURES:
            allowed = (*torture.allowed, *(0 for _ in EXCEPTIONS[door] & {torture.name}))
            status = await tormentor.ask(torture, port, owed=0 not in allowed)
            if status not in allowed:
                wrong.append(f"{torture.section} {torture.name}: {status}, not {torture.allowed}")
    assert not wrong, "\n".join(wrong)
    assert (await ask_options(f"sip:demo@127.0.0.1:{port}")).status == 200


@pytest.mark.parametrize("door", ["proxy", "worker"])
async def test_noise_disturbs_nobody(torture_house: House, door: str) -> None:
    port = torture_house.port if door == "proxy" else torture_house.workers["w1"]
    async with undisturbed(port), Tormentor.open() as tormentor:
        for number, data in enumerate(random_datagrams(1500)):
            tormentor.transport.sendto(data, ("127.0.0.1", port))
            if number % 25 == 0:
                await asyncio.sleep(0.02)
    assert (await ask_options(f"sip:demo@127.0.0.1:{port}")).status == 200
    assert all(end.poll() is None for end in torture_house.ends.values())


async def test_noise_in_streams_disturbs_nobody(listener_with_tls: tuple[str, int, int]) -> None:
    host, tcp, tls = listener_with_tls
    trusting = ssl.create_default_context()
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    async with undisturbed(tcp):
        for number, data in enumerate(random_datagrams(120)):
            # Also plain noise where a TLS handshake is expected.
            for port, context in ((tcp, None), (tls, None), (tls, trusting))[
                : 3 if number < 60 else 1
            ]:
                reader, writer = await asyncio.open_connection(host, port, ssl=context)
                with contextlib.suppress(OSError):
                    writer.write(data)
                    await writer.drain()
                writer.transport.abort()
        # Both still take a well-formed request.
        for port, context, name in ((tcp, None, "TCP"), (tls, trusting, "TLS")):
            reader, writer = await asyncio.open_connection(host, port, ssl=context)
            writer.write(
                f"OPTIONS sip:demo@{host} SIP/2.0\r\nVia: SIP/2.0/{name} {host};branch=z9hG4bKa\r\n"
                f"Max-Forwards: 70\r\nTo: <sip:demo@{host}>\r\nFrom: <sip:me@{host}>;tag=1\r\n"
                f"Call-ID: noise-{name}\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n".encode()
            )
            async with asyncio.timeout(PATIENCE_SECONDS):
                assert b"SIP/2.0 200" in await reader.readline()
            writer.close()
