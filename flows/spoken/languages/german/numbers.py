"""German numbers as they are built: "zweihundertdreiundvierzig", "1.200,50", "zwölf fünfzig"."""

from __future__ import annotations

import re

from flows.spoken.languages.table import Rewrites, pairs

_UNITS = "null ein zwei drei vier fünf sechs sieben acht neun".split()
TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()

BELOW_HUNDRED = {
    **{word: number for number, word in enumerate(_UNITS)},
    "eins": 1,
    "zwo": 2,
    "fuffzig": 50,
    **{word: number for number, word in enumerate(TEENS, 10)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{
        f"{_UNITS[unit]}und{word}": 10 * number + unit
        for number, word in enumerate(_TENS, 2)
        for unit in range(1, 10)
    },
}
_SPOKEN_BELOW_HUNDRED = "|".join(sorted(BELOW_HUNDRED, key=len, reverse=True))
_COMPOUND = re.compile(r"\b[^\W\d_]*(?:hundert|tausend)[^\W\d_]*\b", re.IGNORECASE)
_THOUSANDS, _HUNDREDS = "tausend", "hundert"


def number_of(word: str) -> int | None:
    """The number that one German word is, below a million: "zweihundertdreiundvierzig"."""
    word = word.casefold().replace("dreissig", "dreißig").replace("fuenf", "fünf")
    above, thousands, below = word.rpartition(_THOUSANDS)
    if thousands:
        return _scaled(above, 1000, below)
    above, hundreds, below = word.rpartition(_HUNDREDS)
    if hundreds:
        return _scaled(above, 100, below)
    return BELOW_HUNDRED.get(word)


def _scaled(above: str, scale: int, below: str) -> int | None:
    count = number_of(above) if above else 1
    rest = number_of(below.removeprefix("und")) if below else 0
    if count is None or rest is None or rest >= scale:
        return None
    return count * scale + rest


def _compound(match: re.Match[str]) -> str:
    number = number_of(match.group())
    return match.group() if number is None else str(number)


IN_ONE_WORD: Rewrites = ((_COMPOUND, _compound),)
AMOUNTS: Rewrites = (
    (re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+)(?![\d.])"), lambda found: found[1].replace(".", "")),
    (re.compile(r"(?<=\d),(?=\d)"), lambda found: "."),
    (_COMPOUND, _compound),
)  # fmt: skip
""" "1.200,50" is "1200.50"."""

_PRICE = re.compile(
    rf"\b(?P<whole>{_SPOKEN_BELOW_HUNDRED}) (?P<cents>{_SPOKEN_BELOW_HUNDRED})\b(?! ?(?:tausend|hundert|millionen))",
    re.IGNORECASE,
)
""" "Zwölf fünfzig" is a price: what is twelve hundred and fifty is said in one word."""


def _price(match: re.Match[str]) -> str:
    whole, cents = number_of(match["whole"]), number_of(match["cents"])
    if whole is None or cents is None or cents < 10 or cents == whole + 10:
        # "Vierzig fünfzig Euro" is between the two.
        return match.group()
    return f"{whole}.{cents}"


PRICES: Rewrites = ((_PRICE, _price), *AMOUNTS)
NUMBERS = {
    **{word: str(number) for word, number in BELOW_HUNDRED.items() if word != "ein"},
    **pairs("""
        hundert = hundred
        tausend = thousand
        komma = point
        doppel = double
        dreifach = triple
        vorwahl = area code
        durchwahl = extension
        oder = or
        entweder = either
        ziffern = digits
        ziffer = digit
        die letzten = the last
        die letzte = the last
        die ersten = the first
        die erste = the first
        am ende = at the end
        hinten = at the end
        am anfang = at the beginning
        sind = are
    """),
}
