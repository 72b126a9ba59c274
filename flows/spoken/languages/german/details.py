"""What Germans say in answers of one kind: of people, names, companies, addresses and streets."""

from __future__ import annotations

import re

from flows.spoken.languages.table import Rewrite, pairs

PEOPLE = pairs("""
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
NAMES = pairs("""
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
COMPANIES = pairs("""
    ich arbeite bei = i work at
    für die firma = for the company
    für meine firma = for my company
    für unsere firma = for our company
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
    nur = just
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
ADDRESSES = pairs("""
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
PHONES = pairs("""
    aber = but
    nach = after
    ab = after
    vor = before
    zwischen = between
    weil = because
    wenn = if
""")
"""What ends a number: "… aber bitte nach fünf"."""
STREETS = pairs("""
    hausnummer = house number
    die hausnummer ist = the house number is
    postleitzahl = zip code
    die postleitzahl ist = the zip code is
    ich wohne in der = i live at
    ich wohne im = i live at
    ich wohne am = i live at am
""")
_STREET = r"[^\W\d_]+(?:straße|strasse|str\.|weg|allee|platz|gasse|ring|damm|ufer)\b"
TOLD_OF: Rewrite = (
    re.compile(
        rf"^.*\b(?:ist|war|lautet|wäre|von der|aus der)\s+(?:die |der )?(?={_STREET})",
        re.IGNORECASE,
    ),
    lambda _: "",
)
""" "Das ist die neue, die alte ist Lindenallee 9"."""
ON_TO: Rewrite = (re.compile(r"(?<=\w)(?: nach [A-ZÄÖÜ][\w-]+| weg| um| fort)+\W*$"), lambda _: "")
""" "Von der Gartenstraße 5 in Berlin nach Potsdam"."""
LIVES: Rewrite = (
    re.compile(
        r"^.*?\b(?:wohnen?|leben?|ziehen|umziehen)\b(?:(?! der\b| die\b)[^\d,])*?\b(?:in der|in die|im|am|an der|aus der|von der|in)\b",
        re.IGNORECASE,
    ),
    lambda found: "i live at" + (" am" if found.group().casefold().endswith("am") else ""),
)
""" "Wir wohnen seit dreißig Jahren in der …"."""
