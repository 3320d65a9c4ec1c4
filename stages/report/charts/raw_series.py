"""Charts of time series over their rows; validation and test rows are coloured bands."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, VALIDATION, ProcessedData
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_rows import block_rows
from stages.report.charts.axis_scales import date_scale, integer_scale, linear_scale
from stages.report.charts.row_times import RowTimes, stored_times, times_in_memory
from stages.report.charts.svg import Band, Chart, Line, PlotArea, Point, extreme_values, line_chart

MAX_CHARTS = 6


def series_charts(raw: Table, processed: ProcessedData) -> list[Chart]:
    """One chart for each numeric column that is an input or a target, and is not private."""
    fitted = processed.fitted
    used = {column for specs in (fitted.inputs, fitted.targets) for spec in specs.values() for column in spec.columns}
    shown = used.difference(raw.private)
    columns = [column for column in raw.columns if column in shown and is_numeric(raw, column)]
    times, bands, rows = row_times(raw), split_bands(processed), sum(raw.sizes.values())
    charts = []
    for column in columns[:MAX_CHARTS]:
        points: list[Point] = [(float(row), value) for row, value in extreme_values(value_blocks(raw, column), rows)]
        area = time_plot_area([y for _, y in points], times, 0, rows - 1)
        svg = line_chart([Line(column, "accent", points)], area, f"{column} over time", bands=bands)
        charts.append(Chart(column, svg, tuple((f"area {band.name}", band.name) for band in bands)))
    return charts


def time_plot_area(
    values: Sequence[float], times: Sequence[str], first: int, last: int, full_width: bool = False
) -> PlotArea:
    """Dates on the x axis, or row numbers if there are no dates."""
    x = date_scale(times, first, last) if times else integer_scale(first, last)
    return PlotArea(x, linear_scale(values), "" if times else "row", times=times, full_width=full_width)


def value_blocks(raw: Table, column: str) -> Iterator[NDArray[np.float64]]:
    """The values of all splits, one after another."""
    return (frame[column].to_numpy(np.float64) for split in raw.frames for frame in raw.blocks(split, [column]))


def values_between(raw: Table, column: str, first: int, last: int) -> list[float]:
    """The values of the rows from `first` to `last`. Only the blocks that have one of them are read."""
    values: list[float] = []
    for split, number, rows in block_rows(raw):
        if rows.start <= last and first < rows.stop:
            of_block = raw.block(split, number, [column])[column].to_numpy(np.float64)
            values += of_block[max(0, first - rows.start) : last + 1 - rows.start].tolist()
    return values


def row_times(raw: Table) -> Sequence[str]:
    """The time of each row; empty if the time column holds no dates, or is private."""
    name = raw.time
    if name is None or name in raw.private:
        return []
    if any(raw.block(split, 0, [name])[name].dtype.kind != "M" for split in raw.frames):
        return []
    blocks = (frame[name] for split in raw.frames for frame in raw.blocks(split, [name]))
    return RowTimes(*(stored_times(blocks) if raw.is_large else times_in_memory(blocks)))


def split_bands(processed: ProcessedData) -> list[Band]:
    """The validation and the test split, where its rows are consecutive.

    With windows, from the row after the first window's inputs on, which may be rows of the split before.
    """
    bands, window = [], processed.fitted.window
    for name in (VALIDATION, TEST):
        rows = processed.splits[name].rows if processed.has_split(name) else None
        if isinstance(rows, range):
            bands.append(Band(float(rows[window.length if window else 0]), float(rows[-1]), name))
    return bands


def is_numeric(raw: Table, column: str) -> bool:
    return all(raw.block(split, 0, [column])[column].dtype.kind in "iuf" for split in raw.frames)
