"""`lead_gate` as a whole: which field comes next, what is known, refused or corrected.

The dialogue inside one field is `lead_gate`'s; it leaves a field through `next_field`, `refuse` or
`store`, and knows nothing of what comes after.

Phases of a gate: `offer` (a known value waits for a yes), `ask` (waiting for a value), `confirm`
(waiting for a yes to a value read back). `lead_gate` may add its own.
"""

from __future__ import annotations

from flows.actions import Capture, Expectation, SaveLead
from flows.cursor import Cursor
from flows.matching import examples_of
from flows.model import LeadField, LeadGateNode
from flows.placeholders import unbraced
from flows.spoken.fields import PARSER_VERSION, read
from flows.state import FieldValue, Return

EXPECTS: dict[str, Expectation] = {
    "name": Expectation.NAME,
    "email": Expectation.EMAIL,
    "phone": Expectation.PHONE,
    "company": Expectation.NAME,
    "text": Expectation.OPEN,
    "choice": Expectation.CHOICE,
    "code": Expectation.LETTERS,
    "date": Expectation.DATE,
    "number": Expectation.NUMBER,
    "money": Expectation.MONEY,
    "address": Expectation.ADDRESS,
}
LABELS: dict[str, dict[str, str]] = {
    "name": {"en": "Your name", "de": "Ihr Name"},
    "email": {"en": "Email address", "de": "E-Mail-Adresse"},
    "phone": {"en": "Phone number", "de": "Telefonnummer"},
    "company": {"en": "Company", "de": "Firma"},
    "address": {"en": "Address", "de": "Anschrift"},
}
CORRECTED_BY_PART = frozenset({"name", "email", "phone", "company"})
"""Kinds of which a part may be said again: other readings of it help."""
MAX_SAID_BACK = 8
"""Words; more than that are not said back in passing."""
MAX_RETURNS = 4
"""Corrections inside corrections; more than a caller can keep in mind."""


def enter(cursor: Cursor, node: LeadGateNode, visit: int) -> None:
    """Begin with the first field that is not settled yet."""
    cursor.say(node.say, turn=visit, interruptible=node.interruptible)
    _go_on_from(cursor, node, 0)


def current_field(cursor: Cursor, node: LeadGateNode) -> LeadField:
    """The field the conversation is about."""
    return node.fields[cursor.state.field_index]


def next_field(cursor: Cursor, node: LeadGateNode) -> None:
    """This field is done with, one way or another: ask the next, or go on where it was left."""
    if cursor.state.returns:
        if not _corrected_too(cursor, node):
            come_back(cursor)
    else:
        _go_on_from(cursor, node, cursor.state.field_index + 1)


def _corrected_too(cursor: Cursor, node: LeadGateNode) -> bool:
    """Confirm what else was corrected in the same turn, before going on; False when nothing was."""
    here = cursor.state.returns[-1]
    passed = here.field_index if cursor.flow.nodes[here.node] is node else len(node.fields)
    for index, field in enumerate(node.fields[:passed]):
        if field.field in cursor.state.volunteered:
            cursor.set(field_index=index, phase="ask", partial="", rounds=0, misses=0)
            return _was_volunteered(cursor, node, field)
    return False


def refuse(
    cursor: Cursor, node: LeadGateNode, field: LeadField, *, reluctant: bool = False
) -> None:
    """The caller won't give this field; or, `reluctant`, asks whether it is needed."""
    if (field.insist or reluctant) and field.field not in cursor.state.insisted:
        cursor.note(f"insisted on {field.field}")
        cursor.set(insisted=(*cursor.state.insisted, field.field))
        if field.insist:
            cursor.say(field.insist)
            listen(cursor, node, field)
        else:
            cursor.ask_again(cursor.phrase("why_asked")[0])
        return
    cursor.note(f"refused {field.field}")
    cursor.set(refused=tuple(dict.fromkeys((*cursor.state.refused, field.field))))
    target = field.on_refusal or (node.on_refusal if field.required else None)
    if target and not cursor.state.returns:
        cursor.go(target)
        return
    cursor.say_phrase("refused")
    next_field(cursor, node)


def store(cursor: Cursor, field: LeadField, found: FieldValue) -> None:
    """Keep a value with its proof."""
    known = {name: value for name, value in cursor.state.known.items() if name != field.field}
    refused = tuple(name for name in cursor.state.refused if name != field.field)
    volunteered = tuple(name for name in cursor.state.volunteered if name != field.field)
    cursor.set(
        fields={**cursor.state.fields, field.field: found},
        known=known,
        refused=refused,
        volunteered=volunteered,
    )
    cursor.act(
        Capture(
            field=field.field,
            value=found.value,
            raw=found.raw,
            offset_ms=found.offset_ms,
            confidence=found.confidence,
            confirmed=found.confirmed,
            denied=found.denied,
            parser=PARSER_VERSION,
            details=found.details,
        )
    )


def volunteer(cursor: Cursor, field: LeadField, found: FieldValue) -> None:
    """Keep a value that came with the answer to another field; confirmed in its turn."""
    store(cursor, field, found)
    cursor.set(volunteered=(*cursor.state.volunteered, field.field))


def is_sure(field: LeadField) -> bool:
    """True when the author wants this field taken as it was heard, with no question about it."""
    return field.confirm in ("none", "implicit")


def say_back(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    found: FieldValue,
    *,
    spell: bool,
    aloud: bool = False,
) -> None:
    """Say a stored value as the author wants it confirmed: in passing (`aloud` even where
    nothing is to be said), or to wait for a yes."""
    sure = is_sure(field)
    # A correction is never taken without a word.
    aloud = aloud or bool(cursor.state.returns)
    written, spoken = say_value(cursor, field, found.value, spell=spell and not sure)
    if sure:
        if field.confirm == "implicit" or aloud:
            _thank(cursor, field, written, spoken)
        next_field(cursor, node)
        return
    # A "no" is about this value now, not about one that was said back in passing.
    cursor.set(phase="confirm", candidate=found, partial="", misses=0, silences=0, implied="")
    cursor.say_phrase("read_back", value=written, spoken=spoken)
    listen(cursor, node, field, Expectation.YES_NO)


def say_value(
    cursor: Cursor, field: LeadField, value: str, *, spell: bool = False
) -> tuple[str, str]:
    """A value of the field as written, and as pronounced, in the language of the conversation."""
    if field.kind == "choice":
        chosen = next((option for option in field.options if option.name == value), None)
        name = cursor.called(chosen) if chosen else value
        return name, name
    return cursor.read_back(field.kind, value, spell=spell)


def _thank(cursor: Cursor, field: LeadField, written: str, spoken: str) -> None:
    if len(written.split()) > MAX_SAID_BACK:
        cursor.say_phrase("got_it")
        return
    cursor.say_phrase("thanks", value=written, spoken=spoken)
    value = cursor.state.fields[field.field].value
    if not cursor.state.was_denied(field.field, value):
        # Who says again what they took back means it: a "no" is about the next question then.
        cursor.set(implied=field.field)


def ask(cursor: Cursor, node: LeadGateNode, field: LeadField, *, turn: int = 0) -> None:
    """Ask for the field and wait for it."""
    cursor.set(phase="ask", candidate=None, partial="")
    cursor.say(field.ask, turn=turn, interruptible=node.interruptible)
    if field.page == "show":
        show_box(cursor, field)
    listen(cursor, node, field)


def show_box(cursor: Cursor, field: LeadField) -> bool:
    """Let the caller type the field on their page; False when there is no page, or no wish for it.

    The box goes away by itself once the conversation is about something else.
    """
    if field.page == "never" or "page" not in cursor.state.channels:
        return False
    cursor.ask_on_page(field.field, field.kind, _label(cursor, field))
    return True


def listen(
    cursor: Cursor,
    node: LeadGateNode,
    field: LeadField,
    expect: Expectation | None = None,
    *,
    spelled: bool = False,
) -> None:
    """Wait for the field (letter by letter when `spelled`), or for something else that the field's
    dialogue needs (`expect`)."""
    own = expect is None or expect is EXPECTS[field.kind]
    cursor.listen(
        expect or EXPECTS[field.kind],
        about=EXPECTS[field.kind] if spelled or not own else None,
        no_input_ms=node.no_input_ms,
        hints=(*cursor.variants(node.hints), *cursor.variants(field.hints)),
        patience_ms=(field.patience_ms or node.patience_ms) if own else None,
        alternatives=own or field.kind in CORRECTED_BY_PART,
        options=examples_of(field.options, cursor) if own else None,
    )


def correct(cursor: Cursor, node_id: str, index: int) -> LeadField:
    """Leave the open question for a field that was given before; `next_field` comes back."""
    state = cursor.state
    here = Return(
        node=state.node,
        phase=state.phase,
        field_index=state.field_index,
        candidate=state.candidate,
        partial=state.partial,
        rounds=state.rounds,
        misses=state.misses,
        unanswered=state.unanswered,
        last_said=state.last_said,
        last_listen=state.last_listen,
    )
    node = cursor.flow.nodes[node_id]
    assert isinstance(node, LeadGateNode)
    cursor.note(f"corrects {node.fields[index].field}")
    cursor.set(
        returns=(*state.returns, here)[-MAX_RETURNS:],
        node=node_id,
        field_index=index,
        phase="ask",
        candidate=None,
        partial="",
        rounds=0,
        misses=0,
        silences=0,
    )
    return node.fields[index]


def come_back(cursor: Cursor) -> None:
    """The earlier answer is dealt with: the question that was open is asked again."""
    *before, here = cursor.state.returns
    cursor.set(
        returns=tuple(before),
        silences=0,
        **{name: getattr(here, name) for name in Return.model_fields},
    )
    cursor.note("went on where it was left")
    node = cursor.flow.nodes[here.node]
    if isinstance(node, LeadGateNode) and here.phase == "ask":
        field = node.fields[here.field_index]
        if is_settled(cursor, field):
            # Answered in the same breath.
            _go_on_from(cursor, node, here.field_index + 1)
            return
    cursor.ask_again()


def back(cursor: Cursor, node: LeadGateNode) -> bool:
    """Ask the field before this one again; False at the first."""
    if cursor.state.field_index == 0 or cursor.state.returns:
        return False
    index = cursor.state.field_index - 1
    cursor.note(f"back to {node.fields[index].field}")
    cursor.set(field_index=index, rounds=0, misses=0, silences=0)
    ask(cursor, node, node.fields[index])
    return True


def choice_named(field: LeadField, name: str) -> str | None:
    """The option of that name, as the author wrote it."""
    return next(
        (item.name for item in field.options if item.name.casefold() == name.strip().casefold()),
        None,
    )


def _go_on_from(cursor: Cursor, node: LeadGateNode, index: int) -> None:
    """Ask the next field that is not settled yet, or finish."""
    while index < len(node.fields) and is_settled(cursor, node.fields[index]):
        index += 1
    if index < len(node.fields):
        cursor.set(
            field_index=index, phase="ask", candidate=None, partial="", rounds=0, misses=0,
            silences=0,
        )  # fmt: skip
        field = node.fields[index]
        if not (_was_volunteered(cursor, node, field) or _offered(cursor, node, field)):
            ask(cursor, node, field)
        return
    if cursor.state.fields:
        cursor.act(SaveLead(intent_summary=cursor.fill(node.intent_summary) or ""))
    cursor.note("lead complete")
    cursor.go(node.next)


def _label(cursor: Cursor, field: LeadField) -> str:
    """What stands beside the box."""
    called = cursor.variants(field.words)
    own = called[0] if called else field.field.replace("_", " ")
    labels = LABELS.get(field.kind, {}) if field.field == field.kind and not called else {}
    label = labels.get(cursor.language.split("-")[0], own)
    return label[:1].upper() + label[1:]


def is_settled(cursor: Cursor, field: LeadField) -> bool:
    """True when the field is not asked any more: stored and confirmed, or offered and declined."""
    stored = cursor.state.fields.get(field.field)
    if stored is not None and stored.confirmed:
        return True
    return not field.required and field.field in cursor.state.refused


def _was_volunteered(cursor: Cursor, node: LeadGateNode, field: LeadField) -> bool:
    """Confirm what was given with another answer; False when nothing was."""
    if field.field not in cursor.state.volunteered:
        return False
    rest = tuple(name for name in cursor.state.volunteered if name != field.field)
    cursor.set(volunteered=rest)
    found = cursor.state.fields[field.field]
    if is_sure(field):
        found = found.model_copy(update={"confirmed": True})
        store(cursor, field, found)
    # A choice that was never asked for is named, so that it can be taken back.
    aloud = field.kind == "choice"
    say_back(cursor, node, field, found, spell=field.confirm == "spell_back", aloud=aloud)
    return True


def _offered(cursor: Cursor, node: LeadGateNode, field: LeadField) -> bool:
    """Deal with a value that is known beforehand; False when it has to be asked for."""
    known = _known_value(cursor, field)
    if known is None or field.known == "ask" or field.field in cursor.state.fields:
        return False
    if field.known == "use":
        cursor.note(f"{field.field} was known")
        store(cursor, field, FieldValue(value=known, raw=known, confirmed=True))
        next_field(cursor, node)
        return True
    cursor.note(f"offered the known {field.field}")
    cursor.set(phase="offer", candidate=FieldValue(value=known, raw=known))
    written, spoken = say_value(cursor, field, known)
    by_line = field.kind == "phone" and field.field not in cursor.state.known
    if field.offer:
        text = cursor.variants(field.offer)[0]
        cursor.say(
            text.replace("{known}", unbraced(written)),
            speech=text.replace("{known}", unbraced(spoken)),
            personal=True,
        )
    elif by_line:
        cursor.say_phrase("offer_caller_number")
    else:
        cursor.say_phrase("offer_known", value=written, spoken=spoken)
    listen(cursor, node, field, Expectation.YES_NO)
    return True


def _known_value(cursor: Cursor, field: LeadField) -> str | None:
    value = cursor.state.known.get(field.field)
    if value is None and field.kind == "phone":
        value = cursor.state.caller_number
    if not value:
        return None
    if field.kind == "choice":
        return choice_named(field, value)
    reading = read(field.kind, value, cursor.state.region, language=cursor.language)
    return reading.value if reading.valid else None
