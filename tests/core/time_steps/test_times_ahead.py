"""The times of the next rows of calendars, markets and sensors."""

import numpy as np
import pytest

from stages.core.time_steps.times_ahead import times_ahead
from stages.core.time_steps.usual_time_step import find_usual_step


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        (["2020-01-01", "2020-01-02", "2020-01-03"], ["2020-01-04", "2020-01-05", "2020-01-06"]),
        (["2020-01-01T22:00", "2020-01-01T23:00"], ["2020-01-02T00", "2020-01-02T01", "2020-01-02T02"]),
        (["2020-01-01T00:00", "2020-01-01T00:15"], ["2020-01-01T00:30", "2020-01-01T00:45", "2020-01-01T01:00"]),
        (["2020-02-15", "2020-02-22", "2020-02-29"], ["2020-03-07", "2020-03-14", "2020-03-21"]),
        (["2019-11-01", "2019-12-01"], ["2020-01-01", "2020-02-01", "2020-03-01"]),
        (["2019-11-30", "2019-12-31"], ["2020-01-31", "2020-02-29", "2020-03-31"]),
        # The last business days of months.
        (
            ["2020-01-31", "2020-02-28", "2020-03-31", "2020-04-30", "2020-05-29"],
            ["2020-06-29", "2020-07-29", "2020-08-29"],
        ),
        (["2020-12-30", "2021-01-30", "2021-02-28"], ["2021-03-30", "2021-04-30", "2021-05-30"]),
        (["2020-01-02", "2020-02-03", "2020-03-02"], ["2020-04-02", "2020-05-02", "2020-06-02"]),
        (["2020-01-31T18:30", "2020-02-29T18:30"], ["2020-03-31T18:30", "2020-04-30T18:30", "2020-05-31T18:30"]),
        (["2019-06-30", "2019-09-30"], ["2019-12-31", "2020-03-31", "2020-06-30"]),
        (["2016-02-29", "2017-02-28"], ["2018-02-28", "2019-02-28", "2020-02-29"]),
        (["2018-01-01", "2019-01-01"], ["2020-01-01", "2021-01-01", "2022-01-01"]),
        (
            ["2020-01-02", "2020-01-03", "2020-01-06", "2020-01-07", "2020-01-08", "2020-01-09"],
            ["2020-01-10", "2020-01-13", "2020-01-14"],
        ),
    ],
)
def test_three_rows_ahead(known: list[str], expected: list[str]) -> None:
    times = np.array(known, "M8[us]")
    step = find_usual_step([times])
    assert step is not None
    assert times_ahead(times, step, range(1, 4)).tolist() == np.array(expected, "M8[us]").tolist()


def test_they_are_times_whose_usual_step_is_the_same() -> None:
    days = np.arange("2020-01-01", "2021-01-01", dtype="M8[D]")
    for times in (days, days[np.is_busday(days)], np.arange("2019-01", "2021-01", dtype="M8[M]")):
        known = times.astype("M8[us]")
        step = find_usual_step([known[:-9]])
        assert step is not None
        assert times_ahead(known[:-9], step, range(1, 10)).tolist() == known[-9:].tolist()


def test_one_later_row() -> None:
    times = np.array(["2020-01-01", "2020-01-02"], "M8[us]")
    step = find_usual_step([times])
    assert step is not None
    assert times_ahead(times, step, range(5, 6)).astype("M8[D]").astype(str).tolist() == ["2020-01-07"]
