"""Corrections of an address: "not gmail, hotmail", "d not t", "the domain is …", "there's no dot".

Each rule reads one way of naming a part. It gives the address with that part replaced; "" when the
part was named but fits nowhere, or in two places; None when the words are not for it. The first rule
that has anything to say decides.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from flows.spoken.email.addresses import parse_email
from flows.spoken.email.domains import ENDINGS, PROVIDERS, SECOND_LEVEL
from flows.spoken.letters.likeness import alike
from flows.spoken.letters.respelling import (
    bare,
    compact,
    edge_letter,
    letter_at_place,
    longest_run,
    respelt,
    spelled_word,
    swapped_at_one_place,
)
from flows.spoken.names.familiar import same_sounds
from flows.spoken.phone.numbers import spoken_digits
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import MIN_SPELLED

_AT_DOMAIN = re.compile(
    r"^(?:it's |it is )?(?:at |@ ?|(?:the )?domain(?: is|'s)? )+(?:at )?", re.IGNORECASE
)
_NAMES_DOMAIN = re.compile(r"(?:it's |it is )?(?:at|@|(?:the )?domain)\b", re.IGNORECASE)
_ONLY_DOMAIN = re.compile(
    r"^(?:it's |it is |the domain is |domain )?(?:at |@)?\s*(?P<rest>.*(?:\bdot\b|\.).*)$",
    re.IGNORECASE,
)
_ONLY_ENDING = re.compile(r"(?P<dot>dot |\.)?(?P<labels>\w+(?:(?:\.| dot )\w+)*)", re.IGNORECASE)
_USUAL_ENDINGS = frozenset("com org net edu gov info biz io".split())
"""What is an ending even where the dot was lost: "it's org"."""
_ADDED = re.compile(
    r"(?:there(?:'s| is)|you (?:forgot|missed|left out)|(?:and|then|plus|add)) (?:an?|the)?\s*"
    r"(?:letters?|numbers?|digits?)?\s*(?P<what>[\w -]+?) at the end",
    re.IGNORECASE,
)
_DOT_FIRST = re.compile(r"(?:it's |it is |that's )?(?:dot |\.)", re.IGNORECASE)
_ONLY_PROVIDER = re.compile(r"(?:it's |it is |at |@)*(\w+)", re.IGNORECASE)
_FIRST_PART = re.compile(
    r"^(?:the |my )?(?:first part|name part|part before the at(?: sign)?|user ?name)(?: is|'s)?:? (?P<local>.+)$",
    re.IGNORECASE,
)
NO_SIGN = re.compile(
    r"\b(?:no|without(?: the| a)?|isn't (?:a|any)|not a)\s+(?P<sign>dots?|dash(?:es)?|hyphens?|underscores?|periods?|spaces?)\b(?: between .+| (?:in|at|after|before) .+)?",
    re.I,
)
_SIGN_NAMES = r"(?P<sign>dot|period|point|dash|hyphen|underscore|plus)"
_SIGN_BETWEEN = re.compile(
    rf"\b(?:an?|the) {_SIGN_NAMES} between (?:the )?(?P<left>\w+) and (?:the )?(?P<right>\w+)", re.I
)
_ONLY_SIGN = re.compile(
    rf"(?:(?:it's|it is|that's|that is|it should be|should be|with) )?(?:an? )?{_SIGN_NAMES}",
    re.IGNORECASE,
)
_NUMBER = re.compile(
    r"(?:the )?(?:numbers?|digits?)(?: at the end)?(?: is| are| should be|:)? (?P<digits>[\w -]+)",
    re.I,
)
_SIGNS = re.compile(r"[._+-]")


@dataclass(frozen=True)
class _Address:
    local: str
    domain: str

    def with_local(self, local: str | None) -> str:
        return f"{local}@{self.domain}" if local else ""

    def with_domain(self, domain: str | None) -> str:
        return f"{self.local}@{domain}" if domain else ""


Both = tuple[str, str] | None
"""The right and the wrong of "d not t", where that was said."""


def correct_email(value: str, said: str, both: Both) -> str | None:
    """`value` with the part replaced that `said` names; None when it names none for certain."""
    local, _, domain = value.partition("@")
    address = _Address(local, domain)
    answers = (rule(address, said, both) for rule in _RULES)
    changed = next((answer for answer in answers if answer is not None), None)
    if not changed or changed == value:
        return None
    reading = parse_email(changed)
    return reading.value if reading.valid else None


def _one_for_another(address: _Address, said: str, both: Both) -> str | None:
    """ "Hotmail, not gmail", "d, not t"."""
    if both is None:
        return None
    right, wrong = both
    if new_domain := _domain_swapped(address.domain, right, wrong):
        return address.with_domain(new_domain)
    if swapped := _swap_once(address.local, compact(right), compact(wrong)):
        return address.with_local(swapped)
    if len(compact(wrong)) == 1 and (
        address.domain in PROVIDERS or compact(wrong) in address.local
    ):
        # A letter of a name that stands in two places; nobody doubts those of gmail.com.
        return ""
    return address.with_domain(_swap_once(address.domain, compact(right), compact(wrong)))


def _sign_put(address: _Address, said: str, both: Both) -> str | None:
    """ "There's a dot between john and smith", "it's an underscore"."""
    named = _SIGN_BETWEEN.search(said) or _ONLY_SIGN.fullmatch(said)
    return address.with_local(_signed(address.local, named)) if named else None


def _number_exchanged(address: _Address, said: str, both: Both) -> str | None:
    """ "The number is 84", "eighty four"."""
    number = _NUMBER.fullmatch(said)
    if number is None and not compact(said.removesuffix(" at the end")).isdigit():
        return None
    digits = spoken_digits(number["digits"] if number else said)
    places = re.findall(r"\d+", address.local)
    fits = len(places) == 1 and len(places[0]) == len(digits)
    return address.with_local(address.local.replace(places[0], digits) if fits else None)


def _added(address: _Address, said: str, both: Both) -> str | None:
    """ "There's an s at the end", "you forgot the number 22 at the end"."""
    named = _ADDED.fullmatch(said)
    more = compact(named["what"]) if named else ""
    return address.with_local(address.local + more) if more.isdigit() or len(more) == 1 else None


def _edge(address: _Address, said: str, both: Both) -> str | None:
    """ "It starts with a j"."""
    letter = edge_letter(address.local, said) or letter_at_place(address.local, said)
    return address.with_local(letter) or None


def _first_part(address: _Address, said: str, both: Both) -> str | None:
    """ "The first part is …", or the same letters with other signs between them."""
    named = _FIRST_PART.search(said)
    local = compact(named["local"] if named else said)
    same_letters = _SIGNS.sub("", local) == _SIGNS.sub("", address.local)
    if named or (local != address.local and same_letters):
        return address.with_local(local)
    return None


def _sign_gone(address: _Address, said: str, both: Both) -> str | None:
    """ "There's no dot"."""
    named = NO_SIGN.search(said)
    if named is None:
        return None
    singular = named["sign"].casefold().rstrip("s")
    sign = ENGLISH.signs.get(singular.removesuffix("e")) or ENGLISH.signs.get(singular, "")
    return address.with_local(address.local.replace(sign, "") if sign in address.local else None)


def _whole_again(address: _Address, said: str, both: Both) -> str | None:
    whole = parse_email(said)
    return whole.value if whole.valid else None


def _domain_named(address: _Address, said: str, both: Both) -> str | None:
    """ "At hotmail dot com", "the domain is …"."""
    if not _NAMES_DOMAIN.match(said):
        return None
    named = parse_email(f"x y z {_AT_DOMAIN.sub('at ', said)}").value or ""
    if named.rpartition(".")[2] not in ENDINGS:
        return None
    return address.with_domain(named.partition("@")[2])


def _respelt(address: _Address, said: str, both: Both) -> str | None:
    """ "Smith with a y", "S M Y T H"."""
    if _NAMES_DOMAIN.match(said):
        return None
    return address.with_local(respelt(address.local, said)) or None


def _ending_alone(address: _Address, said: str, both: Both) -> str | None:
    """ "Dot org", "dot co dot UK"."""
    named = _ONLY_ENDING.fullmatch(bare(said)) or _ONLY_ENDING.fullmatch(said)
    labels = re.split(r"\.| dot ", named["labels"].casefold()) if named else []
    known = labels and all(label in ENDINGS or label in SECOND_LEVEL for label in labels)
    if not known or not (_DOT_FIRST.match(said) or labels[0] in _USUAL_ENDINGS or len(labels) > 1):
        return None
    name = (
        address.domain.partition(".")[0] if len(labels) > 1 else address.domain.rpartition(".")[0]
    )
    return address.with_domain(".".join([name, *labels]))


def _domain_alone(address: _Address, said: str, both: Both) -> str | None:
    """ "Hotmail dot com"."""
    named = _ONLY_DOMAIN.search(said)
    if named is None or " at " in f" {said} "[4:] or parse_email(said).suggestion:
        return None
    rest = bare(named["rest"])
    reading = parse_email(f"x y z at {rest}")
    if reading.valid and reading.value and reading.value.rpartition(".")[2] in ENDINGS:
        return address.with_domain(reading.value.partition("@")[2])
    return None


def _domain_spelled(address: _Address, said: str, both: Both) -> str | None:
    """ "G R E E N W O O D" for "greenworld.org"."""
    name, _, ending = address.domain.partition(".")
    if address.domain in PROVIDERS or not name.isalpha():
        return None
    spelled = spelled_word(name, list(re.finditer(name, name)), said)
    run = longest_run(said)
    if not spelled and len(run) > MIN_SPELLED and same_sounds(name, run):
        spelled = run
    return address.with_domain(f"{spelled}.{ending}") if spelled else None


def _provider_alone(address: _Address, said: str, both: Both) -> str | None:
    """ "Hotmail"."""
    named = _ONLY_PROVIDER.fullmatch(said)
    if named is None:
        return None
    known, name = f"{named[1].casefold()}.com", address.domain.partition(".")[0]
    other = known in PROVIDERS and named[1].casefold() != name
    return address.with_domain(known) if other else None


_RULES: tuple[Callable[[_Address, str, Both], str | None], ...] = (
    _one_for_another,
    _sign_put,
    _number_exchanged,
    _added,
    _edge,
    _first_part,
    _sign_gone,
    _whole_again,
    _domain_named,
    _respelt,
    _ending_alone,
    _domain_alone,
    _domain_spelled,
    _provider_alone,
)


def _signed(local: str, named: re.Match[str]) -> str | None:
    """The part before the @ with a sign put between two of its words, or its only one exchanged."""
    sign = ENGLISH.signs.get(named["sign"].casefold(), "")
    between = named.groupdict().get("left")
    if between:
        left, right = between.casefold(), named["right"].casefold()
        joined = re.compile(re.escape(left) + r"[._+-]?" + re.escape(right))
        found = joined.findall(local)
        return joined.sub(f"{left}{sign}{right}", local) if len(found) == 1 else None
    signs = _SIGNS.findall(local)
    return local.replace(signs[0], sign) if len(signs) == 1 and signs[0] != sign else None


def _domain_swapped(domain: str, right: str, wrong: str) -> str | None:
    right, wrong = compact(right, domain=True), compact(wrong, domain=True)
    labels = domain.split(".")
    if wrong == domain and "." in right:
        return right
    if wrong in labels and "." not in right and len(wrong) > 1:
        return ".".join(right if label == wrong else label for label in labels)
    name = ".".join(labels[:-1])
    if "." in right and alike(wrong.partition(".")[0], name):
        return right
    known = f"{right}.com"
    if known in PROVIDERS and (alike(wrong, labels[0]) or f"{wrong}.com" in PROVIDERS):
        return known
    return None


def _swap_once(text: str, right: str, wrong: str) -> str | None:
    if not wrong or not right or right == wrong:
        return None
    if text.count(wrong):
        return swapped_at_one_place(text, right, wrong)
    # "s m i t h, not s m i d h" with the wrong one misheard: the right one is enough.
    if len(right) > 2:
        word = next((word for word in re.findall(r"[a-z]+", text) if alike(word, right)), None)
        return text.replace(word, right, 1) if word else None
    return None
