"""How many come: "just me", "me and my wife", "two adults and three kids", "us two and a baby"."""

from __future__ import annotations

import re

from flows.spoken.numbers import parse_number
from flows.spoken.vocabulary import ENGLISH

NUMBER_WORD = rf"(?:{'|'.join((*ENGLISH.units, *ENGLISH.teens, *ENGLISH.tens, 'hundred'))})"
_LEADS = (
    r"(?:(?:(?:i|we)(?:'d like| would like| want| need)|(?:to )?book|it's|it is|it'll be|it will be|we're|we are|we'll be|we will be|there(?:'s| is| are|'ll be| will be)"
    r"|for|that's|that is|just|only|so|well|uh|um|about|make it|a (?:table|party|group|family) (?:of|for))\W+)*"
)
_TAILS = r"(?:\W+(?:please|in all|altogether|in total|total|all together|obviously|of course|really|thanks|thank you|today|tonight))*\W*"
_KIN = (
    r"(?:adults?|grown-?ups?|persons?|people|guests?|kids?|child(?:ren)?|teen(?:ager)?s?|bab(?:y|ies)|infants?"
    r"|toddlers?|seniors?|students?|wom[ae]n|m[ae]n|boys?|girls?|ladies|others?|other (?:people|adults)|friends?"
    r"|colleagues?|daughters?|sons?|guys|relatives|cousins|neighbou?rs)"
)
_OF_AGE = r"(?:small|little|young|younger|older|teenage|grown|more|extra)"
_MANY = rf"(?:an?|\d{{1,3}}|{NUMBER_WORD}(?:[- ](?:and )?{NUMBER_WORD}){{0,3}})"
_GROUP = rf"(?:(?:my|our|the|her|his) )?{_MANY}(?: {_OF_AGE})? {_KIN}"
_JOINT = r"(?:,? (?:and|plus|with|&) |, )"
COUNTED_APART = rf"{_GROUP}(?:{_JOINT}{_GROUP})+"
""" "Two adults and three kids": a count of each, to be added."""
_ITEMS = re.compile(_JOINT)
_ITEM = re.compile(
    rf"(?P<self>me|myself|i)|(?P<couples>\w+) couples|(?P<us>the two of us|both of us|us two)"
    rf"|(?:(?:my|our|the|her|his) )?(?P<count>{_MANY})(?: {_OF_AGE}| of (?:my|our|the))? {_KIN}"
    rf"|(?P<one>(?:my|our|an?|one) (?!{NUMBER_WORD}|thousand|million|billion|half|dozen|couple)(?!\w+s$)\w+(?: (?!\w+s$)\w+)?)",
    re.IGNORECASE,
)
_SELF = re.compile(r"(?:me|myself|i)\W*", re.IGNORECASE)
_ALONE = re.compile(rf"\W*{_LEADS}(?:me|myself|i)(?: alone)?{_TAILS}", re.IGNORECASE)
_ALL = re.compile(rf"\W*{_LEADS}(?P<items>.+?){_TAILS}", re.IGNORECASE)
_COUPLES = re.compile(rf"\W*{_LEADS}(?P<count>\w+) couples{_TAILS}", re.IGNORECASE)


COUNTED_PEOPLE = re.compile(
    rf"(?:\b(?:for|between) )?\b{_MANY}(?: {_OF_AGE})? {_KIN}\b", re.IGNORECASE
)
""" "300 dollars for two people", "three people": no part of an amount of money."""


def party_size(text: str) -> str | None:
    """How many come, the caller included: "just me", "me and my wife", "myself and three others",
    "two adults and three kids"; None where that is not what the words are, or they leave it open
    ("me and the kids")."""
    text = text.replace("’", "'")
    if _ALONE.fullmatch(text):
        return "1"
    if (couples := _COUPLES.fullmatch(text)) and (count := _number(couples["count"])):
        return str(2 * count)
    whole = _ALL.fullmatch(text)
    items = _ITEMS.split(whole["items"]) if whole else []
    counts = [_people(item.strip(" .,")) for item in items]
    if (
        len(counts) > 1
        and counts[0] is None
        and _number(items[0]) == sum(map(int, filter(None, counts)))
    ):
        # "Five, two adults and three kids".
        counts = counts[1:]
    if len(counts) < 2 or None in counts:
        return None
    return str(sum(filter(None, counts)))


def counts_people_apart(text: str) -> bool:
    """True where people are counted in several groups or named one by one: whatever number stands
    there is not all of them."""
    plain = text.replace("’", "'")
    whole = _ALL.fullmatch(plain)
    items = _ITEMS.split(whole["items"]) if whole else []
    counted = [item for item in items if _people(item.strip(" .,")) is not None]
    return len(items) > 1 and (len(counted) > 1 or any(map(_SELF.fullmatch, counted)))


def _people(item: str) -> int | None:
    """How many an item of the list is; None for what is no count of people."""
    found = _ITEM.fullmatch(item)
    if found is None:
        return None
    if found["self"] or found["one"]:
        return 1
    if found["us"]:
        return 2
    if found["couples"]:
        couples = _number(found["couples"])
        return None if couples is None else 2 * couples
    if found["count"].casefold() in ("a", "an"):
        return 1
    return _number(found["count"])


def _number(word: str) -> int | None:
    found = parse_number(word)
    return int(found) if found and found.isdecimal() else None
