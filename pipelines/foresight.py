"""The answer, prepared while the caller may still go on.

At every pause the words so far are tried on the flow without taking the step: `flows.step` is pure,
so a dry step costs nothing but its time. What it would look up is looked up, what it would say is
rendered. Nothing of it is written down or said; when the turn ends with the same words, the real
step finds its answer and its sound ready, and with other words they are dropped.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import flows
from flows import Flow, State, actions, events
from pipelines.errands import Errands, Found

MAX_STEPS = 4
"""Steps tried ahead: a look-up and a hand-over, with room to spare."""

Spawn = Callable[[Coroutine[Any, Any, Any], str], "asyncio.Task[Any]"]
Options = Mapping[str, tuple[str, ...]]


class Foresight:
    """Prepares one call's answers."""

    def __init__(
        self, flow: Flow, errands: Errands, prepare: Callable[[actions.Say], None], spawn: Spawn
    ) -> None:
        self._flow = flow
        self._errands = errands
        self._prepare = prepare
        self._spawn = spawn
        self._looking: asyncio.Task[None] | None = None
        # Tasks of their own: they outlive the guess they were wanted for.
        self._scores: tuple[str, asyncio.Task[dict[str, float]]] | None = None
        self._answer: tuple[actions.Retrieve, asyncio.Task[Found]] | None = None

    def look(self, state: State, said: events.CallerSaid, options: Options) -> None:
        """The caller paused after these words; any guess made before is dropped."""
        self.stop()
        self._looking = self._spawn(self._look(state, said, options), "foresight")

    def stop(self) -> None:
        """The turn is over, or goes on: what has been looked up stays, no more is tried."""
        if self._looking:
            self._looking.cancel()
            self._looking = None

    async def _look(self, state: State, said: events.CallerSaid, options: Options) -> None:
        if options:
            said = said.model_copy(update={"scores": await self.scores(said.text, options)})
        event: events.Event | None = said
        for _ in range(MAX_STEPS):
            if event is None:
                return
            step = flows.step(self._flow, state, event)
            state = step.state
            event = None
            for action in step.actions:
                match action:
                    case actions.Say():
                        self._prepare(action)
                    case actions.Retrieve():
                        event = self._errands.as_event(action, await self.answer(action))
                    case actions.Dispatch(kind="handoff"):
                        event = events.DispatchDone(request_id=action.request_id)
                    case _:
                        pass

    async def scores(self, text: str, options: Options) -> dict[str, float]:
        """How alike the words are to each option; found once for the same words."""
        if self._scores is None or self._scores[0] != text:
            self._scores = (text, self._spawn(self._errands.scores(text, options), "scores"))
        scores: dict[str, float] = await asyncio.shield(self._scores[1])
        return scores

    async def asked(self, action: actions.Retrieve) -> Found:
        """What the knowledge says to a question that is really asked; the next one is looked up."""
        found = await self.answer(action)
        self._answer = None
        return found

    async def answer(self, action: actions.Retrieve) -> Found:
        """What the knowledge says; looked up once for the same question."""
        if self._answer is None or not _same(self._answer[0], action):
            self._answer = (action, self._spawn(self._errands.look_up(action), "look-up"))
        found: Found = await asyncio.shield(self._answer[1])
        return found


def _same(one: actions.Retrieve, other: actions.Retrieve) -> bool:
    return (one.question, one.sources, one.threshold) == (
        other.question,
        other.sources,
        other.threshold,
    )
