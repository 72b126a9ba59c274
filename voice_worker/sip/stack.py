"""What the SIP stack can do and its Python binding does not offer.

The binding refuses every call with 486, shows neither the message nor the address it came from,
and has no say about messages that are no calls. The C library underneath can do all of it, and the
binding's shared object exports its functions: these few are called by name, under the stack's own
lock or on its own thread. A build without one of them leaves `Stack.load()` empty, and a worker
then does with what the binding has.

Names, arguments and the `le` layout are libre's and baresip's public headers (re_sip.h, re_list.h,
re_main.h, baresip.h; libre 4.10).
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
import socket
from collections.abc import Callable, Iterator
from ctypes import CFUNCTYPE, POINTER, byref, c_bool, c_char_p, c_int, c_size_t, c_uint16, c_void_p
from dataclasses import dataclass

from baresip import _native

log = logging.getLogger(__name__)

ADDRESS_BYTES = 256
"""More than libre's `struct sa` on any platform."""
UDP_TRANSPORT = 0
NEVER_JUDGED = (b"ACK ", b"CANCEL ")
"""The one is never answered, the other belongs to what it cancels."""
AF_INET = 2


@dataclass(frozen=True)
class Refusal:
    """How a request is turned away: status, reason and further header lines."""

    status: int
    reason: str
    headers: tuple[str, ...] = ()

    @property
    def tail(self) -> bytes:
        """What follows the stack's own headers in the response."""
        return "".join(f"{line}\r\n" for line in (*self.headers, "Content-Length: 0", "")).encode()


Check = Callable[[bytes, bool], Refusal | None]
"""Looks at a request as it came, and whether it was a datagram; called on the stack's thread."""


@dataclass(frozen=True)
class Media:
    """A call's audio: a copy of the stack's socket, to be closed, and where audio is sent to."""

    socket: socket.socket
    peer: tuple[str, int]


class _Element(ctypes.Structure):
    """libre's list element, the first member of everything that is in a list."""


_Element._fields_ = [
    ("prev", POINTER(_Element)), ("next", POINTER(_Element)), ("list", c_void_p), ("data", c_void_p)
]  # fmt: skip

_Listen = CFUNCTYPE(c_bool, c_void_p, c_void_p)
_Trace = CFUNCTYPE(None, c_bool, c_int, c_void_p, c_void_p, c_void_p, c_size_t, c_void_p)
_SIGNATURES: dict[str, tuple[object, tuple[object, ...]]] = {
    "re_thread_enter": (None, ()),
    "re_thread_leave": (None, ()),
    "uag_sip": (c_void_p, ()),
    "uag_call_find": (c_void_p, (c_char_p,)),
    "call_get_ua": (c_void_p, (c_void_p,)),
    "call_audio": (c_void_p, (c_void_p,)),
    "call_msg_src": (c_int, (c_void_p, c_void_p)),
    "audio_strm": (c_void_p, (c_void_p,)),
    "stream_raddr": (c_void_p, (c_void_p,)),
    "stream_rtp_sock": (c_void_p, (c_void_p,)),
    "rtp_sock": (c_void_p, (c_void_p,)),
    "udp_sock_fd": (c_int, (c_void_p, c_int)),
    "sa_ntop": (c_int, (c_void_p, c_char_p, c_int)),
    "sa_port": (c_uint16, (c_void_p,)),
    "ua_hangupf": (None, (c_void_p, c_void_p, c_uint16, c_char_p, c_char_p)),
    "sip_listen": (c_int, (POINTER(c_void_p), c_void_p, c_bool, _Listen, c_void_p)),
    "sip_set_trace_handler": (None, (c_void_p, _Trace)),
    "sip_treplyf": (
        c_int, (c_void_p, c_void_p, c_void_p, c_void_p, c_bool, c_uint16, c_char_p, c_char_p),
    ),
    "list_unlink": (None, (c_void_p,)),
    "list_insert_after": (None, (c_void_p, c_void_p, c_void_p, c_void_p)),
    "mem_deref": (c_void_p, (c_void_p,)),
}  # fmt: skip


class Stack:
    """The running stack of this process. Methods may be called from the event loop."""

    def __init__(self, library: ctypes.CDLL) -> None:
        self._c = library
        self._listener = c_void_p()
        self._arrived = b""
        self._datagram = True
        self._check: Check | None = None
        self._trace: Callable[[str, str], None] | None = None
        # The stack keeps these addresses: they must live as long as it does.
        self._on_message, self._on_request = _Trace(self._keep), _Listen(self._judge)

    @classmethod
    def load(cls) -> Stack | None:
        """The stack's functions, or None when this build does not export them all."""
        library = ctypes.CDLL(_native.__file__)
        try:
            for name, (result, arguments) in _SIGNATURES.items():
                function = getattr(library, name)
                function.restype, function.argtypes = result, arguments
        except AttributeError as error:
            log.warning("the SIP stack offers less than it could: %s", error)
            return None
        return cls(library)

    @contextlib.contextmanager
    def _locked(self) -> Iterator[ctypes.CDLL]:
        self._c.re_thread_enter()
        try:
            yield self._c
        finally:
            self._c.re_thread_leave()

    # one call

    def reject(self, call_id: str, refusal: Refusal) -> bool:
        """Refuse a call that rings; False when there is none of this Call-ID."""
        with self._locked() as c:
            if not (call := c.uag_call_find(call_id.encode())):
                return False
            c.ua_hangupf(
                c.call_get_ua(call), call, refusal.status, refusal.reason.encode(), refusal.tail
            )
        return True

    def source(self, call_id: str) -> str:
        """The address a call's INVITE really came from; empty when the call is gone."""
        address = ctypes.create_string_buffer(ADDRESS_BYTES)
        with self._locked() as c:
            call = c.uag_call_find(call_id.encode())
            if not call or c.call_msg_src(call, address):
                return ""
            return self._text(address)

    def media(self, call_id: str) -> Media | None:
        """A call's audio on the network, None when it has none (yet, or any more)."""
        with self._locked() as c:
            call = c.uag_call_find(call_id.encode())
            stream = c.audio_strm(c.call_audio(call)) if call else None
            udp = c.rtp_sock(c.stream_rtp_sock(stream)) if stream else None
            peer = c.stream_raddr(stream) if stream else None
            if not udp or not peer:
                return None
            descriptor, host, port = c.udp_sock_fd(udp, AF_INET), self._text(peer), c.sa_port(peer)
            if descriptor < 0 or not host or not port:
                return None
            return Media(socket.socket(fileno=os.dup(descriptor)), (host, port))

    def _text(self, address: object) -> str:
        text = ctypes.create_string_buffer(64)
        return "" if self._c.sa_ntop(address, text, len(text)) else text.value.decode()

    # every request

    def guard(self, check: Check, trace: Callable[[str, str], None] | None = None) -> None:
        """Let `check` answer requests that begin something before the stack does.

        It comes right after the stack's matching of retransmissions, so that each is asked once.
        `trace` gets every message, with a format as loggers take it.
        """
        self._check, self._trace = check, trace
        with self._locked() as c:
            sip = c.uag_sip()
            c.sip_set_trace_handler(sip, self._on_message)
            if c.sip_listen(byref(self._listener), sip, True, self._on_request, None):
                log.warning("the SIP stack takes no guard")
                return
            ours = ctypes.cast(self._listener, POINTER(_Element))
            first = ours
            while first.contents.prev:
                first = first.contents.prev
            # libre's own: responses to clients first, then what belongs to server transactions.
            transactions = first.contents.next
            around = ours.contents.list
            c.list_unlink(ours)
            c.list_insert_after(around, transactions, ours, self._listener)

    def unguard(self) -> None:
        """Take the guard away, before the stack is closed."""
        if self._check is None:
            return
        self._check = None
        with self._locked() as c:
            if sip := c.uag_sip():  # None when the stack has died, and our place with it
                c.sip_set_trace_handler(sip, _Trace())
                c.mem_deref(self._listener.value)

    def _keep(
        self, sent: bool, transport: int, _src: int, _dst: int, data: int, size: int, _arg: int
    ) -> None:
        message = ctypes.string_at(data, size)
        if not sent:
            self._arrived, self._datagram = message, transport == UDP_TRANSPORT
        if self._trace:
            way = "sent" if sent else "received"
            self._trace(f"{way}\n%s", message.decode("utf-8", "replace"))

    def _judge(self, message: int, _arg: int) -> bool:
        # Nothing may be raised into C.
        try:
            if self._arrived.startswith(NEVER_JUDGED):
                return False
            refusal = self._check and self._check(self._arrived, self._datagram)
            if not refusal:
                return False
            self._c.sip_treplyf(
                None, None, self._c.uag_sip(), message, False,
                refusal.status, refusal.reason.encode(), refusal.tail,
            )  # fmt: skip
            return True
        except Exception:
            log.exception("a SIP request could not be judged")
            return False
