"""The language of conversations: flows as data and a pure interpreter that walks them."""

from flows.actions import Action, Expectation, Listen, Outcome
from flows.errors import FlowError, FlowInvalid, Problem
from flows.events import CallerSaid, CallStarted, Event, Word
from flows.interpreter import Step, initial_state, language_for, step
from flows.load import build_flow, load_flow, parse_flow
from flows.model import Flow
from flows.prompts import fixed_prompts
from flows.state import State

__all__ = [
    "Action",
    "CallStarted",
    "CallerSaid",
    "Event",
    "Expectation",
    "Flow",
    "FlowError",
    "FlowInvalid",
    "Listen",
    "Outcome",
    "Problem",
    "State",
    "Step",
    "Word",
    "build_flow",
    "fixed_prompts",
    "initial_state",
    "language_for",
    "load_flow",
    "parse_flow",
    "step",
]
