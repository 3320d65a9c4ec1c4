"""`python3 -m stages.report.summary`: the index over all datasets of the suite."""

import sys

from stages.core import paths
from stages.core.stage import DEBUG, told
from stages.core.writing import write_text
from stages.report.index import index
from stages.report.records import Record, read_record


def run() -> None:
    titles = read_record(paths.SUITE, "guard")["datasets"]
    write_text(paths.INDEX, index(titles, {key: metrics_of(key) for key in titles}))


def metrics_of(key: str) -> Record | None:
    """Nothing for a dataset that was never evaluated; the index says so."""
    path = paths.metrics(key)
    return read_record(path, f"evaluate@{key}") if path.exists() else None


if __name__ == "__main__":
    with told(DEBUG in sys.argv, "summary"):
        run()
