"""Is that the agent's own voice coming back? The worker knows what it plays.

A loudspeaker without echo cancellation returns the agent's voice, delayed and coloured. Correlating
the caller's audio with what was sent a moment before finds it: speech of another person does not
correlate, however alike it sounds.
"""

from __future__ import annotations

from collections import deque

import numpy as np
import numpy.typing as npt

REMEMBER_SECONDS = 1.0
"""Longest way out and back that is looked for: network, jitter buffer, loudspeaker, room."""
LOOK_SECONDS = 0.16
"""Caller's audio compared."""
ALIKE = 0.5
"""Normalised cross-correlation from which it is an echo; two speakers reach about 0.2."""

Samples = npt.NDArray[np.int16]


class EchoGuard:
    """Remembers the last second of both directions."""

    def __init__(self, rate: int) -> None:
        self._rate = rate
        self._sent: deque[Samples] = deque()
        self._sent_length = 0
        self._heard: deque[Samples] = deque()
        self._heard_length = 0

    def sent(self, pcm: bytes) -> None:
        """Audio on its way to the caller."""
        self._sent.append(np.frombuffer(pcm, dtype="<i2"))
        self._sent_length += len(pcm) // 2
        longest = int((REMEMBER_SECONDS + LOOK_SECONDS) * self._rate)
        while self._sent_length - len(self._sent[0]) > longest:
            self._sent_length -= len(self._sent.popleft())

    def heard(self, pcm: bytes) -> None:
        """Audio from the caller."""
        self._heard.append(np.frombuffer(pcm, dtype="<i2"))
        self._heard_length += len(pcm) // 2
        longest = int(LOOK_SECONDS * self._rate)
        while self._heard_length - len(self._heard[0]) >= longest:
            self._heard_length -= len(self._heard.popleft())

    def likeness(self) -> float:
        """How much what was just heard resembles what was sent (0..1)."""
        if not self._sent or not self._heard:
            return 0.0
        sent = np.concatenate(self._sent).astype(np.float32)
        heard = np.concatenate(self._heard).astype(np.float32)
        if len(sent) < len(heard) or not np.any(heard):
            return 0.0
        heard -= heard.mean()
        size = 1 << (len(sent) + len(heard) - 1).bit_length()
        spectrum = np.fft.rfft(sent, size) * np.conj(np.fft.rfft(heard, size))
        products = np.fft.irfft(spectrum, size)[: len(sent) - len(heard) + 1]
        energy = np.cumsum(np.concatenate([[0.0], sent.astype(np.float64) ** 2]))
        window = energy[len(heard) :] - energy[: len(sent) - len(heard) + 1]
        scale = np.sqrt(np.maximum(window, 1.0) * float(np.sum(heard**2)))
        return float(np.max(np.abs(products) / scale))

    def is_echo(self) -> bool:
        """True when it is the agent that is heard."""
        return self.likeness() >= ALIKE
