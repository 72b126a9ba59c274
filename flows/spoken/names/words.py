"""The words of names: which are none, and how names are written."""

from __future__ import annotations

import re

NO_NAME = frozenset(
    "yes no yeah yep nope sure okay ok what why how when where who which hello hi hey please thanks thank you "
    "sorry nothing none nobody maybe right correct wrong i me my your it that this the a an and or but is are was do "
    "does did can could would will want need have i'm i'd i'll don't not just about get go some any with for from "
    "in on at to of out if there here them they we us know think see tell say said call called calling make your "
    "same before already again spelling sounds usual busy driving she he phone number email address question information price help looking interested speaking "
    "next tomorrow today tonight people person table zero one two three four five six seven eight nine eleven twelve "
    "thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty "
    "ninety hundred thousand million dollars meine mein macht sonst nicht ich wir habe haben kann".split()
)
"""Words that are hardly a name, or part of one."""
EXCLAMATIONS = frozenset(
    "shut up great alright fine good nice cool awesome perfect wow whatever interesting amazing funny weird "
    "really exactly true blah ridiculous unbelievable listening waiting taking forever done ready here whoa "
    "gosh damn ouch bless all enough everything anything something later never mind more stop bye goodbye "
    "whenever whichever dear je ach herrje na".split()
)
"""What callers call out; none of them alone is a name, though Larry Fine is."""
HESITATIONS = frozenset(
    "um umm uh uhh uhm er erm ah hm hmm mm oh well so and actually basically anyway like".split()
)
"""Said alone, the beginning of an answer that has not come yet, though some are names."""
MAX_COMPANY_WORDS = 8
GENERATIONS = {"second": "II", "third": "III", "fourth": "IV"}
"""Of one name in a family: "Henry Ford the second"."""
_INITIALS = re.compile(r"[BCDFGHJKLMNPQRSTVWXZ]{2}")
""" "JD Power"."""


def cased(word: str) -> str:
    """ "smith" and "SMITH" become "Smith"; "McDonald" stays."""
    if any(character.isdigit() for character in word):
        return word
    if (
        _INITIALS.fullmatch(word)
        or word in GENERATIONS.values()
        or ("&" in word and word.isupper())
    ):
        return word
    if (word.isupper() and len(word) > 1) or word.islower():
        written = "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))
        return re.sub(r"^([ODL]')([a-z])", lambda m: m[1] + m[2].upper(), written)
    return word
