"""How checks are told: a line each, and an exit status."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from voice_worker.cli.output import print_json
from voice_worker.findings import Finding


def show_finding(finding: Finding) -> None:
    """One line, for people."""
    typer.echo(f"{'ok  ' if finding.ok else 'FAIL'} {finding.check}: {finding.detail}")


def show_findings(findings: Sequence[Finding], *, as_json: bool) -> None:
    """All of them; exits with 1 when one is not ok."""
    if as_json:
        print_json([vars(finding) for finding in findings])
    else:
        for finding in findings:
            show_finding(finding)
    if not all(finding.ok for finding in findings):
        raise typer.Exit(1)
