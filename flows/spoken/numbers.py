"""Numbers and amounts of money: "two hundred and fifty thousand", "two forty", "$1,200.50", "three fifty"."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation

from flows.spoken.vocabulary import ENGLISH, Vocabulary

_WRITTEN = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+\.\d+(?![.\d])|\d+")
_TOKEN = re.compile(rf"{_WRITTEN.pattern}|[^\W\d_]+|[$€£%-]")
_SPECIAL = {"dozen": 12, "grand": 1000, "k": 1000, "m": 1_000_000, "couple": 2, "pair": 2}
_NOTES = re.compile(r"\ba (fiver|tenner)\b", re.IGNORECASE)
_NOTES_WORTH = {"fiver": "five", "tenner": "ten"}
_HALF = {"half": Decimal("0.5"), "quarter": Decimal("0.25")}
CURRENCIES = {
    "dollar": "USD", "dollars": "USD", "bucks": "USD", "buck": "USD", "$": "USD", "usd": "USD",
    "euro": "EUR", "euros": "EUR", "€": "EUR", "pound": "GBP", "pounds": "GBP", "quid": "GBP",
    "£": "GBP", "franc": "CHF", "francs": "CHF",
}  # fmt: skip
_CENTS = frozenset(["cent", "cents", "pence", "p"])
_WITHIN = frozenset(["and", "-", "a", "an", "um", "uh", "er", "point"])
"""What may stand between the words of one number."""


_BIG = r"(?P<big>hundred|thousand|million|billion|grand|dozen)"
_PARTS = {"half": "0.5", "quarter": "0.25", "three quarters": "0.75"}
_FRACTIONS: list[tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]] = [
    # "a quarter million", "half of a million", "three quarters of a million"
    (
        re.compile(rf"\b(?<!and )(?<!and a )(?:an? |one )?(?P<part>half|quarter|three quarters)(?: of)?(?: an?)? {_BIG}\b"),
        lambda found: f"{_PARTS[found['part']]} {found['big']}",
    ),
    # "a million and a half"
    (
        re.compile(rf"\b(?P<count>\w+) {_BIG} and a half\b"),
        lambda found: f"{re.sub('^an?$', 'one', found['count'])} and a half {found['big']}",
    ),
    # "a couple hundred"
    (re.compile(rf"\ba couple(?: of)? {_BIG}\b"), lambda found: f"two {found['big']}"),
    # "two and one half", and as recognisers write it: "2 1/2"
    (re.compile(r"\b(?P<count>\w+)(?: and)? (?:one half|1/2)\b"), r"\g<count> and a half"),
    (re.compile(r"^(\W*(?:it's |about |just |only )?)(?:(?:a |one )?half|1/2)(?=\W*$)"), r"\g<1>0.5"),
]  # fmt: skip
"""Parts of something, and how they are said straight."""
_ONE_AND_CENTS = re.compile(
    r"\ban? (?:dollar|buck|euro|pound|quid)\b\W*(?:and )?(?P<cents>[\w-]+(?: [\w-]+)?)\W*(?:cents|pence)?\W*$",
    re.IGNORECASE,
)
""" "a dollar fifty"."""
_ONE = re.compile(
    r"\W*(?:(?:it's|about|just|only)\W+)?an? (?:dollar|buck|euro|pound|quid)\W*", re.IGNORECASE
)


_OH_NO_NUMBER = re.compile(r"^\W*(?:oh\b\W*)(?=[a-z])(?!.*\d)(?!.*\boh\b.*\boh\b)", re.IGNORECASE)
""" "Oh, come on": called out, not said as a digit."""


_NO_AMOUNT = re.compile(
    r"\bone (?:moment|sec)\b|\b(?:have|got|ask)(?: you)?(?: just)? one (?:more )?(?:question|thing)\b"
    r"|\b(?:wait|hold on|give me|hang on)(?: just)? one (?:second|minute)\b|\b\w+ figures\b"
    r"|^\W*(?:just )?one second\W*$|\bno one\b|\bthe (?!number)[a-z]+ one\b",
    re.IGNORECASE,
)
""" "One moment", "five figures"."""
_RANGE = re.compile(r"(?<![\d-])(\d{1,2})\s?[-–]\s?(\d{1,2})(?![\d-])")
WIDEST_RANGE = 5
""" "5-6" is neither, "5-3" two digits."""
_FRACTION = re.compile(r"\b\w+ (?:thirds?|fifths|sixths|sevenths|eighths|ninths|tenths)\b", re.I)
_TOTAL = re.compile(
    r"[,;.]\s*(?:(?:and|so|um|uh)\s+)*(?:so|(?:so )?that(?:'s| is| makes| would be)|makes|in total|altogether|in all)\s+"
    r"(?:that(?:'s| is) )?(?P<sum>[\w-]+)(?: (?:in total|altogether|in all|then))?\W*$",
    re.IGNORECASE,
)
""" "The kitchen and two bedrooms, so four"."""
_CODE = re.compile(
    rf"(?<![\w'])[b-hjlnoqr-z] (?:\d|(?:{'|'.join((*ENGLISH.units, *ENGLISH.teens, *ENGLISH.tens))})\b)",
    re.I,
)
""" "A B one two": letters and digits are a code."""
_PEOPLE = r"(?:us|them|people|persons|guests|adults)\b"
_COUNTED = re.compile(
    rf"\b(?:be|are|we're|it's|just|only) (?P<count>for|to|too|tree|ate)(?= (?:of )?{_PEOPLE}|\W*$)"
    rf"|\b(?P<of_us>for|to|too|tree|ate) of {_PEOPLE}",
    re.IGNORECASE,
)
_CENTS_APART = re.compile(r"\$(\d{1,3}) (\d\d)(?!\d)")
""" "$12 99", as recognisers write "twelve ninety nine dollars"."""


def parse_number(text: str, vocabulary: Vocabulary = ENGLISH) -> str | None:
    """The number in `text` in plain digits ("1200", "2.5", "-3"); None when there is none.

    Digits said one by one keep their leading zeros; numbers side by side that can't be added are
    put together ("two forty" is 240, "nineteen eighty" is 1980). Two numbers apart from each other
    ("five to ten", "two kids and three dogs") are none.
    """
    if _is_range(text) or _FRACTION.search(text) or _CODE.search(text):
        return None
    if total := _TOTAL.search(text):
        text = total["sum"]
    found = _read(_NO_AMOUNT.sub(" ", text), vocabulary)
    if found and found[1] == 1 and _OH_NO_NUMBER.search(text):
        return None
    return found[0] if found else None


def _is_range(text: str) -> bool:
    found = _RANGE.search(text)
    return found is not None and 0 < int(found[2]) - int(found[1]) <= WIDEST_RANGE


def number_by_sound(text: str, vocabulary: Vocabulary = ENGLISH) -> str | None:
    """The digit that a word sounds like which stands alone ("For.", "too") or where a count does
    ("there will be for us"), where a number was asked for."""
    counted = _COUNTED.search(text)
    word = counted["count"] or counted["of_us"] if counted else text.strip(" .,!?")
    return vocabulary.digit_sounds.get(word.casefold())


def parse_money(text: str, vocabulary: Vocabulary = ENGLISH) -> str | None:
    """An amount: digits with a point where cents were said, and the currency when one was named."""
    plain = _CENTS_APART.sub(r"$\1.\2", text.replace("’", "'"))
    plain = _NOTES.sub(lambda note: _NOTES_WORTH[note[1].casefold()], plain)
    words = _TOKEN.findall(plain.casefold())
    currency = next((CURRENCIES[word] for word in words if word in CURRENCIES), "")
    cents = re.search(
        r"^(?P<whole>.*?)\b(?P<unit>dollars?|euros?|pounds?|bucks?|quid)\b\W*(?:and )?(?P<cents>[\w -]+?)"
        r"(?:\s*\b(?:cents?|pence|p)\b.*)?$",
        plain,
        re.IGNORECASE,
    )
    small = parse_number(cents["cents"], vocabulary) if cents else None
    if cents and small and len(small) <= 2 and _is_number(cents["cents"], vocabulary):
        whole = parse_number(cents["whole"], vocabulary)
        if whole is not None and "." not in whole:
            amount = f"{whole}.{int(small):02d}"
            return f"{amount} {currency}".strip()
    if alone := _ONE_AND_CENTS.search(plain):
        small = parse_number(alone["cents"], vocabulary)
        if small and len(small) == 2:
            return f"1.{small} {currency}".strip()
    number = parse_number(plain, vocabulary)
    if number is None and _ONE.fullmatch(plain):
        number = "1"
    if number is None:
        return None
    if not currency and any(word in _CENTS for word in words):
        number = f"{Decimal(number) / 100:.2f}"
    return f"{number} {currency}".strip()


def is_number(text: str, vocabulary: Vocabulary = ENGLISH) -> bool:
    """True when the words are one number and nothing else."""
    return _is_number(text.strip(" .,!?"), vocabulary)


def _is_number(text: str, vocabulary: Vocabulary) -> bool:
    """True when there is nothing else in `text`."""
    plain = text.replace("-", " ")
    found = _read(plain, vocabulary)
    return found is not None and found[1] == len(_TOKEN.findall(plain))


def _read(text: str, vocabulary: Vocabulary) -> tuple[str, int] | None:
    plain = re.sub(r"(?<=\d)[oO]\b", "0", text)
    plain = re.sub(r"(?<![A-Za-z])A(?=\d{2})", "8", plain)
    plain = re.sub(r"(?<=\d)(k|m)\b", r" \1", plain, flags=re.I)
    plain = plain.casefold()
    for pattern, straight in _FRACTIONS:
        plain = pattern.sub(straight, plain)
    words = _TOKEN.findall(plain)
    if "between" in words and "and" in words:
        return None
    reader = _Reader()
    used = 0
    index = 0
    apart = False
    while index < len(words):
        taken = reader.take(words, index, vocabulary)
        if taken and apart:
            return None
        used += taken
        apart = apart or (bool(used) and not taken and words[index] not in _WITHIN)
        index += max(1, taken)
    value = reader.value()
    return (value, used) if value is not None else None


class _Reader:
    """Adds up a number word by word."""

    def __init__(self) -> None:
        self._total = Decimal(0)
        self._group = ""
        self._decimals: str | None = None
        self._fraction: Decimal | None = None
        self._seen = False
        self._negative = False

    def take(self, words: list[str], index: int, vocabulary: Vocabulary) -> int:
        """Take what stands at `index`; returns how many words, 0 when it is no number."""
        word = words[index]
        if word in ("minus", "negative") and not self._seen:
            self._negative = True
            return 1
        follows = words[index + 1 : index + 2]
        point = self._seen or (follows and self._digits(words, index + 1, vocabulary) is not None)
        if word == "point" and point and self._decimals is None:
            self._decimals = ""
            return 1
        digits = self._digits(words, index, vocabulary)
        if digits is not None:
            text, taken = digits
            if words[index + taken : index + taken + 1] == ["quarters"]:
                self._fraction, self._seen = int(text) * _HALF["quarter"], True
                return taken + 1
            self._add(text)
            return taken
        scale = vocabulary.scales.get(word) or _SPECIAL.get(word)
        several = words[max(0, index - 1) : index] in (["several"], ["few"], ["many"])
        alone = (word in ("dozen", "couple", "hundred", "thousand") and not several) or (
            len(word) > 1 and words[max(0, index - 1) : index] == ["a"]
        )
        if scale and (self._seen or alone):
            self._scale(scale)
            return 1
        if word in _HALF and (self._seen or words[index + 1 : index + 2] in (["a"], ["an"])):
            self._fraction = _HALF[word]
            self._seen = True
            return 1
        return 0

    def _digits(
        self, words: list[str], index: int, vocabulary: Vocabulary
    ) -> tuple[str, int] | None:
        word = words[index]
        if word in vocabulary.repeats and index + 1 < len(words):
            single = vocabulary.units.get(words[index + 1], words[index + 1])
            if single.isdecimal() and len(single) == 1:
                return single * vocabulary.repeats[word], 2
        if word[0].isdecimal():
            return word.replace(",", ""), 1
        if word in vocabulary.units:
            return vocabulary.units[word], 1
        if word in vocabulary.teens:
            return vocabulary.teens[word], 1
        if word in vocabulary.tens:
            following = words[index + 1] if index + 1 < len(words) else ""
            step = 2
            if following == "-" and index + 2 < len(words):
                following, step = words[index + 2], 3
            unit = vocabulary.units.get(following, "")
            if unit not in ("", "0"):
                return vocabulary.tens[word] + unit, step
            return vocabulary.tens[word] + "0", 1
        return None

    def _add(self, text: str) -> None:
        self._seen = True
        if self._decimals is not None:
            self._decimals += text
            return
        if "." in text:
            self._group, self._decimals = self._group + text.split(".")[0], text.split(".")[1]
            return
        group = self._group
        fits = bool(group) and group.endswith("00") and len(text) <= 2 and group != "00"
        self._group = str(int(group) + int(text)) if fits else group + text

    def _scale(self, scale: int) -> None:
        self._seen = True
        group = self._current() or Decimal(1)
        if scale == 100:
            self._group, self._decimals, self._fraction = _plain(group * 100), None, None
            return
        self._total += group * scale
        self._group, self._decimals, self._fraction = "", None, None

    def _current(self) -> Decimal | None:
        if not self._group and self._decimals is None and self._fraction is None:
            return None
        text = (self._group or "0") + (f".{self._decimals}" if self._decimals else "")
        try:
            return Decimal(text) + (self._fraction or 0)
        except InvalidOperation:
            return None

    def value(self) -> str | None:
        if not self._seen:
            return None
        if not self._total and not self._decimals and self._fraction is None:
            # Said digit by digit: zeros in front are meant.
            text = self._group
        elif not self._total and self._decimals and self._fraction is None:
            text = f"{self._group or '0'}.{self._decimals}"
        else:
            text = _plain(self._total + (self._current() or 0))
        if not text:
            return None
        return f"-{text}" if self._negative else text


def _plain(value: Decimal) -> str:
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_SCALES = ((1_000_000_000, "billion"), (1_000_000, "million"), (1000, "thousand"))


def say_number(value: str, vocabulary: Vocabulary = ENGLISH) -> str:
    """How to pronounce a number; digits with a zero in front are said one by one."""
    sign = "minus " if value.startswith("-") else ""
    whole, _, decimals = value.lstrip("-").partition(".")
    if whole.startswith("0") and len(whole) > 1:
        spoken = " ".join(vocabulary.digit_names[int(digit)] for digit in whole)
    else:
        spoken = _cardinal(int(whole), vocabulary)
    if decimals:
        spoken += " point " + " ".join(vocabulary.digit_names[int(digit)] for digit in decimals)
    return sign + spoken


def _cardinal(value: int, vocabulary: Vocabulary) -> str:
    for scale, name in _SCALES:
        if value >= scale:
            rest = f" {_cardinal(value % scale, vocabulary)}" if value % scale else ""
            return f"{_cardinal(value // scale, vocabulary)} {name}{rest}"
    if value >= 100:
        rest = f" and {_cardinal(value % 100, vocabulary)}" if value % 100 else ""
        return f"{vocabulary.digit_names[value // 100]} hundred{rest}"
    if value < 10:
        return vocabulary.digit_names[value]
    if value < 20:
        return next(name for name, digits in vocabulary.teens.items() if digits == str(value))
    tens = next(name for name, digit in vocabulary.tens.items() if digit == str(value // 10))
    return f"{tens} {vocabulary.digit_names[value % 10]}" if value % 10 else tens


def say_money(value: str) -> str:
    """ "1200.50 USD" as "one thousand two hundred dollars and fifty cents"."""
    names = {"USD": ("dollars", "cents"), "EUR": ("euros", "cents"), "GBP": ("pounds", "pence"),
             "CHF": ("francs", "cents")}  # fmt: skip
    amount, _, currency = value.partition(" ")
    unit, small = names.get(currency, ("", ""))
    whole, _, cents = amount.partition(".")
    if unit and len(cents) == 2:
        return f"{say_number(whole)} {unit} and {_cardinal(int(cents), ENGLISH)} {small}"
    return f"{say_number(amount)} {unit}".strip()
