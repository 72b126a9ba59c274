"""How callers say what comes next: "my email is", "und meine Nummer lautet", "call me on".

One table a language. What is announced is the value of a field that is called so, or of a kind that
the words lead in to. The pieces are parts of patterns, matched without case.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Announcing:
    """Alternatives of patterns of one language."""

    opening: str
    """Greetings, and other words that a turn may begin with."""
    also: str
    """What joins one answer to the next."""
    whose: str
    which: str
    """What tells one of several addresses or numbers from the others."""
    is_: str
    """From what the field is called to its value, the gap included."""
    reach: str
    """Between a number's or an address' name and "is"."""
    leads_in: Mapping[str, str]
    """What comes before a value of each kind, beside "my … is"."""


ENGLISH = Announcing(
    opening=r"hi|hello|hey|good (?:morning|afternoon|evening)|well|so|um|uh",
    also=r"and|also|plus",
    whose=r"my|the|our",
    which=r"best|current|direct|personal|private|work|home|preferred",
    is_=r"'s|\s+is|\s+would be|:",
    reach=r" to (?:reach|call) (?:me|us)(?: at| on)?",
    leads_in={
        "name": r"i'm|i am|this is|(?:it's |that's |put it )?under(?: the name(?: of)?)?",
        "email": r"(?:you can )?(?:e-?mail|reach|contact|write(?: to)?) me(?: at| on| under)",
        "company": r"i work (?:for|at|with)|(?:i'm |i am )calling from",
        "phone": r"(?:you can )?(?:call|reach|text|phone|ring|contact) me(?: back)?(?: at| on| under)",
    },
)
GERMAN = Announcing(
    opening=r"hallo|guten (?:morgen|tag|abend)|grüß gott|moin|servus|also|na|äh|ähm|ach",
    also=r"und|auch|sowie|außerdem",
    whose=r"meine?|unsere?|die|der|das",
    which=r"beste|aktuelle|direkte|private|geschäftliche",
    is_=r"\s+(?:ist|lautet|wäre|heißt)|:",
    reach=r" (?:unter der|auf der) (?:sie|du|man) mich (?:erreichen|erreichst|erreicht)(?: können| kannst| kann)?",
    leads_in={
        "name": r"ich heiße|ich bin|hier ist|hier spricht|(?:auf|unter) den namen",
        "email": r"(?:sie können (?:mir|mich) )?(?:eine? )?(?:mail|e-mail|schreiben sie(?: mir)?|erreichen(?: sie)?(?: mich)?)(?: bitte)?(?: an| unter| per mail(?: an| unter)?)",
        "company": r"ich arbeite (?:bei|für)|ich rufe (?:an )?von|ich bin von",
        "phone": r"(?:sie (?:können mich |erreichen mich )?|rufen sie mich |ich bin )(?:bitte )?(?:zurück )?(?:an )?(?:erreichbar )?(?:telefonisch )?(?:unter|auf|an unter)(?: der(?: nummer)?)?",
    },
)
LANGUAGES = {"en": ENGLISH, "de": GERMAN}
"""By ISO 639-1."""


def announcing(language: str) -> tuple[Announcing, ...]:
    """The tables for a conversation in `language` (a tag): its own, if there is one, and English."""
    own = LANGUAGES.get(language.partition("-")[0].casefold())
    return (own, ENGLISH) if own and own is not ENGLISH else (ENGLISH,)
