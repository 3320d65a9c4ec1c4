"""data/guard/suite.json: which datasets the suite has, in their order."""

from stages.core import paths
from stages.core.artefacts.records.record import Record, read_record


class DatasetTitle(Record):
    """Datasets with the same `source` have the same download parameters; it is a digest of them."""

    key: str
    title: str
    source: str = ""


class SuiteRecord(Record):
    suite: str
    datasets: list[DatasetTitle]


def read_suite() -> SuiteRecord:
    """The suite as the guard wrote it. Raises UserError if the file is missing or damaged."""
    return read_record(SuiteRecord, paths.SUITE, "guard", key="")
