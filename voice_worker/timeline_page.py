"""A call's timeline as one page: who spoke when, what was heard of it, and why."""

from __future__ import annotations

import html
from collections.abc import Iterator
from typing import Any

from voice_worker.timeline import Moment, Timeline, Wait

PIXELS_PER_SECOND = 60
LANES = ("caller", "agent", "wait", "floor", "node", "lookup", "other")
LANE_HEIGHT = 56
LEFT = 70
LAST_LABEL = 240
"""Pixels for what the label of a moment at the very end says."""
LETTER = 6
ROWS = 3
ROW_HEIGHT = 16
COLOURS = {
    "end_of_turn": "#94a3b8", "flow": "#a78bfa", "retrieval": "#38bdf8", "synthesis": "#f59e0b",
    "output": "#10b981",
}  # fmt: skip
_STYLE = """
body{font:14px/1.5 system-ui,sans-serif;margin:2rem;color:#0f172a;background:#fff}
.scroll{overflow-x:auto;border:1px solid #e2e8f0;border-radius:8px}
svg text{font:11px system-ui,sans-serif;fill:#334155}.lane{fill:#64748b}
.caller{fill:#dbeafe;stroke:#3b82f6}.agent{fill:#dcfce7;stroke:#22c55e}
.env-caller{fill:#3b82f6;opacity:.45}.env-agent{fill:#22c55e;opacity:.45}
table{border-collapse:collapse;margin-top:1.5rem}td,th{text-align:left;padding:.2rem .9rem .2rem 0}
.key span{display:inline-block;width:.8em;height:.8em;margin:0 .3em 0 1em;border-radius:2px}
"""


def page(call: dict[str, Any], times: Timeline) -> str:
    """The whole page."""
    width = LEFT + round(times.duration_ms / 1000 * PIXELS_PER_SECOND) + LAST_LABEL
    height = 24 + LANE_HEIGHT * len(LANES)
    drawn = "".join(
        (
            _axis(times, height),
            *(_lane_name(number, name) for number, name in enumerate(LANES)),
            _envelope(times, "caller"),
            _envelope(times, "agent"),
            *(_box(moment, row) for moment, row in _rows(times.moments)),
            *(_wait(wait) for wait in times.waits),
        )
    )
    key = "".join(
        f'<span style="background:{colour}"></span>{name.replace("_", " ")}'
        for name, colour in COLOURS.items()
    )
    facts = f"{call['campaign']} · {call['status']} · {call['outcome']}"
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        f"<title>Call {call['id']}</title><style>{_STYLE}</style>"
        f"<h1>Call {_text(call['id'])}</h1><p>{_text(facts)}</p>"
        f'<p class="key">{key}</p><div class="scroll">'
        f'<svg width="{width}" height="{height}" role="img" aria-label="timeline">{drawn}</svg>'
        f"</div>{_thoughts(times)}</html>\n"
    )


def _x(milliseconds: float) -> float:
    return round(LEFT + milliseconds / 1000 * PIXELS_PER_SECOND, 1)


def _y(lane: str) -> int:
    return 24 + LANE_HEIGHT * (LANES.index(lane) if lane in LANES else len(LANES) - 1)


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _axis(times: Timeline, height: int) -> str:
    return "".join(
        f'<line x1="{_x(at)}" y1="16" x2="{_x(at)}" y2="{height}" stroke="#f1f5f9"/>'
        f'<text x="{_x(at)}" y="12">{at // 1000} s</text>'
        for at in range(0, times.duration_ms + 1, 1000)
    )


def _lane_name(number: int, name: str) -> str:
    return f'<text class="lane" x="6" y="{24 + LANE_HEIGHT * number + 20}">{name}</text>'


def _envelope(times: Timeline, side: str) -> str:
    levels = times.levels[side]
    if not any(levels):
        return ""
    middle = _y(side) + LANE_HEIGHT / 2 - 4
    reach = LANE_HEIGHT / 2 - 6
    points = [(_x(step * times.step_ms), value / 255 * reach) for step, value in enumerate(levels)]
    upper = [f"{x},{middle - high:.1f}" for x, high in points]
    lower = [f"{x},{middle + high:.1f}" for x, high in reversed(points)]
    return f'<polygon class="env-{side}" points="{" ".join(upper + lower)}"/>'


def _rows(moments: list[Moment]) -> Iterator[tuple[Moment, int]]:
    """Each moment with a row of its lane, so that the labels of close ones can be read."""
    ends: dict[int, list[float]] = {}
    for moment in moments:
        lane = ends.setdefault(_y(moment.kind), [0.0] * ROWS)
        x = _x(moment.at_ms)
        free = next((row for row in range(ROWS) if lane[row] <= x), 0)
        if moment.kind not in ("caller", "agent"):
            lane[free] = x + LETTER * (2 + len(_label(moment)))
        yield moment, free


def _label(moment: Moment) -> str:
    name = moment.text if moment.kind in LANES else f"{moment.kind}: {moment.text}"
    return name[:40]


def _box(moment: Moment, row: int) -> str:
    x, y = _x(moment.at_ms), _y(moment.kind) + row * ROW_HEIGHT
    label = moment.text + (f" [{moment.detail}]" if moment.detail else "")
    title = f"<title>{_text(f'{moment.at_ms} ms: {label}')}</title>"
    if moment.kind in ("caller", "agent"):
        wide = max(2.0, round(moment.duration_ms / 1000 * PIXELS_PER_SECOND, 1))
        room = max(4, int(wide / LETTER))
        short = moment.text if len(moment.text) <= room else moment.text[: room - 1] + "…"
        return (
            f'<g>{title}<rect class="{moment.kind}" x="{x}" y="{y}" width="{wide}" height="18" '
            f'rx="3" fill-opacity=".8"/><text x="{x + 3}" y="{y + 13}">{_text(short)}</text></g>'
        )
    return (
        f'<g>{title}<circle cx="{x}" cy="{y + 8}" r="3" fill="#475569"/>'
        f'<text x="{x + 6}" y="{y + 12}">{_text(_label(moment))}</text></g>'
    )


def _wait(wait: Wait) -> str:
    parts = []
    at = wait.begin_ms
    for name, length in wait.parts.items():
        if length:
            wide = max(0.5, round(length / 1000 * PIXELS_PER_SECOND, 1))
            parts.append(
                f'<rect x="{_x(at)}" y="{_y("wait")}" width="{wide}" height="16" '
                f'fill="{COLOURS[name]}"><title>{name}: {length} ms</title></rect>'
            )
        at += length
    end = _x(at) + 4
    return "".join(parts) + f'<text x="{end}" y="{_y("wait") + 12}">{wait.total_ms} ms</text>'


def _thoughts(times: Timeline) -> str:
    rows = "".join(
        f"<tr><td>{wait.begin_ms / 1000:.2f} s<td>{thought.get('silence_ms')} ms"
        f"<td>{_text(thought.get('text') or 'no words')}<td>{_text(thought.get('completeness'))}"
        f"<td>{thought.get('patience_ms')} ms</tr>"
        for wait in times.waits
        for thought in wait.thoughts
    )
    if not rows:
        return ""
    return (
        "<table><tr><th>turn ended<th>silence<th>words so far<th>judged"
        f"<th>patience</tr>{rows}</table>"
    )
