"""`python3 -m stages.report.summary`: the index over all datasets of the suite."""

import json
import sys

from stages.core import paths
from stages.core.errors import Mistake
from stages.core.stage import DEBUG, told
from stages.core.writing import write_text
from stages.report.index import index
from stages.report.records import Record, read_record


def run() -> None:
    titles = suite_titles()
    write_text(paths.INDEX, index(titles, {key: metrics_of(key) for key in titles}))


def suite_titles() -> dict[str, str]:
    """Each dataset's title, in the order of the suite."""
    try:
        titles: list[list[str]] = json.loads(paths.SUITE.read_text(encoding="utf-8"))["datasets"]
    except FileNotFoundError:
        raise Mistake(f"{paths.SUITE}: not here; run `dvc repro guard`") from None
    return dict(titles)


def metrics_of(key: str) -> Record | None:
    """Nothing for a dataset that was never evaluated; the index says so."""
    path = paths.metrics(key)
    return read_record(path, "evaluate", key) if path.exists() else None


if __name__ == "__main__":
    with told(DEBUG in sys.argv, "summary"):
        run()
