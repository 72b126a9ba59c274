"""The page a browser gets: one file for every line, with the line's facts put in."""

from __future__ import annotations

import html
import json
from pathlib import Path
from typing import Any

STATIC = Path(__file__).with_name("static")
PAGE = STATIC / "call.html"
CAMPAIGN_MARK = "<!--campaign-->"

NOWHERE = {"slug": "", "available": False, "state": "nowhere"}
"""The facts of an address that is no line's."""


def away(slug: str) -> dict[str, Any]:
    """The facts of a line that can't be looked up now."""
    return {"slug": slug, "available": False, "state": "away"}


def page(facts: dict[str, Any]) -> str:
    """The page for these facts (web/src/main.ts reads them)."""
    if not PAGE.is_file():
        return (
            "<!doctype html><title>Voice worker</title><p>The landing page is not built yet: "
            "run <code>make web</code>, then reload.</p>"
        )
    # "<" would end the script element; JSON may spell it as an escape.
    data = json.dumps(facts).replace("<", "\\u003c")
    title = html.escape(str(facts.get("account") or "Voice line"))
    script = f'<script type="application/json" id="campaign">{data}</script>'
    return PAGE.read_text("utf-8").replace(CAMPAIGN_MARK, script).replace("{{title}}", title)
