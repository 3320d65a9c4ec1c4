"""How much of what is done wrong on purpose is refused or told: `python -m tests.counts [FILE_OR_FOLDER]...`

Runs every test that is marked `fault` and counts by what the mark says; the corpora are the tests' own.
"""

import sys
from collections import Counter
from collections.abc import Sequence

import pytest


class Count:
    """Listens to pytest."""

    def __init__(self) -> None:
        self.what: dict[str, str] = {}
        self.tried: Counter[str] = Counter()
        self.held: Counter[str] = Counter()

    def pytest_collection_finish(self, session: pytest.Session) -> None:
        for item in session.items:
            self.what[item.nodeid] = next(item.iter_markers("fault")).args[0]

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """A test that failed before or after its call has not held; one that was skipped was not tried."""
        what = self.what[report.nodeid]
        self.tried[what] += report.when == "call" or (report.when == "setup" and report.failed)
        self.held[what] += report.when == "call" and report.passed
        self.held[what] -= report.when == "teardown" and report.failed

    def table(self) -> str:
        """What, how many held and how many were tried, a line each."""
        width = max(map(len, self.tried), default=0)
        return "\n".join(f"{what:{width}}  {self.held[what]} / {tried}" for what, tried in sorted(self.tried.items()))


def count(places: Sequence[str]) -> tuple[Count, int]:
    """pytest's own code says whether all held; it is not 0 either when a file could not be read."""
    found = Count()
    code = pytest.main(["-m", "fault", "-n", "0", "-q", "--no-header", *(places or ["tests"])], plugins=[found])
    return found, int(code)


if __name__ == "__main__":
    counted, code = count(sys.argv[1:])
    print(counted.table())
    raise SystemExit(code)
