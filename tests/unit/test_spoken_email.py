"""Email addresses as people say them and as recognisers write them down."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from flows.spoken.email.addresses import parse_email, say_email
from flows.spoken.email.domains import suggestion
from flows.spoken.fields import best_reading, read
from flows.spoken.readback import read_back, spell_email

SAID = [
    ("john.smith@gmail.com.", "john.smith@gmail.com"),
    ("My email is John dot Smith at g mail dot com", "john.smith@gmail.com"),
    ("J-O-H-N at example dot org", "john@example.org"),
    ("It's jane underscore doe at outlook.com", "jane_doe@outlook.com"),
    ("B as in bravo, o, b at gmail dot com", "bob@gmail.com"),
    ("it's smith s m i t h at yahoo dot co dot uk", "smith@yahoo.co.uk"),
    ("b i double l at foo dot com", "bill@foo.com"),
    ("reach me at john at gmail dot com", "john@gmail.com"),
    ("john eighty four at hot mail dot com", "john84@hotmail.com"),
    ("john nineteen eighty four at gmail dot com", "john1984@gmail.com"),
    ("john smith, all one word, at gmail dot com", "johnsmith@gmail.com"),
    ("M-A-R-Y.J@gmail.com", "mary.j@gmail.com"),
    ("john.smith at gmail.com. Is that right?", "john.smith@gmail.com"),
    ("jane.milleratgmail.com", "jane.miller@gmail.com"),
    ("that's mary hyphen ann at web dot de", "mary-ann@web.de"),
    ("John Smith at Gmail dot com", "johnsmith@gmail.com"),
    ("johnsmith at gmail.com", "johnsmith@gmail.com"),
    ("j o h n at gmail.com", "john@gmail.com"),
    ("John dot Smith at g mail.com", "john.smith@gmail.com"),
    ("It's john.smith84@g-mail.com", "john.smith84@gmail.com"),
    ("info at my dash company dot com", "info@my-company.com"),
    ("hello at acme dot io", "hello@acme.io"),
    ("me at john dot dev", "me@john.dev"),
    ("you can reach me at info at acme plumbing dot com", "info@acmeplumbing.com"),
    ("a dot b at c dot com", "a.b@c.com"),
    ("jon, john with no h, at gmail dot com", "jon@gmail.com"),
    ("john with no h at gmail dot com", "jon@gmail.com"),
    ("smith with a y at gmail dot com", "smyth@gmail.com"),
    ("ann with an e at gmail dot com", "anne@gmail.com"),
    ("matt with two t's at gmail dot com", "matt@gmail.com"),
    ("philip with one l at gmail dot com", "philip@gmail.com"),
    ("triple w dot bob at gmail dot com", "www.bob@gmail.com"),
    ("m as in mary, a, x at gmail dot com", "max@gmail.com"),
    ("juliet oscar hotel november at gmail dot com", "john@gmail.com"),
    ("J as in John, O, E at yahoo.com", "joe@yahoo.com"),
    ("d as in boy a n at gmail dot com", "ban@gmail.com"),
    ("my email address is j smith 22 at aol dot com", "jsmith22@aol.com"),
    ("jay smith at gmail dot com", "jsmith@gmail.com"),
    (
        "yeah sure, it's uh sarah dot jones plus news at proton mail dot com",
        "sarah.jones+news@protonmail.com",
    ),
    ("sarah jones at a o l dot com", "sarahjones@aol.com"),
    ("dave at x y z dot com", "dave@xyz.com"),
    ("dave at d a v e s garage dot co dot uk", "dave@davesgarage.co.uk"),
    ("dave at daves garage .co.uk", "dave@davesgarage.co.uk"),
    ("dave at davesgarage dot co uk", "dave@davesgarage.co.uk"),
    ("the email is bob at bobs burgers dot net thanks", "bob@bobsburgers.net"),
    ("no, it's jon at example dot com", "jon@example.com"),
    ("Smith, S-M-I-T-H at gmail.com", "smith@gmail.com"),
    ("that would be p period jackson at live dot com", "p.jackson@live.com"),
    ("john.smyth@gmail.com, that's S-M-Y-T-H", "john.smyth@gmail.com"),
    ("john.smith@gmail.com. That's S-M-Y-T-H.", "john.smyth@gmail.com"),
    ("john dot smith, that's s m y t h, at gmail dot com", "john.smyth@gmail.com"),
    ("It's called ski. K, O, W, A, L, S, K, I, at gmail dot com", "kowalski@gmail.com"),
    ("It's the Welsky, K-O-W-A-L-S-K-I at gmail dot com.", "kowalski@gmail.com"),
    ("blue, k o w a l s k i, at gmail dot com", "bluekowalski@gmail.com"),
    ("peter parker, p a r k e r, at gmail dot com", "peterparker@gmail.com"),
    ("m as in mary, a, r, k, the number two, at gmail dot com", "mark2@gmail.com"),
    ("smith with the number seven at gmail dot com", "smith7@gmail.com"),
    ("john full stop smith at acme full stop com", "john.smith@acme.com"),
    ("office at silver lake one world dot com", "office@silverlake.com"),
    ("office at oneworld dot com", "office@oneworld.com"),
    ("K-O-W-A-L-S as in Sierra, K-I at gmail dot com", "kowalski@gmail.com"),
    ("j o h and as in november at gmail dot com", "john@gmail.com"),
    ("you can reach me at info at www.greenwood.org", "info@greenwood.org"),
    ("K dot O'Brien at gmail dot com", "k.obrien@gmail.com"),
    ("capital J ohn at gmail dot com", "john@gmail.com"),
    ("maria one two three at gmail dot com", "maria123@gmail.com"),
    ("maria double seven at gmail dot com", "maria77@gmail.com"),
    ("r. u. b. at gmail.com", "rub@gmail.com"),
    ("e smith at gmail.com", "esmith@gmail.com"),
    ("My e-mail is e dot smith at gmail.com", "e.smith@gmail.com"),
    ("Email: anna at gmail dot come", "anna@gmail.com"),
    ("anna at gmail com", "anna@gmail.com"),
    ("anna add gmail dot com", "anna@gmail.com"),
    ("it's the letter j then smith at gmail dot com", "jsmith@gmail.com"),
    ("lee with two e's at gmail dot com", "lee@gmail.com"),
    ("sam at example dot com, s a m", "sam@example.com"),
    ("contact at acme dot com", "contact@acme.com"),
    ("it is contact at acme dot com", "contact@acme.com"),
    ("sales at acme dot com", "sales@acme.com"),
    ("Its r dot kelly 2 at gmail dot com", "r.kelly2@gmail.com"),
    ("that is T as in Tom, I as in igloo, M as in Mary at gmail dot com", "tim@gmail.com"),
    ("zoe at zoe dash smith dot co dot nz", "zoe@zoe-smith.co.nz"),
    ("Carl with a k at gmail dot com", "karl@gmail.com"),
    ("I'm at john dot doe at company dot org", "john.doe@company.org"),
    ("sure my email's mike at mikes bikes dot biz", "mike@mikesbikes.biz"),
    ("m as in mary, not n, i k e at gmail dot com", "mike@gmail.com"),
    ("first initial j, last name smith, at gmail dot com", "jsmith@gmail.com"),
    ("mary two thousand five at gmail dot com", "mary2005@gmail.com"),
    ("jane a hundred at gmail dot com", "jane100@gmail.com"),
    ("it's jane doe, no dots or anything, at yahoo dot com", "janedoe@yahoo.com"),
    ("you can email me on jo at jo dot design", "jo@jo.design"),
    ("jane underscore at gmail dot com", "jane_@gmail.com"),
    ("jane dot doe at gmail got com", "jane.doe@gmail.com"),
    ("jane at acme dot com that's a c m e", "jane@acme.com"),
    ("jane at acme dot com, that's a k m e", "jane@akme.com"),
    ("john smith at the domain acme dot com", "johnsmith@acme.com"),
    ("info at our website, which is blue sky roofing dot net", "info@blueskyroofing.net"),
    ("Double-U-I-L-L at gmail.com", "will@gmail.com"),
    ("ma double tt hew at gmail dot com", "matthew@gmail.com"),
    ("p is for peter a u l at gmail dot com", "paul@gmail.com"),
    ("S, I'm in Sierra, a m at gmail dot com", "sam@gmail.com"),
    ("kay at gmail dot com", "kay@gmail.com"),
    ("Smith, SMI TH at gmail dot com", "smith@gmail.com"),
    ("bob at AT&T.net", "bob@att.net"),
]


@pytest.mark.parametrize(("said", "address"), SAID)
def test_addresses_are_read(said: str, address: str) -> None:
    reading = read("email", said, "US")
    assert (reading.value, reading.valid) == (address, True)


@pytest.mark.parametrize(
    "said",
    ["", "yes", "john at gmail", "at dot com", "call me", "a@b", "john at my company domain",
     "I work at home. Thanks.", "see you at five dot",
     "my first name dot my last name at gmail dot com"],
)  # fmt: skip
def test_what_is_no_address_is_not_made_into_one(said: str) -> None:
    assert not parse_email(said).valid


def test_a_company_domain_stands_for_itself_once_it_is_known() -> None:
    said = "john at my company domain"
    assert parse_email(said, company_domain="acme.com").value == "john@acme.com"


@pytest.mark.parametrize(
    ("said", "heard", "meant"),
    [
        ("john at gnail dot com", "john@gnail.com", "john@gmail.com"),
        ("john at gmeil.com", "john@gmeil.com", "john@gmail.com"),
        ("john at gmail dot con", "john@gmail.con", "john@gmail.com"),
        ("john@hotmai.com", "john@hotmai.com", "john@hotmail.com"),
        ("john at jamil dot com", "john@jamil.com", "john@gmail.com"),
        ("john at gmail", None, "john@gmail.com"),
        ("john at ol dot com", "john@ol.com", "john@aol.com"),
        ("john at yawy dot com", "john@yawy.com", "john@yahoo.com"),
        ("john at thoughtmail dot com", "john@thoughtmail.com", "john@hotmail.com"),
        ("tom at riverside dot com dot uk", "tom@riverside.com.uk", "tom@riverside.co.uk"),
        ("john at acme dot com", "john@acme.com", None),
        ("john dot smith.mail.com", None, "john.smith@gmail.com"),
        ("It's john.smithetmail.com", None, "john.smith@gmail.com"),
        ("mary underscore lee yahoo dot com", None, "mary_lee@yahoo.com"),
        ("look at hotmail dot com", "look@hotmail.com", None),
        ("tom at gmx dot de", "tom@gmx.de", None),
    ],
)
def test_a_doubtful_domain_is_suggested_and_never_applied(
    said: str, heard: str | None, meant: str | None
) -> None:
    reading = parse_email(said)
    assert (reading.value, reading.suggestion) == (heard, meant)


@pytest.mark.parametrize("domain", ["gmail.com", "acme.com", "mail.org", "gmx.de", "example.com"])
def test_a_domain_without_a_slip_is_not_doubted(domain: str) -> None:
    assert suggestion(domain) is None


def test_a_reading_with_an_at_goes_before_one_where_it_was_guessed() -> None:
    texts = ["My email is day with that gmail dot com.", "My email is Davidatgmail.com"]
    reading, _ = best_reading("email", [(read("email", text, "US"), text) for text in texts])
    assert reading.value == "david@gmail.com"


def test_a_very_short_domain_gives_way_to_a_known_one() -> None:
    texts = ["mary dot jones at you dot com", "mary dot jones at yahoo dot com"]
    reading, _ = best_reading("email", [(read("email", text, "US"), text) for text in texts])
    assert reading.value == "mary.jones@yahoo.com"


def test_of_several_readings_the_one_with_a_known_domain_is_taken() -> None:
    readings = [
        (read("email", said, "US"), said)
        for said in ("john at gnail dot com", "john at gmail dot com")
    ]
    for order in (readings, list(reversed(readings))):
        assert best_reading("email", order)[0].value == "john@gmail.com"


def _best(*texts: str) -> str | None:
    return best_reading("email", [(read("email", text, "US"), text) for text in texts])[0].value


def test_of_readings_that_sound_alike_the_one_with_names_that_people_have_is_taken() -> None:
    merry = "Merry dot jones at yahoo dot com"
    assert _best(merry, "Mary dot jones at yahoo dot com") == "mary.jones@yahoo.com"
    assert _best(merry, "Peter dot jones at yahoo dot com") == "merry.jones@yahoo.com"
    assert _best("m e r r y at yahoo dot com", "Mary at yahoo dot com") == "merry@yahoo.com"


def test_the_name_of_one_reading_goes_with_the_domain_of_another() -> None:
    texts = ("Mary dot Johns at yahoo dot com", "Mary dot Jones at yonder dot com")
    assert _best(*texts) == "mary.jones@yahoo.com"


_local = st.from_regex(r"[a-z]{1,8}([._+-][a-z0-9]{1,6}){0,2}", fullmatch=True)
_domain = st.sampled_from(
    ["gmail.com", "example.org", "my-firm.de", "mail.example.co.uk", "acme.io", "yahoo.co.uk"]
)


@settings(max_examples=300)
@given(_local, _domain)
@example("jay", "gmail.com")
def test_an_address_spelled_back_is_heard_as_itself(local: str, domain: str) -> None:
    address = f"{local}@{domain}"
    assert parse_email(say_email(address, spell=True)).value == address
    assert parse_email(spell_email(address)).value == address


_NAMES = st.sampled_from(
    ["john", "mary", "smith", "robert", "jones", "peter", "wilson", "garcia", "info", "sales"]
)


@settings(max_examples=200)
@given(
    st.lists(_NAMES, min_size=1, max_size=3),
    st.sampled_from(".-_"),
    st.integers(0, 99) | st.none(),
    _domain,
)
def test_an_address_of_words_read_back_is_heard_as_itself(
    names: list[str], sign: str, number: int | None, domain: str
) -> None:
    local = sign.join(names) + ("" if number is None else str(number))
    address = f"{local}@{domain}"
    _, spoken = read_back("email", address, spell=False, region="US")
    assert parse_email(f"it's {spoken}").value == address
    assert parse_email(f"My email is {address}.").value == address


def test_only_confusable_letters_get_a_word() -> None:
    assert spell_email("bop@gmail.com") == "B as in bravo, O, P as in papa, at gmail dot com"


def test_letters_of_a_name_that_was_said_are_not_to_be_confused() -> None:
    assert spell_email("mary.xe2@gmail.com") == (
        "mary: M, A, R, Y, dot, X, E as in echo, two, at gmail dot com"
    )
    assert read_back("name", "Jane O'Mer", spell=True, region="US")[1] == (
        "Jane O'Mer: J, A, N, E, O, apostrophe, M as in mike, E as in echo, R"
    )


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("mary dot jones, no wait, mary dot james at gmail dot com", "mary.james@gmail.com"),
        ("mary dot jones sorry james at gmail dot com", "mary.james@gmail.com"),
        ("jon smith I mean john smith at gmail dot com", "johnsmith@gmail.com"),
        ("john at gmail dot com no wait yahoo dot com", "john@yahoo.com"),
        ("john at gmail, sorry, john at yahoo dot com", "john@yahoo.com"),
        ("sorry, it is bob at gmail dot com", "bob@gmail.com"),
        ("bob at gmail dot com, sorry", "bob@gmail.com"),
        ("wait, let me think, bob dot lee at gmail dot com", "bob.lee@gmail.com"),
        ("john at symbol gmail period com", "john@gmail.com"),
        ("john the at sign gmail dot com", "john@gmail.com"),
        ("one two three at one two three dot com", "123@123.com"),
        ("john smith, that's with no dot, at gmail dot com", "johnsmith@gmail.com"),
        ("capital J john at gmail dot com", "john@gmail.com"),
    ],
)
def test_addresses_are_said_with_second_thoughts(said: str, address: str) -> None:
    assert parse_email(said).value == address


@pytest.mark.parametrize("heard", ["iklau.com", "hiclog.com", "iclall.com"])
def test_what_a_line_leaves_of_icloud_is_asked_about(heard: str) -> None:
    assert suggestion(heard) == "icloud.com"
    assert suggestion("club.com") is None
