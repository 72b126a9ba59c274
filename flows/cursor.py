"""What a step writes into: the state as it changes and the actions it leaves behind.

Nodes write through this and through nothing else; it lives for one step only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flows.actions import Action, AskOnPage, Expectation, Listen, Outcome, Say
from flows.matching import Choosable, option_said
from flows.model import Flow
from flows.phrases import PHRASES
from flows.placeholders import fill, is_fixed, unbraced
from flows.spoken.readback import read_back
from flows.state import State
from flows.texts import Localised, Variants, variants


@dataclass(frozen=True)
class TraceEntry:
    """One thing the interpreter decided, for logs, tests and drawings."""

    node: str
    what: str


class Cursor:
    """Mutable during one step; `state`, `actions` and `trace` are its result."""

    def __init__(self, flow: Flow, state: State) -> None:
        self.flow = flow
        self.state = state
        self.actions: list[Action] = []
        self.trace: list[TraceEntry] = []
        self.goal: str | None = None
        """Node to enter next, set by `go`."""
        self._said: list[Say] = []

    @property
    def language(self) -> str:
        """What is spoken now (a tag, "de-AT")."""
        return self.state.language

    def set(self, **changes: Any) -> None:
        self.state = self.state.model_copy(update=changes)

    def note(self, what: str) -> None:
        self.trace.append(TraceEntry(self.state.node, what))

    def go(self, node_id: str) -> None:
        """Leave for another node once this one is done."""
        self.goal = node_id

    def act(self, action: Action) -> None:
        self.actions.append(action)

    def request_id(self) -> str:
        """A new id for something that will be answered; the flow waits for it."""
        self.set(serial=self.state.serial + 1, pending=f"r{self.state.serial + 1}")
        assert self.state.pending
        return self.state.pending

    def read_back(self, kind: str, value: str, *, spell: bool = False) -> tuple[str, str]:
        """A value as written, and as pronounced, in the language of the conversation."""
        state = self.state
        return read_back(kind, value, spell=spell, region=state.region, language=state.language)

    def called(self, option: Choosable) -> str:
        """What an option is called in the language of the conversation."""
        return option_said(option, self.language, self.flow.language)

    # texts

    def variants(self, texts: Localised) -> Variants:
        """The variants of a text in the language of the conversation."""
        return variants(texts, self.language, self.flow.language)

    def phrase(self, name: str) -> Variants:
        """One of our own sentences, in the author's words where there are any."""
        return self.variants(self.flow.phrases.get(name) or PHRASES[name])

    def values(self) -> dict[str, str]:
        """What placeholders stand for."""
        state = self.state
        return {
            **state.facts,
            **({"caller.number": state.caller_number} if state.caller_number else {}),
            **{f"lead.{name}": value for name, value in state.known.items()},
            **{
                f"lead.{name}": item.value for name, item in state.fields.items() if not item.denied
            },
        }

    def fill(self, text: str) -> str | None:
        """The text with its placeholders filled; None when one of them has no value."""
        return fill(text, self.values())

    def say(
        self,
        texts: Localised | str,
        *,
        turn: int = 0,
        speech: str = "",
        interruptible: bool = True,
        personal: bool = False,
    ) -> None:
        """Say one of the variants; `turn` counts how often this was said before.

        A variant with an empty placeholder gives way to the next; without any, nothing is said.
        """
        choices = (texts,) if isinstance(texts, str) else self.variants(texts)
        found = self._filled(choices, turn)
        if found:
            variant, text = found
            self._speak(text, speech, interruptible, not personal and _is_shared(variant))
        elif choices:
            self.note("left a text unsaid: a placeholder is empty")

    def say_phrase(
        self, name: str, *, turn: int = 0, value: str = "", spoken: str = "", personal: bool = False
    ) -> None:
        """Say one of our own sentences; `{value}` in it is written and `spoken` pronounced."""
        choices = self.phrase(name)
        variant = choices[min(turn, len(choices) - 1)]
        text = self.fill(variant.replace("{value}", unbraced(value)))
        if text is None:
            self.note("left a text unsaid: a placeholder is empty")
            return
        speech = self.fill(variant.replace("{value}", unbraced(spoken))) if spoken else ""
        shared = not personal and not value and _is_shared(variant)
        self._speak(text, speech or "", True, shared)

    def remember(self, question: Localised) -> None:
        """The question to come back to, when what was said last is only about how to answer it."""
        if found := self._filled(self.variants(question), 0):
            variant, text = found
            shared = _is_shared(variant)
            self.set(last_said=(Say(text=text, language=self.language, cacheable=shared),))

    def _filled(self, choices: Variants, turn: int) -> tuple[str, str] | None:
        """The next variant without an empty placeholder, as written and filled."""
        for offset in range(len(choices)):
            variant = choices[(turn + offset) % len(choices)]
            text = self.fill(variant)
            if text is not None:
                return variant, text
        return None

    def _speak(self, text: str, speech: str, interruptible: bool, cacheable: bool) -> None:
        say = Say(
            text=text,
            speech=speech,
            interruptible=interruptible,
            cacheable=cacheable,
            language=self.language,
        )
        self._said.append(say)
        self.set(last_said=tuple(self._said))
        self.act(say)

    def say_again(self) -> None:
        """Repeat all that was said last, and listen as before."""
        for say in self.state.last_said:
            self.act(say)
        if self.state.last_listen:
            self.act(self.state.last_listen)

    def ask_again(self, prefix: str = "") -> None:
        """Come back to the open question, without what led up to it, after a `prefix` that is said
        once; and listen as before."""
        last, listen = self.state.last_said, self.state.last_listen
        if prefix and (text := self.fill(prefix)):
            self.act(Say(text=text, language=self.language, cacheable=_is_shared(prefix)))
        if last:
            self._said.append(last[-1])
            self.act(last[-1])
        self.set(last_said=tuple(self._said))
        if listen:
            self.act(listen)

    def listen(
        self,
        expect: Expectation,
        *,
        about: Expectation | None = None,
        no_input_ms: int = 7000,
        hints: Localised = (),
        patience_ms: int | None = None,
        alternatives: bool = False,
        options: dict[str, tuple[str, ...]] | None = None,
    ) -> None:
        listen = Listen(
            expect=expect,
            about=about,
            no_input_ms=no_input_ms,
            hints=self.variants(hints),
            language=self.language,
            patience_ms=patience_ms,
            alternatives=alternatives,
            options=options or {},
        )
        self.set(last_listen=listen)
        self.act(listen)

    def ask_on_page(self, field: str, kind: str, label: str) -> None:
        """Show a text box for a field, unless it is there already."""
        if self.state.page_field != field:
            self.set(page_field=field)
            self.act(AskOnPage(field=field, kind=kind, label=label))

    def clear_page(self) -> None:
        """Take the text box away, if there is one."""
        if self.state.page_field is not None:
            self.set(page_field=None)
            self.act(AskOnPage(field=None))

    def end(self, outcome: Outcome) -> None:
        self.set(ended=outcome, pending=None, digression=None)
        self.note(f"ended: {outcome.value}")


def _is_shared(variant: str) -> bool:
    return is_fixed(variant) or not ("{lead." in variant or "{caller." in variant)
