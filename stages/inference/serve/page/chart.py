"""A series and its forecast as SVG."""

from collections.abc import Sequence
from html import escape

from stages.inference.serve.page.format_values import format_number

WIDTH, HEIGHT = 560, 250
LEFT, RIGHT, TOP, BOTTOM = 64, 12, 12, 28
TICKS = 4

Points = Sequence[tuple[float, float]]


def forecast_chart(
    known: Sequence[float],
    forecast: Sequence[float],
    steps: Sequence[int],
    bounds: tuple[Sequence[float], Sequence[float]] | None,
    labels: tuple[str, str],
) -> str:
    """The last known values, then the forecast of each step ahead with its interval. `labels` are at both ends."""
    lower, upper = bounds if bounds is not None else ((), ())
    scale = _Scale(len(known), max(steps), [*known, *forecast, *lower, *upper])
    ahead = [len(known) - 1 + step for step in steps]
    last = [(len(known) - 1, known[-1])] if known else []
    parts = [scale.grid()]
    if bounds is not None:
        outline = [*last, *zip(ahead, upper, strict=True), *reversed([*zip(ahead, lower, strict=True)])]
        parts.append(f'<polygon class="interval" points="{scale.points(outline)}"/>')
    parts.append(f'<polyline class="line muted" points="{scale.points(list(enumerate(known)))}"/>')
    found = [*zip(ahead, forecast, strict=True)]
    parts.append(f'<polyline class="line accent" points="{scale.points([*last, *found])}"/>')
    parts += [f'<circle class="point" cx="{scale.x(x):.1f}" cy="{scale.y(y):.1f}" r="3.5"/>' for x, y in found]
    parts += [scale.text(0, labels[0], "start"), scale.text(ahead[-1], labels[1], "end")]
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" aria-label="The known values and the forecast; '
        f'the table has its numbers">{"".join(parts)}</svg>'
    )


class _Scale:
    def __init__(self, known: int, steps: int, values: Sequence[float]) -> None:
        self._last = max(1, known - 1 + steps)
        low, high = min(values), max(values)
        room = (high - low or abs(high) or 1) * 0.05
        self._low, self._high = low - room, high + room

    def x(self, position: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * position / self._last

    def y(self, value: float) -> float:
        return TOP + (HEIGHT - TOP - BOTTOM) * (self._high - value) / (self._high - self._low)

    def points(self, points: Points) -> str:
        return " ".join(f"{self.x(x):.1f},{self.y(y):.1f}" for x, y in points)

    def grid(self) -> str:
        values = [self._low + (self._high - self._low) * part / TICKS for part in range(TICKS + 1)]
        return "".join(
            f'<line class="grid" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{self.y(value):.1f}" y2="{self.y(value):.1f}"/>'
            f'<text class="end" x="{LEFT - 8}" y="{self.y(value) + 4:.1f}">{_tick(value)}</text>'
            for value in values
        )

    def text(self, position: float, text: str, anchor: str) -> str:
        return f'<text class="{anchor}" x="{self.x(position):.1f}" y="{HEIGHT - 8}">{escape(text)}</text>'


def _tick(value: float) -> str:
    return format_number(float(f"{value:.4g}"))
