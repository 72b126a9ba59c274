"""Other languages at the door of the readers: what their words are in English.

The readers (`names`, `email`, `phone`, `dates`, …, `yesno`) read English. Most of what they read is the
same in any language: letters, digits, names. What is not (numbers, signs, days, yes and no, and what
leads in to an answer) is a table here, phrase by phrase, and a language is one more table. Word order
is left as it is, and so is the proof: what is stored beside a value are the caller's own words.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

_WITHOUT_NUMBERS = frozenset({"name", "company", "address", "text", "choice"})
"""Kinds of fields that numbers are not looked for in."""


@dataclass(frozen=True)
class Language:
    """A language's phrases, in lower case, and the English for them."""

    phrases: Mapping[str, str]
    """Answers, lead-ins and signs: in words of every kind."""
    numbers: Mapping[str, str]
    """Not looked for in names, where "Acht" is one."""
    days: Mapping[str, str]
    """Days, months and what counts them: looked for in dates alone, as many are names, too."""
    weekday_names: Sequence[str] = ()
    month_names: Sequence[str] = ()
    """Of Monday and January on; without them dates are said in figures."""
    signs: Mapping[str, str] = field(default_factory=dict)
    """How the signs of addresses are said."""

    def write_date(self, day: date) -> str:
        """ "Samstag, 5. Dezember 2026"."""
        if not (self.weekday_names and self.month_names):
            return day.isoformat()
        weekday, month = self.weekday_names[day.weekday()], self.month_names[day.month - 1]
        return f"{weekday.capitalize()}, {day.day}. {month.capitalize()} {day.year}"

    def with_signs(self, address: str) -> str:
        """An address with its signs as words."""
        said = (f" {self.signs.get(one, one)} " if one in self.signs else one for one in address)
        return " ".join("".join(said).split())

    def in_english(self, text: str, kind: str) -> str:
        pattern, table = self._with_numbers
        if kind == "date":
            pattern, table = self._with_days
        elif kind in _WITHOUT_NUMBERS:
            pattern, table = self._phrases
        return pattern.sub(lambda match: table.get(match.group().casefold(), match.group()), text)

    @cached_property
    def _phrases(self) -> tuple[re.Pattern[str], Mapping[str, str]]:
        return _pattern(self.phrases), _folded(self.phrases)

    @cached_property
    def _with_numbers(self) -> tuple[re.Pattern[str], Mapping[str, str]]:
        table = {**self.numbers, **self.phrases}
        return _pattern(table), _folded(table)

    @cached_property
    def _with_days(self) -> tuple[re.Pattern[str], Mapping[str, str]]:
        table = {**self.numbers, **self.days, **self.phrases}
        return _pattern(table), _folded(table)


def _folded(table: Mapping[str, str]) -> dict[str, str]:
    """The table by phrases without case: "heiße" and "HEISSE" are one."""
    return {phrase.casefold(): english for phrase, english in table.items()}


def _pattern(table: Mapping[str, str]) -> re.Pattern[str]:
    # "heiße" is also written "heisse".
    longest_first = sorted({*table, *map(str.casefold, table)}, key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


def _pairs(text: str) -> dict[str, str]:
    """One phrase a line: "stimmt nicht = not right"."""
    lines = (line.partition("=") for line in text.strip().splitlines())
    return {phrase.strip(): english.strip() for phrase, _, english in lines}


_UNITS = "null ein zwei drei vier fünf sechs sieben acht neun".split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_MONTHS = "januar februar märz april mai juni juli august september oktober november dezember"
_ENGLISH_MONTHS = (
    "january february march april may june july august september october november december"
)
_WEEKDAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag"
_ENGLISH_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_ORDINALS = (
    "ersten zweiten dritten vierten fünften sechsten siebten achten neunten zehnten elften zwölften"
)

_GERMAN_NUMBERS = {
    **{word: str(number) for number, word in enumerate(_UNITS) if word != "ein"},
    "eins": "1", "zwo": "2", "zehn": "10", "elf": "11", "zwölf": "12", "sechzehn": "16",
    "siebzehn": "17", "hundert": "hundred", "tausend": "thousand", "komma": "point",
    **{f"{_UNITS[unit]}zehn": f"1{unit}" for unit in (3, 4, 5, 8, 9)},
    **{word: f"{tens}0" for tens, word in enumerate(_TENS, 2)},
    **{
        f"{_UNITS[unit]}und{word}": f"{tens}{unit}"
        for tens, word in enumerate(_TENS, 2)
        for unit in range(1, 10)
    },
    **{f"{_UNITS[unit]}{scale}": f"{unit} {english}"
       for unit in range(1, 10) for scale, english in (("hundert", "hundred"), ("tausend", "thousand"))},
    **_pairs("""
        doppel = double
        vorwahl = area code
        durchwahl = extension
        oder = or
        entweder = either
    """),
}  # fmt: skip
_GERMAN_DAYS = {
    **{word: f"{number}{('st', 'nd', 'rd')[number - 1] if number < 4 else 'th'}"
       for number, word in enumerate(_ORDINALS.split(), 1)},
    **dict(zip(_MONTHS.split(), _ENGLISH_MONTHS.split(), strict=True)),
    **dict(zip(_WEEKDAYS.split(), _ENGLISH_WEEKDAYS.split(), strict=True)),
    **_pairs("""
        sonnabend = saturday
        heute = today
        morgen = tomorrow
        übermorgen = the day after tomorrow
        nächsten = next
        nächste woche = next week
        tagen = days
        wochen = weeks
        einer woche = a week
        bis = till
        oder = or
        entweder = either
    """),
}  # fmt: skip
GERMAN = Language(
    phrases=_pairs("""
        ja = yes
        jawohl = yes
        jo = yes
        genau = exactly
        richtig = right
        korrekt = correct
        stimmt = correct
        das stimmt = that's right
        passt = fine
        in ordnung = all right
        gerne = yes please
        nein = no
        nee = no
        nö = no
        nicht = not
        stimmt nicht = not right
        das stimmt nicht = that's not right
        das ist falsch = that's wrong
        falsch = wrong
        entschuldigung = sorry
        ich meine = i mean
        ich meinte = i meant
        quatsch = no sorry
        sondern = but
        möchte ich nicht sagen = i'd rather not say
        das möchte ich nicht sagen = i'd rather not say
        lieber nicht = rather not
        das geht sie nichts an = none of your business
        ich habe keine = i don't have one
        keine ahnung = i don't know
        weiß ich nicht = i don't know
        warum brauchen sie das = why do you need that
        wozu brauchen sie das = why do you need that
        mein name ist = my name is
        ich heiße = my name is
        ich bin = i'm
        hier ist = this is
        hier spricht = this is
        auf den namen = under the name
        meine nummer ist = my number is
        meine e-mail ist = my email is
        meine adresse ist = my address is
        das ist = that's
        es ist = it's
        bitte = please
        danke = thanks
        äh = uh
        ähm = um
        wie = as in
        mit = with
        punkt = dot
        ät = at
        klammeraffe = at
        at-zeichen = at
        bindestrich = dash
        minus = dash
        unterstrich = underscore
    """),
    numbers=_GERMAN_NUMBERS,
    days=_GERMAN_DAYS,
    weekday_names=_WEEKDAYS.split(),
    month_names=_MONTHS.split(),
    signs={"@": "ät", ".": "Punkt", "_": "Unterstrich", "-": "Bindestrich", "+": "plus"},
)

LANGUAGES: dict[str, Language] = {"de": GERMAN}
"""By ISO 639-1; English needs none."""


def in_english(text: str, language: str, kind: str = "") -> str:
    """`text` with the phrases of `language` (a tag, "de-AT") in English; as it is where there is no
    table. `kind` is that of the field it answers."""
    found = LANGUAGES.get(language.partition("-")[0].casefold())
    if found is None:
        return text
    return found.in_english(text, kind)
