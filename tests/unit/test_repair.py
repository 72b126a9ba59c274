"""What works anywhere: commands, corrections, questions in between, other languages, hand-offs."""

from __future__ import annotations

import pytest

from flows import CallStarted, load_flow, parse_flow
from flows.actions import Listen
from flows.commands import Command, command_in, language_in
from flows.events import CallerSaid
from flows.interpreter import step
from flows.library import DEMO_FLOW
from flows.model import Flow
from flows.talk import TextConversation

DEMO = load_flow(DEMO_FLOW)
LEAD = ("call me back", "Jane Miller", "jane at gmail dot com", "yes")


def held(flow: Flow, *lines: str, answer: str | None = "So it is.") -> TextConversation:
    talk = TextConversation(flow, answer=lambda question: answer, start=CallStarted())
    talk.open()
    for line in lines:
        talk.said(line)
    return talk


def agent(talk: TextConversation, line: str) -> list[str]:
    return [said.text for said in talk.said(line) if said.who == "agent"]


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Sorry, can you say that again?", Command.REPEAT),
        ("what was that", Command.REPEAT),
        ("uh, huh?", Command.REPEAT),
        ("I didn't catch that", Command.REPEAT),
        ("Sorry?", Command.REPEAT),
        ("I don't understand the question", Command.REPEAT),
        ("what was the question again", Command.REPEAT),
        ("one more time, please", Command.REPEAT),
        ("would you mind repeating that", Command.REPEAT),
        ("can you say that slower", Command.REPEAT),
        ("could you speak up please", Command.REPEAT),
        ("hold on, let me get a pen", Command.WAIT),
        ("bear with me", Command.WAIT),
        ("just a minute while I find it", Command.WAIT),
        ("I need a moment", Command.WAIT),
        ("I'll be right back", Command.WAIT),
        ("let me see a house", None),
        ("I have to see the dentist", None),
        ("let's start from scratch", Command.START_OVER),
        ("start all over again", Command.START_OVER),
        ("back to the beginning", Command.START_OVER),
        ("no, try again", None),
        ("go back to the previous question", Command.BACK),
        ("the last one", None),
        ("can I speak to your manager", Command.PERSON),
        ("I don't want to talk to a machine", Command.PERSON),
        ("customer service please", Command.PERSON),
        ("I want an operator", Command.PERSON),
        ("give me real estate prices", None),
        ("talk about my team", None),
        ("get me the owner's manual", None),
        ("that's all, thanks, bye", Command.GOODBYE),
        ("no thanks, bye now", Command.GOODBYE),
        ("I gotta go", Command.GOODBYE),
        ("stop calling me", Command.GOODBYE),
        ("take me off your list", Command.GOODBYE),
        ("have a nice day", Command.GOODBYE),
        ("thank you", None),
        ("uh-huh", None),
        ("hold on a second", Command.WAIT),
        ("hmm, let me check", Command.WAIT),
        ("I'd like to start over", Command.START_OVER),
        ("can we go back please", Command.BACK),
        ("could I talk to a real person", Command.PERSON),
        ("operator", Command.PERSON),
        ("No, I'm not interested, goodbye", Command.GOODBYE),
        ("please stop calling", Command.GOODBYE),
        ("can you read that back to me", Command.REPEAT),
        ("you're breaking up", Command.REPEAT),
        ("could you speak up a bit", Command.REPEAT),
        ("let me ask my wife", Command.WAIT),
        ("one sec, the dog is barking", Command.WAIT),
        ("the question before that", Command.BACK),
        ("scratch all that, start over", Command.START_OVER),
        ("I hate talking to machines", Command.PERSON),
        ("can a person call me back", Command.PERSON),
        ("I think I have the wrong number", Command.GOODBYE),
        ("I'll call back later", Command.GOODBYE),
        ("that's the wrong number", None),
        ("one", None),
        ("call me back", None),
        ("I want to go back to school", None),
        ("my agent is in the back", None),
        ("stop by tomorrow", None),
    ],
)
def test_commands_are_whole_sentences(text: str, command: Command | None) -> None:
    assert command_in(text, "en") is command


def test_an_exit_in_the_words_of_a_command_is_the_exit() -> None:
    flow = parse_flow(
        """
        name: x
        start: hello
        nodes:
          hello: {type: start, say: Hello., next: answers}
          answers:
            type: rag_answer
            say: What would you like to know?
            exits: [{words: [customer service], next: service}]
            next: service
          service: {type: end, say: Here you are.}
        """
    )
    assert agent(held(flow), "customer service please") == ["Here you are."]


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("my last name is Jones", "name", "Jane Jones"),
        ("sorry, my first name is Jean", "name", "Jean Smith"),
        ("my name isn't Jane, it's Jean", "name", "Jean Smith"),
        ("that email was wrong, it's jane at yahoo dot com", "email", "jane@yahoo.com"),
        ("the email address is actually jane at yahoo dot com", "email", "jane@yahoo.com"),
        ("for the email, make it jane at yahoo dot com", "email", "jane@yahoo.com"),
        ("my email isn't gmail, it's yahoo", "email", "jane@yahoo.com"),
        ("I meant yahoo, not gmail", "email", "jane@yahoo.com"),
        ("the email is on the letter", "email", "jane@gmail.com"),
        ("the phone number, not the fax", "email", "jane@gmail.com"),
    ],
)
def test_an_earlier_answer_is_corrected_at_the_next_question(
    text: str, field: str, value: str
) -> None:
    talk = held(DEMO, "call back", "Jane Smith", "jane at gmail dot com", "yes", text)
    assert talk.state.fields[field].value == value


@pytest.mark.parametrize(
    "text",
    [
        "you got my name wrong",
        "you misspelled my name",
        "there's a mistake in my name",
        "can we go back to my name",
        "the name I gave you is wrong",
        "change my name please",
    ],
)
def test_a_field_that_is_only_named_is_asked_again(text: str) -> None:
    assert "What's your name, please?" in agent(held(DEMO, "call back", "Jane Smith"), text)


def test_a_yes_that_goes_on_with_a_correction_is_not_the_end_of_it() -> None:
    talk = held(DEMO, "call back", "Jane Smith", "skip", "503 555 0142")
    talk.said("that's right, but my name is Jayne with a y")
    assert talk.state.fields["name"].value == "Jayne Smith"
    talk.said("yes")
    assert talk.state.fields["phone"].confirmed


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("Wie bitte?", Command.REPEAT),
        ("Einen Moment bitte", Command.WAIT),
        ("Kann ich mit einem Menschen sprechen", Command.PERSON),
        ("Auf Wiederhören", Command.GOODBYE),
        ("goodbye", Command.GOODBYE),
    ],
)
def test_german_and_english_commands_work_in_german(text: str, command: Command) -> None:
    assert command_in(text, "de") is command


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Do you speak Spanish?", "es"),
        ("auf Deutsch bitte", "de"),
        ("English please", "en"),
        ("I live in a German neighborhood", None),
        ("my daughter takes French lessons in the city", None),
    ],
)
def test_a_wish_for_a_language_is_told_from_its_mention(text: str, language: str | None) -> None:
    assert language_in(text) == language


@pytest.mark.parametrize("hello", ["Hello?", "Hi there.", "hello, can you hear me?", "Guten Tag"])
def test_a_greeting_is_answered_with_the_question_and_is_no_failure(hello: str) -> None:
    talk = held(DEMO)
    question = "Do you have a question, or would you like a call back from our team?"
    assert agent(talk, hello) == [question]
    assert agent(talk, hello) == [question]
    assert talk.state.misses == 0


def test_what_led_up_to_a_question_is_not_said_again_with_it() -> None:
    flow = parse_flow(
        """
name: x
start: hello
nodes:
  hello: {type: start, say: Welcome to the shop., next: which}
  which:
    type: clarify
    question: Red or blue?
    options: [{name: red, keys: ["1"], next: bye}, {name: blue, keys: ["2"], next: bye}]
  bye: {type: end, say: Bye.}
"""
    )
    talk = held(flow)
    assert agent(talk, "purple") == ["Sorry, I didn't catch that.", "Red or blue?"]
    assert agent(talk, "[silence]") == ["Are you still there?", "Red or blue?"]


def test_another_way_to_answer_does_not_take_the_place_of_the_question() -> None:
    flow = parse_flow(
        """
name: x
start: hello
nodes:
  hello: {type: start, say: Hi., next: number}
  number: {type: lead_gate, fields: [{field: phone, ask: "Your number?"}], next: bye}
  bye: {type: end, say: Bye.}
"""
    )
    talk = TextConversation(flow, answer=lambda _: None, start=CallStarted(channels=("page",)))
    talk.open()
    agent(talk, "blah")
    assert agent(talk, "blah") == ["You can also type it into the box on your screen."]
    assert agent(talk, "blah") == ["Sorry, I didn't catch that.", "Your number?"]
    assert agent(talk, "what was that?") == ["Your number?"]


def test_a_value_read_back_to_somebody_who_has_none_is_not_insisted_on() -> None:
    talk = held(DEMO, "call me back", "Jane Smith", "jane at gmail dot com")
    agent(talk, "I don't have an email")
    assert not talk.state.fields["email"].confirmed
    assert "email" in talk.state.refused


def test_a_correction_in_another_node_comes_back_to_that_node() -> None:
    flow = parse_flow(
        """
name: x
start: hello
nodes:
  hello: {type: start, say: Hi., next: who}
  who: {type: lead_gate, fields: [{field: name, ask: "Name?"}], next: which}
  which:
    type: clarify
    question: Red or blue?
    options: [{name: red, keys: ["1"], next: bye}, {name: blue, keys: ["2"], next: bye}]
  bye: {type: end, say: Bye.}
"""
    )
    talk = held(flow, "Jane Miller")
    assert agent(talk, "Oh, my name is Joan Miller")[-1] == "Red or blue?"
    assert (talk.state.node, talk.state.fields["name"].value) == ("which", "Joan Miller")
    assert agent(talk, "red") == ["Bye."]


def test_what_only_sounds_like_a_correction_is_an_answer() -> None:
    talk = held(DEMO, "call me back", "Jane Miller")
    agent(talk, "my email is jane at gmail dot com")
    assert talk.state.candidate is not None and talk.state.candidate.value == "jane@gmail.com"
    assert not talk.state.returns


def test_a_question_in_the_middle_is_answered_and_the_gate_goes_on_where_it_was() -> None:
    talk = held(DEMO, *LEAD[:3])
    before = talk.state
    heard = agent(talk, "How long is the warranty?")
    assert heard == ["So it is.", "I have jane@gmail.com. Is that right?"]
    assert (talk.state.phase, talk.state.candidate) == (before.phase, before.candidate)
    assert agent(talk, "yes")[-1] == "And which phone number is best for you?"


def test_a_question_nobody_can_answer_does_not_lose_the_gate_either() -> None:
    talk = held(DEMO, *LEAD[:2], answer=None)
    heard = agent(talk, "Do you repair bicycles?")
    assert heard == ["I'm sorry, I don't know that one.", "What's your email address?"]


def test_going_back_inside_a_gate_asks_the_field_before() -> None:
    talk = held(DEMO, *LEAD[:2])
    assert agent(talk, "go back") == ["What's your name, please?"]
    agent(talk, "Joan Doe")
    assert talk.state.fields["name"].value == "Joan Doe"


def test_starting_over_offers_what_was_said() -> None:
    talk = held(DEMO, *LEAD[:2], "start over")
    assert agent(talk, "call me back")[-1] == "I have Jane Miller. Is that right?"
    assert agent(talk, "yes")[-1] == "What's your email address?"


def test_waiting_buys_time_and_keeps_the_question() -> None:
    state = held(DEMO).state
    result = step(DEMO, state, CallerSaid(text="one moment please"))
    (listen,) = [action for action in result.actions if isinstance(action, Listen)]
    assert listen.no_input_ms == 30_000
    assert result.state.last_said == state.last_said


def test_a_language_the_flow_does_not_speak_is_declined_with_the_question() -> None:
    heard = agent(held(DEMO), "Do you speak Spanish?")
    assert heard[0] == "I'm sorry, I only speak English."
    assert "would you like a call back" in heard[-1]
