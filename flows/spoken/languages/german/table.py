"""German in the readers' English, as one table."""

from __future__ import annotations

from flows.spoken.languages.german.answers import PHRASES
from flows.spoken.languages.german.days import DATES, DAYS, MONTHS, WEEKDAYS
from flows.spoken.languages.german.details import (
    ADDRESSES,
    COMPANIES,
    LIVES,
    NAMES,
    ON_TO,
    PEOPLE,
    PHONES,
    STREETS,
    TOLD_OF,
)
from flows.spoken.languages.german.letters import ALPHABET, LETTERS
from flows.spoken.languages.german.numbers import AMOUNTS, IN_ONE_WORD, NUMBERS, PRICES
from flows.spoken.languages.table import Language

GERMAN = Language(
    phrases=PHRASES,
    numbers=NUMBERS,
    by_kind={
        "date": DAYS,
        "number": PEOPLE,
        "money": {word: english for word, english in PEOPLE.items() if not word.startswith("zu ")},
        "code": ALPHABET,
        "name": NAMES,
        "company": COMPANIES,
        "email": ADDRESSES,
        "address": STREETS,
        "phone": PHONES,
    },
    rewrites={
        "number": AMOUNTS,
        "money": PRICES,
        "name": LETTERS,
        "company": LETTERS,
        "email": LETTERS,
        "address": (LIVES, TOLD_OF, ON_TO, *LETTERS),
        "date": DATES,
        "phone": IN_ONE_WORD,
        "code": (*LETTERS, *IN_ONE_WORD),
    },
    weekday_names=WEEKDAYS.split(),
    month_names=MONTHS.split(),
    signs={"@": "ät", ".": "Punkt", "_": "Unterstrich", "-": "Bindestrich", "+": "plus"},
    hanging=frozenset(
        "am an auf bei das dass dem den der des die ein eine einen einer für ich im in ist meine mein mit "
        "oder punkt und unter von vom wenn wie wir zu zum zur doppel unterstrich bindestrich äh ähm".split()
    ),
)
