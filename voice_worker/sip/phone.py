"""A telephone that is a program: places and takes calls over UDP, for doctor, tests and benches.

It does what a caller's phone does and shows every message as it came. It is no SIP stack: one
transport, no authentication, no forking. What is spoken and heard is the handset's.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

from voice_worker.errors import VoiceWorkerError
from voice_worker.sip.handset import EVENT_TYPE, Datagrams, Handset
from voice_worker.sip.message import Message, parse, tag_of, uri_of

T1_SECONDS = 0.5
"""RFC 3261's estimate of the round trip: an unanswered request goes again after it."""
ANSWER_SECONDS = 20.0
END_SECONDS = 120.0
"""How long the other side may take to hang up: all it has to say first counts."""


class NoAnswer(VoiceWorkerError):
    code = "sip_no_answer"


@dataclass
class Leg(Handset):
    """One call of a phone, either way."""

    phone: Phone
    call_id: str
    local: str
    remote: str
    target: str
    peer: tuple[str, int]
    cseq: int = 1
    routes: list[str] = field(default_factory=list)
    """Proxies that want to see the call's requests (RFC 3261, 12.1)."""
    answer: Message | None = None
    """The final answer to our INVITE, or the INVITE that came."""
    messages: list[Message] = field(default_factory=list)
    _responses: asyncio.Queue[Message] = field(default_factory=asyncio.Queue)

    async def request(
        self, method: str, body: str = "", headers: dict[str, str] | None = None
    ) -> Message:
        """A request within the call, and its final answer.

        Raises:
            NoAnswer: there is none.
        """
        self.cseq += 1
        message = self.compose(method, self.cseq, body, headers)
        self.phone.send(message, self.peer)
        answer = await self.final(message)
        if method == "INVITE":
            self.phone.send(self.compose("ACK", self.cseq), self.peer)
            if answer.status == 200:
                self.start_media(answer.body)
        return answer

    def compose(
        self,
        method: str,
        cseq: int,
        body: str = "",
        headers: dict[str, str] | None = None,
        *,
        branch: str = "",
    ) -> Message:
        """A request of this call."""
        phone = self.phone
        kind = [("Content-Type", "application/sdp")] if body.startswith("v=0") else []
        return Message(
            f"{method} {self.target} SIP/2.0",
            [
                ("Via", f"SIP/2.0/UDP {phone.address};branch={branch or new_branch()};rport"),
                ("Max-Forwards", "70"),
                *(("Route", route) for route in self.routes),
                ("From", self.local),
                ("To", self.remote),
                ("Call-ID", self.call_id),
                ("CSeq", f"{cseq} {method}"),
                ("Contact", f"<sip:phone@{phone.address}>"),
                *kind,
                *(headers or {}).items(),
            ],
            body,
        )

    async def final(self, sent: Message, *, timeout_seconds: float = ANSWER_SECONDS) -> Message:
        """The final answer to what was sent; sent again while nothing comes."""
        loop = asyncio.get_running_loop()
        give_up, wait, provisional = loop.time() + timeout_seconds, T1_SECONDS, False
        while (left := give_up - loop.time()) > 0:
            try:
                async with asyncio.timeout(left if provisional else min(wait, left)):
                    answer = await self._responses.get()
            except TimeoutError:
                if not provisional:
                    self.phone.send(sent, self.peer)
                    wait *= 2
                continue
            if answer["cseq"] != sent["cseq"]:
                continue
            if answer.status >= 200:
                return answer
            provisional = True
        raise NoAnswer(f"No final answer to {sent.method} within {timeout_seconds:.0f} s.")

    async def hang_up(self) -> Message | None:
        """End the call from this side."""
        if self.ended.is_set():
            return None
        answer = await self.request("BYE")
        self.ended.set()
        return answer

    async def wait_ended(self) -> None:
        """Wait until the other side has hung up."""
        async with asyncio.timeout(END_SECONDS):
            await self.ended.wait()

    def received(self, message: Message) -> None:
        """A message of this call came."""
        self.messages.append(message)
        if message.status:
            self._responses.put_nowait(message)
        elif message.method == "BYE":
            self.phone.reply(message, 200, "OK")
            self.ended.set()
        elif message.method in ("INVITE", "UPDATE"):
            self.phone.reply(message, 200, "OK", body=self.phone.sdp(self.media_port))
        elif message.method == "REFER":
            self.phone.reply(message, 202, "Accepted")
            if self.phone.on_refer:
                self.phone.on_refer(self, message)
        elif message.method != "ACK":
            self.phone.reply(message, 200, "OK")

    def has_answered(self, message: Message) -> bool:
        """True for an INVITE that is a repetition of the one that made this call."""
        first = self.answer
        return bool(
            first and not message.status and message.method == "INVITE"
            and message["cseq"] == first["cseq"]
        )  # fmt: skip


def new_branch() -> str:
    """A Via branch of this transaction's own (RFC 3261, 8.1.1.7)."""
    return f"z9hG4bK{random.getrandbits(64):x}"


class Phone:
    """Use as `async with Phone() as phone`."""

    def __init__(self, host: str = "127.0.0.1", port: int = 0) -> None:
        self.host = host
        self._port = port
        self.address = ""
        self.legs: dict[str, Leg] = {}
        self.rings: asyncio.Queue[Leg] = asyncio.Queue()
        """Calls that came in; nothing has been answered yet."""
        self.stray: list[Message] = []
        """Messages of no call known here."""
        self.on_refer: Callable[[Leg, Message], None] | None = None
        self._transport: asyncio.DatagramTransport

    async def __aenter__(self) -> Phone:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: Datagrams(self._received), local_addr=(self.host, self._port)
        )
        self.address = "{}:{}".format(*self._transport.get_extra_info("sockname")[:2])
        return self

    async def __aexit__(self, *_: object) -> None:
        for leg in self.legs.values():
            with contextlib.suppress(NoAnswer):
                if leg.answer and leg.answer.status in (0, 200):
                    await leg.hang_up()
            leg.close()
        self._transport.close()

    def send(self, message: Message | bytes, peer: tuple[str, int]) -> None:
        """Put a message on the wire."""
        self._transport.sendto(message if isinstance(message, bytes) else message.encode(), peer)

    def reply(
        self,
        request: Message,
        status: int,
        reason: str,
        *,
        body: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        """Answer a request."""
        leg = self.legs.get(request["call-id"])
        to = request["to"]
        if not tag_of(to) and status > 100 and leg:
            to = leg.local
        kind = [("Content-Type", "application/sdp")] if body else []
        answer = Message(
            f"SIP/2.0 {status} {reason}",
            [
                *(("Via", via) for via in request.all("via")),
                *(("Record-Route", route) for route in request.all("record-route")),
                ("From", request["from"]),
                ("To", to),
                ("Call-ID", request["call-id"]),
                ("CSeq", request["cseq"]),
                ("Contact", f"<sip:phone@{self.address}>"),
                ("Supported", "replaces"),
                *kind,
                *(headers or {}).items(),
            ],
            body,
        )
        via = request["via"]
        sent_by = re.search(r"SIP/2.0/UDP ([^;:\s]+)(?::(\d+))?", via)
        received = re.search(r"received=([^;]+)", via)
        if sent_by:
            self.send(answer, (received[1] if received else sent_by[1], int(sent_by[2] or 5060)))

    def sdp(self, port: int, *, codecs: str = "0 8", direction: str = "sendrecv") -> str:
        """An offer or answer of G.711 and keys."""
        return (
            f"v=0\r\no=- {random.randrange(1 << 31)} 1 IN IP4 {self.host}\r\ns=-\r\n"
            f"c=IN IP4 {self.host}\r\nt=0 0\r\nm=audio {port} RTP/AVP {codecs} {EVENT_TYPE}\r\n"
            f"a=rtpmap:{EVENT_TYPE} telephone-event/8000\r\na=fmtp:{EVENT_TYPE} 0-15\r\n"
            f"a=ptime:20\r\na={direction}\r\n"
        )

    def leg(self, uri: str, *, caller: str = "sip:+15035550100@phone.test") -> Leg:
        """A call not placed yet."""
        found = re.match(r"sips?:(?:[^@]*@)?([^:;>]+)(?::(\d+))?", uri)
        if found is None:
            raise NoAnswer(f"{uri} is no SIP address.")
        call_id = f"{random.getrandbits(64):x}@{self.host}"
        leg = Leg(
            self, call_id, f"<{caller}>;tag={random.getrandbits(32):x}", f"<{uri}>", uri,
            (socket.gethostbyname(found[1]), int(found[2] or 5060)),
        )  # fmt: skip
        self.legs[call_id] = leg
        return leg

    @contextlib.asynccontextmanager
    async def call(
        self,
        uri: str,
        *,
        caller: str = "sip:+15035550100@phone.test",
        headers: dict[str, str] | None = None,
        sdp: str | None = None,
    ) -> AsyncIterator[Leg]:
        """Call, with the leg's `answer` at hand; hang up at the end. A refusal is an answer too."""
        leg = self.leg(uri, caller=caller)
        port = await leg.open_media(self.host)
        invite = leg.compose(
            "INVITE", 1, self.sdp(port) if sdp is None else sdp.replace("PORT", str(port)), headers
        )
        self.send(invite, leg.peer)
        try:
            await self.established(leg, invite)
            yield leg
            if leg.answer and leg.answer.status == 200:
                await leg.hang_up()
        finally:
            leg.close()

    async def established(self, leg: Leg, invite: Message) -> None:
        """Wait for the answer to an INVITE and acknowledge it."""
        leg.answer = answer = await leg.final(invite)
        leg.remote = answer["to"]
        branch = re.search(r"branch=([^;]+)", invite["via"])
        if answer.status == 200:
            leg.target = uri_of(answer["contact"]) or leg.target
            leg.routes = answer.all("record-route")[::-1]
            # A delayed offer is answered in the ACK (RFC 3261, 13.2.2.4).
            late = "" if invite.body else self.sdp(leg.media_port)
            self.send(leg.compose("ACK", 1, late), leg.peer)
            leg.start_media(answer.body)
        else:
            leg.ended.set()
            refused = leg.compose("ACK", 1, branch=branch[1] if branch else "")
            self.send(refused, leg.peer)

    async def ring(self, *, timeout_seconds: float = ANSWER_SECONDS) -> Leg:
        """The next call that comes in."""
        async with asyncio.timeout(timeout_seconds):
            return await self.rings.get()

    async def pick_up(self, leg: Leg) -> None:
        """Answer a call that came in."""
        assert leg.answer is not None
        port = await leg.open_media(self.host)
        self.reply(leg.answer, 200, "OK", body=self.sdp(port))
        leg.start_media(leg.answer.body)

    def refuse(self, leg: Leg, status: int, reason: str) -> None:
        """Do not answer a call that came in."""
        assert leg.answer is not None
        self.reply(leg.answer, status, reason)
        leg.ended.set()

    def _received(self, data: bytes, peer: tuple[str, int]) -> None:
        message = parse(data)
        if message is None:
            return
        leg = self.legs.get(message["call-id"])
        if leg is not None:
            if message.method == "CANCEL":
                self.reply(message, 200, "OK")
                assert leg.answer is not None
                self.refuse(leg, 487, "Request Terminated")
            elif not leg.has_answered(message):
                leg.received(message)
        elif message.method == "INVITE" and not message.status:
            leg = Leg(
                self, message["call-id"], f"{message['to']};tag={random.getrandbits(32):x}",
                message["from"], uri_of(message["contact"]), peer, answer=message,
                routes=message.all("record-route"),
            )  # fmt: skip
            self.legs[leg.call_id] = leg
            self.reply(message, 180, "Ringing")
            self.rings.put_nowait(leg)
        elif message.method == "OPTIONS" and not message.status:
            self.reply(message, 200, "OK")
        else:
            self.stray.append(message)


async def ask_options(uri: str, *, timeout_seconds: float = 4.0) -> Message:
    """Probe an address with OPTIONS, as proxies do.

    Raises:
        NoAnswer: nothing answers there.
    """
    async with Phone() as phone:
        leg = phone.leg(uri)
        message = leg.compose("OPTIONS", 1)
        phone.send(message, leg.peer)
        return await leg.final(message, timeout_seconds=timeout_seconds)
