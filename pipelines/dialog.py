"""The processor between hearing and speaking: frames in, flow events; flow actions, frames out.

Turn control and conversation live in one processor on purpose: between two processors a system
frame can overtake the words it belongs to. Here is who has the floor and how long anybody waits;
what happened goes to the `Conversation` as flow events.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Coroutine
from typing import Any, Literal

from pipecat.frames.frames import (
    CancelFrame,
    EndFrame,
    EndWorkerFrame,
    Frame,
    InputAudioRawFrame,
    InputDTMFFrame,
    StartFrame,
)
from pipecat.processors.frame_processor import FrameCallback, FrameDirection, FrameProcessor

from flows import actions, events
from pipelines import events as call_events
from pipelines.conversation import Conversation
from pipelines.ears import Ears, Likely, Turn, is_noise
from pipelines.errands import Errands
from pipelines.floor import Floor
from pipelines.frames import (
    FieldEnteredFrame,
    HangUpFrame,
    SpeakingVolume,
    SpeechFailed,
    UtteranceAudible,
    UtterancePlayed,
)
from pipelines.line import Line
from pipelines.page import Page
from pipelines.plan import CallPlan, CallResult, Engines
from pipelines.rendition import Studio
from pipelines.reporter import Reporter, TurnClock
from pipelines.speaking import Speaking
from pipelines.tap import Tap
from pipelines.watchdog import APOLOGY, RECORDED, TIME_IS_UP, Verdict, Watchdog

TICK_SECONDS = 0.1
STALLED_AUDIO_SECONDS = 0.6
"""With no audio for this long (a locked phone, a dead network) silence is assumed."""
LONGEST_PATIENCE_MS = 2000
"""Silence after which an open turn is no longer a pause: recognition is late."""
HANG_UP_SECONDS = 2.0
"""Longest the last steps of a call may take once the caller is gone."""


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
            on_end=lambda outcome: self._end("completed", outcome.value),
            on_transferred=self._transferred,
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
        self._quiet_since = 0.0
        self._watchdog = Watchdog(plan.settings.calls.answer_within_ms / 1000)
        self._tasks: set[asyncio.Task[Any]] = set()
        self._last_audio = 0.0
        self._speech_faults = 0
        self._interrupting = False
        self._status: Literal["completed", "failed", "abandoned"] = "abandoned"
        self._outcome = actions.Outcome.ABANDONED.value
        self._ending = False
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
        self._last_audio = self._report.now()
        self.tap.heard(pcm)
        self._ears.feed(pcm)

    async def process_frame(self, frame: Frame, direction: FrameDirection) -> None:
        await super().process_frame(frame, direction)
        if isinstance(frame, InputDTMFFrame):
            await self._pressed(frame.button.value)
        elif isinstance(frame, FieldEnteredFrame):
            self._entered(frame)
        elif isinstance(frame, HangUpFrame):
            self._spawn(self._leave(), "hang-up")
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
        now = self._last_audio = self._quiet_since = self._report.now()
        self._report.emit(
            call_events.CallActive,
            offset_ms=0,
            transport=self._line.transport,
            worker=self._plan.worker,
        )
        self._plan.on_active()
        self._watchdog.owe(now)
        self._conversation.put(self._plan.start)
        self._spawn(self._converse(), "converse")
        self._spawn(self._tick_forever(), "tick")

    # the flow

    async def _converse(self) -> None:
        if self.tap.records:
            await self._speaking.say(actions.Say(text=RECORDED, interruptible=False))
        await self._conversation.run()

    async def _stepped(self) -> None:
        if not self._utterances and not self._conversation.pending:
            self._watchdog.heard()
        await self._show_state()

    def _listen(self, listen: actions.Listen) -> None:
        self._quiet_since = self._report.now()
        self._ears.expect(listen)

    def _transferred(self) -> None:
        # The line closes with it: the flow's own end may come too late to count.
        self._status, self._outcome = "completed", actions.Outcome.HANDED_OFF.value

    def _entered(self, frame: FieldEnteredFrame) -> None:
        """The caller typed instead of speaking; its answer is owed like any other."""
        if self._ending:
            return
        self._conversation.listen = None
        self._watchdog.owe(self._report.now())
        self._conversation.put(
            events.FieldEntered(
                field=frame.field, value=frame.value, offset_ms=self._report.offset_ms()
            )
        )

    # speaking

    def _audible(self, frame: UtteranceAudible) -> None:
        now = self._report.now()
        utterance = self._speaking.begin(frame.utterance_id)
        if utterance is None:
            return
        if utterance.filler:
            self._watchdog.filler_heard(now)
        else:
            self._watchdog.heard()
            if self._conversation.turn_clock:
                self._report.turn(self._conversation.turn_clock, frame.made_at, now)
            self._conversation.turn_clock = None
        self._act(self._page.caption("agent", utterance.id, utterance.text))
        self._act(self._show_state())

    async def _played(self, frame: UtterancePlayed) -> None:
        await self._speaking.played(frame)
        if not self._utterances:
            self._floor.agent_stops()
        self._quiet_since = self._report.now()
        await self._show_state()

    async def _speech_failed(self, frame: SpeechFailed) -> None:
        self._report.fault(frame.code, frame.message)
        self._speech_faults += 1
        if self._speech_faults >= 2:
            await self._give_up(frame.code)

    # hearing

    def _window(self, probability: float, loudness: float) -> None:
        sounds = self._utterances.sounding and not self._ending
        if sounds and not self._utterances.interruptible:
            return
        self._floor.window(probability, loudness, agent_sounds=sounds)

    def _caller_began(self) -> None:
        self._floor.turn_begins(agent_sounds=bool(self._utterances))

    async def _interrupt(self) -> None:
        self._interrupting = True
        await self.broadcast_interruption()  # type: ignore[no-untyped-call]
        # Utterances the player had not begun leave no trace there.
        if self._utterances:
            await asyncio.sleep(0)
            await self._speaking.drop_unbegun()
        if not self._utterances:
            self._floor.agent_stops()
        await self._show_state()

    def _caller_paused(self, likely: Likely) -> None:
        listen = self._conversation.listen
        self._floor.words(likely.text, likely.confidence, listen.expect if listen else None)
        if self._ending or listen is None or self._floor.agent_goes_on:
            return
        self._conversation.foresee(
            events.CallerSaid(
                text=likely.text,
                words=likely.words,
                alternatives=likely.alternatives,
                confidence=likely.confidence,
            )
        )

    async def _pressed(self, key: str) -> None:
        """A key is as good as a word: it stops what is being said, then reaches the flow."""
        if not self._ending and self._utterances and self._utterances.interruptible:
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
        if self._ending:
            return
        if (is_noise(turn) or (let_go and not turn.text)) and not interrupted:
            self._quiet_since = self._report.now()
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
        self._watchdog.owe(now - waited)
        said = events.CallerSaid(
            text=turn.text,
            words=turn.words,
            alternatives=turn.alternatives,
            confidence=turn.confidence,
            offset_ms=start_ms,
        )
        self._conversation.said(said)

    # time

    async def _tick_forever(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            await self._tick(self._report.now())

    async def _tick(self, now: float) -> None:
        if self._ears.in_turn and now - self._last_audio > STALLED_AUDIO_SECONDS:
            self._ears.feed_silence(round(TICK_SECONDS * 1000))
        self._conversation.fire_timers(now)
        if self._ears.in_turn and not self._watchdog.owed and not self._utterances:
            silence_ms = self._ears.silence_ms
            if silence_ms >= LONGEST_PATIENCE_MS:
                # The words are long overdue: from here on the caller waits for us.
                self._watchdog.owe(now - silence_ms / 1000)
        match self._watchdog.check(now):
            case Verdict.FILL:
                self._report.fault(
                    "answer_late", f"No answer within {self._watchdog.bound_seconds} s."
                )
                await self._speaking.say(actions.Say(text=self._watchdog.filler), filler=True)
            case Verdict.GIVE_UP:
                await self._give_up("no_answer")
            case Verdict.WAIT:
                pass
        if self._caller_is_silent(now):
            self._conversation.listen = None
            self._watchdog.owe(now)
            self._conversation.put(events.CallerSilent(offset_ms=self._report.offset_ms()))

    def _caller_is_silent(self, now: float) -> bool:
        listen = self._conversation.listen
        return (
            listen is not None
            and not self._line.on_hold
            and not self._utterances
            and not self._ears.in_turn
            and self._conversation.idle
            and now - self._quiet_since >= listen.no_input_ms / 1000
        )

    # the end

    async def _end(self, status: Literal["completed", "failed"], outcome: str) -> None:
        if self._ending:
            return
        self._status, self._outcome, self._ending = status, outcome, True
        self._conversation.listen = None
        # In line behind what is still to be said, so the goodbye is heard to its last sample.
        for frame in (self._page.farewell(status, outcome), EndWorkerFrame(reason=outcome)):
            frame.interruptible = False
            await self.push_frame(frame)

    async def _give_up(self, code: str) -> None:
        if self._ending:
            return
        if self._utterances.waiting:
            # What has no sound by now would keep the apology waiting.
            await self._interrupt()
        await self._speaking.say(actions.Say(text=APOLOGY, interruptible=False))
        await self._end("failed", code)

    async def time_is_up(self) -> None:
        """The call has lasted as long as a call may: say so and end it."""
        self._report.fault("call_too_long", "The call reached its maximum duration.")
        if self._utterances:
            # What is queued may take longer than the caller has.
            await self._interrupt()
        await self._speaking.say(actions.Say(text=TIME_IS_UP, interruptible=False))
        await self._end("completed", "max_duration")

    def fail(self, code: str, message: str) -> None:
        """Something outside the conversation ended the call."""
        self._report.fault(code, message)
        self._status, self._outcome = "failed", code

    def finish(self) -> CallResult:
        """Record the end of the call."""
        self._plan.before_end()
        self.tap.close()
        duration_ms = self._report.offset_ms()
        self._report.used_line(self._line, duration_ms)
        self._report.emit(
            call_events.CallEnded,
            status=self._status,
            outcome=self._outcome,
            duration_ms=duration_ms,
        )
        return CallResult(self._status, self._outcome, duration_ms)

    async def _leave(self) -> None:
        await self.caller_left()
        await self.push_frame(EndWorkerFrame(reason="hung up"))

    async def caller_left(self) -> None:
        """The line is gone: let the flow know and wait until it has dealt with it."""
        if self._ending:
            return
        self._ending = True
        self._conversation.put(events.HungUp(offset_ms=self._report.offset_ms()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(HANG_UP_SECONDS):
                await self._conversation.settled()

    # small things

    async def _show_state(self) -> None:
        if self._utterances:
            await self._page.show("speaking")
        elif self._conversation.listen is not None and not self._conversation.pending:
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
