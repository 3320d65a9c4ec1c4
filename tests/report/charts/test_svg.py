import numpy as np
import pytest

from stages.report.charts.axis_scales import counting, linear
from stages.report.charts.svg import (
    BOTTOM,
    LEFT,
    RIGHT,
    TOP,
    Band,
    Line,
    Mark,
    Plane,
    against,
    curves,
    extremes,
    thinned,
)
from tests.report.reading import Reader

PLANE = Plane(counting(1, 3), linear(0, 1), "epoch")


def test_corners_of_the_plane_are_where_the_margins_end():
    assert PLANE.across(1) == LEFT
    assert PLANE.across(3) == 480 - RIGHT
    assert PLANE.up(0) == 300 - BOTTOM
    assert PLANE.up(1) == TOP
    assert PLANE.across(2) == pytest.approx((LEFT + 480 - RIGHT) / 2)


def test_a_curve_goes_through_its_points():
    svg = curves([Line("train", "quiet", [(1, 0), (2, 0.5), (3, 1)])], PLANE, "loss")
    assert 'class="line quiet" d="M62.0 256.0L258.0 141.0L454.0 26.0"' in svg


def test_a_missing_value_leaves_a_gap():
    svg = curves([Line("train", "quiet", [(1, 0), (1.5, 0), (2, float("nan")), (3, 1)])], PLANE, "loss")
    assert 'd="M62.0 256.0L160.0 256.0 M454.0 26.0"' in svg
    assert "nan" not in svg


def test_every_point_says_its_numbers():
    svg = curves([Line("train", "quiet", [(2, 0.5)])], PLANE, "loss")
    assert "<title>epoch 2: train 0.5</title>" in svg


def test_on_a_long_curve_some_points_do():
    points = [(float(n), 0.5) for n in range(1, 1001)]
    svg = curves([Line("train", "quiet", points)], Plane(counting(1, 1000), linear(0, 1), "epoch"), "loss")
    assert 50 <= svg.count("<title>") <= 60


def test_the_best_epoch_is_marked_with_a_spot_on_each_curve():
    svg = curves([], PLANE, "loss", Mark(3, "best: epoch 3", [("quiet", 0.0), ("accent", 1.0)]))
    assert '<line class="mark" x1="454.0"' in svg
    assert 'class="spot quiet" cx="454.0" cy="256.0"' in svg
    assert 'class="spot accent" cx="454.0" cy="26.0"' in svg
    assert 'class="word end"' in svg, "a word near the right edge runs to the left"


def test_a_band_covers_its_stretch():
    svg = curves([], PLANE, "price", bands=[Band(2, 3, "test")])
    assert '<rect class="band test" x="258.0" y="26.0" width="196.0" height="230.0">' in svg


def test_prediction_against_truth_has_one_scale_for_both():
    svg = against([(0.0, 1.0), (1.0, 0.0)], "truth", "prediction", "scatter")
    assert 'class="dot" cx="62.0" cy="26.0"' in svg
    assert 'class="dot" cx="454.0" cy="376.0"' in svg
    assert 'class="diagonal" x1="62.0" y1="376.0" x2="454.0" y2="26.0"' in svg


def test_a_hostile_name_stays_text():
    svg = curves([Line("<script>", "quiet", [(1, 0)])], PLANE, '"><script>alert(1)</script>')
    assert "script" not in Reader(svg).tags


def test_thinning_keeps_the_ends_and_every_extreme():
    points = [(n, 0.0) for n in range(5000)]
    points[1234], points[4321] = (1234, 7.0), (4321, -7.0)
    kept = thinned(points)
    assert len(kept) <= 401
    assert {(0, 0.0), (1234, 7.0), (4321, -7.0), (4999, 0.0)} <= set(kept)
    assert kept == sorted(kept)


def test_a_missing_value_hides_no_spike():
    values = np.zeros(5000)
    values[[10, 2000]], values[2001] = np.nan, 9.0
    values[3000:3100] = np.nan
    kept = extremes(values)
    assert {0, 2001, 4999} < set(kept)
    assert 10 not in kept
    assert any(3000 <= row < 3100 for row in kept), "the gap is drawn as one"
