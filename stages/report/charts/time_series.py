"""A series over its rows, with the splits as bands; and predictions on the same axis."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, VALIDATION, ProcessedData
from stages.core.artefacts.raw import Table
from stages.report.charts.axis_scales import counting, dated, linear_over
from stages.report.charts.svg import Band, Chart, Line, Plane, Point, curves, extremes
from stages.report.sample_rows import cell

MOST = 6


def series_charts(raw: Table, processed: ProcessedData) -> list[Chart]:
    """One chart a column that goes into the model or comes out of it."""
    used = {c for part in (processed.fitted.inputs, processed.fitted.targets) for s in part.values() for c in s.columns}
    columns = [c for c in raw.columns if c in used and drawable(raw, c)]
    times, bands = row_times(raw), split_bands(processed)
    return [_column_chart(column, column_values(raw, column), times, bands) for column in columns[:MOST]]


def _column_chart(column: str, values: NDArray[np.float64], times: Sequence[str], bands: Sequence[Band]) -> Chart:
    """A long series becomes points only where it is drawn."""
    points: list[Point] = [(float(row), float(values[row])) for row in extremes(values)]
    plane = time_plane([y for _, y in points], times, 0, len(values) - 1)
    svg = curves([Line(column, "accent", points)], plane, f"{column} over time", bands=bands)
    return Chart(column, svg, tuple((f"area {band.name}", band.name) for band in bands))


def time_plane(values: Sequence[float], times: Sequence[str], first: int, last: int, wide: bool = False) -> Plane:
    """Dates across, or row numbers where there are none; the values up."""
    across = dated(times, first, last) if times else counting(first, last)
    return Plane(across, linear_over(values), "" if times else "row", times=times, wide=wide)


def column_values(raw: Table, column: str) -> NDArray[np.float64]:
    return np.concatenate([frame[column].to_numpy(np.float64) for frame in raw.frames.values()])


def row_times(raw: Table) -> list[str]:
    """When each row was, or nothing where the time column holds no dates."""
    name = raw.time
    if name is None or any(frame[name].dtype.kind != "M" for frame in raw.frames.values()):
        return []
    return [cell(time) for frame in raw.frames.values() for time in frame[name]]


def split_bands(processed: ProcessedData) -> list[Band]:
    """The splits that the model does not learn from, where each was cut out in one piece."""
    bands = []
    for name in (VALIDATION, TEST):
        rows = processed.splits[name].rows if processed.has_split(name) else None
        if isinstance(rows, range):
            bands.append(Band(float(rows[0]), float(rows[-1]), name))
    return bands


def drawable(raw: Table, column: str) -> bool:
    return all(frame[column].dtype.kind in "iuf" for frame in raw.frames.values())
