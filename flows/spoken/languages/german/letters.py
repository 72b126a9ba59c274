"""German letters by their names: "Ha, A, zweimal L, E, Er" is "H A double L E R".

One or two such names are words ("er", "es", "Ha"); three and more in a row are a spelling, if most of
them are single letters or are hardly anything but a letter's name.
"""

from __future__ import annotations

import re

from flows.spoken.languages.table import Rewrites, pairs

_LETTER_NAMES = dict(
    pair.split("=")
    for pair in (
        "ah=a be=b bee=b beh=b ce=c cee=c tse=c zeh=c de=d dee=d deh=d eh=e ef=f eff=f ge=g gee=g geh=g ha=h hah=h "
        "ih=i jot=j ka=k kah=k el=l ell=l em=m emm=m en=n enn=n oh=o pe=p pee=p peh=p ku=q kuh=q er=r err=r es=s "
        "ess=s te=t tee=t teh=t uh=u vau=v fau=v we=w weh=w ix=x iks=x ypsilon=y zet=z zett=z"
    ).split()
)
_ALSO_WORDS = frozenset("ah eh er es ha oh kuh tee we".split())
_DOUBLED = r"(?:doppel(?:te[sr]?)?|zwei ?mal|zwo ?mal)[ -]+(?:ein |das )?"
_TRIPLED = r"(?:dreifach(?:es)?|drei ?mal)[ -]+(?:ein |das )?"
_LETTER = rf"(?:[a-zäöüß]|{'|'.join(sorted(_LETTER_NAMES, key=len, reverse=True))})(?!\w)"
_UNIT = rf"(?:{_DOUBLED}|{_TRIPLED})?{_LETTER}"
_EXAMPLE = r"(?: wie [^\W\d_]{2,})?"
_SPELLED = re.compile(
    rf"(?<![\w'])(?:{_UNIT}{_EXAMPLE}[\s,.-]+){{2,}}{_UNIT}{_EXAMPLE}", re.IGNORECASE
)
_PIECE = re.compile(
    rf"(?P<two>{_DOUBLED})?(?P<three>{_TRIPLED})?(?P<letter>{_LETTER})(?P<example>{_EXAMPLE})",
    re.IGNORECASE,
)
_REPEATED = re.compile(
    rf"(?<!\w)(?:(?P<two>{_DOUBLED})|(?P<three>{_TRIPLED}))(?=[a-zäöü](?!\w))", re.IGNORECASE
)
""" "Meier mit zweimal N"."""


def _letters_of(match: re.Match[str]) -> str:
    """A stretch of `_SPELLED` with its letters as single ones; as it is where it may be words."""
    found = list(_PIECE.finditer(match.group()))
    named = [one["letter"].casefold() for one in found if len(one["letter"]) > 1]
    if sum(name in _ALSO_WORDS for name in named) * 2 > len(found):
        return match.group()
    return " ".join(map(_written, found))


def _written(piece: re.Match[str]) -> str:
    repeat = "double " if piece["two"] else "triple " if piece["three"] else ""
    letter = piece["letter"].casefold()
    return f"{repeat}{_LETTER_NAMES.get(letter, letter).upper()}{piece['example']}"


def _repeat_of(match: re.Match[str]) -> str:
    """ "zweimal " in English."""
    return "double " if match["two"] else "triple "


LETTERS: Rewrites = ((_SPELLED, _letters_of), (_REPEATED, _repeat_of))
ALPHABET = pairs("""
    anton = alpha
    ärger = alpha
    berta = bravo
    cäsar = charlie
    dora = delta
    emil = echo
    friedrich = foxtrot
    gustav = golf
    heinrich = hotel
    ida = india
    julius = juliet
    kaufmann = kilo
    ludwig = lima
    martha = mike
    nordpol = november
    otto = oscar
    paula = papa
    quelle = quebec
    richard = romeo
    samuel = sierra
    siegfried = sierra
    theodor = tango
    ulrich = uniform
    viktor = victor
    wilhelm = whiskey
    xanthippe = xray
    ypsilon = yankee
    zacharias = zulu
    zeppelin = zulu
""")
