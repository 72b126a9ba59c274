"""Numbers, names, dates, yes and no, as people say them and recognisers write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flows.spoken.dates.days import parse_date, say_date, write_date
from flows.spoken.names.companies import parse_company
from flows.spoken.names.people import parse_name
from flows.spoken.readback import spell_out
from flows.spoken.yesno import is_refusal, parse_yes_no, without_yes_no

TODAY = date(2026, 11, 24)
"""A Tuesday."""


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("My name is Jane Doe.", "Jane Doe"),
        ("It's Smith, S M I T H.", "Smith"),
        ("J-O-H-N", "John"),
        ("John Smith, S-M-Y-T-H", "John Smyth"),
        ("my name is John. J as in Juliet, O, H, N.", "John"),
        ("call me Al", "Al"),
        ("Sorry, my name is actually Jane Doe", "Jane Doe"),
        ("J J Smith", "J J Smith"),
        ("my name is Oh", "Oh"),
        ("well, um", None),
        ("Jane Doe jane@example.com", None),
        ("yes", None),
        ("How much is it?", None),
        ("", None),
        ("John with no h", "Jon"),
        ("Smith with a y", "Smyth"),
        ("Ann with an e", "Anne"),
        ("John, J O H N, Smith, S M Y T H", "John Smyth"),
        ("first name Jane last name Doe", "Jane Doe"),
        ("My first name is Jane and my last name is Doe", "Jane Doe"),
        ("Mary Ann hyphen Jones", "Mary Ann-Jones"),
        ("o apostrophe brien", "O'Brien"),
        ("Patrick O'Brien", "Patrick O'Brien"),
        ("It's Siobhan, that's S I O B H A N", "Siobhan"),
        ("Smith, SMYTH", "Smyth"),
        ("this is Catherine with a K", "Katherine"),
        ("Catherine with a c", "Catherine"),
        ("jane doe speaking", "Jane Doe"),
        ("J. D. Power", "J D Power"),
        ("Doctor Jane Smith", "Dr Jane Smith"),
        ("I want to know the price", None),
        ("Phillips with one l", "Philips"),
        ("Matt with one t", "Mat"),
        ("M as in Mike, A, X", "Max"),
        ("Yeah it's Bob", "Bob"),
        ("okay I'm back, my name is Siobhan O'Neill", "Siobhan O'Neill"),
        ("What's yours? My name is Bob Stone.", "Bob Stone"),
        ("I'd rather not, my name is private", None),
        ("nice to meet you, I'm Kim Lee", "Kim Lee"),
        ("my friends call me Bo", "Bo"),
        ("the name is Bond, James Bond", "James Bond"),
        ("De La Cruz, Maria de la Cruz", "Maria de la Cruz"),
        ("It's McDonald with a capital D, Ronald McDonald", "Ronald McDonald"),
        ("Ludwig van Beethoven", "Ludwig van Beethoven"),
        ("Jon Snow, J-O-N, S-N-O-W", "Jon Snow"),
        ("Ng, N G", "Ng"),
        ("Li. L I.", "Li"),
        ("um, it's uh John Smith", "John Smith"),
        ("It's called ski, K-O-W-A-L-S-K-I", "Kowalski"),
        ("John Smith, spelled J O H N S M I T H", "John Smith"),
        ("Stephen with a v", "Steven"),
        ("My name is Will", "Will"),
        ("I will", None),
        ("hi this is Tom from Acme", "Tom"),
        ("J O H N space S M I T H", "John Smith"),
        ("J O H N, new word, S M I T H", "John Smith"),
        ("Mary O'Brien, O apostrophe B R I E N", "Mary O'Brien"),
        ("O apostrophe B R I E N", "O'Brien"),
        ("Smith SMI TH", "Smith"),
        ("Kowalski, KO WAL SKI", "Kowalski"),
        ("John, JOHN. Smith, SMITH", "John Smith"),
        ("MacLeod, capital M A C capital L E O D", "MacLeod"),
        ("Smith. First name John.", "John Smith"),
        ("John, last name Smith", "John Smith"),
        ("This is John Smith with Acme Plumbing", "John Smith"),
        ("Jane Smith, my number is 503 555 0142", "Jane Smith"),
        ("Robert, but everybody calls me Bob", "Robert"),
        ("Lee, like the jeans", "Lee"),
        ("Sean, S E A N, not S H A W N", "Sean"),
        ("O'Brien, with an apostrophe", "O'Brien"),
        ("John Smith the third", "John Smith III"),
        ("no problem, Ann Lee", "Ann Lee"),
        ("The reservation is under Garcia.", "Garcia"),
        ("It's under the name Wilson", "Wilson"),
        ("Ann Underwood", "Ann Underwood"),
        ("five hundred", None),
        ("for four people", None),
        ("next Monday", None),
    ],
)
def test_names_are_read(said: str, name: str | None) -> None:
    assert parse_name(said) == name


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("it's Acme Plumbing", "Acme Plumbing"),
        ("I work for The Home Depot", "The Home Depot"),
        ("A and B Builders", "A and B Builders"),
        ("I B M", "IBM"),
        ("no", None),
        ("3M", "3M"),
        ("Smith & Sons", "Smith & Sons"),
        ("we're called Blue Door", "Blue Door"),
        ("Acme, A C M E", "ACME"),
    ],
)
def test_companies_are_read(said: str, name: str | None) -> None:
    assert parse_company(said) == name


@settings(max_examples=200)
@given(st.from_regex(r"[A-Z][a-z]{3,9}", fullmatch=True))
def test_a_name_spelled_back_is_heard_as_itself(name: str) -> None:
    assert parse_name(spell_out(name)) == name
    assert parse_name(f"it's {name}, {' '.join(name.upper())}") == name


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("the third of May", "2027-05-03"),
        ("May 3rd", "2027-05-03"),
        ("next Tuesday", "2026-12-01"),
        ("Tuesday", "2026-12-01"),
        ("Friday", "2026-11-27"),
        ("next Friday", "2026-12-04"),
        ("5/3", "2027-05-03"),
        ("12/24/2026", "2026-12-24"),
        ("November 9th, 65.", "1965-11-09"),
        ("May 2, 1965", "1965-05-02"),
        ("June eighteenth nineteen sixty eight", "1968-06-18"),
        ("june 18, 1968.", "1968-06-18"),
        ("102762", "1962-10-27"),
        ("1229 59", "1959-12-29"),
        ("527-66", "1966-05-27"),
        ("1127. 57.", "1957-11-27"),
        ("ten twenty seven sixty two", "1962-10-27"),
        ("five twenty seven sixty six", "1966-05-27"),
        ("tomorrow", "2026-11-25"),
        ("the day after tomorrow", "2026-11-26"),
        ("in two weeks", "2026-12-08"),
        ("three days from now", "2026-11-27"),
        ("a week from Friday", "2026-12-04"),
        ("the fifteenth", "2026-12-15"),
        ("the twenty first of march two thousand five", "2005-03-21"),
        ("march 7th twenty twenty seven", "2027-03-07"),
        ("2026-12-05", "2026-12-05"),
        ("on the 30th", "2026-11-30"),
        ("December twenty fifth", "2026-12-25"),
        ("January seventh nineteen sixty seven", "1967-01-07"),
        ("maybe next week", None),
        ("I may call later", None),
        ("oh march seven nineteen sixty seven", "1967-03-07"),
        ("July 4, 2030", "2030-07-04"),
        ("february 30", None),
        ("nineteen oh five", None),
        ("may second nineteen oh five", "1905-05-02"),
        ("today", "2026-11-24"),
        ("October 24, 1970.", "1970-10-24"),
        ("february thirtieth", None),
        ("friday the fourth", "2026-12-04"),
        ("monday the second", None),
        ("sunday the 13th", "2026-12-13"),
        ("the fifth of May nineteen eighty two", "1982-05-05"),
        ("the twenty second of November nineteen sixty three", "1963-11-22"),
        ("Christmas Eve", "2026-12-24"),
        ("New Year's Day", "2027-01-01"),
        ("at the end of the month", "2026-11-30"),
        ("the first Tuesday in December", "2026-12-01"),
        ("the last Friday of next month", "2026-12-25"),
        ("the third Monday of March 2028", "2028-03-20"),
        ("the Monday after next", "2026-12-07"),
        ("a fortnight from today", "2026-12-08"),
        ("two days from tomorrow", "2026-11-27"),
        ("this afternoon", "2026-11-24"),
        ("in a year", "2027-11-24"),
        ("4th march 27", "2027-03-04"),
        ("the 2nd of the 3rd 2027", "2027-03-02"),
        ("two weeks on Monday", "2026-12-14"),
        ("a fortnight on Sunday", "2026-12-13"),
        # Days that are named and not meant.
        ("I called on Monday, but Thursday works for me", "2026-11-26"),
        ("it's been leaking since Sunday, can you come on Friday", "2026-11-27"),
        ("I can't do Wednesday, how about Thursday", "2026-11-26"),
        ("any day but Monday", None),
        ("anything before Friday", None),
        ("they said Monday, but I prefer Thursday", "2026-11-26"),
        ("I have to work Wednesday so Thursday", "2026-11-26"),
        ("it's Tuesday today, so Thursday", "2026-11-26"),
        ("I sat down", None),
        ("Friday fortnight", "2026-12-11"),
        ("twenty twenty five december fourth", "2025-12-04"),
        # What has happened was then.
        ("it happened on Friday", "2026-11-20"),
        ("the accident happened on the third of December", "2025-12-03"),
        ("it started in December on the second of December", "2025-12-02"),
        ("it broke on December 1st 2026", "2026-12-01"),
        ("I was hoping for Friday", "2026-11-27"),
    ],
)
def test_dates_are_read(said: str, day: str | None) -> None:
    found = parse_date(said, TODAY)
    assert (found and found.isoformat()) == day


def test_day_and_month_change_places_with_the_region() -> None:
    assert parse_date("5/3", TODAY, "GB") == date(2027, 3, 5)
    assert parse_date("03.05.2027", TODAY, "DE") == date(2027, 5, 3)


@settings(max_examples=300)
@given(st.dates(date(1930, 1, 1), date(2045, 12, 31)))
def test_a_date_read_back_is_heard_as_itself(day: date) -> None:
    assert parse_date(say_date(day), TODAY) == day
    assert parse_date(write_date(day), TODAY) == day
    assert parse_date(day.isoformat(), TODAY) == day


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        ("Yes.", True),
        ("yeah no that's right", True),
        ("No, no, that's correct.", True),
        ("nope", False),
        ("let me correct that", False),
        ("let me correct my number", None),
        ("that's not right", False),
        ("absolutely not", False),
        ("of course not", False),
        ("of course", True),
        ("I guess", True),
        ("I guess not", False),
        ("I'm not sure", None),
        ("not quite", False),
        ("yep", True),
        ("maybe tomorrow", None),
        ("It isn't correct.", False),
        ("perfect", True),
        ("that's the one", True),
        ("correct", True),
        ("yeah no", False),
        ("no yeah", True),
        ("no problem", True),
        ("uh huh", True),
        ("uh-uh", False),
        ("I don't think so", False),
        ("I think so", True),
        ("almost", False),
        ("close but no", False),
        ("yes it is", True),
        ("no it isn't", False),
        ("That's wrong", False),
        ("you got it", True),
        ("sounds good", True),
        ("That is not it", False),
        ("it's right, isn't it?", True),
        ("right", True),
        ("wrong", False),
        ("sure thing", True),
        ("not exactly", False),
        ("no, that's perfect", True),
        ("yes, that's not a problem", True),
        ("that'll do", True),
        ("negative", False),
        ("not at all", False),
        ("exactly right", True),
        ("go ahead", True),
        ("my name", None),
        ("no it's d not t", False),
        ("it does", True),
        ("please don't", False),
        ("I'm afraid not", False),
        ("not yet", False),
        ("that's totally wrong", False),
        ("yes, that's wrong", False),
        ("that'll work", True),
        ("ten four", True),
        ("no, you got that wrong", False),
        ("nothing is correct", False),
        ("none of that is right", False),
        ("you misheard me", False),
        ("try again", False),
        ("I do not", False),
        ("I'm afraid so", True),
        ("one hundred percent", True),
        ("you've got it", True),
        ("that's how you spell it", True),
        ("that's what I said", True),
        ("not wrong", True),
        ("100 percent", True),
        ("unfortunately not", False),
        ("I agree", True),
    ],
)
def test_yes_and_no_in_many_colours(said: str, answer: bool | None) -> None:
    assert parse_yes_no(said) is answer


def test_a_correction_is_what_remains_after_the_no() -> None:
    assert without_yes_no("No, it's jon at example dot com") == "jon at example dot com"


@pytest.mark.parametrize(
    ("said", "refused"),
    [
        ("I'd rather not", True),
        ("No thanks.", True),
        ("skip that", True),
        ("I don't have one", True),
        ("I don't have an email", True),
        ("I don't have the order number with me", True),
        ("I haven't got my policy number here", True),
        ("I do not have any code", True),
        ("I don't have the blue one, it's the red one", False),
        ("no email", True),
        ("I'm not comfortable giving that out", True),
        ("pass", True),
        ("nothing", False),
        ("I don't want to give you my number", True),
        ("john at gmail dot com", False),
        ("no, it's jon at example dot com", False),
        ("not giving that", True),
        ("no i don't want to", True),
        ("I really don't want to", True),
        ("I'd rather you didn't have it", True),
        ("not over the phone", True),
        ("I'd like to keep that private", True),
        ("you can't have my number", True),
        ("sorry, I can't", True),
        ("anonymous", True),
        ("I can't have it before Monday", False),
        ("never mind, it's Jane", False),
        ("we don't have any kids", False),
        ("I haven't got one", True),
        ("why do you need it", False),
        ("no comment", True),
        ("leave it blank", True),
        ("let's move on", True),
        ("I don't wanna say", True),
        ("I can't remember it", True),
        ("I don't know my number", True),
        ("you don't need that", True),
        ("I don't know, maybe Tuesday", False),
        ("I want to stay anonymous", True),
        ("that's personal", True),
        ("I refuse", True),
        ("never mind", True),
        ("I don't know", True),
    ],
)
def test_refusals_are_understood(said: str, refused: bool) -> None:
    assert is_refusal(said) is refused
