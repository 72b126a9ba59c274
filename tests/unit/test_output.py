"""What commands print where there is no terminal: rows that programs can read line by line."""

from __future__ import annotations

import pytest

from voice_worker.cli.output import note, print_facts, print_table
from voice_worker.counted import counted

LONG = "word " * 100


def test_a_row_is_a_line_however_long(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(
        [{"id": "a" * 36, "last_error": LONG}, {"id": "b", "last_error": None}],
        ("id", "last_error"),
        empty="",
    )
    title, first, second = capsys.readouterr().out.splitlines()
    assert title.split() == ["id", "last", "error"]
    assert first.split() == ["a" * 36, *LONG.split()]
    assert second.split() == ["b", "-"]


def test_brackets_are_text(capsys: pytest.CaptureFixture[str]) -> None:
    print_table([{"said": "A ten [/red] battery [interrupted]"}], ("said",), empty="")
    assert "A ten [/red] battery [interrupted]" in capsys.readouterr().out


def test_what_is_no_text_is_said_as_commands_take_it(capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"record": True, "outbound": {"hours": "always"}, "phone_numbers": ["+1", "+2"]}
    print_facts({"is_active": False, "settings": settings}, ("is_active", "settings"))
    assert capsys.readouterr().out.splitlines() == [
        "is active  no",
        "settings   record=yes outbound.hours=always phone_numbers=+1,+2",
    ]


def test_a_remark_is_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    note(LONG)
    assert capsys.readouterr().err.strip() == LONG.strip()


def test_one_is_not_many() -> None:
    assert [counted(number, "call") for number in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
