"""The words of a language that stand for characters, numbers and signs: data apart from logic.

The readers (`letters`, `email`, `phone`, …) take a `Vocabulary`. What is said in other languages is
put in these words before (`languages`). What a word may stand for is listed here and nowhere else, so
"a character that was never said is never stored" can be checked against these tables.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


def _pairs(text: str) -> dict[str, str]:
    """ "one=1 two=2" as a mapping."""
    return dict(pair.split("=", 1) for pair in text.split())


@dataclass(frozen=True)
class Vocabulary:
    """One language's tables; all keys are lower case."""

    language: str
    units: Mapping[str, str]
    teens: Mapping[str, str]
    tens: Mapping[str, str]
    """First digit of "twenty", "thirty", …"""
    scales: Mapping[str, int]
    repeats: Mapping[str, int]
    digit_names: tuple[str, ...]
    digit_sounds: Mapping[str, str]
    """What recognisers write for a digit: only read so where digits are dictated."""
    letter_names: Mapping[str, str]
    """Names that are hardly anything else ("zed")."""
    letter_sounds: Mapping[str, str]
    """Words that sound like letters ("see"): only read so among spelled letters."""
    phonetic: Mapping[str, str]
    """What to say after "as in", by letter."""
    spelling_words: frozenset[str]
    """Words that are used to spell when several come in a row ("alpha bravo charlie")."""
    signs: Mapping[str, str]
    sign_names: Mapping[str, str]
    as_in: tuple[tuple[str, ...], ...]
    """Phrases between a letter and its example, longest first."""
    ignored: frozenset[str]
    """Words that say how a character is written, not which ("capital", "letter")."""


_NATO = (
    "alpha alfa bravo charlie delta echo foxtrot golf hotel india juliet juliett kilo lima mike "
    "mic mick november oscar papa quebec romeo sierra tango uniform victor whiskey whisky xray yankee zulu"
)

ENGLISH = Vocabulary(
    language="en",
    units=_pairs(
        "zero=0 oh=0 nought=0 naught=0 nil=0 one=1 two=2 three=3 four=4 five=5 six=6 seven=7 "
        "eight=8 nine=9 niner=9"
    ),
    teens=_pairs(
        "ten=10 eleven=11 twelve=12 thirteen=13 fourteen=14 fifteen=15 sixteen=16 seventeen=17 "
        "eighteen=18 nineteen=19"
    ),
    tens=_pairs(
        "twenty=2 thirty=3 forty=4 fourty=4 fifty=5 sixty=6 seventy=7 eighty=8 ninety=9"
    ),
    scales={"hundred": 100, "thousand": 1000, "million": 1_000_000, "billion": 1_000_000_000},
    repeats={"double": 2, "triple": 3, "treble": 3, "quadruple": 4},
    digit_names=(
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine",
    ),
    digit_sounds=_pairs(
        "o=0 owe=0 won=1 to=2 too=2 tree=3 free=3 for=4 fore=4 fife=5 hive=5 sex=6 sicks=6 ate=8 a=8 "
        "hate=8 nein=9"
    ),
    letter_names=_pairs(
        "cee=c dee=d eff=f gee=g aitch=h haitch=h jay=j kay=k ell=l em=m en=n queue=q ess=s vee=v "
        "ex=x wye=y zee=z zed=z"
    ),
    letter_sounds=_pairs(
        "el=l ef=f es=s ar=r ay=a eh=a hey=a bee=b be=b see=c sea=c he=e ee=e if=f jee=g age=h each=h eye=i aye=i "
        "okay=k cay=k elle=l hell=l am=m an=n and=n in=n end=n oh=o owe=o pea=p pee=p cue=q kew=q are=r our=r "
        "yes=s us=s as=s tea=t tee=t you=u ewe=u yew=u we=v axe=x x-ray=x why=y"
    ),
    phonetic=_pairs(
        "a=alpha b=bravo c=charlie d=delta e=echo f=foxtrot g=golf h=hotel i=india j=juliet k=kilo "
        "l=lima m=mike n=november o=oscar p=papa q=quebec r=romeo s=sierra t=tango u=uniform "
        "v=victor w=whiskey x=x-ray y=yankee z=zulu"
    ),
    spelling_words=frozenset(_NATO.split()),
    signs={
        "dot": ".", "point": ".", "period": ".", ".": ".",
        "underscore": "_", "underline": "_", "_": "_",
        "dash": "-", "hyphen": "-", "minus": "-", "-": "-",
        "plus": "+", "+": "+",
        "apostrophe": "'",
    },
    sign_names={".": "dot", "_": "underscore", "-": "dash", "+": "plus", "'": "apostrophe"},
    as_in=(
        ("as", "in"), ("like", "in"), ("is", "in"), ("as", "an"), ("and", "in"), ("an", "in"),
        ("has", "an"), ("has", "in"), ("have", "in"), ("is", "for"), ("i'm", "in"), ("m", "in"), ("for",), ("like",), ("as",),
        ("from",),
    ),
    ignored=frozenset(
        "capital capitals lowercase uppercase lower upper case letter letters sign digit digits "
        "number numeral".split()
    ),
)  # fmt: skip
