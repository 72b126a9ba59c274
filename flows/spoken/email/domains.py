"""Mail domains: what recognisers make of the well-known ones, and near misses worth a question."""

from __future__ import annotations

import re

from rapidfuzz.distance import OSA

PROVIDERS = frozenset(
    "gmail.com googlemail.com yahoo.com yahoo.co.uk ymail.com hotmail.com hotmail.co.uk outlook.com "
    "live.com live.co.uk msn.com icloud.com me.com mac.com aol.com comcast.net verizon.net att.net "
    "sbcglobal.net cox.net charter.net earthlink.net bellsouth.net btinternet.com sky.com "
    "virginmedia.com talktalk.net ntlworld.com gmx.com gmx.net gmx.de web.de t-online.de freenet.de "
    "proton.me protonmail.com fastmail.com zoho.com hey.com orange.fr free.fr laposte.net "
    "example.com example.org".split()
)
"""Where most private addresses live; one of these is never doubted."""
ENDINGS = frozenset(
    "com org net edu gov mil int info biz io ai app dev me tv cc shop store online site tech cloud "
    "agency studio design email company group ltd llc inc care clinic dental legal law london nyc "
    "berlin academy school services solutions plumbing builders homes house garden coffee restaurant "
    "uk de fr es it nl be ch at eu us ca au nz ie in jp cn hk sg kr se no dk fi is pl cz sk hu ro bg "
    "gr pt br mx ar cl co za ng ke il ae sa tr ru ua lt lv ee lu li hr si rs scot wales "
    "test example invalid localhost".split()
)
"""Last labels that are taken without a question."""
SECOND_LEVEL = frozenset(["co", "ac", "org", "gov", "com", "net", "ltd", "me", "plc", "nhs"])
"""Labels that go on with a country: "co dot uk"."""
COUNTRIES = frozenset(["uk", "nz", "za", "au", "jp", "in", "il"])
"""What most often comes after those."""
ENDING_SOUNDS = {
    "come": "com", "comm": "com", "kom": "com", "calm": "com", "orc": "org", "nett": "net", "you kay": "uk",
    "edy": "edu",
}  # fmt: skip
"""Words recognisers write for the last label after a dot."""
SPLIT_NAMES = {
    ("e", "mail"): "email", ("g", "mail"): "gmail", ("gee", "mail"): "gmail", ("ji", "mail"): "gmail", ("g", "male"): "gmail",
    ("gee", "male"): "gmail", ("hot", "mail"): "hotmail", ("hot", "male"): "hotmail",
    ("out", "look"): "outlook", ("proton", "mail"): "protonmail", ("i", "cloud"): "icloud",
    ("eye", "cloud"): "icloud", ("you", "mail"): "ymail", ("y", "mail"): "ymail", ("fast", "mail"): "fastmail",
    ("google", "mail"): "googlemail", ("bt", "internet"): "btinternet", ("virgin", "media"): "virginmedia",
    ("talk", "talk"): "talktalk", ("a", "o", "l"): "aol", ("ya", "hoo"): "yahoo", ("com", "cast"): "comcast",
}  # fmt: skip
"""Known names that recognisers take apart; every letter of them was said."""
_SOUNDS_LIKE = {
    "ol": "aol.com", "oil": "aol.com", "aoil": "aol.com", "eol": "aol.com", "owl": "aol.com", "u": "yahoo.com", "uu": "yahoo.com", "yu": "yahoo.com",
    "yawu": "yahoo.com", "yehu": "yahoo.com", "yahuu": "yahoo.com", "yaho": "yahoo.com", "yairu": "yahoo.com", "yeru": "yahoo.com", "yovu": "yahoo.com",
    "thoughtmail": "hotmail.com", "hutmail": "hotmail.com", "dotmail": "hotmail.com", "potmail": "hotmail.com", "hardmail": "hotmail.com",
    "jamil": "gmail.com", "gmeal": "gmail.com", "jmail": "gmail.com", "geemail": "gmail.com",
    "gmale": "gmail.com", "gmo": "gmail.com", "hotmale": "hotmail.com", "heartmail": "hotmail.com", "hottmail": "hotmail.com", "hartmail": "hotmail.com", "yahu": "yahoo.com", "outwith": "outlook.com", "outless": "outlook.com", "outlooks": "outlook.com",
    "hotlook": "outlook.com", "aboutlook": "outlook.com", "outluke": "outlook.com", "outlet": "outlook.com", "outluck": "outlook.com",
    "yahho": "yahoo.com", "jihu": "yahoo.com", "icl": "icloud.com", "aoel": "aol.com",
}  # fmt: skip
MAX_MAIL_NAME = 8
"""A shorter name that ends in "mail" is most often a misheard gmail: "e-mail.com", "seamail.com"."""
_LIKE_YAHOO = re.compile(r"[uy][a-z]?|y[a-z]{1,4}[uowy]")
"""What a telephone leaves of "yahoo": "uv", "yairu", "yawy"."""
_LIKE_ICLOUD = re.compile(r"(?:hi|ai|i)[ck]l[a-z]{1,4}")
""" "iklau", "hiclog"."""
_NO_SUCH_ENDING = re.compile(r"\.(?:com|go|code|cove|cold|cool|core)\.uk$")
"""Heard for "co dot UK"; nobody can register a name there."""
_MAX_DISTANCE = 2
_MIN_LENGTH_FOR_TWO = 8


def suggestion(domain: str) -> str | None:
    """A well-known domain this one may have been meant as, for a question; None when it looks fine.

    Never applied by itself: "gnail.com" exists in the world.
    """
    if domain in PROVIDERS:
        return None
    name, _, ending = domain.partition(".")
    if name in _SOUNDS_LIKE and ending == "com":
        return _SOUNDS_LIKE[name]
    if ending == "com" and _LIKE_YAHOO.fullmatch(name):
        return "yahoo.com"
    if ending == "com" and _LIKE_ICLOUD.fullmatch(name):
        return "icloud.com"
    if ending == "com" and name.endswith("mail") and len(name) < MAX_MAIL_NAME:
        return "gmail.com"
    if _NO_SUCH_ENDING.search(domain):
        return _NO_SUCH_ENDING.sub(".co.uk", domain)
    best: tuple[int, str] | None = None
    for known in sorted(PROVIDERS):
        known_name, _, known_ending = known.partition(".")
        if domain == known_name or (
            name == known_name and len(name) > 3 and ending in ("", "co", "con", "cm")
        ):
            return known if known_ending == "com" else f"{known_name}.com"
        if ending != known_ending or len(known_name) < 4:
            continue
        distance = OSA.distance(name, known_name)
        allowed = (
            _MAX_DISTANCE if len(known) >= _MIN_LENGTH_FOR_TWO + 2 and len(known_name) > 5 else 1
        )
        if 0 < distance <= allowed and (best is None or distance < best[0]):
            best = (distance, known)
    return best[1] if best else None
