"""What the runtime says itself, whatever the flow, in the languages it knows."""

from __future__ import annotations

from dataclasses import astuple, dataclass


@dataclass(frozen=True)
class RuntimePrompts:
    """One language's sentences; rendered before a call, so that a fault can't silence them."""

    still_here: str
    still_waiting: str
    apology: str
    time_is_up: str
    recorded: str

    @property
    def fillers(self) -> tuple[str, str]:
        """Said while an answer is late, one after the other."""
        return self.still_here, self.still_waiting

    @property
    def texts(self) -> tuple[str, ...]:
        """All of them."""
        return astuple(self)


ENGLISH = RuntimePrompts(
    still_here="One moment, please.",
    still_waiting="Thanks for waiting, I'm still with you.",
    apology="I'm sorry, something went wrong on our side. Please call again in a little while. "
    "Goodbye.",
    time_is_up="I'm sorry, this call has reached its time limit. Please call again. Goodbye.",
    recorded="This call is recorded.",
)
GERMAN = RuntimePrompts(
    still_here="Einen Moment, bitte.",
    still_waiting="Danke für Ihre Geduld, ich bin noch da.",
    apology="Leider ist bei uns etwas schiefgegangen. Bitte rufen Sie etwas später noch einmal an. "
    "Auf Wiederhören.",
    time_is_up="Dieser Anruf hat leider seine Höchstdauer erreicht. Bitte rufen Sie noch einmal "
    "an. Auf Wiederhören.",
    recorded="Dieser Anruf wird aufgezeichnet.",
)
_BY_LANGUAGE = {"en": ENGLISH, "de": GERMAN}


def runtime_prompts(language: str) -> RuntimePrompts:
    """Those of a language (ISO 639-1, with or without a region), or English ones."""
    return _BY_LANGUAGE.get(language.partition("-")[0], ENGLISH)
