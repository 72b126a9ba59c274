"""How values are read back: digits in groups, and only confusable letters with a phonetic word.

Letters of a name that many people have are not to be confused once the name was said: "melissa: M, E,
L, I, S, S, A" takes half as long as with "M as in mike, E as in echo", and says as much.
"""

from __future__ import annotations

import re
from datetime import date

from flows.spoken.address import say_address
from flows.spoken.dates.days import say_date, write_date
from flows.spoken.email.addresses import say_email
from flows.spoken.email.domains import PROVIDERS
from flows.spoken.languages.known import language_of
from flows.spoken.languages.table import Language
from flows.spoken.names.familiar import is_familiar
from flows.spoken.numbers import say_money, say_number
from flows.spoken.phone.numbers import say_phone, write_phone
from flows.spoken.vocabulary import ENGLISH, Vocabulary

CONFUSABLE_LETTERS = frozenset("bcdegptvzmnfs")
"""The E-set, the nasals, and F beside S: what the telephone makes alike (Cole and Fanty, 1990)."""
_WORDS_AND_SIGNS = re.compile(r"[^\W\d_]+|[\W\d_]")


def spell_out(text: str, vocabulary: Vocabulary = ENGLISH) -> str:
    """ "B as in bravo, O, B as in bravo": letter by letter; signs and digits by their names."""
    said: list[str] = []
    for character in text.casefold():
        if character in vocabulary.sign_names:
            said.append(vocabulary.sign_names[character])
        elif character.isdecimal():
            said.append(vocabulary.digit_names[int(character)])
        elif character in CONFUSABLE_LETTERS:
            said.append(f"{character.upper()} as in {vocabulary.phonetic[character]}")
        elif character.isalpha():
            said.append(character.upper())
    return ", ".join(said)


def say_letters(text: str, language: str) -> str:
    """`text` letter by letter in `language`; its signs by their names."""
    if table := language_of(language):
        said = (table.signs.get(one, one.upper()) for one in text)
        return ", ".join(one for one in said if one.strip())
    return spell_out(text)


def say_domain(domain: str, language: str) -> str:
    """ "gmail dot com", in `language`."""
    if table := language_of(language):
        return table.with_signs(domain)
    return domain.replace(".", " dot ")


def spell_email(address: str) -> str:
    """An address with every letter of the part before the @, and of an unknown domain's name."""
    local, _, domain = address.partition("@")
    name, _, ending = domain.partition(".")
    said = _spelled(local, introduction="{}: ")
    if domain in PROVIDERS:
        return f"{said}, at {say_email('x@' + domain).partition(' at ')[2]}"
    ending = " dot ".join(
        spell_out(label) if len(label) == 2 and label != "co" else label
        for label in ending.split(".")
    )
    return f"{said}, at {spell_out(name)}, dot {ending}"


def _spelled(text: str, introduction: str = "") -> str:
    """Letters of names people have without phonetic words, behind the name where it was not said."""
    parts = (
        introduction.format(part) + ", ".join(part.upper())
        if is_familiar(part)
        else spell_out(part)
        for part in _WORDS_AND_SIGNS.findall(text)
    )
    return ", ".join(part for part in parts if part)


def speakable(local: str) -> bool:
    """True when the part before the @ can be said as words: every run of letters has a vowel."""
    runs = re.findall(r"[a-z]+", local.casefold())
    return all(len(run) == 1 or re.search("[aeiouy]", run) for run in runs) and all(
        len(run) > 2 or len(run) == 1 for run in runs
    )


def read_back(
    kind: str, value: str, *, spell: bool, region: str, language: str = "en"
) -> tuple[str, str]:
    """A value as written in captions, and as pronounced in `language`."""
    if table := language_of(language):
        return _read_back_in(table, kind, value, spell=spell, region=region)
    match kind:
        case "email":
            spelled = spell or not speakable(value.partition("@")[0])
            return value, spell_email(value) if spelled else say_email(value)
        case "phone":
            return write_phone(value, region), say_phone(value, region)
        case "date":
            day = date.fromisoformat(value)
            return write_date(day), say_date(day)
        case "code":
            return value, spell_out(value)
        case "number":
            return value, say_number(value)
        case "money":
            return value, say_money(value)
        case "address":
            return value, say_address(value)
        case "name" | "company" if spell:
            return value, f"{value}: {_spelled(value)}"
    return value, value


def _read_back_in(
    table: Language, kind: str, value: str, *, spell: bool, region: str
) -> tuple[str, str]:
    """The same in another language: its words for days and signs; letters and digits are said as
    they are, one by one."""
    match kind:
        case "date":
            written = table.write_date(date.fromisoformat(value))
            return written, written
        case "phone":
            written = write_phone(value, region)
            groups = (" ".join(group) for group in re.findall(r"\d+", written))
            return written, ("plus " if written.startswith("+") else "") + ", ".join(groups)
        case "code":
            return value, ", ".join(value)
        case "email":
            local, _, domain = value.partition("@")
            letters = spell or not speakable(local)
            parts = ", ".join(local.upper()) if letters else local
            return value, table.with_signs(f"{parts} @ {domain}")
        case "name" | "company" if spell:
            return value, f"{value}: {', '.join(value.replace(' ', '').upper())}"
    return value, value
