"""What stands between the network and a call's audio socket, to put packets in order.

The stack hands on audio as it arrives, so packets that change places would be heard so. Here a
second socket at the same address, connected to the caller's, gets what comes from there (the kernel
prefers the closer match), and passes it on to the stack's over loopback, in order. What the stack
sends, and what comes from anywhere else, does not come by. SRTP is no matter: headers are clear.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from typing import Any

from baresip import Event

from voice_worker.sip.reorder import Reorder
from voice_worker.sip.stack import Stack

log = logging.getLogger(__name__)

BURST = 64
"""Packets taken before others on the loop have their turn."""
DATAGRAM_BYTES = 2048


def put_in_order(stack: Stack, call: Any) -> None:
    """Have an established call's packets put in order before the stack gets them, to its end."""
    media = stack.media(call.call_id or "")
    if media is None:
        return
    try:
        with contextlib.closing(media.socket):
            relay = Relay(media.socket, media.peer)
    except OSError as error:
        log.warning("packets of a call are taken as they come: %s", error)
        return

    def follow(event: Any) -> None:
        if event.event is Event.CALL_CLOSED:
            call.off(follow)
            relay.close()
        elif now := stack.media(call.call_id):
            now.socket.close()
            relay.follow(now.peer)

    call.on(follow)
    if call.state.value == "closed":
        call.off(follow)
        relay.close()


class Relay:
    """Use on the event loop; `close()` leaves the stack's socket as it was."""

    def __init__(self, audio: socket.socket, peer: tuple[str, int]) -> None:
        """`audio` is (a copy of) the stack's socket, `peer` where the caller's audio comes from.

        Raises:
            OSError: the address can't be shared.
        """
        self._loop = asyncio.get_running_loop()
        self._order = Reorder()
        self._timer: asyncio.TimerHandle | None = None
        self.peer = peer
        host, port = audio.getsockname()[:2]
        # Both must say so, and the kernel asks when the second is bound.
        audio.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._outer = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._inner = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self._outer.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._outer.bind((host, port))
            self._outer.connect(peer)
            self._inner.connect(("127.0.0.1" if host == "0.0.0.0" else host, port))
            for end in (self._outer, self._inner):
                end.setblocking(False)
        except OSError:
            self._outer.close()
            self._inner.close()
            raise
        self._loop.add_reader(self._outer, self._take)

    def follow(self, peer: tuple[str, int]) -> None:
        """The caller's audio comes from elsewhere now (a re-INVITE said so)."""
        if peer != self.peer:
            self.peer = peer
            with contextlib.suppress(OSError):
                self._outer.connect(peer)

    def _take(self) -> None:
        for _ in range(BURST):
            try:
                data = self._outer.recv(DATAGRAM_BYTES)
            except BlockingIOError:
                break
            except OSError:
                continue  # the other side's ICMP, told to us as we are connected
            self._pass_on(self._order.arrive(data, self._loop.time()))
        self._set_timer()

    def _due(self) -> None:
        self._timer = None
        self._pass_on(self._order.due(self._loop.time()))
        self._set_timer()

    def _pass_on(self, packets: list[bytes]) -> None:
        for packet in packets:
            with contextlib.suppress(OSError):
                self._inner.send(packet)

    def _set_timer(self) -> None:
        deadline = self._order.deadline
        if self._timer and deadline != self._timer.when():
            self._timer.cancel()
            self._timer = None
        if deadline is not None and self._timer is None:
            self._timer = self._loop.call_at(deadline, self._due)

    def close(self) -> None:
        """Let the stack hear the network itself again."""
        self._loop.remove_reader(self._outer)
        if self._timer:
            self._timer.cancel()
        self._outer.close()
        self._inner.close()
