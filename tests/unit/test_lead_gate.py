"""The dialogue inside one lead field: confirmation, correction, suggestion, another way."""

from __future__ import annotations

from typing import Any

import pytest

from flows import CallerSaid, CallStarted, build_flow
from flows.actions import Action, AskOnPage, Capture, Expectation, Listen, Say
from flows.events import CallerSilent, FieldEntered, KeyPressed, Word
from flows.interpreter import initial_state, step
from flows.state import State


class Call:
    """A call on a gate with few fields; keeps what was done last."""

    def __init__(self, *fields: dict[str, Any], **start: Any) -> None:
        self.flow = build_flow(
            {
                "name": "Test",
                "start": "hello",
                "nodes": {
                    "hello": {"type": "start", "say": "Hello.", "next": "lead"},
                    "lead": {"type": "lead_gate", "fields": fields, "next": "bye"},
                    "bye": {"type": "end", "say": "Bye."},
                },
            }
        )
        self.state: State = initial_state(self.flow)
        self.actions: tuple[Action, ...] = ()
        self.captured: list[Capture] = []
        self._take(CallStarted(**start))

    def said(self, text: str, *alternatives: str) -> Call:
        return self._take(CallerSaid(text=text, alternatives=alternatives))

    def keyed(self, keys: str) -> Call:
        for key in keys:
            self._take(KeyPressed(key=key))
        return self

    def _take(self, event: Any) -> Call:
        result = step(self.flow, self.state, event)
        self.state, self.actions = result.state, result.actions
        self.captured += [action for action in self.actions if isinstance(action, Capture)]
        return self

    @property
    def heard(self) -> str:
        """What the caller heard last, as pronounced."""
        return " ".join(a.speech or a.text for a in self.actions if isinstance(a, Say))

    @property
    def stored(self) -> tuple[str, bool]:
        last = self.captured[-1]
        return last.value, last.confirmed


def _email(**more: Any) -> dict[str, Any]:
    return {"field": "email", "ask": "What is your email?", "confirm": "read_back", **more}


def _phone(**more: Any) -> dict[str, Any]:
    return {"field": "phone", "ask": "What is your number?", "confirm": "read_back", **more}


def _name(**more: Any) -> dict[str, Any]:
    return {"field": "name", "ask": "What is your name?", "confirm": "read_back", **more}


def test_a_value_is_confirmed_by_a_yes() -> None:
    call = Call(_email()).said("john dot smith at gmail dot com")
    assert "john dot smith, at gmail dot com" in call.heard
    assert call.stored == ("john.smith@gmail.com", False)
    assert call.said("yeah no that's right").stored == ("john.smith@gmail.com", True)


@pytest.mark.parametrize(
    ("field", "first", "correction", "value"),
    [
        (_email(), "tohn at gmail dot com", "no, it's j not t", "john@gmail.com"),
        (_email(), "john at gmail dot com", "not gmail, hotmail", "john@hotmail.com"),
        (_email(), "john smith at gmail dot com", "no, Smith with a y", "johnsmyth@gmail.com"),
        (_email(), "john at gmail dot com", "No, it's jon at example dot com", "jon@example.com"),
        (_phone(), "415 555 0132", "no, the last four are 0133", "+14155550133"),
        (_phone(), "415 565 0132", "it's 555 not 565", "+14155550132"),
        (_phone(), "415 555 0132", "no, 416 555 0132", "+14165550132"),
        (_name(), "John Smith", "no, Smith with a y", "John Smyth"),
        (_name(), "John Smith", "yes but it's Jon not John", "Jon Smith"),
    ],
)
def test_a_correction_is_read_back_and_the_yes_is_for_it(
    field: dict[str, Any], first: str, correction: str, value: str
) -> None:
    call = Call(field).said(first).said(correction)
    assert call.stored == (value, False)
    assert call.said("yes").stored == (value, True)
    assert first in call.captured[-1].raw and correction in call.captured[-1].raw


def test_a_yes_is_bound_to_the_value_it_answers() -> None:
    call = Call(_phone()).said("415 555 0132").said("that's right, 415 555 0132")
    assert call.stored == ("+14155550132", True)


def test_a_doubtful_domain_is_asked_and_taken_only_with_a_yes() -> None:
    call = Call(_email()).said("john at gnail dot com")
    assert "Did you say gmail dot com?" in call.heard and not call.captured
    assert call.said("yes").stored == ("john@gmail.com", False)
    other = Call(_email()).said("john at gnail dot com").said("no")
    assert other.stored == ("john@gnail.com", False)


def test_a_number_comes_in_pieces() -> None:
    call = Call(_phone()).said("five five five").said("one two three").said("four five six seven")
    assert call.stored == ("+15551234567", False)


def test_an_address_comes_in_pieces() -> None:
    call = Call(_email()).said("it's j o h n").said("at gmail dot com")
    assert call.stored == ("john@gmail.com", False)
    asked = Call(_email()).said("john at my company domain")
    assert "after the at sign" in asked.heard
    assert asked.said("acme dot com").stored == ("john@acme.com", False)


def test_a_company_domain_that_is_known_is_used() -> None:
    call = Call(_email(), known_fields={"website": "https://www.acme.com"})
    assert call.said("john at my company domain").stored == ("john@acme.com", False)


def test_the_reading_that_is_valid_is_taken() -> None:
    call = Call(_email()).said("john at gmail calm", "john at gmail dot com")
    assert call.stored == ("john@gmail.com", False)


def test_a_plain_no_brings_the_next_reading() -> None:
    call = Call(_phone()).said("415 555 0132", "415 555 0133").said("no")
    assert call.stored == ("+14155550133", False)
    assert call.said("yes").stored == ("+14155550133", True)


def test_the_first_failure_asks_for_the_spelling() -> None:
    call = Call(_email()).said("jon at gmail dot com").said("no")
    assert "letter by letter" in call.heard
    call.said("j o h n at gmail dot com")
    assert "john: J, O, H, N, at gmail dot com" in call.heard
    assert call.said("yes").stored == ("john@gmail.com", True)


def test_after_two_failures_a_number_is_keyed() -> None:
    call = Call(_phone(), channels=("keypad",)).said("415 555 0132").said("no")
    call.said("415 555 0133").said("no")
    assert "keypad" in call.heard
    call.keyed("4155550134")
    assert call.stored == ("+14155550134", False)
    assert call.keyed("1").stored == ("+14155550134", True)


@pytest.mark.parametrize(
    ("region", "keyed", "number", "ended"),
    [
        ("US", "4155550134", "+14155550134", False),
        ("GB", "02079460958", "+442079460958", False),
        ("DE", "03012345678", "+493012345678", True),
        ("AT", "0131234567890", "+43131234567890", True),
    ],
)
def test_a_keyed_number_is_taken_whole(region: str, keyed: str, number: str, ended: bool) -> None:
    call = Call(_phone(), region=region).keyed(keyed)
    assert bool(call.captured) is not ended
    if ended:
        resting = Call(_phone(), region=region).keyed(keyed)._take(CallerSilent())
        assert resting.stored == (number, False)
        call.keyed("#")
    assert call.stored == (number, False)


def test_after_two_failures_an_address_is_typed_on_the_page() -> None:
    call = Call(_email(), channels=("page",)).said("jon at gmail dot com").said("no")
    call.said("jan at gmail dot com").said("no")
    assert any(isinstance(action, AskOnPage) for action in call.actions)


def test_what_cannot_be_confirmed_is_kept_unconfirmed_and_the_caller_is_reachable() -> None:
    call = Call(_email(), channels=(), caller_number="+14155550132")
    call.said("jon at gmail dot com").said("no").said("jan at gmail dot com").said("no")
    assert call.stored == ("jan@gmail.com", False)
    assert "call you back" in call.heard


def test_evidence_names_the_parser_and_keeps_the_extension() -> None:
    call = Call(_phone(confirm="none")).said("503 555 0142 extension 12")
    (capture,) = call.captured
    assert capture.value == "+15035550142" and capture.details == {"extension": "12"}
    assert capture.parser and capture.raw == "503 555 0142 extension 12"


def test_a_date_counts_from_the_day_of_the_call() -> None:
    field = {"field": "date", "ask": "When?", "confirm": "read_back"}
    call = Call(field, facts={"call.date": "2026-11-24"}).said("next Tuesday")
    assert call.stored == ("2026-12-01", False)
    assert "Tuesday, December first" in call.heard


@pytest.mark.parametrize(
    ("kind", "said", "value"),
    [
        ("number", "about twelve hundred", "1200"),
        ("money", "fifty thousand dollars", "50000 USD"),
        ("address", "10 Oak Street, Springfield", "10 Oak Street, Springfield"),
        ("company", "I work for Acme Plumbing", "Acme Plumbing"),
        ("text", "The boiler leaks.", "The boiler leaks."),
    ],
)
def test_every_kind_is_understood(kind: str, said: str, value: str) -> None:
    field = {"field": "thing", "kind": kind, "ask": "What?", "confirm": "read_back"}
    call = Call(field).said(said)
    assert call.stored == (value, False)
    assert call.said("correct").stored == (value, True)


def test_alternatives_are_asked_of_the_recogniser() -> None:
    call = Call(_email())
    assert [a.alternatives for a in call.actions if isinstance(a, Listen)] == [True]


def test_who_is_never_understood_is_offered_another_way_once() -> None:
    call = Call(_email(), channels=("page",))
    call.said("no idea really")
    assert not any(isinstance(action, AskOnPage) for action in call.actions)
    call.said("no idea really")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    silent = Call(_phone(), channels=("keypad",)).said("").said("")
    assert "keypad" in silent.heard
    silent.said("").said("").said("")
    assert silent.state.ended is not None


def test_corrections_that_keep_failing_lead_to_another_way() -> None:
    call = Call(_phone(), channels=("keypad",)).said("415 555 0132")
    call.said("no, the last four are 0133").said("no, the last four are 0134")
    assert call.stored == ("+14155550134", False)
    assert "keypad" in call.said("no, the last four are 0135").heard


@pytest.mark.parametrize(
    ("begun", "correction", "rest", "number"),
    [
        ("503 555 9", "sorry, zero", "one four two", "+15035550142"),
        ("503 555 901", "no, the last three are zero zero one", "4", "+15035550014"),
        ("803 555 0", "not eight oh three, five oh three", "142", "+15035550142"),
        ("503 555 0", "no, the first three are nine seven one", "142", "+19715550142"),
        ("503 555", "wait, five oh four", "555 0142", "+15045550142"),
        ("503 555", "wait, five oh three", "five five six 0142", "+15035560142"),
    ],
)
def test_half_a_number_can_be_corrected(
    begun: str, correction: str, rest: str, number: str
) -> None:
    call = Call(_phone()).said(begun).said(correction).said(rest)
    assert call.stored == (number, False)


def test_half_a_number_with_nothing_more_to_come_is_asked_for_again() -> None:
    call = Call({"field": "phone", "ask": "Your number?", "reprompts": ["All of it, please?"]})
    call.said("five oh three five five five").said("yes, that's it")
    assert "All of it, please?" in call.heard
    call.said("five oh three five five five oh one four two")
    assert call.stored[0] == "+15035550142"


def test_a_word_that_is_no_answer_is_taken_for_what_else_it_was_heard_as() -> None:
    call = Call(_email()).said("jon at example dot com").said("Note.", "Nope.", "No.")
    assert call.state.rounds == 1


def test_a_question_about_a_value_says_what_a_correction_would_be() -> None:
    call = Call(_phone()).said("503 555 0142")
    listen = next(action for action in call.actions if isinstance(action, Listen))
    assert (listen.expect, listen.about) == (Expectation.YES_NO, Expectation.PHONE)


def test_the_first_digits_of_a_number_said_again_are_its_beginning_and_no_correction() -> None:
    call = Call(_phone()).said("503 555 0142").said("no")
    call.said("503").said("555 0143")
    assert call.stored[0] == "+15035550143"


def test_what_was_misheard_twice_may_be_typed_while_the_correction_is_read_back() -> None:
    call = Call(_email(), channels=("page",)).said("jon at example dot com")
    call.said("no, john dot smith at example dot com").said("no, john dot smyth at example dot com")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    assert "screen" in call.heard and "Is that right?" in call.heard
    call.said("yes")
    assert call.stored == ("john.smyth@example.com", True)


def test_letters_that_sound_alike_are_asked_about_once_a_round_has_failed() -> None:
    call = Call(_email()).said("con dot myth at gmail dot com")
    call.said("no, it's K O H N dot S M I D H at gmail dot com")
    assert call.heard.startswith("Did you say J, O, H, N as in november, dot, S as in sierra")
    assert not call.captured[-1].confirmed and call.captured[-1].value == "con.myth@gmail.com"
    call.said("yes").said("yes")
    assert call.stored == ("john.smith@gmail.com", True)


def test_letters_that_were_meant_as_they_were_heard_stay() -> None:
    call = Call(_email()).said("con at gmail dot com").said("no, it's K O H N at gmail dot com")
    call.said("no")
    assert call.stored == ("kohn@gmail.com", False)
    call.said("yes")
    assert call.stored == ("kohn@gmail.com", True)


def test_letters_that_were_asked_about_and_are_said_again_are_not_asked_about_twice() -> None:
    call = Call(_email()).said("con at gmail dot com").said("no, it's K O H N at gmail dot com")
    assert call.heard.startswith("Did you say J, O, H, N")
    call.said("no, it's K O H N at gmail dot com")
    assert call.stored == ("kohn@gmail.com", False)


def test_letters_are_not_doubted_before_a_round_has_failed() -> None:
    call = Call(_email()).said("K O H N at gmail dot com").said("yes")
    assert call.stored == ("kohn@gmail.com", True)


def test_a_lost_at_is_asked_about() -> None:
    call = Call(_email()).said("it's john dot smith.mail.com")
    assert "Did you say gmail dot com?" in call.heard
    assert not call.captured
    call.said("yes").said("yes")
    assert call.stored == ("john.smith@gmail.com", True)


def test_what_was_heard_as_two_names_that_sound_alike_is_spelled_back() -> None:
    call = Call(_email()).said("jon at example dot com", "john at example dot com")
    assert "jon: J, O, N, at" in call.heard


def test_a_number_misheard_on_a_telephone_may_be_keyed_at_once() -> None:
    call = Call(_phone(), channels=("keypad",)).said("503 555 0142").said("no")
    assert "keypad" in call.heard
    call.keyed("5035550143")
    assert call.stored == ("+15035550143", False)


@pytest.mark.parametrize(
    ("said", "stored"), [("john at gnail dot com", "john@gnail.com"), ("john at gmail", None)]
)
def test_a_question_that_is_never_answered_leaves_what_was_heard(
    said: str, stored: str | None
) -> None:
    call = Call(_email()).said(said)
    assert "Did you say gmail dot com?" in call.heard
    call.said("nice").said("where is").said("moss")
    assert call.state.ended is not None
    assert [item.value for item in call.captured] == ([stored] if stored else [])
    assert not any(item.confirmed for item in call.captured)


def test_a_question_that_is_never_answered_brings_another_way() -> None:
    call = Call(_email(), channels=("page",)).said("john at gnail dot com")
    call.said("nice").said("where is")
    assert any(isinstance(action, AskOnPage) for action in call.actions)


WILSON = ("David Wheelson", "David wheels on", "David we'll send")
"""A last name that was heard in several ways, none of them one that people have."""
MYTH = (
    "con dot myth at gmail dot com",
    "zon dot mit at gmail dot com",
    "don dot miss at gmail.com",
)


def test_a_first_name_that_was_heard_in_three_ways_is_spelled() -> None:
    call = Call(_name()).said("Gene Miller", "Jean Miller", "Jane Miller")
    assert "spell your first name" in call.heard
    assert call.said("J-A-N-E.").stored == ("Jane Miller", False)


@pytest.mark.parametrize(
    ("field", "heard", "question", "spelled", "value"),
    [
        (_name(), WILSON, "spell your last name", "W-I-L-S-O-N.", "David Wilson"),
        (_name(), WILSON, "spell your last name", "David Wilson, W I L S O N", "David Wilson"),
        (_name(), ("Jameela", "Gen Mila"), "spell that", "J-A-N-E M-I-L-L-E-R", "Jane Miller"),
        (_email(), MYTH, "before the at sign", "J O H N dot S M I T H", "john.smith@gmail.com"),
        (
            _email(),
            ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "G R E E N W O O D dot org",
            "info@greenwood.org",
        ),
        # Letters that sound alike, in a word that was heard before.
        (
            _email(),
            ("info at greenwood dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "T R E E N W O T dot org",
            "info@greenwood.org",
        ),
        # The first letter is lost easily; a word that was clear before stays.
        (
            _email(),
            ("robert dot wheelso at gmail dot com", "robert dot wills at gmail.com", "Robert at."),
            "before the at sign",
            "O B E R D dot W I L S O N",
            "robert.wilson@gmail.com",
        ),
        # The second of two equal letters, where the word was heard before.
        (
            _email(),
            ("info at greenworld dot org", "info at greenwood dot org", "info at three word.org"),
            "after the at sign",
            "G R E N W O O D dot org",
            "info@greenwood.org",
        ),
        (
            _email(),
            ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org"),
            "after the at sign",
            "Greenwood. G-R-E-E-N-W-O-O-D.",
            "info@greenwood.org",
        ),
    ],
)
def test_what_is_in_doubt_is_spelled_before_it_is_read_back(
    field: dict[str, Any], heard: tuple[str, ...], question: str, spelled: str, value: str
) -> None:
    call = Call(field).said(*heard)
    assert question in call.heard and not call.captured
    assert call.said(spelled).stored == (value, False)
    assert heard[0] in call.captured[-1].raw and spelled in call.captured[-1].raw
    assert call.said("yes").stored == (value, True)


@pytest.mark.parametrize(
    ("field", "heard"),
    [
        (_name(), ("Jane Miller", "Jean Mila", "Chain Miller")),
        (_name(), ("Priya Patel",)),
        (_name(), ("Kowalski, K O W A L S K I", "Kowalski")),
        (_email(), ("john dot smith at gmail dot com", "jon dot myth at gmail dot com")),
        (_name(confirm="implicit"), WILSON),
        # A domain that all readings agree on.
        (_email(), ("anna at bright side dot com", "anna at brightside.com")),
        # Readings that were broken off.
        (_email(), ("info at greenwood dot org", "info at", "info at green", "in")),
    ],
)
def test_nobody_spells_what_is_clear(field: dict[str, Any], heard: tuple[str, ...]) -> None:
    assert "spell" not in Call(field).said(*heard).heard


def test_a_word_that_was_hardly_recognised_is_spelled() -> None:
    unsure = CallerSaid(
        text="David Wheelson",
        words=(Word(text="David", confidence=0.9), Word(text="Wheelson", confidence=0.3)),
    )
    assert "spell your last name" in Call(_name())._take(unsure).heard


@pytest.mark.parametrize("spelled", ["J O N dot S M Y T H", "J O N dot S M Y T H at gmail dot com"])
def test_a_spelling_that_is_another_name_is_kept(spelled: str) -> None:
    heard = ("john dot smith tree at gmail dot com", "john dot smiths at gmail.com", "john smith")
    call = Call(_email()).said(*heard)
    assert "spell" in call.heard
    assert call.said(spelled).stored == ("jon.smyth@gmail.com", False)


@pytest.mark.parametrize("said", ["never mind", "it's just how it sounds", "what do you mean"])
def test_what_is_no_spelling_is_no_address(said: str) -> None:
    call = Call(_email()).said(*MYTH).said(said)
    assert [item.value for item in call.captured] in ([], ["con.myth@gmail.com"])


@pytest.mark.parametrize(
    "said",
    [
        "It's green wood, like the color, G R E E N W O O D",
        "G as in golf, R, double E, N, W, double O, D",
        "greenwood dot org, G-R-E-E-N-W-O-O-D dot org",
    ],
)
def test_a_domain_is_spelled_in_many_ways(said: str) -> None:
    heard = ("info at dreamworld dot org", "info at ringwood dot org", "info at three word.org")
    assert Call(_email()).said(*heard).said(said).stored == ("info@greenwood.org", False)


@pytest.mark.parametrize(
    "said",
    ["W-I-L-S-O-N, Wilson", "It's Wilson.", "double u, i, l, s, o, n", "Wilson, like the ball"],
)
def test_a_last_name_is_spelled_in_many_ways(said: str) -> None:
    assert Call(_name()).said(*WILSON).said(said).stored == ("David Wilson", False)


def test_small_words_in_an_address_are_spelled() -> None:
    call = Call(_email()).said("or dot bennett at gmail dot com", "or dot bennett at gmail.com")
    assert "before the at sign" in call.heard
    assert "spell" not in Call(_email()).said("me at john dot dev").heard


def test_who_does_not_spell_hears_what_was_heard() -> None:
    call = Call(_name()).said(*WILSON).said("it's just how it sounds")
    assert call.stored == ("David Wheelson", False) and "Is that right?" in call.heard


def test_letters_that_were_neither_heard_nor_spelled_are_asked_about() -> None:
    call = Call(_email()).said(*MYTH).said("K O H N dot S M I D H")
    assert "Did you say J, O, H, N" in call.heard and not call.captured
    assert call.said("yes").stored == ("john.smith@gmail.com", False)


@pytest.mark.parametrize("said", ["No.", "I'd rather not"])
def test_who_will_not_spell_hears_what_was_heard(said: str) -> None:
    assert Call(_name()).said(*WILSON).said(said).stored == ("David Wheelson", False)


def test_a_number_that_lost_a_digit_is_asked_for_as_a_whole() -> None:
    call = Call(_phone(), channels=("keypad",)).said("212 555 187")
    assert "missed a digit" in call.heard and "keypad" in call.heard
    assert call.said("two one two, five five five, zero one eight seven").stored == (
        "+12125550187",
        False,
    )


def test_keys_after_digits_that_were_said_begin_anew() -> None:
    call = Call(_phone(), channels=("keypad",)).said("212 555 187").keyed("2125550187")
    assert call.stored == ("+12125550187", False)


@pytest.mark.parametrize(
    "turns",
    [
        ("oh one eight seven",),
        ("the last four are zero one eight seven",),
        ("2 1 2", "5 5 5", "0 1 8 7"),
        ("212 555 0187",),
    ],
)
def test_after_a_lost_digit_the_group_or_the_whole_is_said_again(turns: tuple[str, ...]) -> None:
    call = Call(_phone()).said("212 555 187")
    for said in turns:
        call.said(said)
    assert call.stored == ("+12125550187", False)


def test_a_part_said_as_it_was_read_confirms_nothing() -> None:
    call = Call(_phone()).said("212 555 0187").said("555")
    assert not any(item.confirmed for item in call.captured)


def test_the_digit_that_came_late_is_added() -> None:
    call = Call(_phone(), channels=("keypad",)).said("212 555 018").said("seven")
    assert call.stored == ("+12125550187", False)


def test_a_correction_goes_by_what_was_heard_before_as_well() -> None:
    call = Call(_name()).said("James Miller", "Jane Miller", "Jay Miller")
    call.said("No, it's Jay, J, J, any.", "No, it's Jane, J, L, any.")
    assert call.stored == ("Jane Miller", False)


def test_on_a_bad_line_the_box_is_there_with_the_first_correction() -> None:
    call = Call(_email(), channels=("page",))
    call._take(CallerSaid(text="john at gmail dot com", confidence=0.5))
    call.said("No, jon at gmail dot com")
    assert any(isinstance(action, AskOnPage) for action in call.actions)
    good = Call(_email(), channels=("page",)).said("john at gmail dot com")
    good.said("No, jon at gmail dot com")
    assert not any(isinstance(action, AskOnPage) for action in good.actions)


def test_a_name_that_every_reading_ends_on_is_taken_without_what_leads_in() -> None:
    heard = ("Please see Robert Johnson", "Peacey Robert Johnson", "Mrs Robert Johnson")
    assert Call(_name()).said(*heard).stored == ("Robert Johnson", False)


def _number(*words: tuple[str, float]) -> CallerSaid:
    """Digits as they were heard, each with the recogniser's confidence."""
    return CallerSaid(
        text=" ".join(text for text, _ in words),
        words=tuple(Word(text=text, confidence=sure) for text, sure in words),
    )


def test_a_four_that_may_have_been_an_oh_is_asked_about() -> None:
    oh = _number(("212", 0.9), ("555", 0.9), ("4", 0.2), ("1", 0.9), ("87", 0.9))
    call = Call(_phone())._take(oh)
    assert "what were the last four digits" in call.heard and not call.captured
    assert call.said("zero one eight seven").stored == ("+12125550187", False)
    again = Call(_phone())._take(oh).said("2 1 2, 5 5 5, 0 1 8 7")
    assert again.stored == ("+12125550187", False)


def test_a_four_in_the_middle_has_the_whole_number_said_again() -> None:
    oh = _number(("2", 0.9), ("4", 0.2), ("2", 0.9), ("5550187", 0.9))
    assert "digit by digit" in Call(_phone())._take(oh).heard


def test_digits_in_a_row_are_counted_by_another_reading() -> None:
    readings = ("4 1 5 5 5 5 5 0 1 3 2", "4 1 5 5 5 5 5 0 1 3", "415 555 0 1 3 2")
    assert Call(_phone()).said(*readings).stored == ("+14155550132", False)


def test_a_digit_that_only_a_second_reading_has_is_asked_about() -> None:
    call = Call(_phone()).said("617 555 199", "617 555 5199")
    assert "last four digits" in call.heard
    assert call.said("zero one nine nine").stored == ("+16175550199", False)
    assert "digit by digit" in Call(_phone()).said("17 555 0199", "67 755 50199").heard


def test_a_four_that_another_reading_has_as_an_oh_is_asked_about() -> None:
    call = Call(_phone()).said("617 555 4199", "617 555 0199")
    assert "last four digits" in call.heard
    assert call.said("zero one nine nine").stored == ("+16175550199", False)
    assert "digit by digit" in Call(_phone()).said("304 555 4199", "300 555 4199").heard
    assert Call(_phone()).said("617 555 4199", "617 555 4188").stored == ("+16175554199", False)


@pytest.mark.parametrize("sure", [(0.9, 0.9), (0.2, 0.9)])
def test_a_four_at_the_beginning_or_a_certain_one_is_read_back(sure: tuple[float, float]) -> None:
    call = Call(_phone())._take(
        _number(("4", sure[0]), ("15", 0.9), ("5550", 0.9), ("4", sure[1]), ("32", 0.9))
    )
    assert call.stored == ("+14155550432", False)


def test_where_the_at_was_lost_an_uncommon_name_is_spelled() -> None:
    call = Call(_email()).said("robert underscore wheels and an outlook dot com").said("yes")
    assert "before the at sign" in call.heard and not call.captured
    assert call.said("R O B E R T underscore W I L S O N").stored == (
        "robert_wilson@outlook.com",
        False,
    )


def test_whatever_is_typed_as_a_name_is_one() -> None:
    call = Call(_name(page="show"), channels=("page",))
    call._take(FieldEntered(field="name", value="Nathan Do"))
    assert call.stored == ("Nathan Do", True)


def test_who_asks_why_is_told_once_and_asked_again() -> None:
    call = Call(_phone()).said("why do you need my number?")
    assert "only used to help you" in call.heard and "What is your number?" in call.heard
    assert "That's all right." in call.said("do I have to?").heard
    assert call.captured == []


def test_the_authors_reason_comes_before_ours() -> None:
    call = Call(_phone(insist="So that we can call you back."))
    assert call.said("is that really necessary?").heard == "So that we can call you back."
    assert "That's all right." in call.said("I'd rather not").heard


def test_what_is_only_offered_need_not_be_given() -> None:
    call = Call(_phone(required=False)).said("do I have to?")
    assert "That's all right." in call.heard


def test_a_number_beside_a_refusal_is_a_number() -> None:
    call = Call(_phone()).said("I don't have a landline, but my cell is 503 555 0142")
    assert call.stored == ("+15035550142", False)


def test_what_was_doubled_is_no_lost_digit() -> None:
    # Heard digit by digit, "double" is no digit.
    call = Call(_phone()).said("6-1-7-5-5-5-0-1", "6 1 7 5 5 5 0 1 double 9")
    assert call.stored == ("+16175550199", False)
    call = Call(_phone()).said("6-1-7-5-5-5-0-1-9", "6 1 7 5 5 5 0 1 double 9")
    assert call.stored == ("+16175550199", False)


def test_fewer_digits_than_were_asked_for_are_no_group_elsewhere() -> None:
    call = Call(_phone()).said("6 1 7 5 5 5 0 1 9", "6 1 7 5 5 5 0 1 9 9")
    assert "last four digits" in call.heard
    assert call.said("0-1-9").stored == ("+16175550199", False)
