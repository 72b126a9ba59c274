"""Callers who are confused or ramble: what they say, turn by turn, and what must hold meanwhile.

A caller knows one value for each field and says it amid a story, in pieces, twice, or with a slip
that is taken back; asks what was asked, answers the question before, is silent, presses keys, and
falls into the other language. They agree to what is right and to nothing else. What is drawn comes
from a seed, so a conversation can be had again.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from flows import CallerSaid, CallStarted, Flow, State, Step, build_flow, initial_state, step
from flows.actions import Dispatch, Retrieve, Say, Transfer
from flows.events import AnswerReady, CallerSilent, DispatchDone, Event, KeyPressed, TimerFired
from flows.model import ClarifyNode, LeadGateNode

LANGUAGES = ("en", "de")
MOST_TURNS = 150


@dataclass(frozen=True)
class Detail:
    """A value, and how it is said; `slip` is another one, said by mistake."""

    value: str
    en: str
    de: str
    slip: tuple[str, str]

    def said(self, language: str) -> str:
        return self.en if language == "en" else self.de


DETAILS: dict[str, tuple[Detail, ...]] = {
    "name": (
        Detail("Jane Smith", "Jane Smith", "Jane Smith", ("Joan Smith", "Joan Smith")),
        Detail("Robert Miller", "Robert Miller", "Robert Miller", ("Roger Miller", "Roger Miller")),
        Detail("Maria Garcia", "Maria Garcia", "Maria Garcia", ("Maria Gomez", "Maria Gomez")),
    ),
    "email": (
        Detail("jane.smith@gmail.com", "jane dot smith at gmail dot com", "jane punkt smith ät gmail punkt com",
               ("jane dot smith at yahoo dot com", "jane punkt smith ät yahoo punkt com")),
        Detail("bob7@acme.org", "bob seven at acme dot org", "bob sieben ät acme punkt org",
               ("bob nine at acme dot org", "bob neun ät acme punkt org")),
    ),
    "phone": (
        Detail("+15035550142", "503 555 0142", "503 555 0142", ("503 555 0143", "503 555 0143")),
        Detail("+14155550132", "four one five, five five five, oh one three two",
               "vier eins fünf, fünf fünf fünf, null eins drei zwei",
               ("four one five, five five five, oh one three three",
                "vier eins fünf, fünf fünf fünf, null eins drei drei")),
    ),
    "day": (
        Detail("2026-12-05", "Saturday December 5th", "Samstag, den fünften Dezember", ("Sunday December 6th", "Sonntag, den sechsten Dezember")),
        Detail("2026-12-12", "December 12th", "am 12. Dezember", ("December 11th", "am 11. Dezember")),
    ),
    "people": (
        Detail("4", "four people", "vier Personen", ("five people", "fünf Personen")),
        Detail("2", "two", "zwei", ("three", "drei")),
    ),
    "budget": (
        Detail("600", "six hundred", "sechshundert", ("five hundred", "fünfhundert")),
        Detail("1200", "twelve hundred", "zwölfhundert", ("eleven hundred", "elfhundert")),
    ),
    "tour": (
        Detail("boat", "the boat", "das Boot", ("the bike", "das Rad")),
        Detail("bike", "by bike", "mit dem Rad", ("by boat", "mit dem Boot")),
    ),
    "order": (
        Detail("AB12", "A B one two", "A B eins zwei", ("A B one three", "A B eins drei")),
        Detail("K7X9", "K seven X nine", "K sieben X neun", ("K seven X five", "K sieben X fünf")),
    ),
    "street": (
        Detail("12 Oak Street", "12 Oak Street", "12 Oak Street", ("14 Oak Street", "14 Oak Street")),
    ),
    "firm": (
        Detail("Acme Roofing", "Acme Roofing", "Acme Roofing", ("Acme Plumbing", "Acme Plumbing")),
    ),
}  # fmt: skip
KINDS = {"day": "date", "people": "number", "budget": "money", "tour": "choice", "order": "code",
         "street": "address", "firm": "company"}  # fmt: skip
CALLED = {
    "name": ("name", "Name"), "email": ("email", "E-Mail"), "phone": ("number", "Telefonnummer"), "day": ("day", "Tag"),
    "people": ("people", "Personen"), "budget": ("budget", "Budget"), "tour": ("tour", "Tour"),
    "order": ("order number", "Bestellnummer"), "street": ("address", "Anschrift"), "firm": ("company", "Firma"),
}  # fmt: skip
STORIES = {
    "en": ("well, let me see, it's {}", "um, {}, I think, yes", "oh sure, {}", "okay so {}, does that help?",
           "sorry, the dog is barking. {}", "{}, if that's all right", "you know, I told your colleague, it's {}",
           "right, {}", "hold on, I had it here... {}"),
    "de": ("also, äh, {}", "ja, also {}", "Moment, {}", "Entschuldigung, der Hund bellt. {}", "na gut, {}",
           "{}, wenn das in Ordnung ist", "das ist {}"),
}  # fmt: skip
TAKEN_BACK = {
    "en": ("{}, no wait, {}", "{}, sorry, {}", "{}, I mean {}", "{}, no, sorry, {}"),
    "de": ("{}, nein, Entschuldigung, {}", "{}, ich meine {}", "{}, nein, {}"),
}
ASKS_AGAIN = {
    "en": ("what?", "sorry?", "pardon?", "can you repeat that?", "what was the question?", "say that again please"),
    "de": ("wie bitte?", "was?", "noch mal bitte", "können Sie das wiederholen?"),
}  # fmt: skip
BESIDE = {
    "en": ("um", "hello?", "one moment please", "are you a robot?", "I'm so confused", "my wife usually does this",
           "what a day", "this is my first time calling", "do I have to?", "oh dear"),
    "de": ("äh", "hallo?", "einen Moment bitte", "sind Sie ein Roboter?", "ich bin ganz durcheinander",
           "das macht sonst meine Frau", "ach je"),
}  # fmt: skip
CALLS_BACK = (
    "hello?",
    "hallo?",
    "are you a robot?",
    "sind Sie ein Roboter?",
    "one moment please",
    "einen Moment bitte",
    "um",
    "äh",
)
"""What is answered alike each time."""
YES = {
    "en": ("yes", "yeah, that's right", "correct", "mhm", "yes, yes"),
    "de": ("ja", "genau", "stimmt", "ja, richtig"),
}
NO = {"en": ("no", "no, it's {}", "no, {}", "that's wrong"), "de": ("nein", "nein, {}", "das ist falsch")}  # fmt: skip


def a_flow(rng: random.Random) -> Flow:
    """All kinds of fields in any order over two gates, a choice before them and a hand-off behind."""
    names = rng.sample(sorted(DETAILS), rng.randint(3, len(DETAILS)))
    confirm = ["read_back", "spell_back", "implicit", "none"]
    fields: list[dict[str, Any]] = []
    for name in names:
        en, de = CALLED[name]
        one: dict[str, Any] = {
            "field": name,
            "ask": {"en": f"What is your {en}?", "de": f"{de}, bitte?"},
            "confirm": rng.choice(confirm[:2] if name in ("name", "email", "phone") else confirm),
            "words": {"en": [en], "de": [de]},
        }
        if name in KINDS:
            one["kind"] = KINDS[name]
        if name == "tour":
            one["options"] = [
                {"name": "boat", "words": {"en": ["boat"], "de": ["boot"]}},
                {"name": "bike", "words": {"en": ["bike"], "de": ["rad"]}},
            ]
        fields.append(one)
    cut = rng.randint(1, len(fields) - 1)
    return build_flow(
        {
            "name": "Tours", "language": "en", "languages": ["de"], "start": "hello",
            "operator": "colleague", "questions": "answers",
            "nodes": {
                "hello": {"type": "start", "next": "wish",
                          "say": {"en": "Hello, this is Tours.", "de": "Hallo, hier ist Tours."}},
                "wish": {
                    "type": "clarify",
                    "question": {"en": "Would you like to book, or to ask something?",
                                 "de": "Möchten Sie buchen oder etwas fragen?"},
                    "options": [
                        {"name": "book", "words": {"en": ["book"], "de": ["buchen"]}, "next": "first"},
                        {"name": "ask", "words": {"en": ["ask"], "de": ["fragen"]}, "next": "answers"},
                    ],
                },
                "answers": {"type": "rag_answer", "next": "first",
                            "say": {"en": "What would you like to know?", "de": "Was möchten Sie wissen?"}},
                "first": {"type": "lead_gate", "fields": fields[:cut], "next": "second"},
                "second": {"type": "lead_gate", "fields": fields[cut:], "next": "hand_over"},
                "hand_over": {"type": "dispatch", "mode": rng.choice(["wait", "call_back"]), "reason": "A booking",
                              "success": {"en": "Somebody will call.", "de": "Jemand ruft an."}, "next": "bye"},
                "colleague": {"type": "dispatch", "reason": "A person", "next": "first",
                              "success": {"en": "A colleague calls you.", "de": "Ein Kollege ruft an."}},
                "bye": {"type": "end", "say": {"en": "Bye.", "de": "Tschüs."}},
            },
        }
    )  # fmt: skip


@dataclass
class Turn:
    """What the caller did, and what they heard."""

    did: str
    heard: list[str]
    again: bool
    """Whether they asked to hear it again, or said nothing."""


@dataclass
class Call:
    """One conversation with a caller who is drawn from `seed`."""

    seed: int
    turns: list[Turn] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    states: list[State] = field(default_factory=list)
    meant: dict[str, Detail] = field(default_factory=dict)
    told: dict[str, set[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.rng = random.Random(self.seed)
        self.flow = a_flow(self.rng)
        self.language = self.rng.choice(LANGUAGES)
        self.patience = self.rng.randint(0, 8)
        """How often the caller still says something else than what was asked for."""
        self._rest = ""
        self._before = ""
        self.state = initial_state(self.flow)
        start = CallStarted(
            language=self.language, region="US", facts={"call.date": "2026-11-29"},
            channels=self.rng.choice([(), ("keypad",), ("keypad", "page")]),
        )  # fmt: skip
        self._happens(start, "(calls)", False)

    def hold(self) -> Call:
        """Have the whole conversation."""
        while self.state.ended is None and len(self.turns) < MOST_TURNS:
            event, did, again = self._next()
            self._happens(event, did, again)
        return self

    def transcript(self) -> str:
        lines = [f"seed {self.seed}, {self.language}"]
        for turn in self.turns:
            lines += [f"C: {turn.did}", *(f"   A: {text}" for text in turn.heard)]
        lines.append(
            str({k: (v.value, v.confirmed, v.denied) for k, v in self.state.fields.items()})
        )
        return "\n".join([*lines, str({k: v.value for k, v in self.meant.items()})])

    def _happens(self, event: Event, did: str, again: bool) -> None:
        heard: list[str] = []
        waiting: list[Event] = [event]
        while waiting:
            self.states.append(self.state)
            self.events.append(waiting[0])
            result: Step = step(self.flow, self.state, waiting.pop(0))
            self.state = result.state
            for action in result.actions:
                if isinstance(action, Say):
                    heard.append(action.text)
                elif isinstance(action, Retrieve):
                    found = self.rng.choice(["We open at nine.", None])
                    waiting.append(AnswerReady(request_id=action.request_id, text=found))
                elif isinstance(action, (Dispatch, Transfer)):
                    waiting.append(DispatchDone(request_id=action.request_id))
        self.turns.append(Turn(did, heard, again))

    def _next(self) -> tuple[Event, str, bool]:
        text, again = self._words()
        if text.startswith("[key"):
            return KeyPressed(key=text[5]), text, again
        if text == "[silence]":
            return CallerSilent(), text, True
        if text == "[time]":
            node = self.state.serial
            return TimerFired(name=f"join-{node}"), text, True
        return CallerSaid(text=text), text, again

    def _words(self) -> tuple[str, bool]:
        tongue = self.language
        if self.rng.random() < 0.06:
            tongue = "de" if self.language == "en" else "en"
        node = self.flow.nodes[self.state.node]
        if self.state.phase == "holding":
            return self.rng.choice(["yes", "[silence]", "[time]", "okay"]), True
        if self._rest:
            rest, self._rest = self._rest, ""
            return rest, False
        if self.patience and self.rng.random() < 0.35:
            self.patience -= 1
            beside, again = self._beside(tongue)
            if beside:
                return beside, again
        if isinstance(node, ClarifyNode):
            return self.rng.choice(
                ["I'd like to book", "book"] if self.language == "en" else ["buchen bitte"]
            ), False
        if not isinstance(node, LeadGateNode):
            return ("no, that's all" if self.language == "en" else "nein, das war alles"), False
        name = node.fields[self.state.field_index].field
        return self._answer(name, tongue), False

    def _answer(self, name: str, tongue: str) -> str:
        detail = self._detail(name)
        said = detail.said(self.language)
        candidate = self.state.candidate
        if candidate is not None and self.state.phase in ("confirm", "offer", "suggest"):
            if (
                candidate.value.split()[0:1] == detail.value.split()[0:1]
                if name == "budget"
                else candidate.value == detail.value
            ):
                return self.rng.choice(YES[tongue])
            self.told.setdefault(name, set()).add(detail.value)
            return self.rng.choice(NO[tongue]).format(said)
        if self.state.phase.startswith("spell"):
            part = detail.value.partition("@")[0]
            word = part.split()[-1] if self.state.phase.endswith("last") else part
            return " ".join(word.upper())
        self._before = name
        self.told.setdefault(name, set()).add(detail.value)
        how = self.rng.random()
        if how < 0.4 or self.state.rounds or self.state.misses > 1:
            return said
        if how < 0.65:
            return self.rng.choice(STORIES[tongue]).format(said)
        if how < 0.75:
            return f"{said}. {said}."
        if how < 0.87:
            slip = detail.slip[0 if self.language == "en" else 1]
            return self.rng.choice(TAKEN_BACK[self.language]).format(slip, said)
        words = said.split()
        if len(words) > 2 and name in ("phone", "email"):
            cut = self.rng.randint(1, len(words) - 1)
            self._rest = " ".join(words[cut:])
            return " ".join(words[:cut])
        return said

    def _beside(self, tongue: str) -> tuple[str, bool]:
        what = self.rng.randint(0, 6)
        if what == 0:
            return self.rng.choice(ASKS_AGAIN[tongue]), True
        if what == 1:
            return "[silence]", True
        if what == 2:
            return f"[key {self.rng.choice('123456789*')}]", False
        if what == 3 and self._before and self.state.phase == "ask":
            return self._detail(self._before).said(self.language), False
        if what == 4:
            return ("when do you open?" if tongue == "en" else "wann haben Sie geöffnet?"), True
        beside = self.rng.choice(BESIDE[tongue])
        return beside, beside in CALLS_BACK

    def _detail(self, name: str) -> Detail:
        if name not in self.meant:
            self.meant[name] = self.rng.choice(DETAILS[name])
        return self.meant[name]


def defects(call: Call) -> list[str]:
    """What must not be and is, of a conversation that was held."""
    found: list[str] = []
    if call.state.ended is None:
        found.append("does not end")
    keyed = {turn.did[5] for turn in call.turns if turn.did.startswith("[key")}
    for name, stored in call.state.fields.items():
        value = stored.value.removesuffix(" USD").removesuffix(" EUR")
        meant = call.meant.get(name)
        if stored.denied or stored.value in keyed:
            continue
        if meant is None or value != meant.value:
            found.append(f"{name} is {stored.value}, {'confirmed' if stored.confirmed else 'kept'}")
    for before, turn in zip(call.turns, call.turns[1:], strict=False):
        if not turn.heard and not turn.did.startswith("[") and call.state.ended is None:
            found.append(f"nothing is said to {turn.did!r}")
        if turn.heard and turn.heard == before.heard and not turn.again:
            found.append(f"says again {turn.heard}, to {turn.did!r}")
    return found


def replays(call: Call) -> bool:
    """True when every step gives the same from its state as written down."""
    return all(
        step(call.flow, State.model_validate_json(before.model_dump_json()), event).state == after
        for before, event, after in zip(
            call.states, call.events, [*call.states[1:], call.state], strict=True
        )
    )
