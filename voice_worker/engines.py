"""The speech and knowledge engines of a worker: started together, warmed, stopped together."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable
from pathlib import Path

from config import Settings
from config.models import resolve
from pipelines.engine.client import Engine
from pipelines.knowledge import LocalKnowledge
from pipelines.plan import Engines
from pipelines.recogniser import LocalRecogniser
from pipelines.speech import LocalSynthesiser, PromptCache
from pipelines.vad import SharedSilero

log = logging.getLogger(__name__)

Report = Callable[[str], None]


class EngineRoom:
    """Owns the engine processes."""

    def __init__(self, settings: Settings) -> None:
        deadline = settings.speech.engine_deadline_ms / 1000
        home, models = settings.home, settings.models
        self._voice_model = resolve(models.voice, "voice", home)
        self.recogniser = Engine(
            "recogniser",
            "pipelines.engine.whisper",
            {
                "model": resolve(models.recogniser, "recogniser", home),
                "threads": settings.speech.recogniser_threads,
            },
            deadline_seconds=deadline,
        )
        self.voice = Engine(
            "voice",
            "pipelines.engine.piper",
            {"model": self._voice_model, "threads": settings.speech.voice_threads},
            deadline_seconds=deadline,
        )
        self.knowledge = Engine(
            "knowledge",
            "pipelines.engine.knowledge",
            {"model": resolve(models.embedder, "embedder", home), "home": str(home)},
            deadline_seconds=deadline,
        )
        self.local_knowledge = LocalKnowledge(self.knowledge)
        cache = PromptCache(home / "cache" / "prompts", _fingerprint(Path(self._voice_model)))
        self.synthesiser = LocalSynthesiser(self.voice, cache)
        self._silero: SharedSilero | None = None

    @property
    def all(self) -> tuple[Engine, ...]:
        return (self.recogniser, self.voice, self.knowledge)

    async def start(self, report: Report) -> None:
        """Load every model, side by side; `report` gets a line as each is ready."""

        async def start(engine: Engine) -> None:
            seconds = await engine.start()
            report(f"{engine.name} ready ({seconds:.1f} s)")

        try:
            async with asyncio.TaskGroup() as group:
                for engine in self.all:
                    group.create_task(start(engine))
                self._silero = await asyncio.to_thread(SharedSilero)
        except* Exception as failures:
            await self.stop()
            # One clear reason is worth more than a group of them.
            raise failures.exceptions[0] from None

    async def stop(self) -> None:
        await asyncio.gather(*(engine.stop() for engine in self.all))

    @property
    def shared(self) -> Engines:
        """What calls use."""
        assert self._silero is not None, "start() first"
        return Engines(
            recogniser=LocalRecogniser(self.recogniser),
            synthesiser=self.synthesiser,
            knowledge=self.local_knowledge,
            silero=self._silero,
        )


def _fingerprint(model: Path) -> str:
    """Names a voice by what it is: another file under the same name has other audio."""
    files = sorted(model.glob("*.onnx")) if model.is_dir() else [model]
    marks = [f"{file.name}:{file.stat().st_size}" for file in files if file.exists()]
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:16]
