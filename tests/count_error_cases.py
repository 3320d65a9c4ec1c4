"""Counts the error cases that are handled: `python -m tests.count_error_cases [FILE_OR_FOLDER]...`

Runs the tests that are marked `error_case` and counts them by the argument of the mark.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import pytest


class PassedByCategory:
    """A pytest plugin. A test that fails in its setup or teardown has not passed; a skipped test is not counted."""

    def __init__(self) -> None:
        self.categories: dict[str, str] = {}
        self.total: Counter[str] = Counter()
        self.passed: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            self.categories[item.nodeid] = next(item.iter_markers("error_case")).args[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        category = self.categories[report.nodeid]
        self.total[category] += report.when == "call" or (report.when == "setup" and report.failed)
        self.passed[category] += report.when == "call" and report.passed
        self.passed[category] -= report.when == "teardown" and report.failed

    def table(self) -> str:
        """A line for each category: its name, how many tests passed, how many ran."""
        width = max(map(len, self.total), default=0)
        rows = sorted(self.total.items())
        return "\n".join(f"{category:{width}}  {self.passed[category]} / {total}" for category, total in rows)


def run(paths: Sequence[str]) -> int:
    """Returns the exit code of pytest."""
    counter = PassedByCategory()
    options = ["-m", "error_case", "-n", "0", "-q", "--no-header"]
    code = pytest.main([*options, *(paths or ["tests"])], plugins=[counter])
    print(counter.table())
    return int(code)


if __name__ == "__main__":
    raise SystemExit(run(sys.argv[1:]))
