import numpy as np
import pytest

from stages.report.charts.axis_scales import integer_scale, linear_scale
from stages.report.charts.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Band,
    IntervalArea,
    Line,
    Marker,
    PlotArea,
    Point,
    extreme_indices,
    line_chart,
    scatter_chart,
    thin_points,
)
from tests.report.html_reader import PageReader

AREA = PlotArea(integer_scale(1, 3), linear_scale([0, 1]), "epoch")


def test_the_plot_area_lies_within_the_margins() -> None:
    assert AREA.x_of(1) == LEFT
    assert AREA.x_of(3) == 480 - RIGHT
    assert AREA.y_of(0) == 300 - BOTTOM
    assert AREA.y_of(1) == TOP
    assert AREA.x_of(2) == pytest.approx((LEFT + 480 - RIGHT) / 2)


@pytest.mark.parametrize(
    ("points", "path"),
    [
        ([(1, 0), (2, 0.5), (3, 1)], "M62.0 256.0L258.0 141.0L454.0 26.0"),
        ([(1, 0), (1.5, 0), (2, float("nan")), (3, 1)], "M62.0 256.0L160.0 256.0 M454.0 26.0"),
    ],
)
def test_a_curve_goes_through_its_points_with_gaps_for_missing_values(points: list[Point], path: str) -> None:
    svg = line_chart([Line("train", "muted", points)], AREA, "loss")
    assert f'class="line muted" d="{path}"' in svg
    assert "nan" not in svg


def test_every_point_has_a_tooltip_but_a_long_curve_only_some() -> None:
    svg = line_chart([Line("train", "muted", [(2, 0.5)])], AREA, "loss")
    assert "<title>epoch 2: train 0.5</title>" in svg
    area = PlotArea(integer_scale(1, 1000), linear_scale([0, 1]), "epoch")
    svg = line_chart([Line("train", "muted", [(float(n), 0.5) for n in range(1, 1001)])], area, "loss")
    assert 50 <= svg.count("<title>") <= 60


def test_a_marker_has_a_point_on_each_curve() -> None:
    svg = line_chart([], AREA, "loss", [Marker(3, "best: epoch 3", [("muted", 0.0), ("accent", 1.0)])])
    assert '<line class="marker" x1="454.0"' in svg
    assert 'class="point muted" cx="454.0" cy="256.0"' in svg
    assert 'class="point accent" cx="454.0" cy="26.0"' in svg
    assert 'class="label end"' in svg, "a label near the right edge ends at the line"


def test_a_band_covers_its_range() -> None:
    svg = line_chart([], AREA, "price", bands=[Band(2, 3, "test")])
    assert '<rect class="band test" x="258.0" y="26.0" width="196.0" height="230.0">' in svg


def test_a_marker_without_a_label_has_no_text() -> None:
    axes = line_chart([], AREA, "price").count("<text")
    assert line_chart([], AREA, "price", [Marker(2)]).count("<text") == axes


def test_an_interval_is_the_area_between_its_bounds_within_the_axis() -> None:
    bounds = [(1.0, 0.25, 0.5), (3.0, -7.0, float("inf"))]
    svg = line_chart([], AREA, "price", intervals=[IntervalArea(bounds)])
    assert '<path class="interval" d="M62.0 141.0L454.0 26.0L454.0 256.0L62.0 198.5Z"/>' in svg


def test_a_curve_with_marks_has_a_point_at_each_value() -> None:
    points: list[Point] = [(1, 0.0), (2, 0.5), (3, 1.0)]
    assert line_chart([Line("rmse", "accent", points)], AREA, "error").count('class="point accent"') == 0
    assert line_chart([Line("rmse", "accent", points, marks=True)], AREA, "error").count('class="point accent"') == 3


def test_a_scatter_chart_has_the_same_scale_on_both_axes() -> None:
    svg = scatter_chart([(0.0, 1.0), (1.0, 0.0)], "truth", "prediction", "scatter")
    assert 'class="dot" cx="62.0" cy="26.0"' in svg
    assert 'class="dot" cx="454.0" cy="376.0"' in svg
    assert 'class="diagonal" x1="62.0" y1="376.0" x2="454.0" y2="26.0"' in svg


def test_markup_in_names_is_escaped() -> None:
    svg = line_chart([Line("<script>", "muted", [(1, 0)])], AREA, '"><script>alert(1)</script>')
    assert "script" not in PageReader(svg).tags


def test_thinning_keeps_the_first_the_last_and_extreme_points() -> None:
    points = [(n, 0.0) for n in range(5000)]
    points[1234], points[4321] = (1234, 7.0), (4321, -7.0)
    kept = thin_points(points)
    assert len(kept) <= 401
    assert {(0, 0.0), (1234, 7.0), (4321, -7.0), (4999, 0.0)} <= set(kept)
    assert kept == sorted(kept)


def test_missing_values_hide_no_peak() -> None:
    values = np.zeros(5000)
    values[[10, 2000]], values[2001] = np.nan, 9.0
    values[3000:3100] = np.nan
    kept = extreme_indices(values)
    assert {0, 2001, 4999} < set(kept)
    assert 10 not in kept
    assert any(3000 <= row < 3100 for row in kept), "the gap stays visible"
