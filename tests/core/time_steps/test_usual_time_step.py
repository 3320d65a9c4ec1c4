"""The usual step of times as they occur: calendars, markets, sensors, gaps."""

import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.time_steps import usual_time_step
from stages.core.time_steps.usual_time_step import TimeStep, find_usual_step

DAYS = np.arange("2020-01-01", "2023-01-01", dtype="M8[D]")
MONTHS = np.arange("1949-01", "1961-01", dtype="M8[M]")
MONTH_ENDS = (MONTHS + 1).astype("M8[D]") - 1
LAST_BUSINESS_DAYS = np.busday_offset((MONTHS + 1).astype("M8[D]"), -1, roll="forward")
RANDOM = np.random.default_rng(0)
HOURS = np.arange("2020-01-01", "2020-02-01", dtype="M8[h]")


@pytest.mark.parametrize("at_once", [usual_time_step.STEPS_AT_ONCE, 5])
@pytest.mark.parametrize(
    ("times", "step"),
    [
        (DAYS, "1 day"),
        (DAYS[::7], "1 week"),
        (DAYS[::14], "2 weeks"),
        (DAYS[::28], "4 weeks"),
        (DAYS[::30], "30 days"),
        (MONTHS, "1 month"),
        (MONTH_ENDS, "1 month"),
        (LAST_BUSINESS_DAYS, "1 month"),
        (MONTHS[::3], "1 quarter"),
        (MONTH_ENDS[2::3], "1 quarter"),
        (MONTHS[::6], "6 months"),
        (MONTHS[::12], "1 year"),
        (MONTHS[::24], "2 years"),
        (DAYS[np.is_busday(DAYS)], "1 business day"),
        (HOURS, "1 hour"),
        (HOURS[:60:36], "36 hours"),
        (HOURS.astype("M8[m]")[:50] + np.arange(50) * -45, "15 minutes"),
        (DAYS[:2], "1 day"),
        # One row a day, at other times of day.
        (DAYS.astype("M8[s]") + RANDOM.integers(0, 10_000, len(DAYS)), "1 day"),
    ],
)
def test_regular_times(times: NDArray[np.datetime64], step: str, at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usual_time_step, "STEPS_AT_ONCE", at_once)
    microseconds = times.astype("M8[us]")
    usual = find_usual_step([microseconds])
    assert str(usual) == step
    assert usual is not None
    assert (usual.lengths(microseconds) == 1).all()


@pytest.mark.parametrize(
    ("times", "removed", "step", "lengths"),
    [
        (DAYS, [5, 6], "1 day", {3.0}),
        (MONTHS, [5, 50, 51], "1 month", {2.0, 3.0}),
        (MONTH_ENDS, [5], "1 month", {2.0}),
        (DAYS[::28], [5], "4 weeks", {2.0}),
        (DAYS[np.is_busday(DAYS)], [7, 8], "1 business day", {3.0}),
        (HOURS, [3], "1 hour", {2.0}),
    ],
)
def test_gaps_are_longer_steps(
    times: NDArray[np.datetime64], removed: list[int], step: str, lengths: set[float]
) -> None:
    with_gaps = np.delete(times, removed).astype("M8[us]")
    usual = find_usual_step([with_gaps])
    assert usual is not None
    assert str(usual) == step
    assert set(usual.lengths(with_gaps).tolist()) == {1.0} | lengths


def test_a_row_in_between_is_a_shorter_step() -> None:
    times = np.insert(HOURS.astype("M8[us]"), 3, np.datetime64("2020-01-01T02:15", "us"))
    usual = find_usual_step([times])
    assert usual == TimeStep(1, "hour")
    assert sorted(set(usual.lengths(times).tolist())) == [0.25, 0.75, 1.0]


def test_the_steps_of_several_splits_are_counted_together() -> None:
    assert str(find_usual_step([DAYS[:5].astype("M8[us]"), DAYS[500:600].astype("M8[us]")])) == "1 day"


@pytest.mark.parametrize(
    "times",
    [
        DAYS[:1],
        DAYS[:0],
        np.sort(RANDOM.choice(DAYS, 60, replace=False)),
        DAYS[0].astype("M8[us]") + np.cumsum(RANDOM.integers(1, 10**9, 200)).astype("m8[us]"),
    ],
)
def test_too_few_and_irregular_times_have_no_usual_step(times: NDArray[np.datetime64]) -> None:
    assert find_usual_step([times.astype("M8[us]")]) is None
