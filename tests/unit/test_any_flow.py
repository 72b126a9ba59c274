"""What must hold for any valid flow, whatever happens on a call."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from flows import (
    CallerSaid,
    CallStarted,
    Flow,
    State,
    Step,
    fixed_prompts,
    initial_state,
    library,
    step,
)
from flows.actions import (
    AskOnPage,
    Dispatch,
    End,
    Listen,
    Retrieve,
    Say,
    SetTimer,
    Transfer,
    action_adapter,
)
from flows.dump import to_yaml
from flows.events import (
    AnswerReady,
    CallerSilent,
    DispatchDone,
    DispatchFailed,
    Event,
    FieldEntered,
    HandoffClaimed,
    HumanJoined,
    HumanLeft,
    HungUp,
    KeyPressed,
    TimerFired,
    event_adapter,
)
from flows.layout import lay_out
from flows.load import load_flow, parse_flow
from flows.model import LeadGateNode
from flows.svg import svg
from tests.support.flows import flows

MOST_ACTIONS = 60
MOST_SILENCES = 120

WORDS = st.sampled_from(
    [
        "", "yes", "no", "red", "blue", "green please", "small", "leave", "that's all",
        "Jane Doe", "jane at example dot com", "503 555 0142", "555", "I'd rather not",
        "How much does it cost?", "No, my email is joe at example dot com", "my name is wrong",
        "change my phone number to 503 555 0199", "go back", "start over", "wait a moment",
        "I'm Jane Doe, and my email is jane at example dot com",
        "jane at example dot com, 503 555 0142", "do I have to?",
        "not Jane, Joan", "actually use joe at example dot org instead", "I meant example dot org",
        "no, my last name is Roe", "you got the last name wrong", "you got the last digit wrong",
        "my first name dot my last name at example dot com", "why do you need that?",
        "uh", "not the small one", "J A N E",
        "repeat that", "a person please", "in German please", "goodbye", "{lead.name}", "\x00 ??",
    ]
)  # fmt: skip
IDS = st.sampled_from([f"r{number}" for number in range(1, 6)])
EVENTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(CallerSaid, text=WORDS),
    st.builds(CallerSaid, text=WORDS),
    st.builds(CallerSaid, text=st.text(max_size=30), scores=st.just({"red": 0.9})),
    st.just(CallerSilent()),
    st.builds(KeyPressed, key=st.sampled_from("0123456789*#")),
    st.builds(
        FieldEntered,
        field=st.sampled_from(["email", "name", "choice", "nothing"]),
        value=st.sampled_from(["joe@example.com", "large", "?", ""]),
    ),
    st.builds(AnswerReady, request_id=IDS, text=st.sampled_from([None, "It is {so}."])),
    st.builds(DispatchDone, request_id=IDS),
    st.builds(DispatchFailed, request_id=IDS, reason=st.just("x")),
    st.builds(HandoffClaimed, connect_to=st.sampled_from(["", "+15035550100"])),
    st.sampled_from(
        [HumanJoined(), HumanLeft(), HungUp(), TimerFired(name="join-1"), TimerFired(name="t")]
    ),
)
STARTS = st.builds(
    CallStarted,
    facts=st.just({"campaign.name": "Line", "account.name": "Us"}),
    caller_number=st.sampled_from([None, "+15035550142", "nonsense"]),
    known_fields=st.sampled_from([{}, {"name": "Jane Doe", "email": "jane@example.com"}]),
    channels=st.sampled_from([(), ("keypad",), ("keypad", "page")]),
)

quick = settings(max_examples=120)


def answers(request: Retrieve | Dispatch | Transfer) -> Event:
    if isinstance(request, Retrieve):
        return AnswerReady(request_id=request.request_id, text="So it is.")
    return DispatchDone(request_id=request.request_id)


def pending_after(result: Step) -> list[Retrieve | Dispatch | Transfer]:
    """Requests of this step that the flow waits for."""
    return [
        action
        for action in result.actions
        if isinstance(action, (Retrieve, Dispatch, Transfer))
        and action.request_id == result.state.pending
    ]


def is_waiting(state: State) -> bool:
    """For the caller, for a request, or for the people who took over."""
    return state.pending is not None or state.phase == "joined" or state.last_listen is not None


@quick
@given(flows(), STARTS, st.lists(EVENTS, max_size=12))
def test_any_events_on_any_flow_lead_to_a_defined_state_that_can_be_resumed(
    flow: Flow, start: CallStarted, happened: list[Event]
) -> None:
    holds_whatever_happens(flow, start, happened)


def holds_whatever_happens(flow: Flow, start: CallStarted, happened: list[Event]) -> None:
    state, prompts = initial_state(flow), set(fixed_prompts(flow))
    for event in (start, *happened):
        result = step(flow, state, event)
        assert len(result.actions) < MOST_ACTIONS
        assert result.state.node in flow.nodes
        assert is_waiting(result.state) or result.state.ended is not None
        # On another worker, from what was written down.
        resumed = State.model_validate_json(state.model_dump_json())
        again = step(flow, resumed, event_adapter.validate_json(event.model_dump_json()))
        assert (again.state, again.actions) == (result.state, result.actions)
        for action in result.actions:
            assert action_adapter.validate_json(action.model_dump_json()) == action
            if isinstance(action, Say) and action.cacheable and action.text != "It is (so).":
                assert action.text in prompts, "this was not made before the call"
        kinds = {type(action) for action in result.actions}
        if state.ended is not None:
            assert not result.actions and result.state == state
        elif isinstance(event, CallerSaid) and state.pending is None and state.phase != "joined":
            assert kinds & {Listen, Retrieve, Dispatch, Transfer, End}, "waits for nothing"
            assert kinds & {Say, Retrieve, Dispatch, Transfer, End}, "the caller hears nothing"
        if result.state.ended is not None and state.ended is None:
            assert isinstance(result.actions[-1], End)
        state = result.state


READY = tuple(load_flow(path) for path in sorted(Path(library.__file__).parent.glob("*.yaml"))
              if not path.stem.endswith("_knowledge") and ".talks" not in path.name)  # fmt: skip


@quick
@given(st.sampled_from(READY), STARTS, st.lists(EVENTS, max_size=16))
def test_the_ready_flows_too(flow: Flow, start: CallStarted, happened: list[Event]) -> None:
    holds_whatever_happens(flow, start, happened)


@quick
@given(flows(), STARTS, st.lists(EVENTS, max_size=6))
def test_a_caller_who_says_nothing_more_is_let_go(
    flow: Flow, start: CallStarted, happened: list[Event]
) -> None:
    state = initial_state(flow)
    timers: list[str] = []
    queue: list[Event] = [start, *happened]
    for _ in range(MOST_SILENCES):
        if state.ended is not None:
            return
        if not queue and state.phase == "joined":
            queue.append(HumanLeft())
        elif not queue and timers:
            queue.append(TimerFired(name=timers.pop()))
        event = queue.pop(0) if queue else CallerSilent()
        result = step(flow, state, event)
        timers += [action.name for action in result.actions if isinstance(action, SetTimer)]
        queue = [*map(answers, pending_after(result)), *queue]
        state = result.state
    raise AssertionError(f"the call never ends: {state.node} {state.phase}")


@quick
@given(flows(gates=3), STARTS, st.lists(EVENTS, max_size=12))
def test_a_text_box_never_outlives_its_question(
    flow: Flow, start: CallStarted, happened: list[Event]
) -> None:
    state, shown = initial_state(flow), None
    for event in (start, *happened):
        result = step(flow, state, event)
        for action in result.actions:
            if isinstance(action, AskOnPage):
                shown = action.field
        state = result.state
        assert shown == state.page_field
        node = flow.nodes[state.node]
        if shown is not None:
            assert "page" in start.channels and state.ended is None
            assert isinstance(node, LeadGateNode)
            assert node.fields[state.field_index].field == shown


@quick
@given(flows())
def test_any_flow_is_written_out_drawn_and_read_back(flow: Flow) -> None:
    assert parse_flow(to_yaml(flow)) == flow
    drawing = svg(flow)
    assert all(f">{node_id}<" in drawing for node_id in flow.nodes)


@quick
@given(st.data())
def test_boxes_of_a_drawing_never_overlap(data: st.DataObject) -> None:
    from flows.layout import Size

    names = [f"b{n}" for n in range(data.draw(st.integers(1, 9)))]
    pairs = data.draw(
        st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=18)
    )
    size = Size(100, 40)
    layout = lay_out(dict.fromkeys(names, size), dict.fromkeys(pairs, Size(60, 16)))
    places = [(x, y, size) for x, y in layout.boxes.values()]
    places += [(x, y, Size(60, 16)) for x, y in layout.labels.values()]
    for index, (x, y, one) in enumerate(places):
        assert 0 < x < layout.size.width and 0 < y < layout.size.height
        for other_x, other_y, other in places[index + 1 :]:
            apart = abs(x - other_x) >= (one.width + other.width) / 2 - 0.01
            assert apart or abs(y - other_y) >= (one.height + other.height) / 2 - 0.01
