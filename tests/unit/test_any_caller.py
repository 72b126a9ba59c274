"""A caller who knows what they want, in any order: their last word on a field is what is stored.

The caller answers what is asked, gives other fields along with it, says something wrong and takes
it back where they stand or two questions later, asks why, and says yes only to what is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import CallerSaid, CallStarted, Flow, State, Step, build_flow, initial_state, step
from flows.model import LeadGateNode

VALUES = {
    "name": [
        ("Jane Smith", "Jane Smith"),
        ("Kim Lee", "Kim Lee"),
        ("Robert O'Brien", "Robert O'Brien"),
        ("Maria Garcia", "Maria Garcia"),
    ],
    "email": [
        ("jane dot smith at gmail dot com", "jane.smith@gmail.com"),
        ("k lee 7 at example dot org", "klee7@example.org"),
        ("bob@acme.com", "bob@acme.com"),
        ("j o h n underscore doe at yahoo dot co dot uk", "john_doe@yahoo.co.uk"),
    ],
    "phone": [
        ("503 555 0142", "+15035550142"),
        ("five oh three, five five five, oh one nine nine", "+15035550199"),
        ("4155550132", "+14155550132"),
        ("area code two one two, triple five, zero one double eight", "+12125550188"),
    ],
    "date": [
        ("June 12th 2026", "2026-06-12"),
        ("the third of July 2026", "2026-07-03"),
        ("August 21 2026", "2026-08-21"),
    ],
}
"""What is said, and what it comes to."""
ANNOUNCED = {
    "name": ("my name is {}", "the name is {}", "I'm {}", "this is {}"),
    "email": (
        "my email is {}", "you can email me at {}", "my email address is {}",
        "the best email is {}",
    ),
    "phone": (
        "my number is {}", "call me on {}", "my phone number is {}", "my cell is {}",
        "you can reach me at {}",
    ),
    "date": ("the date is {}", "the date would be {}"),
}  # fmt: skip
JOINED = (", and ", ". And ", ", ", " and ")
TAKEN_BACK = (
    "No, my {} is {}", "Sorry, my {} is actually {}", "change my {} to {}",
    "Oh wait, my {} should be {}", "Actually, my {} is {}", "can you change my {} to {}",
    "I gave you the wrong {}, it's {}", "my {} is wrong, it's {}", "No wait, the {} is {}",
    "Let me correct my {}, it's {}",
)  # fmt: skip
DENIED = ("no, it's {}", "no, {}", "that's wrong, it's {}", "not quite, it's {}", "nope. {}")
AGREED = ("yes", "yeah, that's right", "correct", "yep", "that's it", "yes please", "uh-huh")
CALLED = {"name": "name", "email": "email", "phone": "phone number", "date": "date"}
REASON = "do I have to?"
ASIDES = ("hello?", "say that again", "one moment please", "um", "what was that?", REASON)
"""What changes no value, wherever it is said."""
MOST_TURNS = 40

Said = tuple[str, str]
T = TypeVar("T")


@st.composite
def gates(draw: st.DrawFn) -> Flow:
    """A lead gate with some of the fields in any order, on one node or spread over two."""
    names = draw(st.permutations(sorted(VALUES)))[: draw(st.integers(2, len(VALUES)))]
    fields: list[dict[str, Any]] = [
        {
            "field": name,
            "ask": f"Your {name}?",
            "confirm": draw(st.sampled_from(["implicit", "read_back", "spell_back"])),
        }
        for name in names
    ]
    cut = draw(st.integers(1, len(fields)))
    nodes: dict[str, Any] = {
        "hello": {"type": "start", "say": "Hello.", "next": "lead"},
        "lead": {"type": "lead_gate", "fields": fields[:cut], "next": "more"},
        "more": {"type": "lead_gate", "fields": fields[cut:], "next": "bye"},
        "bye": {"type": "end", "say": "Bye."},
    }
    if cut == len(fields):
        nodes["lead"]["next"] = "bye"
        del nodes["more"]
    return build_flow({"name": "made up", "start": "hello", "nodes": nodes})


@dataclass
class Caller:
    """Says what hypothesis draws; `meant` is their last word on each field."""

    data: st.DataObject
    meant: dict[str, Said] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)
    second_thoughts: int = 3
    """How often they still change their mind or say something beside the point."""

    def answers(self, flow: Flow, state: State) -> str:
        asked = self._asked(flow, state)
        if self.second_thoughts and self._perhaps():
            self.second_thoughts -= 1
            settled = sorted(set(state.fields) & set(self.meant))
            if settled and self._perhaps():
                return self._takes_back(self._one_of(settled))
            return self._beside_the_point()
        if state.candidate is not None and asked in self.meant:
            right = state.candidate.value == self.meant[asked][1]
            return self._one_of(AGREED if right else DENIED).format(self.meant[asked][0])
        return self._gives(asked, [one.field for _, _, one in flow.lead_fields()])

    def _gives(self, asked: str, fields: list[str]) -> str:
        said = self._of(asked)
        for other in fields:
            if other not in self.meant and self._perhaps():
                announced = self._one_of(ANNOUNCED[other]).format(self._of(other))
                said += self._one_of(JOINED) + announced
        return said

    def _takes_back(self, name: str) -> str:
        return self._one_of(TAKEN_BACK).format(CALLED[name], self._of(name))

    def _beside_the_point(self) -> str:
        # Whoever asks twice does not want to say.
        return self._one_of([one for one in ASIDES if one != REASON or one not in self.told])

    def _of(self, name: str) -> str:
        self.meant[name] = self._one_of(
            [one for one in VALUES[name] if one != self.meant.get(name)]
        )
        return self.meant[name][0]

    @staticmethod
    def _asked(flow: Flow, state: State) -> str:
        node = flow.nodes[state.node]
        assert isinstance(node, LeadGateNode)
        return node.fields[state.field_index].field

    def _one_of(self, items: Sequence[T]) -> T:
        return self.data.draw(st.sampled_from(items))

    def _perhaps(self) -> bool:
        return self.data.draw(st.integers(0, 2)) == 0


def resumed(state: State) -> State:
    """As another worker reads it back."""
    return State.model_validate_json(state.model_dump_json())


@settings(max_examples=150)
@given(gates(), st.data())
def test_the_last_word_on_each_field_is_stored(flow: Flow, data: st.DataObject) -> None:
    caller = Caller(data)
    result: Step = step(flow, initial_state(flow), CallStarted(facts={"call.date": "2026-05-06"}))
    while result.state.ended is None:
        said = caller.answers(flow, result.state)
        caller.told.append(said)
        assert len(caller.told) < MOST_TURNS, caller.told
        result = step(flow, resumed(result.state), CallerSaid(text=said))
    stored = {name: found.value for name, found in result.state.fields.items()}
    assert stored == {name: value for name, (_, value) in caller.meant.items()}, caller.told
    assert all(found.confirmed for found in result.state.fields.values()), caller.told
