"""A flow as a drawing of its own (SVG): boxes that say what they say, lines that say why."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from xml.sax.saxutils import escape

from flows.draw import ANYWHERE, Line, lines_of
from flows.dump import met_order
from flows.layout import Layout, Size, lay_out
from flows.model import DispatchNode, EndNode, Flow, LeadGateNode, Node
from flows.texts import Localised, variants

BOX = Size(208, 62)
SMALL = Size(120, 34)
CHARACTER = 6.1
"""Width of a label's letter at its size, near enough for any sans-serif face."""
LABEL_LINE = 14
LONGEST_LABEL = 26
LONGEST_TEXT = 29
LONGEST_KIND = 25

_COLOURS = {
    "start": "#0b6e5f",
    "clarify": "#2f5fb3",
    "rag_answer": "#7a4fb0",
    "lead_gate": "#b3591b",
    "dispatch": "#a4317a",
    "end": "#4a5560",
}
_ICONS = {
    "start": "▶",
    "clarify": "?",
    "rag_answer": "“",
    "lead_gate": "✎",
    "dispatch": "→",
    "end": "■",
}
INK, SOFT, LINE, TAKEN, GROUND = "#1d2730", "#5a6772", "#98a3ab", "#0b6e5f", "#ffffff"
_STYLE = (
    "text{font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif}"
    ".id{font-size:14px;font-weight:650}.kind{font-size:10.5px;letter-spacing:.04em}"
    ".text{font-size:11px}.label{font-size:11px}"
)


def svg(flow: Flow, path: Sequence[str] = ()) -> str:
    """The drawing; with a `path` of node ids, the way a call took stands out."""
    lines = [line for line in lines_of(flow) if line.target in flow.nodes]
    boxes = dict.fromkeys(met_order(flow), BOX)
    if any(line.source == ANYWHERE for line in lines):
        boxes = {ANYWHERE: SMALL, **boxes}
    wanted = {(line.source, line.target): _label_size(line) for line in lines}
    layout = lay_out(boxes, wanted)
    taken, visited = set(pairwise(path)), set(path)
    width, height = round(layout.size.width), round(layout.size.height)
    # Lines that were taken are drawn last, over the others.
    ordered = sorted(lines, key=lambda line: (line.source, line.target) in taken)
    ports = _ports(layout, boxes)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" '
        f'viewBox="0 0 {width} {height}" role="img" aria-label="{escape(flow.name)}">',
        f"<title>{escape(flow.name)}</title><style>{_STYLE}</style>",
        f"<defs>{_arrow('arrow', LINE)}{_arrow('arrow-taken', TAKEN)}</defs>",
        f'<rect width="{width}" height="{height}" fill="{GROUND}"/>',
    ]
    for line in ordered:
        parts += _line(line, layout, ports, (line.source, line.target) in taken, bool(path))
    for node_id, (x, y) in layout.boxes.items():
        if node_id == ANYWHERE:
            parts += _anywhere(x, y)
        else:
            faded = bool(path) and node_id not in visited
            parts += _box(flow, node_id, flow.nodes[node_id], x, y, node_id in visited, faded)
    return "\n".join((*parts, "</svg>\n"))


def _label_lines(line: Line) -> list[str]:
    return [_short(label, LONGEST_LABEL) for label in line.labels]


def _label_size(line: Line) -> Size:
    texts = _label_lines(line)
    width = max((len(text) for text in texts), default=0) * CHARACTER + 10
    return Size(max(width, 10), LABEL_LINE * len(texts) + 4)


def _arrow(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="11" '
        f'markerHeight="11" markerUnits="userSpaceOnUse" orient="auto">'
        f'<path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    )


def _ports(layout: Layout, boxes: dict[str, Size]) -> dict[tuple[str, str, str], float]:
    """Where lines meet a box: side by side, in the order of where they come from or go to."""
    meeting: dict[tuple[str, bool], list[tuple[float, tuple[str, str, str]]]] = {}
    for (source, target), points in layout.lines.items():
        for name, end, near in ((source, "source", points[1]), (target, "target", points[-2])):
            below = near[1] > layout.boxes[name][1]
            key = (source, target, end)
            meeting.setdefault((name, below), []).append((near[0], key))
    found: dict[tuple[str, str, str], float] = {}
    for (name, _), ends in meeting.items():
        gap = min(22.0, boxes[name].width * 0.8 / len(ends))
        for place, (_, key) in enumerate(sorted(ends)):
            found[key] = layout.boxes[name][0] + (place - (len(ends) - 1) / 2) * gap
    return found


def _line(
    line: Line,
    layout: Layout,
    ports: dict[tuple[str, str, str], float],
    taken: bool,
    path_shown: bool,
) -> list[str]:
    pair = (line.source, line.target)
    colour, thick = (TAKEN, 2.8) if taken else (LINE, 1.4)
    dashes = ' stroke-dasharray="5 4"' if line.repair or line.source == ANYWHERE else ""
    opacity = ' opacity="0.45"' if path_shown and not taken else ""
    marker = "arrow-taken" if taken else "arrow"
    if line.source == line.target:
        x, y = layout.boxes[line.source]
        right = x + BOX.width / 2
        curve = f"M{right} {y - 12}C{right + 34} {y - 22} {right + 34} {y + 22} {right} {y + 12}"
        label = (right + 28, y)
    else:
        points = list(layout.lines[pair])
        down = points[1][1] > points[0][1]
        half = (SMALL if line.source == ANYWHERE else BOX).height / 2
        points[0] = (ports[*pair, "source"], points[0][1] + (half if down else -half))
        points[-1] = (
            ports[*pair, "target"],
            points[-1][1] + (-BOX.height / 2 - 1 if down else BOX.height / 2 + 1),
        )
        curve = f"M{points[0][0]:.1f} {points[0][1]:.1f}"
        for (x1, y1), (x2, y2) in pairwise(points):
            middle = (y1 + y2) / 2
            curve += f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}"
        label = layout.labels[pair]
    parts = [
        f'<path d="{curve}" fill="none" stroke="{colour}" stroke-width="{thick}"{dashes}{opacity} '
        f'marker-end="url(#{marker})"/>'
    ]
    texts = _label_lines(line)
    if texts:
        size = _label_size(line)
        x, y = label
        parts.append(
            f'<rect x="{x - size.width / 2:.1f}" y="{y - size.height / 2:.1f}" '
            f'width="{size.width:.1f}" height="{size.height:.1f}" rx="4" fill="{GROUND}" '
            'fill-opacity="0.92"/>'
        )
        top = y - (len(texts) - 1) * LABEL_LINE / 2 + 4
        for row, text in enumerate(texts):
            parts.append(
                f'<text class="label" x="{x:.1f}" y="{top + row * LABEL_LINE:.1f}" '
                f'text-anchor="middle" fill="{TAKEN if taken else SOFT}"'
                f"{' font-weight=' + chr(34) + '650' + chr(34) if taken else ''}{opacity}>"
                f"{escape(text)}</text>"
            )
    return parts


def _box(
    flow: Flow, node_id: str, node: Node, x: float, y: float, visited: bool, faded: bool
) -> list[str]:
    colour = _COLOURS[node.type]
    left, top = x - BOX.width / 2, y - BOX.height / 2
    stroke, thick = (TAKEN, 3) if visited else (colour, 1.2)
    fill = "#e3f0ed" if visited else GROUND
    opacity = ' opacity="0.5"' if faded else ""
    return [
        f"<g{opacity}>",
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{BOX.width}" height="{BOX.height}" rx="10" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="{thick}"/>',
        f'<path d="M{left + 10:.1f} {top:.1f}h-0a10 10 0 0 0-10 10v{BOX.height - 20}a10 10 0 0 0 '
        f'10 10h-2v-{BOX.height}z" fill="{colour}"/>',
        f'<circle cx="{left + 25:.1f}" cy="{top + 22:.1f}" r="11" fill="{colour}"/>',
        f'<text x="{left + 25:.1f}" y="{top + 26:.1f}" text-anchor="middle" font-size="12" '
        f'fill="{GROUND}">{_ICONS[node.type]}</text>',
        f'<text class="id" x="{left + 43:.1f}" y="{top + 21:.1f}" fill="{INK}">'
        f"{escape(_short(node_id, 20))}</text>",
        f'<text class="kind" x="{left + 43:.1f}" y="{top + 34:.1f}" fill="{colour}">'
        f"{escape(_short(_kind(node), LONGEST_KIND))}</text>",
        f'<text class="text" x="{left + 16:.1f}" y="{top + 52:.1f}" fill="{SOFT}">'
        f"{escape(_short(_first_text(flow, node), LONGEST_TEXT))}</text>",
        "</g>",
    ]


def _anywhere(x: float, y: float) -> list[str]:
    left, top = x - SMALL.width / 2, y - SMALL.height / 2
    return [
        f'<rect x="{left:.1f}" y="{top:.1f}" width="{SMALL.width}" height="{SMALL.height}" '
        f'rx="17" fill="{GROUND}" stroke="{LINE}" stroke-dasharray="5 4"/>',
        f'<text class="text" x="{x:.1f}" y="{y + 4:.1f}" text-anchor="middle" fill="{SOFT}">'
        "from anywhere</text>",
    ]


def _kind(node: Node) -> str:
    if isinstance(node, LeadGateNode):
        return f"lead_gate: {', '.join(field.field for field in node.fields)}"
    if isinstance(node, DispatchNode):
        return f"dispatch: {node.kind if node.kind == 'integration' else node.mode}"
    if isinstance(node, EndNode):
        return f"end: {node.outcome.value}"
    return node.type


def _first_text(flow: Flow, node: Node) -> str:
    """What the node says first, in the flow's own language."""
    for name in ("question", "say", "success"):
        texts: Localised = getattr(node, name, ())
        if texts and (found := variants(texts, flow.language, flow.language)):
            return found[0]
    if isinstance(node, LeadGateNode):
        return variants(node.fields[0].ask, flow.language, flow.language)[0]
    return getattr(node, "reason", "") or ""


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1].rstrip()}…"
