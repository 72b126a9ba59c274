"""A larger model for second hearings.

It is loaded when one is first wanted, while the small model goes on alone, and given back when none
has been for long: a worker whose flows ask for nothing to be dictated never holds it.
"""

from __future__ import annotations

import threading

from pipelines.engine.process import when_resting
from pipelines.engine.recognition.decoder import Decoder


class Larger:
    """The model in a folder, there or not."""

    def __init__(self, model: str, threads: int, at_once: int = 1) -> None:
        self._model = model
        self._threads = threads
        self._at_once = at_once
        self._starting = threading.Lock()
        self._loading: threading.Thread | None = None
        self._decoder: Decoder | None = None
        when_resting(self._give_back)

    def decoder(self) -> Decoder | None:
        """The model; None while it is being loaded, or when it can't be."""
        with self._starting:
            if self._loading is None:
                self._loading = threading.Thread(target=self._load, daemon=True)
                self._loading.start()
        return self._decoder

    def wait(self) -> None:
        """Return when it is loaded."""
        self.decoder()
        assert self._loading
        self._loading.join()

    def _load(self) -> None:
        self._decoder = Decoder(self._model, self._threads, self._at_once)

    def _give_back(self) -> None:
        with self._starting:
            if self._decoder is not None:
                self._decoder = self._loading = None
