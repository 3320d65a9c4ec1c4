"""A forecast from rows with a gap says so."""

import numpy as np
import pytest

from stages.core.time_steps.usual_time_step import Times
from stages.inference.new_rows.irregular_steps import describe_irregular_steps

MONTHS = np.arange("2020-01", "2022-01", dtype="M8[M]").astype("M8[D]")
DAYS = np.arange("2020-01-01", "2020-04-01", dtype="M8[D]")
SERIES = {
    "hours": np.arange("2020-01-01T00", "2020-01-03T00", dtype="M8[h]"),
    "business days": DAYS[np.is_busday(DAYS)],
    "first days of months": MONTHS,
    "last days of months": (MONTHS[1:] - 1),
}


@pytest.mark.parametrize("times", SERIES.values(), ids=SERIES)
def test_regular_steps_are_not_described(times: Times) -> None:
    assert describe_irregular_steps(times.astype("M8[us]"), 20) is None


@pytest.mark.parametrize("times", SERIES.values(), ids=SERIES)
def test_the_row_before_the_first_gap_is_named(times: Times) -> None:
    one, two = (np.delete(times, positions).astype("M8[us]") for positions in ([15], [15, 18]))
    before = str(times[14].astype("M8[us]")).split("T")[0]
    sentence = describe_irregular_steps(one, len(one))
    assert sentence is not None
    assert sentence.startswith(f"1 of the last {len(one) - 1} steps")
    assert before in sentence
    assert str(describe_irregular_steps(two, len(two))).startswith("2 of")


def test_gaps_before_the_rows_that_are_used_do_not_count() -> None:
    times = np.delete(SERIES["business days"], 5).astype("M8[us]")
    assert describe_irregular_steps(times, 20) is None
