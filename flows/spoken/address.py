"""Postal addresses in the shapes of the United States, Britain and Germany.

"twelve oh four Oak Street, apartment five, Springfield, Illinois, six two seven oh four". House
numbers and postal codes are turned into digits; words stay as they were heard. An address is valid
when it has a number and a street.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from flows.spoken.letters.likeness import most_alike
from flows.spoken.letters.modifiers import apply_modifiers
from flows.spoken.numbers import parse_number
from flows.spoken.vocabulary import ENGLISH
from flows.spoken.words import ORDINALS, number_at

_LEAD_IN = re.compile(
    r"^\W*(?:(?:um+|uh+|well|so|yes|yeah|sure|okay|ok|oh|and)\W+)*"
    r"(?:(?:my|the|our|it's|that's) (?:\w+ )?address(?:'s| is| would be)?|it is|it's|das ist|es ist|that's|this is|i live (?:at|in|on)|we(?:'re| are) (?:at|on|in)|i'm at|at|from(?= \d)|send it to)?\W*",
    re.IGNORECASE,
)
_LIVES = re.compile(
    r"^\D*?\b(?:i|we|i've|we've|i'm|we're|they|it's)\b[^\d,]*?\b(?:lived?|living|located|staying|based|been|are|am)"
    r"\b[^\d,]*?\b(?:at|in|on)\s+(?=\S)|^\D*?\bmoving from\s+(?=\S)",
    re.IGNORECASE,
)
""" "We've lived at …"."""
_LIVES_IN = re.compile(
    r"(?<=\w)[,.]\s*(?:and )?(?:i|we|i'm|we're)(?: are| am)? (?:live |living )?(?:here )?in (?=\w)",
    re.IGNORECASE,
)
""" "12 Oak Street, we live in Salem"."""
_TOLD_OF = re.compile(
    rf"^.*\b(?:is|it's|that's|was)\s+(?:at\s+)?(?=(?:\d|(?:{'|'.join((*ENGLISH.teens, *ENGLISH.tens, *(word for word in ENGLISH.units if len(word) > 2)))})\b))",
    re.IGNORECASE | re.DOTALL,
)
""" "That's the new one, the old one is 9 Pine Street"."""
_ON_TO = re.compile(r"(?<=\w) to (?:[A-Z][\w'-]+)(?: [A-Z][\w'-]+)?\W*$")
""" "From 5 Elm Street, Salem to Portland"."""
_HOW_LONG = re.compile(
    r"[\s,]+(?:for (?:(?:about|over|almost|nearly|more than|the (?:last|past)) )?[\w-]+ (?:years?|months?|decades?)|since \w+(?: \w+)?"
    r"|right now|at the moment|these days|forever|all (?:my|our) (?:life|lives))(?: now)?\W*$",
    re.IGNORECASE,
)
_HESITATION = re.compile(r"\b(?:um+|uh+|erm?|hmm+)\b[,.…]*\s*", re.IGNORECASE)
_TAIL = re.compile(r"(?:\W+(?:please|thanks|thank you|that's it))+\W*$", re.IGNORECASE)
_POSTCODE_GB = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?)\s*(\d[a-z]{2})\b", re.IGNORECASE)
_ZIP = re.compile(r"\b(\d{5})(?:[ -]?(\d{4}))?\s*$")
_PLZ = re.compile(r"\b(\d{5})\s+(?=[^\W\d])")
_STREET_WORDS = frozenset(
    "street st road rd avenue ave lane ln drive dr court ct close way place pl square boulevard blvd terrace crescent "
    "parkway highway row mews gardens grove hill strasse straße str. weg platz allee gasse ring circle trail".split()
)
_SIDES = frozenset(
    "north south east west northeast northwest southeast southwest n s e w ne nw se sw".split()
)
"""May stand after the street: "Pennsylvania Avenue Northwest"."""
_UNIT = re.compile(r"(?:apartment|apt|unit|suite|ste|flat|floor|room|#)\b\.?", re.IGNORECASE)
_ORDINAL_UNITS = ORDINALS[:9]
_SUFFIXES = {1: "st", 2: "nd", 3: "rd"}
_UNIT_SAID = re.compile(
    rf"^(?:and )?(?:it's |it is )?(?:the )?(?P<unit>{_UNIT.pattern}(?: number)? [\w -]+)$",
    re.IGNORECASE,
)
_UNIT_IN = re.compile(rf", {_UNIT.pattern} \w+", re.IGNORECASE)
_HOUSE_NUMBER = re.compile(
    r"^(?:the )?(?:house |street )?number(?:'s| is| should be)? (?P<number>[\w -]+)$", re.IGNORECASE
)
_CODE_SAID = re.compile(
    r"^(?:the )?(?:zip|postal|post)[ -]?(?:code)?(?:'s| is| should be) (?P<code>[\w -]+)$",
    re.IGNORECASE,
)
_CODE_ALONE = re.compile(r"(?:the )?(?:zip|postal|post) ?(?:code)?(?: is)? [\d ]+$", re.IGNORECASE)
_CARE_OF = re.compile(r"^\W*(?P<how>c/o|care of|bei) (?P<whom>[^,\d]+), *(?=\S)", re.IGNORECASE)
_SENT_ELSEWHERE = re.compile(
    r"^.*\bbut (?:please )?(?:send|mail|ship|post|deliver) (?:it|that|everything|them) (?:to|at)\b",
    re.IGNORECASE,
)
_CORNER = re.compile(
    r"^(?:the |on |at )*(?P<place>(?:corner|intersection) of (?P<streets>\w[^,]* (?:and|&) \w[^,]*))",
    re.IGNORECASE,
)
""" "The corner of Fifth and Main": a place without a number."""
_STREET_ALONE = re.compile(
    rf"^(?:it's |it is |that's |on )*(?P<street>(?:[^\W\d_]+ ){{1,3}}(?:{'|'.join(sorted(_STREET_WORDS - {'close', 'hill', 'way', 'place'}))}))$",
    re.IGNORECASE,
)
""" "It's Elm Street": the house number stays."""
_STREET_IN_ONE = re.compile(
    r"^(?:in der |in |am |das ist die |die )*(?P<street>[^\W\d_]+(?:straße|strasse|weg|platz|allee|gasse))$",
    re.IGNORECASE,
)
_NUMBER_ALONE = re.compile(
    r"^(?:(?:it's|it is|that's|the|um|uh|und|und die|die) )*(?:(?:house ?)?number |(?:haus)?nummer )?(?:is |ist )?(?P<number>\d{1,5}[a-d]?)$",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"\b(?:(?:house )?number|(?:haus)?nummer) (?=\d)", re.IGNORECASE)
""" "Number 12 Main Street"."""
_NUMBER_LAST = frozenset({"DE", "AT", "CH", "NL", "BE", "ES", "IT", "PL", "SE", "NO", "DK", "FI"})
"""Where the house number stands behind the street."""
_LETTERED = re.compile(r"^(\d+) ([A-Da-d])(?= [^\W\d]{2,})")
""" "221 b Baker Street"."""
_STREET_SPELLED = re.compile(
    r"[,.]?\s*\b(?:that's |spelled |spelt )*(?P<run>(?:[A-Za-z]\b[ .,-]*){3,})(?=[\s,.]|$)",
    re.IGNORECASE,
)
MAX_NUMBER = 5
"""Digits of the longest house number or postal code."""
_COUNTED = "|".join(
    (
        *(word for word in ENGLISH.units if word != "oh"),
        *ENGLISH.teens,
        *ENGLISH.tens,
        "hundred",
        "thousand",
    )
)
_IN_WORDS = re.compile(rf"\b(?:{_COUNTED})(?:(?: and |[ -])(?:{_COUNTED}))*\b", re.IGNORECASE)
_ORDINAL_NEXT = re.compile(rf" (?:{'|'.join(_ORDINAL_UNITS)})\b", re.IGNORECASE)
_SPELLED_RUN = re.compile(r"\b(?:[A-Za-z] ){1,}[A-Za-z]\b")


@dataclass(frozen=True)
class AddressReading:
    """The address on one line, and its parts as far as they could be told apart."""

    value: str | None
    valid: bool
    number: str = ""
    street: str = ""
    city: str = ""
    postal_code: str = ""


def parse_address(text: str, region: str) -> AddressReading:
    """The address in `text`; `region` (ISO 3166) says what shape to expect."""
    text = _SENT_ELSEWHERE.sub("", _HESITATION.sub("", text.replace("’", "'").strip()))
    text = _TOLD_OF.sub("", _LIVES_IN.sub(", ", text))
    if re.match(r"\W*(?:we're |we are |i'm )?(?:moving )?from\b", text, re.IGNORECASE):
        text = _ON_TO.sub("", text)
    said = _HOW_LONG.sub("", _TAIL.sub("", _LEAD_IN.sub("", _LIVES.sub("", text), count=1)))
    said = _as_spelled(apply_modifiers(said)).strip(" .!?")
    if care_of := _CARE_OF.match(said):
        there = parse_address(said[care_of.end() :], region)
        whom = _cased_name(care_of["whom"])
        how = "bei" if care_of["how"].casefold() == "bei" else "c/o"
        return replace(there, value=f"{how} {whom}, {there.value}") if there.value else there
    parts = [part for raw in said.split(",") if (part := _with_digits(raw, region).strip(" ."))]
    line = _postal_code_joined(", ".join(parts), region)
    if not line:
        return AddressReading(None, False)
    line = _LETTERED.sub(r"\1\2", _NUMBERED.sub("", line))
    if corner := _CORNER.match(line):
        place, city = line[corner.start("place") :], _city_after(corner[0], line, "")
        return AddressReading(place, True, street=corner["streets"], city=city)
    number_first = re.match(
        r"(?:(?:flat|apartment|apt|unit|suite) \w+,? )?(\d+[a-zA-Z]?)(?:,)? ([^,]+)", line, re.I
    )
    number_last = re.match(r"([^\d,]+?) (\d+[a-zA-Z]?)\b(?!\d)", line)
    code = _postal_code(line, region)
    if number_first:
        number, rest = number_first.group(1), number_first.group(2)
    elif number_last:
        number, rest = number_last.group(2), number_last.group(1)
    else:
        # "Rose Cottage, Mill Lane, …": a house with a name, where the postal code bears it out.
        named = bool(code) and not _STREET_WORDS.isdisjoint(
            line.casefold().replace(",", "").split()
        )
        return AddressReading(line, named, postal_code=code)
    street, city = _street_and_city(rest, line, code)
    if _UNIT.match(street):
        # "Apartment four" alone.
        return AddressReading(line, False, postal_code=code)
    whole = re.search(r"[^\W\d]{2,}", street) and not _CODE_ALONE.match(line)
    return AddressReading(line, bool(whole), number, street, city, code)


_NUMBERED_BEHIND = re.compile(
    r"[^\W\d_](?:straße|strasse|weg|allee|platz|gasse) \d{1,4}[a-d]?\b", re.IGNORECASE
)


def is_street_address(text: str) -> bool:
    """True for "12 Oak Street, Portland": nothing but a number and a street, perhaps with a town."""
    found = re.match(r"\W*\d{1,5}[a-d]? (?P<street>[^,\d]+)(?:,|\W*$)", text, re.IGNORECASE)
    last = found["street"].split()[-1].casefold().strip(".") if found else ""
    return last in _STREET_WORDS or _NUMBERED_BEHIND.search(text) is not None


def street_alone(text: str) -> str | None:
    """The street of "it's on Main Street", said without its number; None where that is not all."""
    said = _LEAD_IN.sub("", _HESITATION.sub("", text), count=1).strip(" .,!?")
    found = _STREET_ALONE.match(said) or _STREET_IN_ONE.match(said)
    return _cased_name(found["street"]) if found else None


def with_number(street: str, said: str, region: str) -> str | None:
    """The street with the number that was said for it, where a number is all that was said."""
    found = _NUMBER_ALONE.match(_with_digits(said.strip(" .,!?"), "US"))
    if found is None:
        return None
    number = found["number"]
    return f"{street} {number}" if region in _NUMBER_LAST else f"{number} {street}"


def _code_written(said: str, region: str) -> str:
    """A postal code without the gaps it was said with: "L S 1 4 A B" is LS1 4AB."""
    code = re.sub(r"\W", "", said).upper()
    return f"{code[:-3]} {code[-3:]}" if region == "GB" and len(code) > 4 else code


def _as_spelled(said: str) -> str:
    """ "Leicester Road, L E I C E S T E R": the word that is spelled, as it is spelled."""
    for found in _STREET_SPELLED.finditer(said):
        spelled = re.sub(r"[^A-Za-z]", "", found["run"])
        words = re.findall(r"[^\W\d_]{2,}", said[: found.start()])
        alike = most_alike(words, spelled)
        if len(alike) == 1:
            word = words[alike[0]]
            before = re.sub(rf"\b{word}\b", spelled.capitalize(), said[: found.start()])
            return f"{before}{said[found.end() :]}"
    return said


def _cased_name(name: str) -> str:
    return " ".join(word[:1].upper() + word[1:] for word in name.split())


def correct_address(value: str, said: str, region: str) -> str | None:
    """`value` with the street, the house number or the postal code that `said` names; None when it
    names none, or the whole."""
    old, new = parse_address(value, region), parse_address(said, region)
    if number := _HOUSE_NUMBER.search(said):
        digits = _with_digits(number["number"], region)
        return value.replace(old.number, digits, 1) if old.number and digits.isdecimal() else None
    if (bare := _NUMBER_ALONE.match(said)) and old.number and len(bare["number"]) < MAX_NUMBER:
        return value.replace(old.number, bare["number"], 1)
    if code := _CODE_SAID.search(said):
        digits = _code_written(_with_digits(code["code"], region), region)
        return value.replace(old.postal_code, digits) if old.postal_code and digits else None
    behind = bool(old.street) and value.startswith(f"{old.street} {old.number}")
    street = f"{old.street} {old.number}" if behind else f"{old.number} {old.street}"
    if unit := _UNIT_SAID.match(said):
        numbered = _with_digits(unit["unit"], region)
        without = _UNIT_IN.sub("", value)
        return without.replace(street, f"{street}, {numbered}", 1) if street in without else None
    if renamed := _STREET_ALONE.match(said):
        return value.replace(old.street, _cased_name(renamed["street"]), 1) if old.street else None
    alone = new.valid and new.value in (
        f"{new.number} {new.street}",
        f"{new.street} {new.number}",
    )
    if not alone or not value.startswith(street) or value == street:
        return None
    return f"{new.value}{value.removeprefix(street)}"


def _counted(match: re.Match[str]) -> str:
    """A number with a "hundred" in it is one; others are digits and groups, side by side. "One
    hundred twenty third" is 100, 23rd."""
    *words, last = match.group().replace("-", " ").split()
    of_street = _ORDINAL_NEXT.match(match.string, match.end()) is not None
    if of_street and last.casefold() in ENGLISH.tens and words[-1:] != ["and"]:
        return " ".join([*filter(None, [_as_one(words)]), last])
    return _as_one([*words, last])


def _as_one(words: list[str]) -> str:
    said = " ".join(words)
    scaled = {"hundred", "thousand"} & {word.casefold() for word in words}
    return (parse_number(said) or said) if scaled else said


def _with_digits(part: str, region: str) -> str:
    """Number words as digits, side by side as one number: "twelve oh four Oak" is "1204 Oak"."""
    out: list[str] = []
    words = re.findall(r"[^\W_]+(?:['.-][^\W_]+)*|#", _IN_WORDS.sub(_counted, part))
    lowered = [word.casefold() for word in words]
    index, joining = 0, False
    while index < len(words):
        if numbered := _numbered_street(lowered, index):
            out.append(numbered)
            index, joining = index + 2, False
            continue
        found, taken = _number(lowered, index)
        ordinal = re.fullmatch(r"\d+(?:st|nd|rd|th)", lowered[index])
        if taken and not ordinal:
            if joining and out[-1:] and out[-1].isdecimal() and not _apart(words, index, out):
                out[-1] += found
            else:
                out.append(found)
            index += taken
            joining = True
            continue
        joining = False
        out.append(words[index])
        index += 1
    if region == "GB":
        joined = " ".join(out)
        return _SPELLED_RUN.sub(lambda match: match.group().replace(" ", ""), joined)
    return " ".join(_cased(word) for word in out)


def _apart(words: list[str], index: int, out: list[str]) -> bool:
    """True when the number at `index` is not the rest of the one before it: a written postal code
    ("Am Markt 3 20095"), or the house's after the flat's ("unit 5, 12 Oak")."""
    written = words[index].isdecimal()
    after_unit = len(out) > 1 and _UNIT.fullmatch(out[-2]) is not None
    return len(out[-1]) >= MAX_NUMBER or (
        written and len(words[index]) >= (2 if after_unit else MAX_NUMBER - 1)
    )


def _numbered_street(words: list[str], index: int) -> str:
    """ "twenty third" is 23rd, whatever number stands before it; empty when it is none. Where nothing
    but the street follows and no number stands before, a house's must be in it: 50, Fifth Avenue."""
    following = words[index + 1] if index + 1 < len(words) else ""
    if not index and any(word in _STREET_WORDS for word in words[2:4]):
        return ""
    if words[index] not in ENGLISH.tens or following not in _ORDINAL_UNITS:
        return ""
    unit = 1 + _ORDINAL_UNITS.index(following)
    return f"{ENGLISH.tens[words[index]]}{unit}{_SUFFIXES.get(unit, 'th')}"


def _number(words: list[str], index: int) -> tuple[str, int]:
    found, taken = number_at(words, index)
    if taken and words[index] in ENGLISH.repeats and not found.isdecimal():
        return "", 0
    return found, taken


def _postal_code_joined(line: str, region: str) -> str:
    if region != "GB":
        return line
    # "SW 1A 1AA" and "S W 1 A 1 A A": letters and digits of the code stand together.
    tail = re.search(r"\b([A-Za-z]{1,2}) ?(\d) ?([A-Za-z\d])? ?(\d) ?([A-Za-z]) ?([A-Za-z])$", line)
    if not tail:
        return line
    outward = "".join(part or "" for part in tail.groups()[:3])
    inward = "".join(tail.groups()[3:])
    return f"{line[: tail.start()]}{outward.upper()} {inward.upper()}"


def _postal_code(line: str, region: str) -> str:
    if region == "GB":
        match = _POSTCODE_GB.search(line)
        return f"{match.group(1)} {match.group(2)}".upper() if match else ""
    match = (_PLZ if region in ("DE", "AT", "CH") else _ZIP).search(line)
    return match.group(1) if match else ""


def _street_and_city(rest: str, line: str, code: str) -> tuple[str, str]:
    words = rest.split()
    for index, word in enumerate(words[:-1]):
        if word.casefold().rstrip(".") in _STREET_WORDS and index:
            end = index + 2 if words[index + 1].casefold().rstrip(".") in _SIDES else index + 1
            street, city = " ".join(words[:end]), " ".join(words[end:])
            city = re.sub(r"^in ", "", city, flags=re.IGNORECASE)
            if not city or _UNIT.match(city):
                city = _city_after(rest, line, code)
            return street, city
    return rest, _city_after(rest, line, code)


def _city_after(rest: str, line: str, code: str) -> str:
    """The first part of the line after the street that is no flat, suite or the like."""
    after = line.split(rest, 1)[-1].strip(" ,")
    parts = (after.replace(code, "") if code else after).split(",")
    named = (
        part for part in parts if re.search(r"[^\W\d]", part) and not _UNIT.match(part.strip())
    )
    return re.sub(r"\S*\d\S*", "", next(named, "")).strip()


def _cased(word: str) -> str:
    small = len(word) < 3 or word in ("and", "the")
    return word[:1].upper() + word[1:] if word.islower() and not small else word


def say_address(value: str) -> str:
    """An address as pronounced: house numbers as they are, postal codes digit by digit."""

    def digits(match: re.Match[str]) -> str:
        return " ".join(ENGLISH.digit_names[int(digit)] for digit in match.group())

    return re.sub(r"\d{3,}", digits, value)
