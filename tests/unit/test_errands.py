"""Errands of a call: what the world answers, late, or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

import pytest

from pipelines import errands
from pipelines.errors import EngineLost
from pipelines.knowledge import KnowledgeAnswer
from pipelines.plan import nobody, nowhere
from pipelines.reporter import Reporter

OPTIONS = {"repair": ("repair", "fix my car"), "sales": ("sales", "buy a car")}


class ScriptedKnowledge:
    """Answers `likeness` with what it was given: scores, an error, or silence."""

    def __init__(self, answer: dict[str, float] | Exception | None) -> None:
        self._answer = answer
        self.asked: list[str] = []

    async def ask(
        self, account_id: Any, question: str, sources: Sequence[str], threshold: float | None
    ) -> KnowledgeAnswer:
        raise NotImplementedError

    async def likeness(
        self, text: str, options: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, float], float]:
        self.asked.append(text)
        if isinstance(self._answer, Exception):
            raise self._answer
        if self._answer is None:
            await asyncio.Event().wait()
        assert self._answer is not None
        return self._answer, 0.01


def make(knowledge: ScriptedKnowledge, written: list[str]) -> errands.Errands:
    report = Reporter(lambda event, /, **fields: written.append(fields.get("code", event.__name__)))
    return errands.Errands(uuid4(), knowledge, None, report, nowhere, nobody)  # type: ignore[arg-type]


async def test_words_that_choose_nothing_are_weighed_by_meaning() -> None:
    knowledge = ScriptedKnowledge({"repair": 0.7, "sales": 0.2})
    found = await make(knowledge, []).scores("my engine makes a noise", OPTIONS)
    assert found == {"repair": 0.7, "sales": 0.2}


async def test_words_that_choose_something_wait_for_nobody() -> None:
    knowledge = ScriptedKnowledge(None)
    assert await make(knowledge, []).scores("a repair, please", OPTIONS) == {}
    assert not knowledge.asked


@pytest.mark.parametrize("answer", [None, EngineLost("gone")])
async def test_an_engine_that_is_slow_or_gone_costs_the_meaning_and_not_the_turn(
    answer: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(errands, "MEANING_SECONDS", 0.01)
    written: list[str] = []
    knowledge = ScriptedKnowledge(answer)  # type: ignore[arg-type]
    assert await make(knowledge, written).scores("something else", OPTIONS) == {}
    assert written == ["meaning_unknown"]
