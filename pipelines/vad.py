"""Voice activity by Silero: one model shared by all calls, a small recurrent state for each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import resources
from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

RESET_AFTER_WINDOWS = 62
"""About 2 s. Long non-speech numbs the recurrent state to speech; a reset cures that."""
RESET_BELOW = 0.1
RESET_QUIET_WINDOWS = 5
"""Only reset in clear non-speech, never inside a word."""


class SharedSilero:
    """The model file, loaded once before the first call."""

    def __init__(self) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        # Windows are small and all alike: an arena of megabytes saves nothing.
        options.enable_cpu_mem_arena = False
        with resources.as_file(
            resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
        ) as path:
            self._session = onnxruntime.InferenceSession(
                str(path), options, providers=["CPUExecutionProvider"]
            )

    def listener(self, rate: int) -> SpeechProbability:
        """A call's own detector. `rate` is 8000 or 16000 Hz."""
        return SpeechProbability(Silero(self._session, rate), rate)


class Silero:
    """A call's state of the network: what it remembers, and the end of the window before."""

    def __init__(self, session: Any, rate: int) -> None:
        self._session = session
        self._rate = np.array(rate, dtype=np.int64)
        self._context = rate // 250
        self._input = np.zeros((1, self._context + rate * 4 // 125), dtype=np.float32)
        self._state = np.zeros((2, 1, 128), dtype=np.float32)

    def hear(self, window: npt.NDArray[np.float32]) -> float:
        """Probability (0..1) that 32 ms of audio (-1..1) are speech."""
        self._input[0, : self._context] = self._input[0, -self._context :]
        self._input[0, self._context :] = window
        probability, self._state = self._session.run(
            None, {"input": self._input, "state": self._state, "sr": self._rate}
        )
        return float(probability[0, 0])

    def forget(self) -> None:
        """Begin anew."""
        self._input[:] = 0.0
        self._state = np.zeros_like(self._state)


class SpeechProbability:
    """Cuts a call's audio into windows and says for each how likely it is speech."""

    def __init__(self, model: Silero, rate: int) -> None:
        self._model = model
        self._rate = rate
        self.window_samples = 512 if rate == 16_000 else 256
        self._rest = np.zeros(0, dtype=np.int16)
        self._since_reset = 0
        self._quiet = 0

    @property
    def pending(self) -> int:
        """Samples fed that do not fill a window yet."""
        return len(self._rest)

    def feed(self, pcm: npt.NDArray[np.int16]) -> Iterator[tuple[float, float]]:
        """(probability 0..1, loudness as RMS 0..1) for every window completed by `pcm`."""
        audio = np.concatenate([self._rest, pcm])
        whole = len(audio) // self.window_samples * self.window_samples
        self._rest = audio[whole:]
        for window in audio[:whole].reshape(-1, self.window_samples):
            samples = window.astype(np.float32) / 32768.0
            probability = self._model.hear(samples)
            self._keep_fresh(probability)
            yield probability, math.sqrt(float(samples @ samples) / self.window_samples)

    def _keep_fresh(self, probability: float) -> None:
        self._since_reset += 1
        self._quiet = self._quiet + 1 if probability < RESET_BELOW else 0
        if self._since_reset >= RESET_AFTER_WINDOWS and self._quiet >= RESET_QUIET_WINDOWS:
            self._model.forget()
            self._since_reset = 0
