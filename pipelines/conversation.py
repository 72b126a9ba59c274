"""A call's flow at work: events in, one after the other; each step's actions carried out.

One task takes the events from one queue. So a transition never waits for speech to finish, an
interruption can't lose a step, and what happened first is answered first.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Mapping
from typing import Any
from uuid import UUID

import flows
from flows import State, actions, events
from pipelines import events as call_events
from pipelines.errands import Errands
from pipelines.foresight import Foresight
from pipelines.going_on import LastTurn
from pipelines.page import Page
from pipelines.plan import CallPlan
from pipelines.reporter import Reporter, TurnClock
from pipelines.speaking import Speaking

POLL_SECONDS = 0.1
LAST_WORDS_SECONDS = 20.0
"""Longest a transfer waits for what was said of it to be heard."""

Spawn = Callable[[Coroutine[Any, Any, Any], str], "asyncio.Task[Any]"]


class Conversation:
    """Steps one call's flow."""

    def __init__(
        self,
        *,
        plan: CallPlan,
        report: Reporter,
        errands: Errands,
        speaking: Speaking,
        page: Page,
        spawn: Spawn,
        on_listen: Callable[[actions.Listen], None],
        on_step: Callable[[], Awaitable[None]],
        on_end: Callable[[actions.Outcome], Awaitable[None]],
        on_transferred: Callable[[], None],
    ) -> None:
        """`on_step` follows every step; `on_transferred` comes before the line is closed."""
        self._flow = plan.flow
        self._report = report
        self._errands = errands
        self._speaking = speaking
        self._page = page
        self._spawn = spawn
        self._on_listen = on_listen
        self._on_step = on_step
        self._on_end = on_end
        self._on_transferred = on_transferred
        self._foresight = Foresight(plan.flow, errands, speaking.prepare, spawn)
        self._state: State = flows.initial_state(plan.flow)
        self._events: asyncio.Queue[tuple[events.Event, bool]] = asyncio.Queue()
        """With each: does it go on with the caller's last turn?"""
        self._options: Mapping[str, tuple[str, ...]] = {}
        """Of the last question."""
        self._last: LastTurn | None = None
        self._lookups: set[str] = set()
        self._dispatches: set[str] = set()
        self._timers: dict[str, float] = {}
        self.listen: actions.Listen | None = None
        """What the flow waits for; None while it is the agent's turn."""
        self.turn_clock: TurnClock | None = None
        """Of the answer that is owed."""

    @property
    def language(self) -> str:
        """What is spoken (ISO 639-1, with a region where it matters)."""
        return self._state.language

    @property
    def pending(self) -> bool:
        """True while the flow waits for the world, not for the caller."""
        return self.listen is None and bool(self._lookups or self._dispatches)

    @property
    def dispatching(self) -> bool:
        """True while it waits for somebody else's system, which has its own time to answer in."""
        return self.listen is None and bool(self._dispatches)

    @property
    def idle(self) -> bool:
        """True when every event has been taken."""
        return self._events.empty()

    def put(self, event: events.Event) -> None:
        """Something happened."""
        self._events.put_nowait((event, False))

    async def settled(self) -> None:
        """Wait until the flow has dealt with all that happened."""
        await self._events.join()

    async def run(self) -> None:
        """Take events until cancelled."""
        while True:
            event, goes_on = await self._events.get()
            try:
                await self._step(event, goes_on=goes_on)
            finally:
                self._events.task_done()

    def fire_timers(self, now: float) -> None:
        """Tell the flow of the timers that are due."""
        for name in [name for name, due in self._timers.items() if now >= due]:
            del self._timers[name]
            self.put(events.TimerFired(name=name))

    # the caller

    def foresee(self, said: events.CallerSaid, *, goes_on: bool) -> None:
        """The caller paused after these words: prepare the answer to them."""
        if self.listen is None:
            return
        whole = self._last.whole(self._flow, said) if goes_on and self._last else None
        if self._last and whole:
            self._foresight.look(self._last.before, whole, self._last.options)
        else:
            self._foresight.look(self._state, said, self._options)

    def turn_over(self) -> None:
        """No more answers are tried; what has been looked up stays."""
        self._foresight.stop()

    def said(self, said: events.CallerSaid, *, goes_on: bool) -> None:
        """These words are the caller's turn, or more of the last one, whose answer they have not
        heard."""
        self.listen = None
        self._events.put_nowait((said, goes_on))

    async def _weighed(
        self, said: events.CallerSaid, options: Mapping[str, tuple[str, ...]]
    ) -> events.CallerSaid:
        """The words with what is known of which option they are like."""
        if not options:
            return said
        scores = await self._foresight.scores(said.text, options)
        return said.model_copy(update={"scores": scores})

    # steps

    async def _step(self, event: events.Event, *, goes_on: bool) -> None:
        before, options, replaces = self._state, self._options, 0
        if isinstance(event, events.CallerSaid):
            if goes_on and self._last and (whole := self._last.whole(self._flow, event)):
                event, before, options = whole, self._last.before, self._last.options
                replaces = self._last.steps
            event = await self._weighed(event, options)
            self._last = LastTurn(event, before, options, steps=replaces)
        step = flows.step(self._flow, before, event)
        self._state = step.state
        if self._last:
            self._last.follow(event, step.actions)
        self._report.emit(
            call_events.FlowStepped,
            node=step.state.node,
            event=event.model_dump(mode="json"),
            state=step.state.model_dump(mode="json"),
            replaces=replaces,
        )
        if self.turn_clock and not self.turn_clock.stepped:
            self.turn_clock.stepped = self._report.now()
        for action in step.actions:
            await self._perform(action)
        await self._on_step()

    async def _perform(self, action: actions.Action) -> None:
        match action:
            case actions.Say():
                if self.turn_clock and not self.turn_clock.said:
                    self.turn_clock.said = self._report.now()
                await self._speaking.say(action)
            case actions.Listen():
                self.listen = action
                self._options = action.options
                if action.options:
                    self._spawn(self._errands.get_ready(action.options), "options")
                self._on_listen(action)
            case actions.Retrieve():
                self._lookups.add(action.request_id)
                self._spawn(self._retrieve(action), "retrieve")
            case actions.Capture():
                self._errands.capture(action)
            case actions.SaveLead():
                self._errands.save_lead(action)
            case actions.Dispatch():
                request_id = self._errands.dispatch(action)
                self._dispatches.add(action.request_id)
                self._spawn(self._settle(action, request_id), "dispatch")
            case actions.SetTimer():
                self._timers[action.name] = self._report.now() + action.after_ms / 1000
            case actions.Transfer():
                self._spawn(self._transfer(action), "transfer")
            case actions.AskOnPage():
                await self._page.ask(action)
            case actions.End():
                await self._on_end(action.outcome)

    async def _retrieve(self, action: actions.Retrieve) -> None:
        answer = self._errands.retrieved(action, await self._foresight.asked(action))
        if self.turn_clock:
            self.turn_clock.answered = self._report.now()
        self._lookups.discard(action.request_id)
        self.put(answer)

    async def _settle(self, action: actions.Dispatch, request_id: UUID) -> None:
        settled = await self._errands.settle(action, request_id)
        self._dispatches.discard(action.request_id)
        self.put(settled)
        if action.wait_ms and isinstance(settled, events.DispatchDone):
            claimed = await self._errands.claimed(request_id, action.wait_ms)
            if claimed:
                self.put(claimed)

    async def _transfer(self, action: actions.Transfer) -> None:
        for _ in range(int(LAST_WORDS_SECONDS / POLL_SECONDS)):
            if not self._speaking.utterances:
                break
            await asyncio.sleep(POLL_SECONDS)
        answer = await self._errands.transfer(action)
        if isinstance(answer, events.DispatchDone):
            self._on_transferred()
        self.put(answer)
