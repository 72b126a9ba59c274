"""German in the readers' English: numbers and days as they are built, phrases one by one."""

from __future__ import annotations

import re

from flows.spoken.german_letters import REPEATED, SPELLED, letters_of, repeat_of
from flows.spoken.language import Language, Rewrites, pairs

_UNITS = "null ein zwei drei vier fünf sechs sieben acht neun".split()
_TEENS = "zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn achtzehn neunzehn".split()
_TENS = "zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig".split()
_MONTHS = "januar februar märz april mai juni juli august september oktober november dezember"
_ENGLISH_MONTHS = (
    "january february march april may june july august september october november december"
)
_WEEKDAYS = "montag dienstag mittwoch donnerstag freitag samstag sonntag"
_ENGLISH_WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
_ORDINAL_STEMS = "erst zweit dritt viert fünft sechst siebt acht neunt zehnt elft zwölft".split()

_BELOW_HUNDRED = {
    **{word: number for number, word in enumerate(_UNITS)},
    "eins": 1,
    "zwo": 2,
    "fuffzig": 50,
    **{word: number for number, word in enumerate(_TEENS, 10)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    **{
        f"{_UNITS[unit]}und{word}": 10 * number + unit
        for number, word in enumerate(_TENS, 2)
        for unit in range(1, 10)
    },
}
_SPOKEN_BELOW_HUNDRED = "|".join(sorted(_BELOW_HUNDRED, key=len, reverse=True))
_COMPOUND = re.compile(r"\b[^\W\d_]*(?:hundert|tausend)[^\W\d_]*\b", re.IGNORECASE)
_THOUSANDS, _HUNDREDS = "tausend", "hundert"


def number_of(word: str) -> int | None:
    """The number that one German word is, below a million: "zweihundertdreiundvierzig"."""
    word = word.casefold().replace("dreissig", "dreißig").replace("fuenf", "fünf")
    above, thousands, below = word.rpartition(_THOUSANDS)
    if thousands:
        return _scaled(above, 1000, below)
    above, hundreds, below = word.rpartition(_HUNDREDS)
    if hundreds:
        return _scaled(above, 100, below)
    return _BELOW_HUNDRED.get(word)


def _scaled(above: str, scale: int, below: str) -> int | None:
    count = number_of(above) if above else 1
    rest = number_of(below.removeprefix("und")) if below else 0
    if count is None or rest is None or rest >= scale:
        return None
    return count * scale + rest


def _compound(match: re.Match[str]) -> str:
    number = number_of(match.group())
    return match.group() if number is None else str(number)


_ORDINALS = {
    **{stem: number for number, stem in enumerate(_ORDINAL_STEMS, 1)},
    **{f"{word}t": number for number, word in enumerate(_TEENS[3:], 13)},
    **{f"{word}st": number for word, number in _BELOW_HUNDRED.items() if 20 <= number <= 31},
}
_ORDINAL = rf"(?:{'|'.join(sorted(_ORDINALS, key=len, reverse=True))})e[nrs]?"
_DAY_AND_MONTH = re.compile(
    rf"\b(?P<day>{_ORDINAL}|\d{{1,2}}\.) ?(?P<month>{_ORDINAL})\b", re.IGNORECASE
)
_ONE_DAY = re.compile(rf"\b(?P<day>{_ORDINAL})\b", re.IGNORECASE)


def _ordinal(word: str) -> int | None:
    stem = re.sub(r"e[nrs]?$", "", word.casefold().replace("dreiss", "dreiß"))
    return int(stem.rstrip(".")) if stem.rstrip(".").isdecimal() else _ORDINALS.get(stem)


def _nth(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number in (11, 12, 13) else ending}"


def _day(match: re.Match[str]) -> str:
    day = _ordinal(match["day"])
    return _nth(day) if day else match.group()


def _day_and_month(match: re.Match[str]) -> str:
    """ "Am dritten fünften": the second is a month."""
    day, month = _ordinal(match["day"]), _ordinal(match["month"])
    months = _ENGLISH_MONTHS.split()
    if not day or not month or month > len(months):
        return match.group()
    return f"{_nth(day)} {months[month - 1]}"


_AMOUNTS: Rewrites = (
    (re.compile(r"(?<![\d.,])(\d{1,3}(?:\.\d{3})+)(?![\d.])"), lambda found: found[1].replace(".", "")),
    (re.compile(r"(?<=\d),(?=\d)"), lambda found: "."),
    (_COMPOUND, _compound),
)  # fmt: skip
""" "1.200,50" is "1200.50"."""

_PRICE = re.compile(
    rf"\b(?P<whole>{_SPOKEN_BELOW_HUNDRED}) (?P<cents>{_SPOKEN_BELOW_HUNDRED})\b(?! ?(?:tausend|hundert|millionen))",
    re.IGNORECASE,
)
""" "Zwölf fünfzig" is a price: what is twelve hundred and fifty is said in one word."""


def _price(match: re.Match[str]) -> str:
    whole, cents = number_of(match["whole"]), number_of(match["cents"])
    if whole is None or cents is None or cents < 10 or cents == whole + 10:
        # "Vierzig fünfzig Euro" is between the two.
        return match.group()
    return f"{whole}.{cents}"


_LETTERS: Rewrites = ((SPELLED, letters_of), (REPEATED, repeat_of))
_NUMBERS = {
    **{word: str(number) for word, number in _BELOW_HUNDRED.items() if word != "ein"},
    **pairs("""
        hundert = hundred
        tausend = thousand
        komma = point
        doppel = double
        dreifach = triple
        vorwahl = area code
        durchwahl = extension
        oder = or
        entweder = either
        ziffern = digits
        ziffer = digit
        die letzten = the last
        die letzte = the last
        die ersten = the first
        die erste = the first
        am ende = at the end
        hinten = at the end
        am anfang = at the beginning
        sind = are
    """),
}
_DAYS = {
    **dict(zip(_MONTHS.split(), _ENGLISH_MONTHS.split(), strict=True)),
    **dict(zip(_WEEKDAYS.split(), _ENGLISH_WEEKDAYS.split(), strict=True)),
    **pairs("""
        jänner = january
        feber = february
        sonnabend = saturday
        im = in
    heute = today
        heute abend = today
        morgen = tomorrow
        übermorgen = the day after tomorrow
        nächsten = next
        nächster = next
        nächste = next
        diesen = this
        kommenden = next
        nächste woche = next week
        tag = day
        tagen = days
        wochen = weeks
        einem tag = a day
        einer woche = a week
        zwei wochen = two weeks
        einem monat = a month
        einen tag später = one day later
        einen tag früher = one day earlier
        eine woche später = one week later
        heiligabend = december 24th
        silvester = december 31st
        neujahr = january 1st
        bis = till
        oder = or
        entweder = either
    """),
}
_PEOPLE = pairs("""
    ein = 1
    eine = 1
    einen = 1
    einer = 1
    ein dutzend = a dozen
    ein paar = a couple
    anderthalb = 1.5
    eineinhalb = 1.5
    zweieinhalb = 2.5
    dreieinhalb = 3.5
    eine million = 1 million
    millionen = million
    zu zweit = 2
    zu dritt = 3
    zu viert = 4
    zu fünft = 5
    zu sechst = 6
    zu siebt = 7
    zu acht = 8
    nur ich = just me
    ich allein = just me
    allein = just me
    ich = me
    mir = me
    meine = my
    mein = my
    unsere = our
    frau = wife
    mann = husband
    erwachsene = adults
    erwachsener = adult
    kinder = kids
    kind = kid
    baby = baby
    personen = people
    person = person
    leute = people
    gäste = guests
    wir sind = we're
    und = and
""")
_ALPHABET = pairs("""
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
_NAMES = pairs("""
    das ist der = this is
    das ist die = this is
    hier ist der = this is
    hier ist die = this is
    ich bin der = i'm
    ich bin die = i'm
    ich bin = i'm
    ist mein name = is my name
    nennen sie mich = call me
    wir = we
    ich = i
    für = for
    möchte = want
    möchten = want
    will = want
    wollen = want
    brauche = need
    habe = have
    haben = have
    kommen = come
    buchen = book
    personen = people
    leute = people
    termin = appointment
    tisch = table
    nummer = number
    ist = is
    sind = are
    war = was
    am = on
    kein = no
    keine = no
    keinen = no
    auf den namen = under the name
    unter dem namen = under the name
    auf = under the name
    heiße ich = my name is
    und zwar = it's
    vorname = first name
    nachname = last name
    mein vorname ist = my first name is
    mein nachname ist = my last name is
""")
_COMPANIES = pairs("""
    ich arbeite bei = i work at
    ich arbeite für = i work for
    ich bin von = i'm from
    ich bin bei = i'm with
    ich rufe an von = i'm calling from
    meine firma ist = my company is
    unsere firma ist = our company is
    die firma heißt = the company is called
    die firma ist = the company is
    meine firma heißt = my company is called
    unsere firma heißt = our company is called
    keine firma = no company
    ohne firma = no company
    privat = private
    privatperson = private person
    selbstständig = self employed
    selbständig = self employed
    rentner = retired
    rentnerin = retired
    student = student
    studentin = student
    arbeitslos = unemployed
""")
_ADDRESSES = pairs("""
    alles zusammen = all one word
    alles zusammengeschrieben = all one word
    zusammengeschrieben = all one word
    alles in einem wort = all one word
    in einem wort = all one word
    alles klein = all lowercase
    alles kleingeschrieben = all lowercase
    kleingeschrieben = lowercase
    meine adresse ist = my email is
    meine adresse lautet = my email is
    meine e-mail lautet = my email is
    meine e-mail-adresse ist = my email is
    meine e-mail-adresse lautet = my email is
    meine mail ist = my email is
    meine mailadresse ist = my email is
    die adresse ist = my email is
    die adresse lautet = my email is
    bei = at
    die lautet = it's
    sie lautet = it's
    ich habe = it's
""")
_STREETS = pairs("""
    hausnummer = house number
    die hausnummer ist = the house number is
    postleitzahl = zip code
    die postleitzahl ist = the zip code is
    ich wohne in der = i live at
    ich wohne im = i live at
    ich wohne am = i live at am
""")
_PHRASES = pairs("""
    hallo = hello
    guten tag = hello
    guten morgen = hello
    guten abend = hello
    grüß gott = hello
    moin = hello
    ja = yes
    jap = yes
    jep = yes
    jawohl = yes
    jawoll = yes
    jo = yes
    klar = sure
    na klar = sure
    sicher = sure
    genau = exactly
    exakt = exactly
    richtig = right
    korrekt = correct
    stimmt = correct
    das stimmt = that's right
    so ist es = that's right
    passt = fine
    perfekt = perfect
    einverstanden = agreed
    freilich = of course
    natürlich = of course
    in ordnung = all right
    gern = yes please
    gerne = yes please
    nein = no
    nee = no
    ne = no
    nö = no
    auf keinen fall = absolutely not
    keinesfalls = absolutely not
    leider nicht = unfortunately not
    eher nicht = rather not
    nicht = not
    nicht ganz = not quite
    fast = almost
    beinahe = almost
    nicht wirklich = not really
    stimmt nicht = not right
    das stimmt nicht = that's not right
    das ist falsch = that's wrong
    falsch = wrong
    ein fehler = a mistake
    falsch verstanden = misunderstood
    entschuldigung = sorry
    eigentlich = actually
    moment = wait
    warten sie = wait
    doch = actually
    ich meine = i mean
    ich meinte = i meant
    quatsch = no sorry
    sondern = but
    außer = except
    statt = instead of
    keine angabe = i'd rather not say
    das sage ich nicht = i'd rather not say
    das sag ich nicht = i'd rather not say
    sage ich nicht = i'd rather not say
    möchte ich nicht sagen = i'd rather not say
    das möchte ich nicht sagen = i'd rather not say
    das möchte ich ihnen nicht sagen = i'd rather not say
    das möchte ich lieber nicht sagen = i'd rather not say
    das will ich nicht sagen = i'd rather not say
    das will ich ihnen nicht sagen = i'd rather not say
    möchte ich nicht angeben = i'd rather not say
    das gebe ich nicht an = i'd rather not say
    möchte ich nicht geben = i'd rather not say
    möchte ich nicht nennen = i'd rather not say
    nicht geben = rather not say
    gebe ich nicht = i'd rather not give it
    gebe ich ihnen nicht = i'd rather not give it
    nicht raus = rather not
    das ist privat = that's private
    lieber nicht = rather not
    das geht sie nichts an = none of your business
    brauchen sie nicht = you don't need that
    überspringen = skip
    weiter = next
    hab ich nicht = i don't have one
    habe ich nicht = i don't have one
    ich habe keine = i don't have one
    ich habe keinen = i don't have one
    ich hab keine = i don't have one
    keine e-mail = no email
    keine = none
    keine ahnung = i don't know
    weiß ich nicht = i don't know
    weiß nicht = i don't know
    das weiß ich nicht = i don't know
    das war alles = that's all
    das wars = that's all
    das war's = that's all
    das ist alles = that's all
    nichts = nothing
    sonst nichts = nothing else
    nichts weiter = nothing else
    egal = i don't mind
    das ist egal = i don't mind
    beides = both
    beide = both
    keins von beiden = neither
    der erste = the first
    die erste = the first
    das erste = the first
    der zweite = the second
    die zweite = the second
    das zweite = the second
    der letzte = the last
    die letzte = the last
    das letzte = the last
    das frühere = the earlier
    das spätere = the later
    noch nicht = not yet
    weiß ich noch nicht = i don't know
    das weiß ich noch nicht = i don't know
    warum = why
    wieso = why
    wozu = what for
    wofür = what for
    warum brauchen sie das = why do you need that
    warum wollen sie das = why do you need that
    warum wollen sie das wissen = why do you need that
    warum fragen sie = why are you asking
    wozu brauchen sie das = why do you need that
    wofür brauchen sie das = why do you need that
    warum brauchen sie = why do you need
    wozu brauchen sie = why do you need
    wofür brauchen sie = why do you need
    muss das sein = do i have to
    muss ich = must i
    muss ich das = do i have to
    muss ich das sagen = do i have to
    ist das nötig = is that necessary
    ist das notwendig = is that necessary
    mein name ist = my name is
    ich heiße = my name is
    ich bin = i'm
    hier ist = this is
    hier spricht = this is
    auf den namen = under the name
    meine nummer = my number
    meine nummer ist = my number is
    meine nummer lautet = my number is
    meine e-mail ist = my email is
    meine adresse ist = my address is
    das ist = that's
    das sind = that's
    es ist = it's
    bitte = please
    danke = thanks
    vielen dank = thanks
    äh = uh
    ähm = um
    also = so
    wie = as in
    mit = with
    mit einem = with one
    mit zwei = with two
    ohne = without
    buchstabe = letter
    buchstaben = letters
    der dritte = the third
    der vierte = the fourth
    ist ein = is a
    ist eine = is a
    statt eines = instead of a
    doppel = double
    ypsilon = y
    eszett = double s
    punkt = dot
    ät = at
    klammeraffe = at
    at-zeichen = at
    bindestrich = dash
    minus = dash
    unterstrich = underscore
""")
GERMAN = Language(
    phrases=_PHRASES,
    numbers=_NUMBERS,
    by_kind={
        "date": _DAYS,
        "number": _PEOPLE,
        "money": {word: english for word, english in _PEOPLE.items() if not word.startswith("zu ")},
        "code": _ALPHABET,
        "name": _NAMES,
        "company": _COMPANIES,
        "email": _ADDRESSES,
        "address": _STREETS,
    },
    rewrites={
        "number": _AMOUNTS,
        "money": ((_PRICE, _price), *_AMOUNTS),
        "name": _LETTERS,
        "company": _LETTERS,
        "email": _LETTERS,
        "address": _LETTERS,
        "date": ((_DAY_AND_MONTH, _day_and_month), (_ONE_DAY, _day), (_COMPOUND, _compound)),
        "phone": ((_COMPOUND, _compound),),
        "code": (*_LETTERS, (_COMPOUND, _compound)),
    },
    weekday_names=_WEEKDAYS.split(),
    month_names=_MONTHS.split(),
    signs={"@": "ät", ".": "Punkt", "_": "Unterstrich", "-": "Bindestrich", "+": "plus"},
    hanging=frozenset(
        "am an auf bei das dass dem den der des die ein eine einen einer für ich im in ist meine mein mit "
        "oder punkt und unter von vom wenn wie wir zu zum zur doppel unterstrich bindestrich äh ähm".split()
    ),
)
