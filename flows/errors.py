"""Errors of the `flows` package."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a flow: where, what, and what to do about it."""

    node: str
    """Node id; empty for the flow itself."""
    field: str
    message: str
    hint: str = ""

    def __str__(self) -> str:
        place = ".".join(part for part in (self.node, self.field) if part) or "flow"
        return f"{place}: {self.message}" + (f" ({self.hint})" if self.hint else "")


class FlowError(Exception):
    """A flow can't be used. `code` is stable; the message is advice."""

    code = "flow"


class FlowInvalid(FlowError):
    """The definition has problems; all of them are listed."""

    code = "flow_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        super().__init__(f"This flow has {len(problems)} problem(s):\n{lines}")
