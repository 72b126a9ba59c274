"""Ports for servers of tests, which others do not take between their choice and their use."""

from __future__ import annotations

import itertools
import os
import socket

# Below those the system gives to outgoing connections (32768 and up on Linux), and to calls' audio;
# beginning elsewhere in every run.
FIRST, LAST = 10_000, 19_998
_pairs = itertools.cycle(range(FIRST, LAST, 2))
for _ in range(os.getpid() % ((LAST - FIRST) // 2)):
    next(_pairs)


def free_port_pair() -> int:
    """A port free for UDP and TCP, and so is the next one (SIP, and SIP over TLS); never the same
    twice."""
    return next(port for port in _pairs if _is_free(port))


def _is_free(port: int) -> bool:
    with (
        socket.socket() as tcp,
        socket.socket() as next_tcp,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
    ):
        try:
            for taken, number in ((tcp, port), (next_tcp, port + 1), (udp, port)):
                taken.bind(("127.0.0.1", number))
        except OSError:
            return False
    return True
