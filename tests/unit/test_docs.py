"""The documents and the program agree."""

from __future__ import annotations

import re
from importlib.metadata import version
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from flows.library import DEMO_FLOW, DEMO_KNOWLEDGE
from voice_worker.cli import app

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text()
COMMANDS = typer.main.get_command(app).commands  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_stands_in_the_readme(name: str) -> None:
    assert COMMANDS[name].help, f"{name} has no help"
    assert f"voice-worker {name}" in README, f"the README does not mention {name}"


def test_the_version_is_the_package_s() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout.strip() == version("voice-worker")


def test_every_file_the_readme_names_exists() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_.]*)`|\]\(((?:docs)/[^)]+)\)", README)
    paths = {first or second for first, second in named} - {"web/src/"}
    assert paths
    missing = [path for path in paths if not (ROOT / path).exists()]
    assert not missing


def test_a_flow_is_held_in_text_from_a_script(tmp_path: Path) -> None:
    script = tmp_path / "script.txt"
    script.write_text("# a comment\nHow much does a battery cost?\nNo thanks, that's all.\n")
    done = CliRunner().invoke(
        app,
        ["flow", "talk", str(DEMO_FLOW), "--script", str(script), "--knowledge",
         str(DEMO_KNOWLEDGE)],
    )  # fmt: skip
    assert done.exit_code == 0, done.output
    assert "eight thousand dollars" in done.output
    assert "ended: completed" in done.output


def test_a_flow_with_problems_fails_the_check(tmp_path: Path) -> None:
    flow = tmp_path / "f.yaml"
    flow.write_text("name: x\nstart: a\nnodes: {a: {type: start, say: Hi, next: b}}\n")
    done = CliRunner().invoke(app, ["flow", "check", str(flow), "--json"])
    assert done.exit_code == 1
    assert '"there is no node b"' in done.output
