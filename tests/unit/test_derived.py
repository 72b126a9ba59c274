"""Files made from a model's file: kept, and made again when they are not whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from config.derived import derived
from config.errors import ModelUnusable

MAKER = """
import pathlib, sys
source, folder = map(pathlib.Path, sys.argv[1:])
if source.read_text() == "bad":
    sys.exit("nothing to be made of it")
(folder / "half").write_text(source.read_text() * 2)
with (source.parent / "made").open("a") as log:
    log.write("x")
"""


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "a_maker.py").write_text(MAKER)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    source = tmp_path / "model"
    source.write_text("network")
    return source


def test_it_is_made_once(source: Path, tmp_path: Path) -> None:
    folder = derived(source, tmp_path, "a_maker", 1)
    assert (folder / "half").read_text() == "networknetwork"
    (folder / "added later").write_text("a figure")
    assert derived(source, tmp_path, "a_maker", 1) == folder
    assert (tmp_path / "made").read_text() == "x"


def test_what_is_cut_short_is_made_again(source: Path, tmp_path: Path) -> None:
    folder = derived(source, tmp_path, "a_maker", 1)
    (folder / "half").write_text("net")
    assert derived(source, tmp_path, "a_maker", 1) == folder
    assert (folder / "half").read_text() == "networknetwork"
    assert (tmp_path / "made").read_text() == "xx"


def test_a_maker_that_fails_says_why_and_leaves_nothing(source: Path, tmp_path: Path) -> None:
    source.write_text("bad")
    with pytest.raises(ModelUnusable, match="nothing to be made of it"):
        derived(source, tmp_path, "a_maker", 1)
    assert list((tmp_path / "cache" / "models").iterdir()) == []
