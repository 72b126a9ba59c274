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
    lanes = _lanes(times)
    height = 24 + LANE_HEIGHT * len(lanes)
    drawn = "".join(
        (
            _axis(times, height),
            *(f'<text class="lane" x="6" y="{y + 20}">{name}</text>' for name, y in lanes.items()),
            *(_envelope(times, side, lanes[side]) for side in ("caller", "agent")),
            *(_box(moment, lanes[_lane(moment)] + down) for moment, down in _rows(times.moments)),
            *(_wait(wait, lanes["wait"]) for wait in times.waits),
        )
    )
    key = "".join(
        f'<span style="background:{colour}"></span>{name.replace("_", " ")}'
        for name, colour in COLOURS.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>Call {call['id']}</title><style>{_STYLE}</style>"
        f"<h1>Call {_text(call['id'])}</h1><p>{_text(_facts(call))}</p>"
        f'<p class="key">{key}</p><div class="scroll">'
        f'<svg width="{width}" height="{height}" role="img" aria-label="timeline">{drawn}</svg>'
        f"</div>{_thoughts(times)}</html>\n"
    )


def _x(milliseconds: float) -> float:
    return round(LEFT + milliseconds / 1000 * PIXELS_PER_SECOND, 1)


def _lane(moment: Moment) -> str:
    return moment.kind if moment.kind in LANES else "other"


def _lanes(times: Timeline) -> dict[str, int]:
    """Where each lane begins: both sides', and those something happened in."""
    used = {"caller", "agent", *map(_lane, times.moments), *(["wait"] if times.waits else [])}
    return {
        name: 24 + LANE_HEIGHT * number
        for number, name in enumerate(name for name in LANES if name in used)
    }


def _facts(call: dict[str, Any]) -> str:
    """What a call was, in a line."""
    ended = call["duration_ms"] is not None
    facts = (
        call["campaign"],
        f"{call['created_at']:%Y-%m-%d %H:%M:%S %Z}",
        call["transport"],
        f"{call['duration_ms'] / 1000:.1f} s" if ended else "",
        f"{call['cost_cents'].normalize():f} ¢" if call["cost_cents"] is not None else "",
        call["status"],
        call["outcome"] if call["outcome"] != call["status"] else "",
    )
    return " · ".join(filter(None, facts))


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)


def _axis(times: Timeline, height: int) -> str:
    return "".join(
        f'<line x1="{_x(at)}" y1="16" x2="{_x(at)}" y2="{height}" stroke="#f1f5f9"/>'
        f'<text x="{_x(at)}" y="12">{at // 1000} s</text>'
        for at in range(0, times.duration_ms + 1, 1000)
    )


def _envelope(times: Timeline, side: str, y: int) -> str:
    levels = times.levels[side]
    if not any(levels):
        return ""
    middle = y + LANE_HEIGHT / 2 - 4
    reach = LANE_HEIGHT / 2 - 6
    points = [(_x(step * times.step_ms), value / 255 * reach) for step, value in enumerate(levels)]
    upper = [f"{x},{middle - high:.1f}" for x, high in points]
    lower = [f"{x},{middle + high:.1f}" for x, high in reversed(points)]
    return f'<polygon class="env-{side}" points="{" ".join(upper + lower)}"/>'


def _rows(moments: list[Moment]) -> Iterator[tuple[Moment, int]]:
    """Each moment and how far down its lane, so that the labels of close ones can be read."""
    ends: dict[str, list[float]] = {}
    for moment in moments:
        lane = ends.setdefault(_lane(moment), [0.0] * ROWS)
        x = _x(moment.at_ms)
        free = next((row for row in range(ROWS) if lane[row] <= x), 0)
        if moment.kind not in ("caller", "agent"):
            lane[free] = x + LETTER * (2 + len(_label(moment)))
        yield moment, free * ROW_HEIGHT


def _label(moment: Moment) -> str:
    name = moment.text if moment.kind in LANES else f"{moment.kind}: {moment.text}"
    return name[:40]


def _box(moment: Moment, y: int) -> str:
    x = _x(moment.at_ms)
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


def _wait(wait: Wait, y: int) -> str:
    parts = []
    at = wait.begin_ms
    for name, length in wait.parts.items():
        if length:
            wide = max(0.5, round(length / 1000 * PIXELS_PER_SECOND, 1))
            parts.append(
                f'<rect x="{_x(at)}" y="{y}" width="{wide}" height="16" '
                f'fill="{COLOURS[name]}"><title>{name}: {length} ms</title></rect>'
            )
        at += length
    end = _x(at) + 4
    return "".join(parts) + f'<text x="{end}" y="{y + 12}">{wait.total_ms} ms</text>'


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
