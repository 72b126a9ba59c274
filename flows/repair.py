"""What is done when a caller says something that means the same everywhere.

Commands (again, back, a person, …), another language, a correction of an earlier answer, and a
question in the middle of something else. Each comes before the node's own understanding of the
words; an answer to what was just asked is never taken for one of them.
"""

from __future__ import annotations

from flows import correction
from flows.actions import Outcome
from flows.command_words import Command
from flows.commands import asks_who, command_in, is_greeting, is_hesitation, language_in
from flows.cursor import Cursor
from flows.events import CallerSaid
from flows.matching import asks_about, is_question, match_words, vocabulary
from flows.model import ClarifyNode, LeadGateNode, RagAnswerNode, StartNode
from flows.nodes import clarify, gate, lead_gate, rag_answer
from flows.nodes.denied import deny, withdraw
from flows.nodes.overheard import overheard
from flows.nodes.readings import corrected_by, evidence, read_field

WAIT_MS = 30_000
"""How long "wait a moment" buys."""


def heard(cursor: Cursor, event: CallerSaid) -> bool:
    """Deal with words that mean the same everywhere; False when they are the node's to hear."""
    if is_hesitation(event.text):
        run(cursor, Command.WAIT)
        return True
    if is_greeting(event.text):
        cursor.note("greeted")
        cursor.ask_again()
        return True
    if _asked_who(cursor, event) or _echoed(cursor, event):
        return True
    command = command_in(event.text, cursor.language)
    if command and not _is_an_option(cursor, event):
        run(cursor, command)
        return True
    return (
        _another_language(cursor, event)
        or _corrected(cursor, event)
        or _asked_in_between(cursor, event)
    )


def _asked_who(cursor: Cursor, event: CallerSaid) -> bool:
    """ "Who is this?": what the call began with says so."""
    start = cursor.flow.nodes[cursor.flow.start]
    if not isinstance(start, StartNode) or not asks_who(event.text):
        return False
    greeting = next(iter(cursor.variants(start.say)), "")
    if not greeting:
        return False
    cursor.note("asked who this is")
    cursor.ask_again(greeting)
    return True


def _echoed(cursor: Cursor, event: CallerSaid) -> bool:
    """ "My number?": what was asked for, asked back."""
    node = cursor.flow.nodes[cursor.state.node]
    if not isinstance(node, LeadGateNode) or cursor.state.phase != "ask":
        return False
    if not correction.echoes(gate.current_field(cursor, node), event.text):
        return False
    cursor.note("echoed the question")
    cursor.ask_again()
    return True


def run(cursor: Cursor, command: Command) -> None:
    """Carry out a command, said or keyed."""
    cursor.note(f"command: {command.value}")
    match command:
        case Command.REPEAT:
            cursor.say_again()
        case Command.WAIT:
            _wait(cursor)
        case Command.PERSON:
            _to_a_person(cursor)
        case Command.START_OVER:
            _start_over(cursor)
        case Command.BACK:
            _back(cursor)
        case Command.GOODBYE:
            cursor.say_phrase("goodbye")
            complete = any(item.confirmed for item in cursor.state.fields.values())
            cursor.end(Outcome.COMPLETED if complete else Outcome.DECLINED)


def _is_an_option(cursor: Cursor, event: CallerSaid) -> bool:
    """An author's option, choice or exit is meant when its own words were said."""
    node = cursor.flow.nodes[cursor.state.node]
    said = event.model_copy(update={"scores": {}})
    match node:
        case ClarifyNode():
            return clarify.match_of(cursor, node, said) is not None
        case RagAnswerNode():
            found = match_words(vocabulary(node.exits, cursor), event.text)
            return found is not None and found.by == "words"
        case LeadGateNode():
            field = gate.current_field(cursor, node)
            asked = field.kind == "choice" and cursor.state.phase == "ask"
            return asked and match_words(vocabulary(field.options, cursor), event.text) is not None
    return False


def _start_over(cursor: Cursor) -> None:
    """From the beginning; what was said before is not asked again but offered."""
    said = {name: item.value for name, item in cursor.state.fields.items() if not item.denied}
    cursor.set(
        visits={}, history=(), fields={}, refused=(), insisted=(), volunteered=(),
        known={**cursor.state.known, **said},
    )  # fmt: skip
    cursor.go(cursor.flow.start)


def _wait(cursor: Cursor) -> None:
    # The question stays what is repeated, not this.
    open_question = cursor.state.last_said
    cursor.say_phrase("take_your_time")
    cursor.set(last_said=open_question, silences=0)
    if cursor.state.last_listen:
        cursor.act(cursor.state.last_listen.model_copy(update={"no_input_ms": WAIT_MS}))


def _to_a_person(cursor: Cursor) -> None:
    operator = cursor.flow.operator
    if operator is None:
        cursor.ask_again(cursor.phrase("nobody")[0])
    else:
        cursor.go(operator)


def _back(cursor: Cursor) -> None:
    node = cursor.flow.nodes[cursor.state.node]
    if isinstance(node, LeadGateNode) and gate.back(cursor, node):
        return
    history = cursor.state.history
    if len(history) < 2:
        cursor.say_again()
        return
    cursor.set(history=history[:-2])
    cursor.go(history[-2])


def _another_language(cursor: Cursor, event: CallerSaid) -> bool:
    wanted = language_in(event.text)
    if wanted is None:
        return False
    spoken = cursor.flow.all_languages()
    found = next((item for item in spoken if item.split("-")[0] == wanted), None)
    node = cursor.flow.nodes[cursor.state.node]
    if found is None:
        # "English, please" may be an answer; only where none is expected is it refused.
        if len(spoken) > 1 or isinstance(node, (LeadGateNode, RagAnswerNode)):
            return False
        cursor.note(f"asked for {wanted}, which this flow does not speak")
        cursor.ask_again(cursor.phrase("other_language")[0])
        return True
    if found == cursor.language:
        return False
    cursor.note(f"switched to {found}")
    cursor.set(language=found)
    enter_again(cursor)
    return True


def enter_again(cursor: Cursor) -> None:
    """Ask what is open once more, in the language of the conversation."""
    node = cursor.flow.nodes[cursor.state.node]
    visit = cursor.state.visits.get(cursor.state.node, 1) - 1
    match node:
        case ClarifyNode():
            clarify.enter(cursor, node, visit)
        case LeadGateNode():
            field, candidate = gate.current_field(cursor, node), cursor.state.candidate
            if cursor.state.phase == "confirm" and candidate:
                gate.say_back(cursor, node, field, candidate, spell=False)
            else:
                gate.ask(cursor, node, field)
        case RagAnswerNode():
            rag_answer.enter(cursor, node, visit)
        case _:
            cursor.say_again()


def corrected_on_hold(cursor: Cursor, event: CallerSaid) -> bool:
    """ "My name is Jane Smythe, actually", while somebody is waited for: kept, and confirmed in its
    turn. False when nothing was corrected."""
    for found in correction.find(cursor.flow, cursor.state, event.text):
        node = cursor.flow.nodes[found.node]
        assert isinstance(node, LeadGateNode)
        field = node.fields[found.index]
        stored = cursor.state.fields.get(field.field)
        changed = stored and corrected_by(cursor, field, stored.value, found.rest)
        reading = read_field(cursor, field, event, found.rest)
        value = changed or (reading.value if reading.valid else None)
        if value:
            cursor.note(f"corrected {field.field} on hold")
            gate.volunteer(cursor, field, evidence(event, value, event.text))
            written, spoken = gate.say_value(cursor, field, value)
            cursor.say_phrase("thanks", value=written, spoken=spoken)
            return True
    return False


def _corrected(cursor: Cursor, event: CallerSaid) -> bool:
    found = correction.find(cursor.flow, cursor.state, event.text)
    if not found or found[0].is_open:
        return False
    _keep_what_came_first(cursor, event, found[0].before)
    returns = cursor.state.returns
    for one in found:
        _correct(cursor, one, event)
        if cursor.state.returns != returns:
            # It is asked about; whatever else was meant will be said again.
            break
    return True


def _keep_what_came_first(cursor: Cursor, event: CallerSaid, before: str) -> None:
    """ "We have a dog with us – actually, make it three people": the first half is the answer."""
    node = cursor.flow.nodes[cursor.state.node]
    if not before or not isinstance(node, LeadGateNode):
        return
    field = gate.current_field(cursor, node)
    if field.kind == "text" and gate.is_sure(field):
        gate.store(cursor, field, evidence(event, before, before, confirmed=True))


def _correct(cursor: Cursor, found: correction.Correction, event: CallerSaid) -> None:
    node = cursor.flow.nodes[found.node]
    assert isinstance(node, LeadGateNode)
    field = gate.correct(cursor, found.node, found.index)
    said = event.model_copy(update={"text": found.rest, "words": (), "alternatives": ()})
    if found.rest and lead_gate.understands(cursor, node, found.rest):
        lead_gate.said(cursor, node, said)
    else:
        stored = cursor.state.fields.get(field.field)
        if stored and gate.is_sure(field):
            deny(cursor, field, stored.value)
        withdraw(cursor, field)
        gate.ask(cursor, node, field)


def _answers(cursor: Cursor, node: LeadGateNode, text: str) -> bool:
    field = gate.current_field(cursor, node)
    if field.kind == "choice" and cursor.state.phase == "ask":
        return not asks_about(text, match_words(vocabulary(field.options, cursor), text))
    return lead_gate.understands(cursor, node, text)


def _asked_in_between(cursor: Cursor, event: CallerSaid) -> bool:
    """A question in the middle of something else is answered, then the flow goes on as it was."""
    node = cursor.flow.nodes[cursor.state.node]
    if not is_question(event.text):
        return False
    if isinstance(node, LeadGateNode):
        wanted = not _answers(cursor, node, event.text)
    elif isinstance(node, ClarifyNode) and not node.questions:
        wanted = asks_about(event.text, clarify.match_of(cursor, node, event))
    else:
        wanted = False
    if not wanted:
        return False
    own = node.questions if isinstance(node, LeadGateNode) else None
    target = own or cursor.flow.questions
    if target is None:
        return False
    answering = cursor.flow.nodes[target]
    assert isinstance(answering, RagAnswerNode)
    overheard(cursor, event)
    cursor.note(f"asked something in between; {target} answers")
    rag_answer.look_up(cursor, answering, event.text)
    cursor.set(digression=target)
    return True
