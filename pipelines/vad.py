"""Voice activity by Silero: one model shared by all calls, a small recurrent state for each."""

from __future__ import annotations

import math
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import numpy as np
import numpy.typing as npt

from pipelines.silero import HIDDEN, Network
from pipelines.silero_weights import BRANCHES, weights

RESET_AFTER_WINDOWS = 62
"""About 2 s. Long non-speech numbs the recurrent state to speech; a reset cures that."""
RESET_BELOW = 0.1
RESET_QUIET_WINDOWS = 5
"""Only reset in clear non-speech, never inside a word."""
ASLEEP_AFTER_WINDOWS = 8
"""About a quarter of a second without a sound, after which the network need not run."""


class SharedSilero:
    """The model's weights, loaded once before the first call."""

    def __init__(self, home: Path) -> None:
        """`home` is the data folder, where what was taken from the model's file is kept."""
        with (
            resources.as_file(
                resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
            ) as path,
            np.load(weights(path, home), allow_pickle=False) as found,
        ):
            self._networks = {rate: Network(found, rate) for rate in BRANCHES}

    def listener(self, rate: int, inaudible: float = 0.0) -> SpeechProbability:
        """A call's own detector. `rate` is 8000 or 16000 Hz; sound below `inaudible` (RMS, 0..1) is
        never speech."""
        return SpeechProbability(Silero(self._networks[rate]), rate, inaudible)


class Silero:
    """A call's state of the network: what it remembers, and the end of the window before."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self._before = np.zeros(network.context, dtype=np.float32)
        self._hidden = np.zeros(HIDDEN, dtype=np.float32)
        self._cell = np.zeros(HIDDEN, dtype=np.float32)

    def hear(self, window: npt.NDArray[np.float32]) -> float:
        """Probability (0..1) that 32 ms of audio (-1..1) are speech."""
        context = self._network.context
        self._network.input[:context] = self._before
        self._network.input[context : context + len(window)] = window
        self._before = window[-context:]
        probability, self._hidden, self._cell = self._network.run(self._hidden, self._cell)
        return probability

    def forget(self) -> None:
        """Begin anew."""
        self._before = np.zeros_like(self._before)
        self._hidden = np.zeros_like(self._hidden)
        self._cell = np.zeros_like(self._cell)


class SpeechProbability:
    """Cuts a call's audio into windows and says for each how likely it is speech.

    Most of a call its caller listens. Where nothing is audible for long the network rests, and
    begins anew with the next sound.
    """

    def __init__(self, model: Silero, rate: int, inaudible: float = 0.0) -> None:
        self._model = model
        self._rate = rate
        self._inaudible = inaudible
        self.window_samples = 512 if rate == 16_000 else 256
        self._rest = np.zeros(0, dtype=np.int16)
        self._since_reset = 0
        self._quiet = 0
        self._silent = 0

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
            loudness = math.sqrt(float(samples @ samples) / self.window_samples)
            yield self._probability(samples, loudness), loudness

    def _probability(self, samples: npt.NDArray[np.float32], loudness: float) -> float:
        self._silent = self._silent + 1 if loudness < self._inaudible else 0
        if self._silent > ASLEEP_AFTER_WINDOWS:
            return 0.0
        probability = self._model.hear(samples)
        self._keep_fresh(probability)
        return probability

    def _keep_fresh(self, probability: float) -> None:
        self._since_reset += 1
        self._quiet = self._quiet + 1 if probability < RESET_BELOW else 0
        if self._since_reset >= RESET_AFTER_WINDOWS and self._quiet >= RESET_QUIET_WINDOWS:
            self._forget()

    def _forget(self) -> None:
        self._model.forget()
        self._since_reset = 0
