# SPDX-FileCopyrightText: Contributors to the unicloud.usphere collection
# SPDX-License-Identifier: GPL-3.0-or-later
"""A chart of CPU seconds by hosts, both logarithmic, as SVG."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 60, 500, 20, 370
COLORS = ("#1b6ca8", "#c1440e", "#2e7d32", "#7b3fa0", "#b8860b", "#555555", "#d81b60", "#00838f")


def log_log(series: Mapping[str, Sequence[tuple[int, float]]]) -> list[str]:
    """Return the lines of an SVG: CPU seconds (y) by hosts (x), one line of the chart per title."""
    points = [point for line in series.values() for point in line]
    if not points:
        raise ValueError("a chart needs at least one point; got none")
    across = _Axis([hosts for hosts, _seconds in points], LEFT, RIGHT)
    up = _Axis([seconds for _hosts, seconds in points], BOTTOM, TOP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="100%" role="img"'
        ' font-family="sans-serif" font-size="11" fill="#333">',
        "<title>CPU seconds by number of hosts, both axes logarithmic</title>",
    ]
    for value in up.ticks():
        y = up.place(value)
        lines.append(f'<line x1="{LEFT}" y1="{y:.1f}" x2="{RIGHT}" y2="{y:.1f}" stroke="#ddd"/>')
        lines.append(f'<text x="{LEFT - 6}" y="{y + 4:.1f}" text-anchor="end">{value:,g}</text>')
    for hosts in sorted({hosts for hosts, _seconds in points}):
        x = across.place(hosts)
        lines.append(f'<line x1="{x:.1f}" y1="{TOP}" x2="{x:.1f}" y2="{BOTTOM}" stroke="#ddd"/>')
        lines.append(f'<text x="{x:.1f}" y="{BOTTOM + 16}" text-anchor="middle">{hosts:,}</text>')
    lines.append(f'<text x="{(LEFT + RIGHT) / 2:.0f}" y="{BOTTOM + 34}" text-anchor="middle">hosts</text>')
    lines.append(
        f'<text x="14" y="{(TOP + BOTTOM) / 2:.0f}" text-anchor="middle"'
        f' transform="rotate(-90 14 {(TOP + BOTTOM) / 2:.0f})">CPU seconds</text>'
    )
    # The legend has the order of the lines at their right ends.
    ordered = sorted(series.items(), key=lambda item: -max(item[1])[1])
    for number, (title, line) in enumerate(ordered):
        color = COLORS[number % len(COLORS)]
        dash = ' stroke-dasharray="5 3"' if number >= len(COLORS) else ""
        places = [(across.place(hosts), up.place(seconds)) for hosts, seconds in sorted(line)]
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
        lines.append(f'<polyline points="{path}" fill="none" stroke="{color}" stroke-width="2"{dash}/>')
        lines += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{color}"/>' for x, y in places]
        y = TOP + 8 + 20 * number
        lines.append(
            f'<line x1="{RIGHT + 14}" y1="{y}" x2="{RIGHT + 38}" y2="{y}"'
            f' stroke="{color}" stroke-width="2"{dash}/>'
        )
        lines.append(f'<text x="{RIGHT + 44}" y="{y + 4}">{escape(title)}</text>')
    return [*lines, "</svg>"]


class _Axis:
    """A logarithmic axis over values, between two places of the drawing."""

    def __init__(self, values: Sequence[float], begin: float, end: float) -> None:
        if min(values) <= 0:
            raise ValueError(f"a logarithmic axis needs values above 0; got {min(values):g}")
        self._low, self._high = math.log10(min(values)) - 0.05, math.log10(max(values)) + 0.05
        self._begin, self._end = begin, end

    def place(self, value: float) -> float:
        share = (math.log10(value) - self._low) / (self._high - self._low)
        return self._begin + share * (self._end - self._begin)

    def ticks(self) -> list[float]:
        """Return 1, 2 and 5 of each decade that are on the axis."""
        decades = range(math.floor(self._low), math.ceil(self._high) + 1)
        values = [step * 10.0**decade for decade in decades for step in (1, 2, 5)]
        return [value for value in values if self._low <= math.log10(value) <= self._high]
