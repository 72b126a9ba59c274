"""Does a flow make sense? Looks at it whole before it runs; every problem is reported at once."""

from __future__ import annotations

from flows.checks.choices import choice_problems
from flows.checks.graph import graph_problems
from flows.checks.wording import wording_problems
from flows.errors import Problem
from flows.model import Flow

CHECKER_VERSION = 3
"""Counts up when the check refuses what it allowed before."""


def examine(flow: Flow) -> tuple[Problem, ...]:
    """Errors and warnings, errors first."""
    found = dict.fromkeys((*graph_problems(flow), *choice_problems(flow), *wording_problems(flow)))
    return tuple(sorted(found, key=lambda problem: problem.severity))


def check(flow: Flow) -> tuple[Problem, ...]:
    """What must be mended before the flow can run; empty when it can."""
    return tuple(problem for problem in examine(flow) if problem.severity == "error")
