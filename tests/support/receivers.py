"""Receivers of deliveries: an HTTP server and a mail server that record and answer as told."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope


@dataclass
class Taken:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Receiver:
    url: str
    answers: list[int] = field(default_factory=list)
    """Statuses to answer with, in order; 200 when they run out. 0 hangs up without an answer."""
    taken: list[Taken] = field(default_factory=list)
    body: Iterable[bytes] = (b"ok",)
    """What every answer says, piece by piece; more of it may come forever."""
    cookie: str = ""


@contextmanager
def http_receiver() -> Iterator[Receiver]:
    receiver: Receiver

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.taken.append(
                Taken(self.path, {k.lower(): v for k, v in self.headers.items()}, body)
            )
            status = receiver.answers.pop(0) if receiver.answers else 200
            if not status:
                self.close_connection = True
                return
            self.send_response(status)
            if status in (301, 302, 307):
                self.send_header("Location", "http://127.0.0.1:1/")
            if receiver.cookie:
                self.send_header("Set-Cookie", receiver.cookie)
            self.end_headers()
            with suppress(ConnectionError):
                for piece in receiver.body:
                    self.wfile.write(piece)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield receiver
    server.shutdown()
    server.server_close()
    thread.join()


class _Mailbox:
    def __init__(self) -> None:
        self.mails: list[Message] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        self.mails.append(message_from_bytes(envelope.content))
        return "250 taken"


@asynccontextmanager
async def mail_receiver() -> AsyncIterator[tuple[int, list[Message]]]:
    """(port, mails taken)."""
    mailbox = _Mailbox()
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(mailbox), host="127.0.0.1", port=0
    )
    yield server.sockets[0].getsockname()[1], mailbox.mails
    server.close()
    await server.wait_closed()
