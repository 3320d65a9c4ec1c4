"""What a regression answered: prediction against truth, over time where there is one, and a few rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw import RawData, Table
from stages.report.charts.axis_scales import linear_over
from stages.report.charts.svg import Chart, Line, Plane, Point, against, curves, thinned
from stages.report.charts.time_series import column_values, drawable, row_times, time_plane
from stages.report.format_text import column, count, signed
from stages.report.read_results import Predictions
from stages.report.sample_rows import Grid, grid, input_cells

MOST_DOTS = 1000
LEGEND = (("quiet", "truth"), ("accent", "prediction"))


@dataclass(frozen=True)
class ValueAnswers:
    """One predicted column."""

    name: str
    charts: list[Chart]
    wide: Chart | None
    few: Grid


@dataclass(frozen=True)
class Told:
    """One column's answers: which raw row each belongs to, what was so and what was said."""

    column: str
    rows: Sequence[int]
    truth: Sequence[float]
    said: Sequence[float]


def value_answers(name: str, found: Predictions, raw: RawData, processed: ProcessedData, many: int) -> ValueAnswers:
    told = Told(name, found.rows, found.values(f"{name}_truth"), found.values(f"{name}_predicted"))
    table = raw if isinstance(raw, Table) else None
    return ValueAnswers(
        name=name,
        charts=charts(told, table, processed) if len(told.rows) > 1 else [],
        wide=over_time(told, table) if table and table.kind == "series" and len(told.rows) > 1 else None,
        few=few_rows(told, table, processed.fitted, many),
    )


def charts(told: Told, table: Table | None, processed: ProcessedData) -> list[Chart]:
    x = only_input(table, processed) if table else ""
    return [scatter(told), *([over_input(told, table, x)] if table and x else [])]


def scatter(told: Told) -> Chart:
    points = list(zip(told.truth, told.said, strict=True))
    shown = points[:: -(-len(points) // MOST_DOTS)]
    note = f"{len(shown):,} of {count(len(points), 'sample')}" if len(shown) < len(points) else ""
    svg = against(shown, "truth", "prediction", f"Prediction against truth of {told.column}")
    return Chart("Prediction against truth", svg, (("diagonal", "where they agree"),), note)


def only_input(table: Table, processed: ProcessedData) -> str:
    """The one number a simple regression looks at, if it is that simple."""
    columns = [name for spec in processed.fitted.inputs.values() for name in spec.columns]
    simple = table.kind == "table" and len(columns) == 1 and drawable(table, columns[0])
    return columns[0] if simple else ""


def over_input(told: Told, table: Table, name: str) -> Chart:
    values = column_values(table, name)
    at = sorted((float(values[row]), t, s) for row, t, s in zip(told.rows, told.truth, told.said, strict=True))
    truth: list[Point] = [(x, t) for x, t, _ in at]
    said: list[Point] = [(x, s) for x, _, s in at]
    plane = Plane(linear_over(x for x, _ in truth), linear_over([*told.truth, *told.said]), name)
    return Chart(f"{told.column} over {name}", _both(plane, truth, said, f"{told.column} over {name}"), LEGEND)


def over_time(told: Told, table: Table) -> Chart:
    at = sorted(zip(told.rows, told.truth, told.said, strict=True))
    plane = time_plane([*told.truth, *told.said], row_times(table), at[0][0], at[-1][0], wide=True)
    truth: list[Point] = [(float(row), t) for row, t, _ in at]
    said: list[Point] = [(float(row), s) for row, _, s in at]
    return Chart("Truth and prediction over time", _both(plane, truth, said, f"{told.column} over time"), LEGEND)


def _both(plane: Plane, truth: Sequence[Point], said: Sequence[Point], label: str) -> Markup:
    drawn = [Line("truth", "quiet", thinned(truth), dots=not plane.wide), Line("prediction", "accent", thinned(said))]
    return curves(drawn, plane, label)


def few_rows(told: Told, table: Table | None, fitted: Fitted, many: int) -> Grid:
    """The answers furthest from the truth and the nearest ones, by falling distance."""
    missed = [said - truth for said, truth in zip(told.said, told.truth, strict=True)]
    shown = ends(sorted(range(len(missed)), key=lambda i: -abs(missed[i])), many)
    about = [input_cells(table, fitted, told.rows[i]) if table else [("row", f"{told.rows[i]:,}")] for i in shown]
    figures = column([v[i] for v in (told.truth, told.said) for i in shown])
    off = map(signed, column([missed[i] for i in shown]))
    lines = [
        [*(text for _, text in cells), *rest]
        for cells, *rest in zip(about, figures[: len(shown)], figures[len(shown) :], off, strict=True)
    ]
    return grid([*(name for name, _ in about[0]), "truth", "prediction", "off by"], lines)


def ends(order: Sequence[int], many: int) -> list[int]:
    """
    >>> ends([5, 6, 7, 8, 9], 3), ends([5, 6], 3)
    ([5, 6, 9], [5, 6])
    """
    late = many // 2
    return list(order) if len(order) <= many else [*order[: many - late], *order[len(order) - late :]]
