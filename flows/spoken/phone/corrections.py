"""Corrections of a phone number: "the last four are 1234", "555 not 565", a group said again."""

from __future__ import annotations

import re

from flows.spoken.phone.numbers import groups_of, parse_phone, spoken_digits
from flows.spoken.words import ORDINALS

_COUNTS = {
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "2": 2,
    "3": 3,
    "4": 4,
    "5": 5,
    "6": 6,
}
_PLACE = re.compile(
    r"\b(?:the )?(?P<end>last|final|ending|ends|end|first|beginning|begins|starts|start|area code|middle|second)"
    r"(?:\s+(?P<count>two|three|four|five|six|[2-6]))?(?:\s+(?:digits?|numbers?|group|part|ones?))?"
    r"(?:\s+(?:is|are|or|our|was|were|in|with|should be|must be|of it|:))*\s+(?P<digits>.+)$",
    re.IGNORECASE,
)
_AT_PLACE = re.compile(
    r"^(?:it's |it is |there's )?(?:an? )?(?P<digits>.+?)(?: at the (?P<edge>end|start|beginning))\W*$",
    re.IGNORECASE,
)
_BEFORE_LAST = re.compile(
    r"\b(?:second (?:to )?last|next to last|penultimate) (?:digit|number|one)(?: is| should be)?(?: an?)? (?P<digit>\w+)\W*$",
    re.IGNORECASE,
)
_ORDINAL = re.compile(
    rf"\b(?P<place>{'|'.join(ORDINALS)}) (?:digit|number|one)(?: is| should be| must be| was)?(?: an?)? (?P<digit>\w+)\W*$",
    re.IGNORECASE,
)
LAST = frozenset({"last", "final", "ending", "ends", "end"})
_MIDDLE = frozenset({"middle", "second"})


def correct_phone(value: str, said: str, both: tuple[str, str] | None, region: str) -> str | None:
    """`value` (E.164) with the part replaced that `said` names; None when it names none for certain.

    `both` are the right and the wrong of "oh one, not oh two", where that was said.
    """
    digits = value.lstrip("+")
    if before_last := _BEFORE_LAST.search(said):
        new = spoken_digits(before_last["digit"])
        return _valid_phone(digits[:-2] + new + digits[-1], region) if len(new) == 1 else None
    place = place_in(said)
    if both and not place:
        changed = _exchanged(digits, both)
        return _valid_phone(changed, region) if changed else None
    national = "".join(groups_of(value, region))
    if not digits.endswith(national):
        national = national.lstrip("0")
    prefix = digits[: len(digits) - len(national)] if national else ""
    if ordinal := _ORDINAL.search(said):
        index, new = ORDINALS.index(ordinal["place"].casefold()), spoken_digits(ordinal["digit"])
        if len(new) != 1 or index >= len(national):
            return None
        return _valid_phone(prefix + national[:index] + new + national[index + 1 :], region)
    if place:
        where, new = place
        if len(new) >= len(national):
            return None
        if where in LAST:
            return _valid_phone(prefix + national[: -len(new)] + new, region)
        if where in _MIDDLE:
            return _group_replaced(value, 1, new, region)
        return _valid_phone(prefix + new + national[len(new) :], region)
    new = spoken_digits(said).strip("+")
    return _nearest_group(value, new, region) if new and len(new) < len(national) else None


def place_in(said: str) -> tuple[str, str] | None:
    """Where the digits belong, and the digits: "the last four are …", "… at the end"."""
    if at_place := _AT_PLACE.search(said):
        new = spoken_digits(at_place["digits"]).strip("+")
        return (at_place["edge"].casefold(), new) if new else None
    place = _PLACE.search(said)
    new = _named_part(place) if place else ""
    return (place["end"].casefold(), new) if place and new else None


def _valid_phone(digits: str, region: str) -> str | None:
    reading = parse_phone(f"+{digits}", region)
    return reading.value if reading.valid else None


def _group_replaced(value: str, index: int, new: str, region: str) -> str | None:
    groups = groups_of(value, region)
    if index >= len(groups) or len(groups[index]) != len(new):
        return None
    digits = value.lstrip("+")
    national = "".join(groups)
    if not digits.endswith(national):
        return None
    groups[index] = new
    return _valid_phone(digits[: len(digits) - len(national)] + "".join(groups), region)


def _nearest_group(value: str, new: str, region: str) -> str | None:
    """A group said alone replaces the one it resembles most, when that is clear."""
    groups = groups_of(value, region)
    scored = sorted(
        (sum(a != b for a, b in zip(group, new, strict=True)), index)
        for index, group in enumerate(groups)
        if len(group) == len(new)
    )
    if not scored or (len(scored) > 1 and scored[0][0] == scored[1][0]):
        return None
    return _group_replaced(value, scored[0][1], new, region)


def correct_part(digits: str, said: str, both: tuple[str, str] | None) -> str | None:
    """The same for the digits of a number that is not whole yet."""
    place = _PLACE.search(said)
    if place:
        new = _named_part(place)
        if not new or len(new) >= len(digits):
            return None
        if place["end"].casefold() in LAST:
            return digits[: -len(new)] + new
        is_first = place["end"].casefold() not in _MIDDLE
        return new + digits[len(new) :] if is_first and not digits.startswith("+") else None
    return _exchanged(digits, both) if both else None


def _named_part(place: re.Match[str]) -> str:
    """The digits said for a part; empty when they are not as many as were announced."""
    new = spoken_digits(re.split(r"\bnot\b", place["digits"])[0]).strip("+")
    wanted = _COUNTS.get((place["count"] or "").casefold(), len(new))
    return new if wanted == len(new) else ""


def _exchanged(digits: str, both: tuple[str, str]) -> str | None:
    """The right for the wrong, where the wrong stands once."""
    right, wrong = (spoken_digits(part).strip("+") for part in both)
    return digits.replace(wrong, right) if right and wrong and digits.count(wrong) == 1 else None
