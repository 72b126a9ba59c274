"""Campaigns as people set them up."""

from __future__ import annotations

import time
from datetime import UTC, date, datetime

import pytest
from typer.testing import CliRunner

from flows import build_flow
from voice_worker.campaign_settings import CampaignSettings, changed, today
from voice_worker.cli import app
from voice_worker.cli.flow_versions import warn_of_languages
from voice_worker.errors import RowRefused


def test_values_become_what_they_are_and_the_rest_stays() -> None:
    before = {"theirs": {"of": "another program"}, "speed": 0.8, "queues": {"sales": "+1503"}}
    after = changed(
        before,
        {
            "record": "yes",
            "speed": "1.2",
            "queues.help": "sip:h@x.test",
            "outbound.hours": "always",
        },
    )
    assert after == {
        "theirs": {"of": "another program"},
        "record": True,
        "speed": 1.2,
        "queues": {"sales": "+1503", "help": "sip:h@x.test"},
        "outbound": {"hours": "always"},
    }
    assert before["queues"] == {"sales": "+1503"}


def test_an_empty_value_unsets() -> None:
    before = {"speed": 1.2, "queues": {"sales": "+1503"}, "record": True}
    assert changed(before, {"speed": "", "queues.sales": "", "voice": ""}) == {
        "queues": {},
        "record": True,
    }


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("recrod", "true", "recrod: there is no such setting. Did you mean record?"),
        ("outbound.hors", "always", "outbound.hors: there is no such setting. Did you mean hours?"),
        ("zzz", "1", "zzz: there is no such setting. There are: record, voice"),
        ("speed", "9", "speed: Input should be less than or equal to 2"),
        ("record", "perhaps", "record: Input should be a valid boolean"),
        ("region", "usa", "region: "),
        ("timezone", "Oregon", "timezone: no time zone, as Europe/Berlin is one"),
        ("record.x", "1", "record.x: record holds no other settings."),
    ],
)
def test_what_can_not_be_is_told(key: str, value: str, told: str) -> None:
    with pytest.raises(RowRefused) as refusal:
        changed({"record": True}, {key: value})
    assert str(refusal.value).startswith(told)


@pytest.mark.parametrize(
    ("zone", "day"), [("America/Los_Angeles", 28), ("UTC", 29), ("Pacific/Auckland", 29)]
)
def test_a_day_is_that_of_the_callers(zone: str, day: int) -> None:
    now = datetime(2026, 11, 29, 3, 30, tzinfo=UTC)
    assert today(changed({}, {"timezone": zone}), now) == date(2026, 11, day)


def test_where_nobody_says_it_is_that_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime(2026, 12, 31, 12, 30, tzinfo=UTC)
    try:
        for zone, day in (("Pacific/Auckland", date(2027, 1, 1)), ("UTC", date(2026, 12, 31))):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            assert today({}, now) == today({"timezone": "Oregon"}, now) == day
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_command_s_help_names_every_setting() -> None:
    told = CliRunner().invoke(app, ["campaigns", "set", "--help"]).output
    assert [key for key in CampaignSettings.model_fields if key not in told] == []


@pytest.mark.parametrize(
    ("recogniser", "language", "warned"),
    [("tiny.en", "de", True), ("tiny", "de", False), ("tiny.en", "en", False)],
)
def test_who_will_not_be_understood_is_told_of(
    recogniser: str,
    language: str,
    warned: bool,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("VOICE_WORKER__MODELS__RECOGNISER", recogniser)
    flow = {
        "name": "f",
        "language": language,
        "start": "a",
        "nodes": {
            "a": {"type": "start", "say": "Hallo.", "next": "b"},
            "b": {"type": "end", "say": "Ciao."},
        },
    }
    warn_of_languages(build_flow(flow))
    assert ("knows English only" in capsys.readouterr().err) is warned
