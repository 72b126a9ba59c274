"""The speech and knowledge engines of a worker: started together, warmed, stopped together."""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import httpx

from config import Settings
from config.errors import ModelCorrupt, ModelMissing
from config.models import Kind, resolve
from pipelines.cloud import CloudRecogniser, WithFallback
from pipelines.engine.client import Engine
from pipelines.knowledge import LocalKnowledge
from pipelines.plan import Engines, OnFault, RemoteSynthesiser
from pipelines.prompt_cache import PromptCache
from pipelines.recogniser import LocalRecogniser
from pipelines.speech import LocalSynthesiser, VoiceFile
from pipelines.vad import SharedSilero
from rag.model import Shelf

log = logging.getLogger(__name__)

Report = Callable[[str], None]

UNHURRIED_MS = 60_000


def unhurried(settings: Settings) -> Settings:
    """For engines nobody on a line waits for: on a busy machine an answer may take its time."""
    speech = settings.speech.model_copy(update={"engine_deadline_ms": UNHURRIED_MS})
    return settings.model_copy(update={"speech": speech})


def _engine(
    settings: Settings,
    name: str,
    module: str,
    kind: Kind,
    *,
    at_once: int = 1,
    **options: Any,
) -> Engine:
    """An engine with the model the settings name for `kind`, not started."""
    model = resolve(getattr(settings.models, kind), kind, settings.home)
    return Engine(
        name,
        f"pipelines.engine.{module}",
        {"model": model, **options},
        deadline_seconds=settings.speech.engine_deadline_ms / 1000,
        at_once=at_once,
        nice=settings.speech.engine_nice,
    )


def recogniser_engine(settings: Settings) -> Engine:
    """The recogniser the settings name, not started."""
    threads = settings.speech.recogniser_threads
    larger = settings.models.larger
    return _engine(
        settings, "recogniser", "whisper", "recogniser",
        at_once=settings.speech.recognisers, threads=threads,
        larger=resolve(larger, "recogniser", settings.home) if larger else "",
        trained_for=settings.models.recogniser,
    )  # fmt: skip


def voice_engine(settings: Settings) -> Engine:
    """The voice the settings name, not started."""
    return _engine(
        settings, "voice", "piper", "voice", threads=settings.speech.voice_threads,
        home=str(settings.home),
    )  # fmt: skip


def shelf(settings: Settings) -> Shelf:
    """Where the settings keep knowledge."""
    knowledge = settings.knowledge
    return Shelf(
        home=str(settings.home),
        qdrant_url=knowledge.qdrant_url,
        qdrant_api_key=knowledge.qdrant_api_key,
        collection=knowledge.collection,
        answer_threshold=knowledge.answer_threshold,
        passages=knowledge.passages,
        chunk_words=knowledge.chunk_words,
    )


def knowledge_engine(settings: Settings) -> Engine:
    """The embedder and index the settings name, not started.

    Two at once: a question does not wait until new passages are embedded.
    """
    return _engine(
        settings, "knowledge", "knowledge", "embedder", at_once=2, shelf=asdict(shelf(settings))
    )


class EngineRoom:
    """Owns the engine processes."""

    def __init__(self, settings: Settings) -> None:
        self.recogniser = recogniser_engine(settings)
        self.voice = voice_engine(settings)
        self.knowledge = knowledge_engine(settings)
        self.local_knowledge = LocalKnowledge(self.knowledge)
        self._settings = settings
        self._cache = cache = PromptCache(
            settings.home / "cache" / "prompts", max_bytes=settings.speech.prompt_cache_mb << 20
        )
        self.synthesiser = LocalSynthesiser(self.voice, cache, Voices(settings))
        self._silero: SharedSilero | None = None
        self._http = httpx.AsyncClient(timeout=settings.speech.engine_deadline_ms / 1000)
        self._cloud = {
            name: WithFallback(
                CloudRecogniser(name, cloud, self._http),
                LocalRecogniser(self.recogniser),
                patience_seconds=cloud.patience_ms / 1000,
            )
            for name, cloud in settings.speech.cloud_recognisers.items()
        }

    def remote_voice(self, name: object) -> Callable[[OnFault], RemoteSynthesiser] | None:
        """What makes the voice a campaign's `tts` setting names; None for the worker's own."""
        known = self._settings.speech.remote_voices
        if not name or not isinstance(name, str):
            return None
        if name not in known:
            log.error("no remote voice %s is set up", name, extra={"action": "voice_missing"})
            return None
        # Imported when first wanted: pipecat's services are heavy.
        from pipelines import remote_voice

        voice = remote_voice.RemoteVoice(name, **known[name].model_dump())
        return lambda on_fault: remote_voice.RemoteSynthesiser(
            voice, self.synthesiser, self._cache, on_fault
        )

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
                self._silero = await asyncio.to_thread(SharedSilero, self._settings.home)
        except* Exception as failures:
            await self.stop()
            # One clear reason is worth more than a group of them.
            raise failures.exceptions[0] from None

    async def stop(self) -> None:
        await asyncio.gather(*(engine.stop() for engine in self.all), self._http.aclose())

    def of_campaign(self, settings: Mapping[str, Any]) -> Engines:
        """What a campaign's calls use: `recogniser` in its settings may name another one."""
        name = settings.get("recogniser")
        if not name:
            return self.shared
        if name not in self._cloud:
            log.error(
                "campaign asks for the recogniser %s, which speech.cloud_recognisers does not "
                "name; recognising locally",
                name,
                extra={"action": "recogniser_unknown"},
            )
            return self.shared
        return replace(self.shared, recogniser=self._cloud[name])

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


class Voices:
    """The voices campaigns may name, each looked at once."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._known: dict[str, VoiceFile] = {}

    def of(self, name: str) -> VoiceFile:
        """The voice of this name; the worker's own when it can't be found."""
        if name not in self._known:
            self._known[name] = self._find(name)
        return self._known[name]

    def _find(self, name: str) -> VoiceFile:
        own = self._settings.models.voice
        try:
            model = resolve(name or own, "voice", self._settings.home)
            if not Path(model).exists():
                raise ModelMissing(f"there is no voice {name} on this machine")
        except (ModelMissing, ModelCorrupt) as error:
            if not name:
                raise
            log.error("%s; the worker's own voice speaks", error, extra={"action": "voice_missing"})
            return self.of("")
        return VoiceFile(model if name else "", _fingerprint(Path(model)))


def _fingerprint(model: Path) -> str:
    """Names a voice by what it is: another file under the same name has other audio."""
    files = sorted(model.glob("*.onnx")) if model.is_dir() else [model]
    marks = [f"{file.name}:{file.stat().st_size}" for file in files if file.exists()]
    return hashlib.sha256("|".join(marks).encode()).hexdigest()[:16]
