"""A series in which rows are missing: a window over the gap would take it for one step."""

import numpy as np
import pandas as pd

from stages.core.artefacts.raw import RawData, Table
from stages.core.errors import UserError
from stages.validate.expectations.check_result import Outcome
from stages.validate.params import Validate


def unbroken(raw: RawData, params: Validate) -> list[Outcome]:
    """The rows that come too late after the one before; asked for in conf/, since markets close and sensors do not."""
    if params.longest_gap is None:
        return []
    if not isinstance(raw, Table) or raw.time is None:
        raise UserError("validate.longest_gap: for a series with a time column only; take it out")
    late: list[int] = []
    begin = 0
    for frame in raw.frames.values():
        late += [begin + row for row in _late(frame[raw.time], params.longest_gap)]
        begin += len(frame)
    return [
        Outcome(
            "no_gap_is_longer",
            {"column": raw.time, "days": params.longest_gap},
            passed=not late,
            unexpected=len(late),
            rows=late[: params.offending_rows],
            columns=[raw.time],
        )
    ]


def _late(times: pd.Series, days: float) -> list[int]:
    """
    >>> _late(pd.Series(pd.to_datetime(["2020-01-01", "2020-01-02", "2020-01-05"])), 2.0)
    [2]
    """
    late: list[int] = np.flatnonzero(times.diff() > pd.Timedelta(days=days)).tolist()
    return late
