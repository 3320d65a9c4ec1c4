"""Steps of a series that are not its usual step: a model counts rows, not time."""

from stages.core.time_steps.times_ahead import times_ahead
from stages.core.time_steps.usual_time_step import Times, find_usual_step


def describe_irregular_steps(times: Times, rows: int) -> str | None:
    """A sentence about the steps between the last `rows` rows, from which a forecast is made; None if all are usual.

    >>> import numpy as np
    >>> days = np.array(["2020-01-02", "2020-01-03", "2020-01-04", "2020-01-06", "2020-01-07"], "M8[us]")
    >>> describe_irregular_steps(days, 3)
    '1 of the last 2 steps is not the usual one, 1 day: after 2020-01-04; the model counts rows, not time'
    >>> describe_irregular_steps(days, 2), describe_irregular_steps(days[:1], 1)
    (None, None)
    """
    usual = find_usual_step([times])
    if usual is None:
        return None
    first = max(0, len(times) - rows)
    ends = range(first + 1, len(times))
    irregular = [end - 1 for end in ends if times_ahead(times[first:end], usual, [1])[0] != times[end]]
    if not irregular:
        return None
    after = str(times[irregular[0]].astype("M8[us]")).removesuffix(".000000").removesuffix("T00:00:00")
    verb = "is" if len(irregular) == 1 else "are"
    others = " and later" if len(irregular) > 1 else ""
    return (
        f"{len(irregular)} of the last {len(ends)} steps {verb} not the usual one, {usual}: after {after}{others}; "
        "the model counts rows, not time"
    )
