"""Names many people have: they decide between readings of the same audio, and what is asked when
letters were misheard; nothing is stored because of them.

A recogniser that writes "Merry dot Jones" and, as its second guess, "Mary dot Jones" heard the same
sounds. The list holds the commonest first and last names of the English-speaking countries
(censuses of the United States and of England and Wales); what is not in it is as good a name.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from flows.spoken.words import confusable

FIRST_NAMES = frozenset(
    "aaron abby abigail adam adrian aidan alan albert alec alex alexander alexandra alfie alfred alice "
    "alison allan allen alyssa amanda amber amelia amy ana andrea andrew andy angela angus ann anna "
    "anne annie anthony antonio archie arthur ashley audrey austin ava barbara barry beatrice becky ben "
    "benjamin bernard beth bethany betty beverly bill billy bob bobby brad bradley brandon brenda brian "
    "brittany bruce bryan caitlin callum cameron carl carla carlos carol caroline carolyn carrie "
    "catherine cathy charles charlie charlotte chelsea cheryl chloe chris christian christina christine "
    "christopher cindy claire clara claudia colin connie connor courtney craig crystal cynthia daisy dan "
    "daniel danielle danny darren dave david dawn dean debbie deborah debra denise dennis derek diana "
    "diane diego dominic don donald donna doris dorothy douglas duncan dylan ed eddie edith edward "
    "eileen elaine eleanor elena eli elijah elizabeth ella ellen ellie emily emma emmanuel eric erica "
    "erin ethan eva evan eve evelyn faith fatima felix fiona florence frances francis frank fred "
    "freddie frederick gabriel gail gareth gary gavin gemma geoff george georgia georgina gerald gina "
    "glen glenn gloria gordon grace graham grant greg gregory hannah harold harriet harry harvey hazel "
    "heather helen henry holly howard hugh hugo ian irene isaac isabel isabella isla ivan ivy jack "
    "jackie jackson jacob jacqueline jade jake james jamie jan jane janet janice jason jasmine jay jean "
    "jeff jeffrey jen jennifer jenny jeremy jerry jesse jessica jill jim jimmy jo joan joanna joanne joe "
    "joel john johnny jon jonathan jordan jose joseph joshua josh joyce juan juanita judith judy julia "
    "julian julie june justin karen karl kate katherine kathleen kathryn kathy katie kay keith kelly ken "
    "kenneth kerry kevin kim kimberly kirsty kyle lara larry laura lauren laurence leah lee leo leon "
    "leonard leslie lewis liam lillian lily linda lisa liz logan lois lola lorraine louis louise lucas "
    "lucy luis luke lydia lynn maggie malcolm marc marcus margaret maria marie marilyn mario marion mark "
    "martha martin marvin mary mason mathew matilda matt matthew maureen max may megan mel melanie "
    "melissa michael michelle miguel mike mildred millie miriam mohammed molly monica morgan muhammad "
    "nancy naomi natalie natasha nathan neil nicholas nick nicola nicole nigel nina noah noel nora norma "
    "norman oliver olivia oscar owen pablo pam pamela pat patricia patrick paul paula pauline pedro "
    "peggy penny pete peter phil philip phillip phoebe phyllis poppy rachel ralph randy ray raymond "
    "rebecca reece reggie rhys richard rick ricky rita rob robert roberta robin rod rodney roger roland "
    "ron ronald rory rosa rose rosemary rosie ross roy ruby russell ruth ryan sally sam samantha samuel "
    "sandra sara sarah scott sean sebastian seth shane shannon sharon shaun sheila shirley sidney simon "
    "sofia sonia sophia sophie stacey stanley stella stephanie stephen steve steven stewart stuart sue "
    "summer susan suzanne sylvia tamara tammy tanya tara ted teresa terry thelma theo theodore theresa "
    "thomas tiffany tim timothy tina toby todd tom tommy toni tony tracey tracy travis trevor tyler "
    "valerie vanessa vera veronica vicky victor victoria vincent violet virginia vivian walter wanda "
    "warren wayne wendy wesley will william wyatt yolanda yvonne zach zachary zara zoe".split()
)
LAST_NAMES = frozenset(
    "adams ahmed alexander ali allen alvarez anderson andrews armstrong arnold atkinson bailey baker "
    "ball barker barnes barnett barrett bates baxter begum bell bennett berry bishop black boyd "
    "bradley brooks brown bryant burke burns burton butler byrne campbell carpenter carr carroll "
    "carter castillo castro chambers chan chapman chavez chen clark clarke cole coleman collins "
    "cook cooper cox crawford cruz cunningham davidson davies davis dawson day dean diaz dixon "
    "duncan dunn edwards elliott ellis evans ferguson fernandez fisher fleming fletcher flores "
    "ford foster fox francis franklin fraser freeman fuller garcia gardner garza george gibson "
    "gilbert gomez gonzales gonzalez gordon graham grant gray green greene griffin griffiths "
    "gutierrez hall hamilton hansen harper harris harrison hart harvey hawkins hayes henderson "
    "henry hernandez hicks hill hoffman holland holmes hopkins howard howell hudson hughes hunt "
    "hunter hussain jackson jacobs james jenkins jensen jimenez johnson johnston jones jordan "
    "kaur kelley kelly kennedy khan kim king knight kumar lane larson lawrence lawson lee lewis "
    "little lloyd long lopez lynch macdonald marshall martin martinez mason matthews may mccarthy "
    "mccoy mcdonald mckenzie medina mendoza meyer miller mills mitchell montgomery moore morales "
    "moreno morgan morris morrison murphy murray myers nelson newman nguyen nichols olson ortiz "
    "owen owens palmer park parker patel patterson payne pearson perez perkins perry peters "
    "peterson phillips pierce porter powell price quinn ramirez ramos ray reed reid reyes reynolds "
    "rice richards richardson riley rivera roberts robertson robinson rodriguez rogers romero rose "
    "ross ruiz russell ryan sanchez sanders santos saunders schmidt schneider schultz scott shaw "
    "silva simmons simpson sims singh smith snyder soto spencer stephens stevens stewart stone "
    "sullivan tan taylor thomas thompson thomson torres tran tucker turner vargas vasquez wagner "
    "walker wallace walsh ward warren washington watkins watson weaver webb weber welch wells west "
    "wheeler white williams williamson willis wilson wong wood woods wright yang young zhang".split()
)
ROLES = frozenset(
    "accounts admin billing booking bookings contact desk email enquiries hello help home hr info "
    "inquiries jobs mail me news office orders post press reception sales service shop support team "
    "web".split()
)
"""What stands before the @ of a company's addresses."""
_KNOWN = FIRST_NAMES | LAST_NAMES | ROLES
MIN_WORD = 3
MAX_CONFUSED = 2
"""Letters of one name that a line may have exchanged."""
ALIKE = 75.0
"""Of two words one of which is taken for the other, 0..100."""
LEAST_LIKENESS = 50.0
"""Of two readings of the same sounds, 0..100."""


def is_familiar(name: str) -> bool:
    """True when every word of a name, or of an address's part before the @, is a common one.

    Initials and digits count for nothing; at least one word has to be there.
    """
    words = [word for word in re.findall(r"[^\W\d_]+", name.casefold()) if len(word) >= MIN_WORD]
    return bool(words) and all(word in _KNOWN for word in words)


def meant_instead(name: str) -> str | None:
    """A name people have that these letters may be a mishearing of ("kohn" for "john"), for a
    question and never for storing unasked; None when there is none or more than one.

    Words of an address or a name that are common as they are stay.
    """
    changed = re.sub(r"[^\W\d_]+", lambda match: _nearest(match.group()), name)
    return changed if changed != name else None


def spelled_as_heard(name: str, heard: Sequence[str]) -> str:
    """`name` as it was spelled, but for words that letters alone tell from a name people have: where
    one of the words `heard` before is that name, or sounds like it, it was said both ways.

    "roverd" is Robert when "robert" was heard; without that it stays. "grenwood" is "greenwood" when
    that was heard: letters get lost in spelling.
    """

    together = " ".join(heard)

    def meant(match: re.Match[str]) -> str:
        word = match.group()
        if len(word) < MIN_WORD or word.casefold() in _KNOWN:
            return word
        doubled = [one for one in heard if len(one) > len(word) and _single(one) == _single(word)]
        if doubled:
            return _like(word, doubled[0])
        said = [one for one in _KNOWN if one in together and _misspelled(word.casefold(), one)]
        said = said or [one for one in heard if one in _KNOWN and _lacks_one(word.casefold(), one)]
        if said:
            return _like(word, min(said, key=lambda one: (-len(one), one)))
        near = _nearest(word)
        return (
            near
            if any(same_sounds(near, one) for one in heard) or _inside(near, together)
            else word
        )

    return re.sub(r"[^\W\d_]+", meant, name)


def _inside(name: str, heard: str) -> bool:
    """True when something like the name is part of what was heard as one word."""
    return fuzz.partial_ratio(name.casefold(), heard) >= ALIKE


def _single(word: str) -> str:
    """Without the second of two equal letters."""
    return re.sub(r"(.)\1", r"\1", word.casefold())


def _lacks_one(spelled: str, word: str) -> bool:
    """True when a letter of `word` got lost in spelling: "jhn" for "john"."""
    return len(spelled) + 1 == len(word) and any(
        word[:place] + word[place + 1 :] == spelled for place in range(1, len(word))
    )


def same_letters(spelled: str, heard: Sequence[str]) -> str:
    """A name as it was spelled; or the one of the words `heard` that it is but for letters that sound
    alike, and the second of two equal ones: "treenwot" is "greenwood"."""
    plain = _single(spelled)
    alike = (one for one in heard if one != spelled and _differing(plain, _single(one)))
    return next(alike, spelled)


def _misspelled(spelled: str, word: str) -> bool:
    """True when letters are those of `word` but for some that sound alike, or lack its first one.

    I for Y is another name (Smyth), and what else is left out may be, too (Jon).
    """
    lost = len(spelled) + 1 == len(word)
    whole = word[0] + spelled if lost else spelled
    if whole.replace("y", "i") == word.replace("y", "i"):
        return lost
    return _differing(whole, word) > 0


def _differing(one: str, other: str) -> int:
    """How many letters of two words differ, when all of them sound alike; 0 when they don't."""
    if len(one) != len(other):
        return 0
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    return len(pairs) if all(confusable(a, b) for a, b in pairs) else 0


def _like(word: str, other: str) -> str:
    return other.capitalize() if word[:1].isupper() else other


def _nearest(word: str) -> str:
    """The one common name that differs from `word` only in letters that sound alike."""
    plain = word.casefold()
    if len(plain) < MIN_WORD or plain in _KNOWN:
        return word
    near: dict[int, list[str]] = {}
    for other in _KNOWN:
        differing = _differing(plain, other)
        if 0 < differing <= MAX_CONFUSED and _misspelled(plain, other):
            near.setdefault(differing, []).append(other)
    best = near[min(near)] if near else []
    if len(best) != 1:
        return word
    return _like(word, best[0])


def sound_alike(word: str, other: str) -> bool:
    """True when two words are hardly to be told apart: "marry" and "Mary"."""
    return fuzz.ratio(word.casefold(), other.casefold()) >= ALIKE


def same_sounds(one: str, other: str) -> bool:
    """True when two readings may be of one name: much the same letters, word by word."""
    words, others = (re.findall(r"[^\W\d_]+", name.casefold()) for name in (one, other))
    if len(words) == len(others):
        return all(
            fuzz.ratio(word, same) >= LEAST_LIKENESS
            for word, same in zip(words, others, strict=True)
        )
    return fuzz.ratio("".join(words), "".join(others)) >= LEAST_LIKENESS
