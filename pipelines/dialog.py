"""The processor between hearing and speaking: frames in, flow events; flow actions, frames out.

Turn control and conversation live in one processor on purpose: between two processors a system
frame can overtake the words it belongs to. What happened goes to the `Conversation` as flow events;
how long anybody waits is told by `Waiting`, and the end is `Farewell`'s.
"""

from __future__ import annotations

import asyncio
import math
from collections.abc import Awaitable, Coroutine
from typing import Any

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameCallback, FrameDirection, FrameProcessor

from flows import actions, events, language_for
from pipelines import events as call_events
from pipelines.barge_in import UNHEARD_MS
from pipelines.conversation import Conversation
from pipelines.ears import Ears, Likely, Turn, is_noise
from pipelines.errands import Errands
from pipelines.farewell import Farewell
from pipelines.floor import Floor
from pipelines.frames import (
    FieldEnteredFrame,
    HangUpFrame,
    SpeakingVolume,
    SpeechFailed,
    UtteranceAudible,
    UtterancePlayed,
)
from pipelines.going_on import LONGEST_PAUSE_MS, MOST_HEARD_MS
from pipelines.line import Line
from pipelines.page import Page
from pipelines.plan import CallPlan, Engines
from pipelines.rendition import Studio
from pipelines.reporter import Reporter, TurnClock
from pipelines.runtime_prompts import runtime_prompts
from pipelines.speaking import Speaking
from pipelines.tap import Tap
from pipelines.waiting import Waiting


class Dialog(FrameProcessor):
    """Holds one conversation."""

    def __init__(self, *, plan: CallPlan, engines: Engines, line: Line) -> None:
        super().__init__(name="dialog")
        self._plan = plan
        self._line = line
        self._report = Reporter(plan.emit)
        self._remote_voice = plan.remote_voice(self._report.fault) if plan.remote_voice else None
        studio = Studio(
            synthesiser=self._remote_voice or engines.synthesiser,
            manner=plan.manner,
            rate=line.rate,
            spawn=self._spawn,
            on_made=lambda piece: self._speaking.made(piece),
            call=str(plan.call_id),
        )
        self._page = Page(self.push_frame)
        self._speaking = Speaking(
            rate=line.rate,
            studio=studio,
            report=self._report,
            page=self._page,
            push=self.push_frame,
        )
        self._utterances = self._speaking.utterances
        self._conversation = Conversation(
            plan=plan,
            report=self._report,
            errands=Errands(
                plan.account_id,
                engines.knowledge,
                line,
                self._report,
                plan.deliver,
                plan.until_claimed,
            ),
            speaking=self._speaking,
            page=self._page,
            spawn=self._spawn,
            on_listen=self._listen,
            on_step=self._stepped,
            on_end=lambda outcome: self.farewell.end("completed", outcome.value),
            on_transferred=lambda: self.farewell.transferred(),
        )
        self._floor = Floor(
            rate=line.rate,
            confidence=plan.settings.speech.vad_confidence,
            report=self._report,
            set_volume=lambda gain: self.push_frame(SpeakingVolume(gain)),
            interrupt=self._interrupt,
            act=self._act,
        )
        recorder = plan.record(line.rate) if plan.record else None
        self.tap = Tap(self._report, self._floor.echo, recorder)
        self.farewell = Farewell(
            plan=plan,
            line=line,
            report=self._report,
            conversation=self._conversation,
            speaking=self._speaking,
            page=self._page,
            tap=self.tap,
            push=self.push_frame,
            interrupt=self._interrupt,
        )
        self._tasks: set[asyncio.Task[Any]] = set()
        self._answer_began = -math.inf
        self._turn_ended_ms = -LONGEST_PAUSE_MS
        """Milliseconds of received audio."""
        self._goes_on = False
        """The open turn goes on with the one before it."""
        self._speech_faults = 0
        self._interrupting = False
        self._ears = Ears(
            rate=line.rate,
            settings=plan.settings.speech,
            detector=engines.silero.listener(line.rate, plan.settings.speech.vad_min_rms),
            recogniser=engines.recogniser,
            spawn=self._spawn,
            on_speech=self._caller_began,
            on_turn=self._caller_finished,
            on_likely=self._caller_paused,
            on_window=self._window,
            region=plan.start.region,
            call=str(plan.call_id),
        )
        self._waiting = Waiting(
            answer_within_ms=plan.settings.calls.answer_within_ms,
            line=line,
            report=self._report,
            ears=self._ears,
            conversation=self._conversation,
            speaking=self._speaking,
            farewell=self.farewell,
        )

    # frames

    async def queue_frame(
        self,
        frame: Frame,
        direction: FrameDirection = FrameDirection.DOWNSTREAM,
        callback: FrameCallback | None = None,
    ) -> None:
        """Sound is heard as it comes: a queue and its task would cost more than the hearing."""
        if isinstance(frame, InputAudioRawFrame):
            if self._report.begun:
                self._hear(frame.audio)
        else:
            await super().queue_frame(frame, direction, callback)

    def _hear(self, pcm: bytes) -> None:
        self._waiting.audio_came()
        self.tap.heard(pcm)
        self._ears.feed(pcm)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputDTMFFrame):
            await self._pressed(frame.button.value)
        elif isinstance(frame, FieldEnteredFrame):
            self._entered(frame)
        elif isinstance(frame, HangUpFrame):
            # As good as gone: what is being said is said to nobody.
            self._line.left.set()
        elif isinstance(frame, UtteranceAudible):
            self._audible(frame)
        elif isinstance(frame, UtterancePlayed):
            await self._played(frame)
        elif isinstance(frame, SpeechFailed):
            await self._speech_failed(frame)
        else:
            await self.push_frame(frame, direction)
            if isinstance(frame, StartFrame):
                self._begin()
            elif isinstance(frame, (EndFrame, CancelFrame)):
                self._stop_tasks()

    def _begin(self) -> None:
        self._report.begin()
        self._waiting.audio_came()
        self._waiting.quiet()
        self._report.emit(
            call_events.CallActive,
            offset_ms=0,
            transport=self._line.transport,
            worker=self._plan.worker,
            component=self._line.component,
            provider=self._line.provider,
        )
        self._plan.on_active()
        self._waiting.owe()
        self._conversation.put(self._plan.start)
        self._spawn(self._converse(), "converse")
        self._spawn(self._waiting.look_forever(), "wait")

    # the flow

    async def _converse(self) -> None:
        if self.tap.records:
            language = language_for(self._plan.flow, self._plan.start.language)
            recorded = runtime_prompts(language).recorded
            await self._speaking.say(
                actions.Say(text=recorded, interruptible=False, language=language)
            )
        await self._conversation.run()

    async def _stepped(self) -> None:
        if not self._utterances and not self._conversation.pending:
            self._waiting.answered()
        await self._show_state()

    def _listen(self, listen: actions.Listen) -> None:
        self._waiting.quiet()
        self._ears.expect(listen)

    def _entered(self, frame: FieldEnteredFrame) -> None:
        """The caller typed instead of speaking; its answer is owed like any other."""
        if self.farewell.begun:
            return
        self._conversation.listen = None
        self._waiting.owe()
        self._conversation.put(
            events.FieldEntered(
                field=frame.field, value=frame.value, offset_ms=self._report.offset_ms()
            )
        )

    # speaking

    def _audible(self, frame: UtteranceAudible) -> None:
        utterance = self._speaking.begin(frame.utterance_id)
        if utterance is None:
            return
        if utterance.filler:
            self._waiting.filler_heard()
        else:
            self._waiting.answered()
            if clock := self._conversation.turn_clock:
                self._answer_began = self._report.now()
                self._report.turn(clock, frame.made_at, self._answer_began)
            self._conversation.turn_clock = None
        self._act(self._page.caption("agent", utterance.id, utterance.text))
        self._act(self._show_state())

    async def _played(self, frame: UtterancePlayed) -> None:
        await self._speaking.played(frame)
        if not self._utterances:
            self._floor.agent_stops()
            if self._conversation.pending:
                self._waiting.still_owe()
        elif not frame.complete:
            # What comes next may be interrupted as well.
            self._floor.agent_stops()
        self._waiting.quiet()
        await self._show_state()

    async def _speech_failed(self, frame: SpeechFailed) -> None:
        self._report.fault(frame.code, frame.message)
        self._speech_faults += 1
        if self._speech_faults >= 2:
            await self.farewell.give_up(frame.code)

    # hearing

    def _window(self, probability: float, loudness: float) -> None:
        owed = self._conversation.turn_clock is not None and self._utterances.waiting
        speaks = (self._utterances.sounding or owed) and not self.farewell.begun
        if speaks and not self._utterances.interruptible:
            return
        unheard = owed or self._answered_ms < UNHEARD_MS
        self._floor.window(probability, loudness, agent_speaks=speaks, unheard=unheard)

    @property
    def _answered_ms(self) -> float:
        """Since the last answer's first sound."""
        return (self._report.now() - self._answer_began) * 1000

    def _caller_began(self) -> None:
        paused_ms = self._ears.now_ms - self._turn_ended_ms
        owed = self._conversation.turn_clock is not None
        unmeant = owed or self._answered_ms < MOST_HEARD_MS
        self._goes_on = unmeant and paused_ms < LONGEST_PAUSE_MS
        self._floor.turn_begins(agent_sounds=bool(self._utterances))

    async def _interrupt(self) -> None:
        self._interrupting = True
        # The answer to what interrupted may be given to the player before it has dealt with this.
        self._utterances.revoke()
        await self.broadcast_interruption()  # type: ignore[no-untyped-call]
        # Utterances the player had not begun leave no trace there.
        if self._utterances:
            await asyncio.sleep(0)
            await self._speaking.drop_unbegun()
        if not self._utterances.sounding:
            self._floor.agent_stops()
        if self._ears.in_turn:
            # They have taken the turn back: the answer is owed when they have finished.
            self._waiting.answered()
        await self._show_state()

    def _caller_paused(self, likely: Likely) -> None:
        listen = self._conversation.listen
        expect = listen.expect if listen else None
        self._floor.words(likely.text, likely.confidence, expect, hum=likely.hum)
        if self.farewell.begun or listen is None or self._floor.agent_goes_on:
            return
        self._conversation.foresee(
            events.CallerSaid(
                text=likely.text,
                words=likely.words,
                alternatives=likely.alternatives,
                confidence=likely.confidence,
            ),
            goes_on=self._goes_on,
        )

    async def _pressed(self, key: str) -> None:
        """A key is as good as a word: it stops what is being said, then reaches the flow."""
        if not self.farewell.begun and self._utterances and self._utterances.interruptible:
            await self._interrupt()
        self._conversation.put(events.KeyPressed(key=key, offset_ms=self._report.offset_ms()))

    def _caller_finished(self, turn: Turn) -> None:
        interrupted, self._interrupting = self._interrupting, False
        if turn.cpu_seconds:
            self._report.used("stt", "cpu_second", turn.cpu_seconds)
        for provider, seconds in turn.remote_seconds.items():
            self._report.used("stt", "audio_second", seconds, provider=provider)
        if turn.failed:
            self._report.fault("recognition_failed", turn.failed)
        self._conversation.turn_over()
        let_go = self._floor.turn_ends()
        if self.farewell.begun:
            return
        if (is_noise(turn) or (let_go and not turn.text)) and not interrupted:
            self._waiting.quiet()
            return
        lag_ms = self._report.offset_ms() - turn.committed_ms
        now = self._report.now()
        start_ms = max(0, turn.start_ms + lag_ms)
        waited = (turn.committed_ms - turn.end_ms) / 1000
        self._report.emit(
            call_events.CallerSpoke,
            offset_ms=start_ms,
            text=turn.text,
            duration_ms=turn.end_ms - turn.start_ms,
            confidence=turn.confidence,
            thoughts=tuple(thought.as_dict() for thought in turn.thoughts),
        )
        if turn.text:
            self._act(self._speaking.caller_caption(turn.text))
        if let_go:
            # "Mm-hm": it was heard, and the agent speaks on.
            return
        self._conversation.turn_clock = TurnClock(now - waited, now, turn.recognition_ms)
        self._waiting.owe(now - waited)
        said = events.CallerSaid(
            text=turn.text,
            words=turn.words,
            alternatives=turn.alternatives,
            confidence=turn.confidence,
            offset_ms=start_ms,
        )
        self._turn_ended_ms = turn.end_ms
        self._conversation.said(said, goes_on=self._goes_on)

    # small things

    async def _show_state(self) -> None:
        if self._utterances:
            await self._page.show("speaking")
        elif self._conversation.listen is not None:
            await self._page.show("listening")
        else:
            await self._page.show("thinking")

    def _act(self, work: Awaitable[None]) -> None:
        """Do something without waiting for it."""

        async def act() -> None:
            await work

        self._spawn(act(), "act")

    def _spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = self.create_task(work, name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _stop_tasks(self) -> None:
        for task in self._tasks:
            task.cancel()

    async def cleanup(self) -> None:
        self._stop_tasks()
        if self._remote_voice:
            await self._remote_voice.close()
        await super().cleanup()  # type: ignore[no-untyped-call]
