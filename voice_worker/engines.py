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


def recogniser_engine(settings: Settings) -> Engine:
    """The recogniser the settings name, not started."""
    return Engine(
        "recogniser",
        "pipelines.engine.whisper",
        {
            "model": resolve(settings.models.recogniser, "recogniser", settings.home),
            "threads": settings.speech.recogniser_threads,
        },
        deadline_seconds=settings.speech.engine_deadline_ms / 1000,
    )


def voice_engine(settings: Settings) -> Engine:
    """The voice the settings name, not started."""
    return Engine(
        "voice",
        "pipelines.engine.piper",
        {
            "model": resolve(settings.models.voice, "voice", settings.home),
            "threads": settings.speech.voice_threads,
        },
        deadline_seconds=settings.speech.engine_deadline_ms / 1000,
    )


class EngineRoom:
    """Owns the engine processes."""

    def __init__(self, settings: Settings) -> None:
        self.recogniser = recogniser_engine(settings)
        self.voice = voice_engine(settings)
        self.knowledge = Engine(
            "knowledge",
            "pipelines.engine.knowledge",
            {
                "model": resolve(settings.models.embedder, "embedder", settings.home),
                "home": str(settings.home),
            },
            deadline_seconds=settings.speech.engine_deadline_ms / 1000,
        )
        self.local_knowledge = LocalKnowledge(self.knowledge)
        voice_model = Path(resolve(settings.models.voice, "voice", settings.home))
        cache = PromptCache(settings.home / "cache" / "prompts", _fingerprint(voice_model))
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
