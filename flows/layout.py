"""Where boxes and lines of a drawing go: layers from top to bottom, few crossings, no overlap.

The layered method of Sugiyama, Tagawa and Toda (1981): circles are broken, nodes put into layers,
layers ordered to cross few lines, then moved sideways towards their neighbours. Every line has a
place of its own for its label in a layer between, so labels cover nothing. Units are pixels.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

SWEEPS = 12
SETTLING = 24
COLUMN_GAP = 26.0
ROW_GAP = 28.0


@dataclass(frozen=True)
class Size:
    width: float
    height: float


@dataclass
class Vertex:
    """A box, or the place where a line passes a layer. `x` and `y` are its middle."""

    layer: int
    size: Size
    x: float = 0.0
    y: float = 0.0
    above: list[int] = field(default_factory=list)
    below: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Layout:
    """Middles of boxes by name, lines as points from source to target, and label middles."""

    boxes: dict[str, tuple[float, float]]
    lines: dict[tuple[str, str], tuple[tuple[float, float], ...]]
    labels: dict[tuple[str, str], tuple[float, float]]
    size: Size


def lay_out(
    boxes: Mapping[str, Size], lines: Mapping[tuple[str, str], Size], *, margin: float = 24.0
) -> Layout:
    """Place boxes (by name, in reading order) and lines (source, target) with their labels' sizes.

    A line from a box to itself gets no points; it is drawn beside the box.
    """
    graph = _Graph(boxes, {pair: size for pair, size in lines.items() if pair[0] != pair[1]})
    graph.order()
    graph.place()
    return graph.result(margin)


class _Graph:
    def __init__(self, boxes: Mapping[str, Size], lines: Mapping[tuple[str, str], Size]) -> None:
        self._names = list(boxes)
        self._vertices: list[Vertex] = []
        self._chains: dict[tuple[str, str], list[int]] = {}
        self._label_at: dict[tuple[str, str], int] = {}
        self._heights: list[float] = []
        turned = _against_the_flow(self._names, list(lines))
        downward = [(b, a) if (a, b) in turned else (a, b) for a, b in lines]
        ranks = _ranks(self._names, downward)
        # Every second layer is for labels.
        for name in self._names:
            self._vertices.append(Vertex(2 * ranks[name], boxes[name]))
        index = {name: number for number, name in enumerate(self._names)}
        for (source, target), size in lines.items():
            flip = (source, target) in turned
            top, bottom = (target, source) if flip else (source, target)
            chain = [index[top]]
            first, last = 2 * ranks[top] + 1, 2 * ranks[bottom]
            label = last - 1 if flip else first
            for layer in range(first, last):
                wanted = size if layer == label else Size(8, 0)
                self._vertices.append(Vertex(layer, wanted))
                chain.append(len(self._vertices) - 1)
                if layer == label:
                    self._label_at[source, target] = chain[-1]
            chain.append(index[bottom])
            for upper, lower in pairwise(chain):
                self._vertices[upper].below.append(lower)
                self._vertices[lower].above.append(upper)
            self._chains[source, target] = chain[::-1] if flip else chain
        count = 1 + max((vertex.layer for vertex in self._vertices), default=0)
        self._layers: list[list[int]] = [[] for _ in range(count)]
        for number, vertex in enumerate(self._vertices):
            self._layers[vertex.layer].append(number)

    def order(self) -> None:
        """Order each layer by where its neighbours are, down and up, and keep the best."""
        best, least = [list(layer) for layer in self._layers], self._crossings()
        for sweep in range(SWEEPS):
            down = sweep % 2 == 0
            layers = self._layers if down else self._layers[::-1]
            for layer in layers:
                position = {v: n for row in self._layers for n, v in enumerate(row)}
                self._sort(layer, position, down)
            crossings = self._crossings()
            if crossings < least:
                best, least = [list(layer) for layer in self._layers], crossings
        self._layers = best

    def _sort(self, layer: list[int], position: Mapping[int, int], down: bool) -> None:
        def middle(number: int) -> float:
            vertex = self._vertices[number]
            near = vertex.above if down else vertex.below
            return sum(position[n] for n in near) / len(near) if near else position[number]

        layer.sort(key=middle)

    def _crossings(self) -> int:
        total = 0
        for upper, lower in pairwise(self._layers):
            at = {number: n for n, number in enumerate(lower)}
            ends = [
                at[b] for a in upper for b in sorted(self._vertices[a].below, key=at.__getitem__)
            ]
            total += sum(a > b for n, a in enumerate(ends) for b in ends[n + 1 :])
        return total

    def place(self) -> None:
        """Give every vertex a place: layers below one another, rows pulled towards neighbours."""
        y = 0.0
        self._heights = []
        for layer in self._layers:
            height = max((self._vertices[v].size.height for v in layer), default=0.0)
            self._heights.append(height)
            for number in layer:
                self._vertices[number].y = y + height / 2
            y += height + ROW_GAP
        for layer in self._layers:
            x = 0.0
            for number in layer:
                width = self._vertices[number].size.width
                self._vertices[number].x = x + width / 2
                x += width + COLUMN_GAP
        for turn in range(SETTLING):
            layers = self._layers if turn % 2 == 0 else self._layers[::-1]
            for layer in layers:
                self._pull(layer)

    def _pull(self, layer: Sequence[int]) -> None:
        wanted, gaps = [], []
        for number in layer:
            vertex = self._vertices[number]
            near = [self._vertices[n].x for n in (*vertex.above, *vertex.below)]
            wanted.append(sum(near) / len(near) if near else vertex.x)
        for left, right in pairwise(layer):
            widths = self._vertices[left].size.width + self._vertices[right].size.width
            gaps.append(widths / 2 + COLUMN_GAP)
        for number, x in zip(layer, _spread(wanted, gaps), strict=True):
            self._vertices[number].x = x

    def result(self, margin: float) -> Layout:
        """Everything moved so that the drawing begins at the margin."""
        vertices = self._vertices
        left = min((v.x - v.size.width / 2 for v in vertices), default=0.0) - margin
        right = max((v.x + v.size.width / 2 for v in vertices), default=0.0) + margin
        bottom = max((v.y + v.size.height / 2 for v in vertices), default=0.0) + margin

        def at(number: int) -> tuple[float, float]:
            return vertices[number].x - left, vertices[number].y + margin

        def along(chain: Sequence[int]) -> Iterator[tuple[float, float]]:
            # A line goes straight through a layer, so that it bends between boxes only.
            yield at(chain[0])
            for before, number in pairwise(chain[:-1]):
                x, y = at(number)
                half = self._heights[vertices[number].layer] / 2
                turn = 1 if vertices[number].layer > vertices[before].layer else -1
                yield x, y - turn * half
                yield x, y + turn * half
            yield at(chain[-1])

        return Layout(
            boxes={name: at(number) for number, name in enumerate(self._names)},
            lines={pair: tuple(along(chain)) for pair, chain in self._chains.items()},
            labels={pair: at(number) for pair, number in self._label_at.items()},
            size=Size(right - left, bottom + margin),
        )


def _against_the_flow(
    names: Sequence[str], lines: Sequence[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Lines that close a circle, seen from the first box on."""
    ways: dict[str, list[str]] = {name: [] for name in names}
    for source, target in lines:
        ways[source].append(target)
    turned: set[tuple[str, str]] = set()
    done: set[str] = set()
    for begin in names:
        path: list[tuple[str, int]] = [(begin, 0)] if begin not in done else []
        on_path = {begin} if path else set()
        while path:
            name, next_way = path.pop()
            if next_way < len(ways[name]):
                path.append((name, next_way + 1))
                target = ways[name][next_way]
                if target in on_path:
                    turned.add((name, target))
                elif target not in done:
                    path.append((target, 0))
                    on_path.add(target)
            else:
                done.add(name)
                on_path.discard(name)
    return turned


def _ranks(names: Sequence[str], lines: Sequence[tuple[str, str]]) -> dict[str, int]:
    """How far down each box is: one below the lowest that leads to it."""
    ranks = dict.fromkeys(names, 0)
    for _ in names:
        for source, target in lines:
            ranks[target] = max(ranks[target], ranks[source] + 1)
    return ranks


def _spread(wanted: Sequence[float], gaps: Sequence[float]) -> list[float]:
    """Places closest to the wanted ones (least squares) with at least these gaps between them."""
    offsets = [0.0]
    for gap in gaps:
        offsets.append(offsets[-1] + gap)
    blocks: list[list[float]] = []  # [sum, count] of those that move together
    for want, offset in zip(wanted, offsets, strict=True):
        blocks.append([want - offset, 1])
        while len(blocks) > 1 and blocks[-2][0] / blocks[-2][1] > blocks[-1][0] / blocks[-1][1]:
            total, count = blocks.pop()
            blocks[-1][0] += total
            blocks[-1][1] += count
    places: list[float] = []
    for total, count in blocks:
        places += [total / count] * int(count)
    return [place + offset for place, offset in zip(places, offsets, strict=True)]
