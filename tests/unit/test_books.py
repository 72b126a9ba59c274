"""Settings, models, prices, journal, admission, tokens: the worker's small parts."""

from __future__ import annotations

import asyncio
from datetime import date
from decimal import Decimal
from pathlib import Path
from uuid import UUID, uuid4

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from config import load_settings
from config.errors import ModelCorrupt, ModelMissing, SettingsInvalid
from config.models import BundledModel, ModelFile, catalogue, resolve
from pipelines.events import CallerSpoke, Used
from rag.chunk import chunk
from tests.support.patience import PATIENCE_SECONDS
from voice_worker.admission import Admission
from voice_worker.cli import doctor
from voice_worker.costs import cents, load_prices, price_call
from voice_worker.errors import CallRefused, JournalFull, PriceSheetInvalid, VoiceWorkerError
from voice_worker.store.journal import Journal
from voice_worker.tokens import CallTokens, api_keys


def test_settings_come_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("VOICE_WORKER__CALLS__CAPACITY", "3")
    monkeypatch.setenv("VOICE_WORKER_PORT", "9000")
    monkeypatch.setenv("VOICE_WORKER_HOME", str(tmp_path))
    settings = load_settings()
    assert (settings.calls.capacity, settings.server.port, settings.home) == (3, 9000, tmp_path)


@pytest.mark.parametrize(
    ("variable", "message"),
    [
        ("CALLS__CAPACITY", r"calls\.capacity: .*integer"),
        ("CALLS__CAPASITY", r"calls\.capasity: there is no such setting; did you mean capacity\?"),
        ("CALS__CAPACITY", r"cals: there is no such setting; did you mean calls\?"),
        ("CALLS__ZZZ", r"calls\.zzz: there is no such setting\n"),
    ],
)
def test_a_wrong_setting_is_named(
    variable: str, message: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(f"VOICE_WORKER__{variable}", "many")
    with pytest.raises(SettingsInvalid, match=message):
        load_settings()


def test_a_model_that_is_not_installed_says_how_to_get_it(tmp_path: Path) -> None:
    missing = BundledModel("m", "voice", "", "some-package==1.0", "no_such_package_", "", ())
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(catalogue(), "m", missing)
        with pytest.raises(ModelMissing, match=r"pip install .*some-package==1\.0"):
            resolve("m", "voice", tmp_path)


def test_a_damaged_model_file_is_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "damaged_model_pkg"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "voice.onnx").write_bytes(b"not what was signed")
    monkeypatch.syspath_prepend(str(tmp_path))
    model = BundledModel(
        "d", "voice", "", "d==1", "damaged_model_pkg", "", (ModelFile("voice.onnx", "0" * 64),)
    )
    monkeypatch.setitem(catalogue(), "d", model)
    with pytest.raises(ModelCorrupt, match="Reinstall"):
        resolve("d", "voice", tmp_path)


def test_split_model_parts_are_joined(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import hashlib

    package = tmp_path / "split_model_pkg"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "m.part1").write_bytes(b"first ")
    (package / "m.part2").write_bytes(b"second")
    monkeypatch.syspath_prepend(str(tmp_path))
    whole = hashlib.sha256(b"first second").hexdigest()
    file = ModelFile("m.bin", whole, ("split_model_pkg/m.part1", "split_model_pkg/m.part2"))
    model = BundledModel("s", "recogniser", "", "s==1", "split_model_pkg", "", (file,))
    monkeypatch.setitem(catalogue(), "s", model)
    folder = Path(resolve("s", "recogniser", tmp_path / "home"))
    assert (folder / "m.bin").read_bytes() == b"first second"


def test_a_path_or_a_hub_name_replaces_a_bundled_model(tmp_path: Path) -> None:
    assert resolve(str(tmp_path), "voice", tmp_path) == str(tmp_path)
    assert resolve("Systran/faster-whisper-small", "recogniser", tmp_path).startswith("Systran/")
    with pytest.raises(ModelMissing):
        resolve("./nowhere", "voice", tmp_path)


ACCOUNT, CALL = uuid4(), uuid4()


def used(quantity: Decimal, offset_ms: int = 0, component: str = "stt") -> Used:
    return Used(
        account_id=ACCOUNT, call_id=CALL, seq=0, offset_ms=offset_ms, component=component,
        provider="local", unit="cpu_second", quantity=quantity,
    )  # fmt: skip


@given(
    st.lists(
        st.tuples(
            st.decimals(min_value=0, max_value=500, places=6),
            st.integers(min_value=0, max_value=600_000),
            st.sampled_from(["stt", "tts", "compute"]),
        ),
        max_size=30,
    )
)
def test_minute_rows_sum_exactly_to_the_call(items: list[tuple[Decimal, int, str]]) -> None:
    sheet = load_prices(load_settings().costs.path).on(date(2026, 11, 1))
    rows = price_call([used(*item) for item in items], sheet)
    price = sheet.prices[("stt", "local", "cpu_second")]
    exact = sum((item[0] for item in items), Decimal(0)) * price * 1_000_000
    assert abs(sum(row.micro_dollars for row in rows) - exact) <= Decimal("0.5")
    assert cents(rows) * 10_000 == sum(row.micro_dollars for row in rows)
    assert all(row.priced for row in rows)


def test_what_has_no_price_is_kept_and_marked() -> None:
    sheet = load_prices(load_settings().costs.path).on(date(2026, 11, 1))
    (row,) = price_call([used(Decimal(1), component="llm")], sheet)
    assert (row.micro_dollars, row.priced) == (0, False)


def test_a_price_sheet_that_is_none_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(yaml.safe_dump({"target_per_minute": "0.03", "sheets": [{"prices": []}]}))
    with pytest.raises(PriceSheetInvalid, match="valid_from"):
        load_prices(path)
    sheet = {"valid_from": "soon", "prices": []}
    path.write_text(yaml.safe_dump({"target_per_minute": "0.03", "sheets": [sheet]}))
    with pytest.raises(PriceSheetInvalid, match="soon"):
        load_prices(path)


def spoke(text: str, seq: int = 0) -> CallerSpoke:
    return CallerSpoke(account_id=ACCOUNT, call_id=CALL, seq=seq, text=text)


def test_the_journal_keeps_order_and_survives_being_reopened(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db")
    events = [spoke(f"line {i}", i) for i in range(20)]
    for event in events:
        journal.put(event)
    # Not closed: as after kill -9.
    again = Journal(tmp_path / "j.db")
    assert [event for _, event in again.batch(100)] == events
    again.delete(position for position, _ in again.batch(5))
    assert again.depth == 15
    journal.close()
    again.close()


async def test_the_doctor_says_that_a_home_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(VoiceWorkerError, match="home can't be written"):
        await doctor.CHECKS["data folder"](load_settings(home=tmp_path / "home"))


def test_nobody_else_reads_the_journal(tmp_path: Path) -> None:
    (tmp_path / "j.db").touch(mode=0o644)
    journal = Journal(tmp_path / "j.db")
    journal.put(spoke("x"))
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in tmp_path.iterdir()}
    assert len(modes) == 3 and set(modes.values()) == {"0o600"}, modes
    journal.close()


def test_a_full_journal_refuses_new_calls(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "j.db", max_rows=1)
    journal.check_room()
    journal.put(spoke("x"))
    with pytest.raises(JournalFull):
        journal.check_room()
    journal.close()


async def test_capacity_counts_calls_until_they_end() -> None:
    admission = Admission(1, idle_seconds=60)
    first = uuid4()
    admission.reserve(first, lambda: None)
    with pytest.raises(CallRefused) as refused:
        admission.check()
    assert (refused.value.status, refused.value.code) == (503, "at_capacity")
    assert admission.open(first) is True
    assert admission.open(first) is False
    admission.leave(first)
    admission.check()
    assert admission.open(uuid4()) is None


async def test_a_call_nobody_opens_gives_its_place_back() -> None:
    admission = Admission(1, idle_seconds=0)
    expired = asyncio.Event()
    admission.reserve(uuid4(), expired.set)
    await asyncio.wait_for(expired.wait(), PATIENCE_SECONDS)
    admission.check()


def test_a_token_is_good_for_its_call_only(tmp_path: Path) -> None:
    tokens = CallTokens(tmp_path, ttl_seconds=60)
    call = UUID(int=1)
    token = tokens.issue(call)
    assert tokens.check(token, call)
    assert not tokens.check(token, UUID(int=2))
    # Not the last sign, some of whose bits say nothing.
    forged = f"{token[:-4]}{'A' if token[-4] != 'A' else 'B'}{token[-3:]}"
    assert not tokens.check(forged, call)
    assert not CallTokens(tmp_path, ttl_seconds=-1).check(token, call)
    assert CallTokens(tmp_path, ttl_seconds=60).check(token, call), "the secret outlives a restart"


@pytest.mark.parametrize("left", [None, "", "known"])
def test_a_secret_is_whole_and_ours_alone_or_made(tmp_path: Path, left: str | None) -> None:
    path = tmp_path / "home" / "api.key"
    if left is not None:
        path.parent.mkdir()
        path.write_text(left)
        path.chmod(0o600)
    (key,) = api_keys((), path.parent)
    assert key == left if left else len(key) > 40
    assert (path.read_text(), path.stat().st_mode & 0o777) == (key, 0o600)
    assert [file.name for file in path.parent.iterdir()] == ["api.key"]
    assert api_keys(("",), path.parent) == (key,), "an empty one would let anybody in"


def test_passages_hold_whole_sentences_and_overlap() -> None:
    text = "One two three. Four five six. Seven eight nine.\n\nAnother paragraph here."
    assert chunk(text, 6) == [
        "One two three. Four five six.",
        "Four five six. Seven eight nine.",
        "Another paragraph here.",
    ]
