"""A whole call with scripted engines on a line of its own: no model, no socket, no database."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import uuid4

import numpy as np
from pipecat.frames.frames import (
    Frame,
    InputAudioRawFrame,
    InterruptionFrame,
    OutputAudioRawFrame,
    OutputTransportMessageFrame,
    OutputTransportMessageUrgentFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameDirection, FrameProcessor

from config import load_settings
from flows import CallStarted, build_flow
from pipelines.build import hold_call
from pipelines.engine.client import Priority
from pipelines.frames import HangUpFrame
from pipelines.knowledge import KnowledgeAnswer
from pipelines.line import Line
from pipelines.plan import CallPlan, CallResult, Deliver, Engines, nowhere
from pipelines.recogniser import Recogniser, Recognition, RecognitionRequest
from pipelines.runtime_prompts import ENGLISH, GERMAN
from pipelines.speech import Manner, SpeechPiece
from pipelines.vad import SpeechProbability
from tests.support.patience import PATIENCE_SECONDS

RATE = 8000
CHUNK = RATE // 50
SPEECH = (np.sin(np.arange(CHUNK) / 3) * 8000).astype("<i2").tobytes()
SILENCE = bytes(2 * CHUNK)

FLOW = {
    "name": "scripted",
    "start": "hello",
    "nodes": {
        "hello": {"type": "start", "say": "Hello there.", "next": "ask"},
        "ask": {"type": "rag_answer", "say": "What is it?", "next": "over", "no_input_ms": 60000},
        "over": {"type": "end", "say": "Goodbye."},
    },
}


AT_HAND = (*ENGLISH.texts, *GERMAN.texts)


class Faults:
    """What happens before an engine answers: nothing, until a test sets it."""

    async def recognition(self) -> None: ...

    async def retrieval(self) -> None: ...

    async def synthesis(self) -> None: ...


class ScriptedRecogniser(Recogniser):
    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.text = "How much is it?"

    def expected_wait_ms(self) -> int:
        return 0

    async def recognise(self, request: RecognitionRequest) -> Recognition:
        await self.faults.recognition()
        return Recognition(self.text, 0.9, (), 0.01)


class ScriptedKnowledge:
    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.questions: list[str] = []

    async def ask(self, account: Any, question: str, *_: Any) -> KnowledgeAnswer:
        self.questions.append(question)
        await self.faults.retrieval()
        return KnowledgeAnswer("It costs five dollars.", 0.9, ("p1",), 0.01)

    async def likeness(self, text: str, options: Any) -> tuple[dict[str, float], float]:
        return {}, 0.0


class ScriptedVoice:
    """A fifth of a second for each word; what the runtime itself says is always at hand."""

    def __init__(self, faults: Faults) -> None:
        self.faults = faults
        self.asked: list[tuple[str, Priority]] = []

    async def speak(
        self, text: str, *, manner: Manner, rate: int, cacheable: bool,
        priority: Priority = Priority.SPEECH, call: str = "",
    ) -> AsyncGenerator[SpeechPiece, None]:  # fmt: skip
        self.asked.append((text, priority))
        if text not in AT_HAND and "Hello" not in text and "What is it" not in text:
            await self.faults.synthesis()
        end = 0
        for number, word in enumerate(text.split(), 1):
            end = text.index(word, end) + len(word)
            pcm = (np.full(rate // 5, 1000 + number)).astype("<i2").tobytes()
            yield SpeechPiece(pcm, ((end, number * rate // 5),))


class SilentVoice(ScriptedVoice):
    """Says its own prompts and nothing else."""

    async def speak(self, text: str, **more: Any) -> AsyncGenerator[SpeechPiece, None]:
        async for piece in super().speak(text, **more):
            if text in AT_HAND or "Hello" in text or "What is it" in text:
                yield piece


class _Loudness(SpeechProbability):
    """What is loud is speech."""

    def __init__(self) -> None:
        self.window_samples = RATE * 32 // 1000
        self._rest = np.zeros(0, dtype=np.int16)

    def feed(self, pcm: Any) -> Iterator[tuple[float, float]]:
        audio = np.concatenate([self._rest, pcm])
        whole = len(audio) // self.window_samples * self.window_samples
        self._rest = audio[whole:]
        for window in audio[:whole].reshape(-1, self.window_samples):
            loudness = float(np.sqrt(np.mean((window / 32768.0) ** 2)))
            yield (0.8 if loudness > 0.01 else 0.05), loudness


class _Silero:
    def listener(self, rate: int, inaudible: float) -> SpeechProbability:
        return _Loudness()


class _End(FrameProcessor):
    """One end of the line."""

    def __init__(self, name: str, seen: Callable[[Frame], None]) -> None:
        super().__init__(name=name)
        self._seen = seen
        self.hears = asyncio.Event()
        self.hears.set()

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, OutputAudioRawFrame):
            await self.hears.wait()
        self._seen(frame)
        await self.push_frame(frame, direction)


class ScriptedLine(Line):
    """Keeps what came out of it, in order."""

    transport = "web"
    caller_ducks = True

    def __init__(self) -> None:
        super().__init__(rate=RATE, provider="web")
        self.open = asyncio.Event()
        self.messages: list[dict[str, Any]] = []
        self.sound = bytearray()
        self.cleared = 0
        self._input = _End("line-in", lambda frame: None)
        self._output = _End("line-out", self._take)
        self._news = asyncio.Event()

    def input(self) -> FrameProcessor:
        return self._input

    def output(self) -> FrameProcessor:
        return self._output

    def _take(self, frame: Frame) -> None:
        if isinstance(frame, StartFrame):
            self.open.set()
        elif isinstance(frame, OutputAudioRawFrame):
            self.sound += frame.audio
        elif isinstance(frame, InterruptionFrame):
            self.cleared += 1
        elif isinstance(frame, OutputTransportMessageFrame | OutputTransportMessageUrgentFrame):
            self.messages.append(frame.message)
        self._news.set()

    def hold(self) -> None:
        """The caller puts us on hold: no audio leaves any more."""
        self.on_hold = True
        self._output.hears.clear()

    async def hang_up(self) -> None:
        """The caller presses hang up."""
        await self._input.push_frame(HangUpFrame())

    def captions(self) -> list[str]:
        """What the agent began to say."""
        return [
            message["text"] for message in self.messages
            if message["type"] == "caption" and message["speaker"] == "agent"
            and "heard" not in message
        ]  # fmt: skip

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until something is true of what came out."""
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not condition():
                self._news.clear()
                await self._news.wait()

    async def speak(self, *pieces: bytes) -> None:
        """The caller's microphone, in real time."""
        loop = asyncio.get_running_loop()
        due = loop.time()
        for pcm in pieces:
            await self._input.push_frame(InputAudioRawFrame(pcm, RATE, 1))
            due += CHUNK / RATE
            await asyncio.sleep(max(0.0, due - loop.time()))


class Call:
    """The call and what it wrote."""

    def __init__(self, line: ScriptedLine, voice: ScriptedVoice) -> None:
        self.line = line
        self.voice = voice
        self.knowledge: ScriptedKnowledge
        self.recogniser: ScriptedRecogniser
        self.events: list[Any] = []
        self.result: CallResult | None = None
        self.speaking: asyncio.Task[None] | None = None
        """The caller's microphone while it is on."""

    def stop_speaking(self) -> None:
        """Turn it off."""
        if self.speaking:
            self.speaking.cancel()

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]


@asynccontextmanager
async def scripted_call(
    tmp_home: Any,
    faults: Faults,
    *,
    voice: type[ScriptedVoice] = ScriptedVoice,
    flow: dict[str, Any] = FLOW,
    deliver: Deliver = nowhere,
    **calls: Any,
) -> AsyncIterator[Call]:
    """A call that has begun; the line goes dead in the end."""
    line = ScriptedLine()
    call = Call(line, voice(faults))
    call.knowledge, call.recogniser = ScriptedKnowledge(faults), ScriptedRecogniser(faults)
    account, call_id = uuid4(), uuid4()

    def emit(event: Any, /, *, offset_ms: int, **fields: Any) -> None:
        call.events.append(
            event(account_id=account, call_id=call_id, seq=len(call.events),
                  offset_ms=offset_ms, **fields)
        )  # fmt: skip

    plan = CallPlan(
        call_id=call_id,
        account_id=account,
        flow=build_flow(flow),
        start=CallStarted(),
        settings=load_settings(home=tmp_home, calls=calls),
        emit=emit,
        worker="w",
        deliver=deliver,
    )
    engines = Engines(call.recogniser, call.voice, call.knowledge, _Silero())  # type: ignore[arg-type]
    holding = asyncio.create_task(hold_call(line, plan, engines))
    try:
        await line.until(line.open.is_set)
        yield call
    finally:
        line.left.set()
        call.result = await holding
