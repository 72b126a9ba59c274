"""Whose turn is it to be heard? The barge-in policy of a call and what its decisions do."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from flows import Expectation
from pipelines import events as call_events
from pipelines.barge_in import BargeIn, Stage
from pipelines.echo import EchoGuard
from pipelines.reporter import Reporter

DUCKED_GAIN = 0.25
"""-12 dB: the caller notices that they are heard, and still follows."""
_GAIN = {Stage.QUIET: 1.0, Stage.DUCKED: DUCKED_GAIN, Stage.HELD: 0.0}


class Floor:
    """Hears the caller while the agent speaks, and has it turn down, wait, stop or go on."""

    def __init__(
        self,
        *,
        rate: int,
        confidence: float,
        report: Reporter,
        set_volume: Callable[[float], Awaitable[None]],
        interrupt: Callable[[], Awaitable[None]],
        act: Callable[[Awaitable[None]], None],
    ) -> None:
        """`act` runs what a decision asks for without holding up the audio."""
        self.policy = BargeIn(confidence)
        self.echo = EchoGuard(rate)
        self._report = report
        self._set_volume = set_volume
        self._interrupt = interrupt
        self._act = act
        self._moments: list[call_events.FloorMoment] = []
        self._let_go = False
        """The caller's open turn was no claim to the floor."""

    def window(
        self, probability: float, loudness: float, *, agent_speaks: bool, unheard: bool = False
    ) -> None:
        """32 ms of the caller's audio; `agent_speaks`: something interruptible is being said, or an
        answer is about to be; `unheard`: the caller has heard next to nothing of it."""
        if not agent_speaks:
            self.policy.learn(probability, loudness)
            return
        before = self.policy.stage
        echo = (
            probability >= self.policy.confidence
            and before is not Stage.HELD
            and self.echo.is_echo()
        )
        self._follow(before, self.policy.hear(probability, loudness, echo=echo, unheard=unheard))

    def words(self, text: str, confidence: float, expect: Expectation | None, *, hum: bool) -> None:
        """What the caller has probably said, at a pause, how sure that is (0..1), and whether it
        sounds like a hum."""
        before = self.policy.stage
        self._follow(before, self.policy.words(text, expect, confidence, hum=hum))

    def _follow(self, before: Stage, stage: Stage) -> None:
        if stage is before:
            return
        self._moments.append(
            call_events.FloorMoment(
                offset_ms=self._report.offset_ms(), stage=stage.value, reason=self.policy.reason
            )
        )
        if stage is Stage.TAKEN:
            self._let_go = False
            self._act(self._interrupt())
        else:
            self._let_go = stage is Stage.QUIET
            self._act(self._set_volume(_GAIN[stage]))
        if stage in (Stage.TAKEN, Stage.QUIET):
            self._write(stage)

    def _write(self, outcome: Stage) -> None:
        moments, self._moments = tuple(self._moments), []
        self._report.emit(
            call_events.FloorClaimed,
            offset_ms=moments[0].offset_ms,
            taken=outcome is Stage.TAKEN,
            moments=moments,
        )

    @property
    def agent_goes_on(self) -> bool:
        """True when the open turn has been found to claim nothing."""
        return self._let_go

    def turn_begins(self, *, agent_sounds: bool) -> None:
        """The caller began to speak."""
        self._let_go = self._let_go and agent_sounds

    def turn_ends(self) -> bool:
        """The caller's turn is over: True when the agent speaks on and wants no answer to it."""
        let_go, self._let_go = self._let_go, False
        return let_go and self.policy.stage is Stage.QUIET

    def agent_stops(self) -> None:
        """Nothing is being said any more."""
        if self._moments:
            self._write(self.policy.stage)
        self.policy.reset()
        self._let_go = False
