"""A stock pipecat worker on our wire: what its own parts do with the same model files.

Every call gets its own pipeline, as pipecat's examples build it: Silero, Whisper and Piper services
straight from the package, the speech-timeout or the smart-turn end of turn, and a scripted brain in
the language model's place, so that nothing but the speech path is compared. Calls are made and
opened as the worker's are (`POST /api/calls`, then the WebSocket), the campaign chooses the script.

    python -m bench.stock_pipecat --port 8090 --turn timeout
"""

from __future__ import annotations

import argparse
import asyncio
import json
import uuid
from pathlib import Path
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, WebSocket
from pipecat.audio.vad.silero import SileroVADAnalyzer
from pipecat.frames.frames import (
    Frame,
    LLMContextFrame,
    LLMFullResponseEndFrame,
    LLMFullResponseStartFrame,
    LLMTextFrame,
    StartFrame,
    TTSSpeakFrame,
)
from pipecat.pipeline.pipeline import Pipeline
from pipecat.pipeline.worker import PipelineParams, PipelineWorker
from pipecat.processors.aggregators.llm_context import LLMContext
from pipecat.processors.aggregators.llm_response_universal import (
    LLMContextAggregatorPair,
    LLMUserAggregatorParams,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor
from pipecat.services.piper.tts import PiperTTSService
from pipecat.services.whisper.stt import WhisperSTTService
from pipecat.transports.websocket.fastapi import FastAPIWebsocketParams, FastAPIWebsocketTransport
from pipecat.turns.user_stop import SpeechTimeoutUserTurnStopStrategy
from pipecat.turns.user_turn_strategies import UserTurnStrategies
from pipecat.workers.runner import WorkerRunner

from bench.scripts import ASK_NAME, GREETING, replies
from config import load_settings
from config.models import resolve
from pipelines.transports.pcm_wire import RATE, PcmWireSerializer

SPEECH_TIMEOUT_SECONDS = 0.6


class ScriptedBrain(FrameProcessor):
    """In the language model's place: greets, then answers each turn with the script's next text."""

    def __init__(self, campaign: str, name: str) -> None:
        super().__init__(name="brain")
        self._replies = replies(campaign, name)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, LLMContextFrame):
            await self.push_frame(LLMFullResponseStartFrame())
            await self.push_frame(LLMTextFrame(next(self._replies)))
            await self.push_frame(LLMFullResponseEndFrame())
            return
        await self.push_frame(frame, direction)
        if isinstance(frame, StartFrame):
            await self.push_frame(TTSSpeakFrame(f"{GREETING} {ASK_NAME}"))


async def hold(
    websocket: WebSocket,
    campaign: str,
    name: str,
    turn: str,
    recogniser_model: str,
    voice_file: Path,
) -> None:
    """One call, pipecat's way."""
    transport = FastAPIWebsocketTransport(
        websocket,
        FastAPIWebsocketParams(
            audio_in_enabled=True,
            audio_out_enabled=True,
            audio_in_sample_rate=RATE,
            audio_out_sample_rate=RATE,
            audio_out_10ms_chunks=2,
            audio_out_end_silence_secs=0,
            serializer=PcmWireSerializer(),
        ),
    )
    recogniser = WhisperSTTService(
        device="cpu",
        compute_type="int8",
        settings=WhisperSTTService.Settings(model=recogniser_model),
    )
    voice = PiperTTSService(
        download_dir=voice_file.parent, settings=PiperTTSService.Settings(voice=voice_file.stem)
    )
    strategies = UserTurnStrategies()
    if turn == "timeout":
        strategies = UserTurnStrategies(
            stop=[SpeechTimeoutUserTurnStopStrategy(user_speech_timeout=SPEECH_TIMEOUT_SECONDS)]
        )
    pair = LLMContextAggregatorPair(
        LLMContext(),
        user_params=LLMUserAggregatorParams(
            vad_analyzer=SileroVADAnalyzer(), user_turn_strategies=strategies
        ),
    )
    worker = PipelineWorker(
        Pipeline(
            [
                transport.input(),
                recogniser,
                pair.user(),
                ScriptedBrain(campaign, name),
                voice,
                transport.output(),
                pair.assistant(),
            ]
        ),
        params=PipelineParams(audio_in_sample_rate=RATE, audio_out_sample_rate=RATE),
    )

    @transport.event_handler("on_client_disconnected")
    async def on_client_disconnected(*_: object) -> None:
        await worker.cancel()

    runner = WorkerRunner(handle_sigint=False, handle_sigterm=False)
    await runner.add_workers(worker)
    await runner.run()


def build(turn: str) -> FastAPI:
    """The application: the worker's two routes and its readiness."""
    app = FastAPI()
    settings = load_settings()
    recogniser = resolve(settings.models.recogniser, "recogniser", settings.home)
    (voice,) = Path(resolve(settings.models.voice, "voice", settings.home)).glob("*.onnx")
    made: dict[str, tuple[str, str]] = {}

    @app.get("/readyz")
    async def ready() -> dict[str, bool]:
        return {"ready": True}

    @app.post("/api/calls", status_code=201)
    async def new_call(request: Request) -> dict[str, Any]:
        body = await request.json()
        call_id = str(uuid.uuid4())
        made[call_id] = (body["campaign"], body.get("fields", {}).get("name", ""))
        return {"call_id": call_id, "ws_url": f"ws://{request.headers['host']}/ws/calls/{call_id}"}

    @app.websocket("/ws/calls/{call_id}")
    async def call(websocket: WebSocket, call_id: str) -> None:
        await websocket.accept()
        await websocket.send_text(json.dumps({"type": "ready", "call_id": call_id}))
        campaign, name = made.pop(call_id)
        await hold(websocket, campaign, name, turn, recogniser, voice)

    return app


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--turn", choices=("timeout", "smart"), default="timeout")
    arguments = parser.parse_args()
    asyncio.run(
        uvicorn.Server(
            uvicorn.Config(build(arguments.turn), port=arguments.port, log_level="warning")
        ).serve()
    )


if __name__ == "__main__":
    main()
