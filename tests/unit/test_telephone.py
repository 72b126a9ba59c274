"""Numbers and messages of the telephone, and the sound of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from config import load_settings
from pipelines.answering import WINDOW_MS, Greeting, ToneDetector, Verdict, machine_says
from voice_worker.errors import CallRefused, TrunkFailed
from voice_worker.queues import place_of
from voice_worker.sip.g711 import ulaw_decode, ulaw_encode
from voice_worker.sip.message import Message, parse, tag_of, uri_of
from voice_worker.sip.numbers import address, e164, facts_of
from voice_worker.sip.rules import outbound_of, wait_for_hours
from voice_worker.sip.trunk_settings import check_trunk_settings
from voice_worker.sip.trunks import TrunkLine, Trunks
from voice_worker.store.trunks import Trunk


@pytest.mark.parametrize(
    ("dialled", "region", "number"),
    [
        ("+15035550142", "US", "+15035550142"),
        ("15035550142", "US", "+15035550142"),
        ("503-555-0142", "US", "+15035550142"),
        ("(503) 555.0142", "US", "+15035550142"),
        ("00442079460958", "DE", "+442079460958"),
        ("442079460958", "US", "+442079460958"),
        ("020 7946 0958", "GB", "+442079460958"),
        ("+999123456789", "US", "+999123456789"),
        ("demo", "US", None),
        ("911", "US", None),
        ("", "US", None),
        ("+1503555014212345678901", "US", None),
    ],
)
def test_numbers_become_e164(dialled: str, region: str, number: str | None) -> None:
    assert e164(dialled, region) == number


@pytest.mark.parametrize(
    ("header", "user", "host"),
    [
        ('"Jane" <sip:+15035550142@carrier.test;user=phone>;tag=1', "+15035550142", "carrier.test"),
        ("sip:demo@127.0.0.1:5060", "demo", "127.0.0.1:5060"),
        ("<tel:+1-503-555-0142;phone-context=+1>", "+1-503-555-0142", ""),
        ("<sip:%2B15035550142@h>", "+15035550142", "h"),
        ("<sips:+15035550142;ext=3@h;transport=tls>", "+15035550142", "h"),
        ('"sip:fake@evil" <sip:real@h>', "real", "h"),
        ('"\\" sip:fake@evil" <sip:real@h>', "real", "h"),
    ],
)
def test_addresses_are_read(header: str, user: str, host: str) -> None:
    party = address(header, "US")
    assert party is not None
    assert (party.user, party.host) == (user, host)


@pytest.mark.parametrize(
    ("headers", "peer", "caller"),
    [
        ({}, "sip:+15035550142@h", "+15035550142"),
        ({"P-Asserted-Identity": "<sip:+15035550143@h>"}, "sip:anonymous@anonymous.invalid",
         "+15035550143"),
        ({"P-Asserted-Identity": "<sip:+15035550143@h>", "Privacy": "id"},
         "sip:anonymous@anonymous.invalid", None),
        ({"Privacy": "none", "P-Asserted-Identity": "<tel:+15035550143>"}, "sip:x@h",
         "+15035550143"),
        ({}, "sip:anonymous@anonymous.invalid", None),
        ({}, "sip:Restricted@h", None),
        ({}, "sip:jane@example.com", None),
    ],
)  # fmt: skip
def test_who_calls(headers: dict[str, str], peer: str, caller: str | None) -> None:
    assert facts_of(headers, peer, "US").caller == caller


def test_what_was_dialled_stands_in_the_request_before_it_stands_in_to() -> None:
    headers = {
        "To": "<sip:+15035550100@carrier.test>",
        "X-Dialled": "sip:+15035550199@10.0.0.1",
        "Diversion": "<sip:+15035550100@carrier.test>;reason=no-answer",
    }
    facts = facts_of(headers, "sip:+15035550142@h", "US")
    assert facts.dialled == "+15035550199"
    assert facts.diverted_from == "+15035550100"
    assert facts_of({"To": "<sip:Demo@h>"}, "", "US").dialled == "Demo"


@pytest.mark.parametrize(
    ("via", "host"),
    [
        ("SIP/2.0/UDP 203.0.113.5:5060;branch=z9hG4bK1;rport", "203.0.113.5"),
        ("SIP / 2.0 / TLS Sbc.Carrier.example;branch=z9hG4bK1", "sbc.carrier.example"),
        ("SIP/2.0/TCP [2001:DB8::9]:5060;branch=1", "2001:db8::9"),
        ("SIP/2.0/UDP 203.0.113.5, SIP/2.0/UDP 10.0.0.1", "203.0.113.5"),
        ("", ""),
    ],
)
def test_where_a_call_came_from(via: str, host: str) -> None:
    assert facts_of({"Via": via}, "", "US").sent_by == host


def test_a_call_is_of_the_trunk_it_was_addressed_to_or_came_from() -> None:
    trunks = Trunks(None, load_settings().sip)
    signed_on, known, other = (
        TrunkLine(
            Trunk(uuid4(), uuid4(), kind, kind, {}),  # type: ignore[arg-type]
            None, hosts=frozenset({host}),
        )
        for kind, host in (("register", "r.test"), ("address", "a.test"), ("address", "b.test"))
    )  # fmt: skip
    trunks.lines = [signed_on, known, other]

    def of_call(line: TrunkLine | None, host: str, **headers: str) -> list[TrunkLine]:
        return trunks.of_call(facts_of({"Via": f"SIP/2.0/UDP {host}", **headers}, "", "US"), line)

    assert of_call(signed_on, "stranger.test") == [signed_on]
    assert of_call(None, "r.test") == [signed_on]
    assert of_call(None, "a.test:5062") == [known]
    # Somebody else dials the number that stands in a trunk as its caller id.
    assert of_call(known, "stranger.test") == []
    assert of_call(known, "b.test") == [other]
    assert of_call(signed_on, "r.test", **{"X-Dialled": "<sip:+15035550142@h>"}) == []


def test_ulaw_there_and_back_is_within_its_steps() -> None:
    samples = np.arange(-32_635, 32_636, 7, dtype=np.int16)
    back = ulaw_decode(ulaw_encode(samples)).astype(int)
    error = np.abs(back - samples.astype(int))
    # G.711's step doubles with every segment: at most a sixteenth of the sample, plus the smallest.
    assert np.all(error <= np.abs(samples.astype(int)) / 16 + 8)
    assert ulaw_encode(np.zeros(1, np.int16)) == b"\xff"


def test_messages_survive_the_wire() -> None:
    sent = Message("OPTIONS sip:a@b SIP/2.0", [("Via", "SIP/2.0/UDP h;branch=1"), ("CSeq", "1 X")])
    got = parse(sent.encode())
    assert got is not None and got.method == "OPTIONS" and got["via"].endswith("branch=1")
    folded = parse(b"SIP/2.0 200 OK\r\nv: one\r\nVia:\r\n two\r\nt: <sip:x@y>;tag=7\r\n\r\nbody")
    assert folded is not None
    assert (folded.status, folded.all("via"), folded.body) == (200, ["one", "two"], "body")
    assert tag_of(folded["to"]) == "7" and uri_of(folded["to"]) == "sip:x@y"
    assert parse(b"\r\n\r\n") is None and parse(b"\x00\xff") is None


def noon(zone: str) -> datetime:
    return datetime(2026, 11, 24, 12, tzinfo=ZoneInfo(zone))


@pytest.mark.parametrize(
    ("hours", "number", "now", "waits"),
    [
        ("08:00-21:00", "+12125550142", noon("America/New_York"), timedelta(0)),
        ("08:00-21:00", "+15035550142", noon("America/New_York"), timedelta(0)),
        # 21:30 in New York is 18:30 in Oregon.
        ("08:00-21:00", "+12125550142", noon("America/New_York") + timedelta(hours=9.5),
         timedelta(hours=10.5)),
        ("08:00-21:00", "+15035550142", noon("America/New_York") + timedelta(hours=9.5),
         timedelta(0)),
        # A number of the whole continent waits for its latest zone's morning.
        ("08:00-21:00", "+442079460958", noon("Europe/London") - timedelta(hours=5),
         timedelta(hours=1)),
        ("20:00-02:00", "+442079460958", noon("Europe/London"), timedelta(hours=8)),
        ("always", "+8835100123456", noon("UTC"), timedelta(0)),
        ("08:00-21:00", "+8835100123456", noon("UTC"), None),
    ],
)  # fmt: skip
def test_nobody_is_called_at_night(
    hours: str, number: str, now: datetime, waits: timedelta | None
) -> None:
    assert wait_for_hours(hours, number, now) == waits


@pytest.mark.parametrize(
    "settings",
    [{"machine": "message"}, {"hours": "8-21"}, {"machine": "shout"}, {"hour": "always"}],
)
def test_outbound_settings_that_can_t_be_used_are_named(settings: dict[str, str]) -> None:
    with pytest.raises(CallRefused, match="outbound"):
        outbound_of({"outbound": settings})


def verdict(*spans: tuple[bool, int]) -> tuple[Verdict | None, int]:
    """What is said of a greeting of (speech?, milliseconds), and when."""
    greeting = Greeting()
    for speech, milliseconds in spans:
        for _ in range(milliseconds // WINDOW_MS):
            if (said := greeting.feed(speech)) is not None:
                return said, greeting.elapsed_ms
    return None, greeting.elapsed_ms


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ([(False, 300), (True, 500), (False, 4000)], Verdict.HUMAN),
        ([(False, 500), (True, 1500), (False, 4000)], Verdict.WORDS),
        ([(False, 200), (True, 4000)], Verdict.MACHINE),
        ([(False, 300), (True, 1400), (False, 300), (True, 2000)], Verdict.MACHINE),
        ([(False, 5000)], Verdict.HUMAN),
        ([(False, 2500), (True, 3000)], Verdict.WORDS),
    ],
)
def test_a_greeting_is_judged_within_four_seconds(
    spans: list[tuple[bool, int]], expected: Verdict
) -> None:
    said, at_ms = verdict(*spans)
    assert said is expected
    assert at_ms + 600 <= 4000  # the recogniser may take 600 ms


@pytest.mark.parametrize(
    ("text", "machine"),
    [
        ("Please leave a message after the tone.", True),
        ("You’ve reached the voicemail of Jane.", True),
        ("The person you are calling is not available.", True),
        ("Hi, we can't come to the phone right now.", True),
        ("Hello?", False),
        ("Jane Doe speaking, how can I help you?", False),
        ("Hello, who is this? I was just leaving.", False),
    ],
)
def test_what_only_machines_say(text: str, machine: bool) -> None:
    assert machine_says(text) is machine


def sine(hertz: float, seconds: float, rate: int = 8000) -> np.ndarray:
    return 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * rate)) / rate)


def tones(audio: np.ndarray, rate: int = 8000) -> int:
    """How many tones are heard in audio that comes in packets of 20 ms."""
    detector = ToneDetector(rate)
    pcm = (audio * 32767).astype("<i2").tobytes()
    return sum(detector.feed(pcm[i : i + rate // 25]) for i in range(0, len(pcm), rate // 25))


@pytest.mark.parametrize("hertz", [440, 1000, 1400, 2000])
@pytest.mark.parametrize("rate", [8000, 16_000])
def test_the_tone_after_a_greeting_is_heard_when_it_is_over(hertz: float, rate: int) -> None:
    noise = np.random.default_rng(1).normal(0, 0.005, rate // 2)
    beep = sine(hertz, 0.4, rate)
    assert tones(np.concatenate([noise, beep, noise]), rate) == 1


def test_speech_like_sound_is_no_tone() -> None:
    t = np.arange(3 * 8000) / 8000
    # A gliding pitch with harmonics, as of a vowel, and noise.
    phase = 2 * np.pi * np.cumsum(120 + 30 * np.sin(2 * np.pi * 2 * t)) / 8000
    voice = sum(np.sin(k * phase) / k for k in range(1, 12)) * 0.1
    assert tones(voice) == 0
    assert tones(np.random.default_rng(2).normal(0, 0.1, 24_000)) == 0
    assert tones(np.concatenate([sine(1000, 0.06), np.zeros(8000)])) == 0


@pytest.mark.parametrize(
    ("target", "place"),
    [
        ("sales", "+15035550150"),
        ("100", "sip:desk@pbx.example"),  # a queue's name, though it looks like an extension
        ("200", "200"),
        ("+15035550142", "+15035550142"),
        ("sip:ann@pbx.example", "sip:ann@pbx.example"),
        ("empty", None),
        ("nowhere", None),
        ("sip:ann pbx", None),
        ("+1 503 555", None),
    ],
)
def test_a_queue_s_name_a_number_and_a_sip_address_are_places(
    target: str, place: str | None
) -> None:
    queues = {"sales": "+15035550150", "100": "sip:desk@pbx.example", "empty": ""}
    assert place_of(target, queues) == place
    assert place_of("+15035550142", None) == "+15035550142"


@pytest.mark.parametrize(
    ("kind", "config", "secrets", "told"),
    [
        ("register", {"host": "sip.acme.example"}, {"password": "x"}, "user="),
        ("register", {"host": "sip.acme.example", "user": "4711"}, {}, "--secret password"),
        ("address", {}, {}, "host: Field required"),
        ("address", {"host": "sip acme"}, {}, "host: "),
        ("address", {"hots": "1.2.3.4", "host": "1.2.3.4"}, {}, "Did you mean host?"),
        ("address", {"host": "1.2.3.4", "transport": "ws"}, {}, "transport: "),
        ("address", {"host": "1.2.3.4", "expires": "soon"}, {}, "expires: "),
        ("twilio", {}, {}, "--secret auth_token"),
        ("twilio", {"host": "1.2.3.4"}, {"auth_token": "x"}, "host: there is no such setting"),
    ],
)
def test_an_incomplete_trunk_is_told_by_what_it_lacks(
    kind: str, config: dict[str, str], secrets: dict[str, str], told: str
) -> None:
    with pytest.raises(TrunkFailed) as failure:
        check_trunk_settings("acme", kind, config, secrets)
    assert str(failure.value).startswith("Trunk acme") and told in str(failure.value)


def test_complete_trunks_pass() -> None:
    user = {"host": "sip.acme.example:5070", "user": "4711", "expires": "3600", "plus": "no"}
    check_trunk_settings("acme", "register", user, {"password": "x"})
    check_trunk_settings(
        "acme", "address", {"host": "203.0.113.5", "caller_id": "+15035550100"}, {}
    )
    check_trunk_settings("acme", "telnyx", {}, {"auth_token": "x"})
