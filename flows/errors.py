"""Errors of the `flows` package."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Problem:
    """One thing wrong with a flow: where, what, and what to do about it."""

    node: str
    """Node id; empty for the flow itself."""
    field: str
    message: str
    hint: str = ""
    severity: Literal["error", "warning"] = "error"
    """A flow with an error does not run; a warning is for its author to weigh."""

    def __str__(self) -> str:
        place = ".".join(part for part in (self.node, self.field) if part) or "flow"
        mark = "" if self.severity == "error" else "warning: "
        return f"{place}: {mark}{self.message}" + (f" ({self.hint})" if self.hint else "")


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The beginning of a hint, when a known name looks like this one; else empty."""
    close = difflib.get_close_matches(name, [one for one in known if one != name], n=1)
    return f"did you mean {close[0]}? " if close else ""


class FlowError(Exception):
    """A flow can't be used. `code` is stable; the message is advice."""

    code = "flow"


class FlowInvalid(FlowError):
    """The definition has problems; all of them are listed."""

    code = "flow_invalid"

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        self.problems = problems
        lines = "\n".join(f"  {problem}" for problem in problems)
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"This flow has {count}:\n{lines}")
