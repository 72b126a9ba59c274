"""Voice activity by Silero: one model shared by all calls, a small recurrent state for each."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import numpy as np
import numpy.typing as npt
from pipecat.audio.vad.silero import SileroOnnxModel

RESET_AFTER_WINDOWS = 62
"""About 2 s. Long non-speech numbs the recurrent state to speech; a reset cures that."""
RESET_BELOW = 0.1
RESET_QUIET_WINDOWS = 5
"""Only reset in clear non-speech, never inside a word."""


class SharedSilero:
    """The model file, loaded once before the first call."""

    def __init__(self) -> None:
        with resources.as_file(
            resources.files("pipecat.audio.vad.data") / "silero_vad.onnx"
        ) as path:
            self._session = SileroOnnxModel(str(path)).session  # type: ignore[no-untyped-call]

    def listener(self, rate: int) -> SpeechProbability:
        """A call's own detector. `rate` is 8000 or 16000 Hz."""
        return SpeechProbability(_Model(self._session), rate)


class _Model(SileroOnnxModel):
    """Silero's state without a session of its own."""

    def __init__(self, session: object) -> None:
        self.session = session
        self.sample_rates = [8000, 16000]
        self.reset_states()  # type: ignore[no-untyped-call]


class SpeechProbability:
    """Cuts a call's audio into windows and says for each how likely it is speech."""

    def __init__(self, model: SileroOnnxModel, rate: int) -> None:
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
            probability = float(self._model(samples, self._rate)[0][0])
            self._keep_fresh(probability)
            yield probability, float(np.sqrt(np.mean(samples * samples)))

    def _keep_fresh(self, probability: float) -> None:
        self._since_reset += 1
        self._quiet = self._quiet + 1 if probability < RESET_BELOW else 0
        if self._since_reset >= RESET_AFTER_WINDOWS and self._quiet >= RESET_QUIET_WINDOWS:
            self._model.reset_states()  # type: ignore[no-untyped-call]
            self._since_reset = 0
