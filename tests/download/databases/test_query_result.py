import time

import pytest

from stages.core.errors import UserError
from stages.download.databases import query_result
from stages.download.databases.query_result import Deadline


def test_what_the_function_returns_or_raises():
    deadline = Deadline(60)
    assert deadline.call(lambda: 3) == 3
    with pytest.raises(ZeroDivisionError):
        deadline.call(lambda: 1 // 0)
    assert not deadline.passed


def test_the_time_is_that_of_all_calls_together(monkeypatch):
    now = iter([0.0, 6.0, 11.0, 11.0])
    monkeypatch.setattr(query_result, "clock", lambda: next(now))
    deadline = Deadline(10)
    assert deadline.call(lambda: 3) == 3
    with pytest.raises(UserError, match="no complete result within timeout_s: 10;"):
        deadline.call(lambda: time.sleep(1))
    assert deadline.passed
